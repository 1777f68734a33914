/** Calls of our APIs with the person's token, and what they answer when they refuse. */
import { noteSignedIn } from './signed-out.ts'

/** Where tokens come from. */
export type TokenSource = {
  /** @param isStale whether the last one was refused */
  token: (isStale: boolean) => Promise<string>
  /** Leads to the sign-in; the page is left, unless somebody types there. @throws ApiProblem with status 401 then */
  signIn: () => Promise<never>
}

/** What an API refuses with. */
export type ProblemBody = {
  type?: string
  title?: string
  detail?: string
  /** The Management API says both so. */
  message?: string
  errorCode?: string
  validation_errors?: { detail: string; field: string }[]
  [member: string]: unknown
}

/** A refusal; status 0 when there was no answer. */
export class ApiProblem extends Error {
  override name = 'ApiProblem'
  readonly status: number
  readonly body: ProblemBody
  /** By which the server's log knows the request. */
  readonly reference: string | undefined

  constructor(status: number, body: ProblemBody, reference: string | undefined) {
    super(body.detail ?? body.message ?? body.title ?? `Status ${status}`)
    this.status = status
    this.body = body
    this.reference = reference
  }

  /** What stands after the `#` of its type, or the code itself. */
  get code(): string {
    return this.body.type?.split('#')[1] ?? this.body.errorCode ?? ''
  }
}

/** Calls an API. */
export type ApiClient = <Answer>(method: string, path: string, body?: unknown) => Promise<Answer>

const TIMEOUT_MILLISECONDS = 20_000
/** A file may come slowly. */
const UPLOAD_MILLISECONDS = 600_000

/** Makes the client of an API. A token that is refused is renewed once; if that does not help, the person signs in again. */
export function apiClient(base: string, tokens: TokenSource): ApiClient {
  return async <Answer>(method: string, path: string, body?: unknown) => {
    let answer = await request(method, base + path, body, await tokens.token(false))
    if (answer.status === 401) answer = await request(method, base + path, body, await tokens.token(true))
    if (answer.status === 401) return await tokens.signIn()
    noteSignedIn()
    const parsed = await bodyOf(answer)
    if (!answer.ok) throw new ApiProblem(answer.status, parsed ?? {}, answer.headers.get('x-request-id') ?? undefined)
    // What the API answers is described where its client is used.
    return parsed as Answer
  }
}

async function request(method: string, url: string, body: unknown, token: string): Promise<Response> {
  const isForm = body instanceof FormData
  try {
    return await fetch(url, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
      credentials: 'omit',
      signal: AbortSignal.timeout(isForm ? UPLOAD_MILLISECONDS : TIMEOUT_MILLISECONDS),
    })
  } catch {
    throw new ApiProblem(0, {}, undefined)
  }
}

async function bodyOf(answer: Response): Promise<ProblemBody | undefined> {
  const text = await answer.text()
  if (!text || !answer.headers.get('content-type')?.includes('json')) return undefined
  // Our APIs answer objects.
  return JSON.parse(text) as ProblemBody
}
