/** A browser of a walk: its tabs share their cookies, and it remembers every session cookie that it ever held. */
import { hashToken } from '../../server/base/secrets.ts'
import { CALLBACK, type SignInServer } from '../../server/oidc/sign-in.testing.ts'
import type { Hop, Visitor } from '../visitor.ts'

/** A browser. */
export type Browser = {
  name: string
  visitor: Visitor
  /** The hashes of the session cookies that it holds or held. */
  held: Set<string>
}

/** How a chain of answers ended. */
export type Landing = { first: Hop; last: Hop; statuses: number[] }

/** Opens a browser with cookies of its own. */
export function newBrowser({ visitor }: SignInServer, name: string, from: string): Browser {
  return { name, visitor: visitor({ from }), held: new Set() }
}

/** Sends one request, and follows where it leads within the server unless it is to stop at the first answer. */
export async function surf(
  browser: Browser,
  method: 'GET' | 'POST',
  address: string | URL,
  options: { form?: Record<string, string>; headers?: Record<string, string>; stops?: boolean } = {},
): Promise<Landing> {
  const first = await hop(browser, method, address, options.form, options.headers)
  const statuses = [first.status]
  let last = first
  while (!options.stops && last.location && isOurs(last.location, last.url) && statuses.length < 10) {
    last = await hop(browser, 'GET', last.location, undefined, options.headers)
    statuses.push(last.status)
  }
  return { first, last, statuses }
}

async function hop(
  { visitor, held }: Browser,
  method: 'GET' | 'POST',
  address: string | URL,
  form: Record<string, string> | undefined,
  headers: Record<string, string> | undefined,
): Promise<Hop> {
  const answer = await visitor.hop(method, address, form, headers)
  const token = visitor.cookies.get('tenantry_session /')?.value
  if (token !== undefined) held.add(hashToken(token))
  return answer
}

function isOurs(location: URL, { origin }: URL): boolean {
  return location.origin === origin
}

/** What the application was told, where the browser was sent back to it. */
export function broughtBack({ last }: Landing): { code: string | null; error: string | null } | undefined {
  const { location } = last
  if (!location?.href.startsWith(CALLBACK)) return undefined
  return { code: location.searchParams.get('code'), error: location.searchParams.get('error') }
}

/** Whether the first answer refused what was sent. */
export function isRefused({ first }: Landing): boolean {
  return first.status >= 400 || first.location?.searchParams.has('error') === true
}
