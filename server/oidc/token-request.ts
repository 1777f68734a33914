/** Reads what was asked of the token endpoint: a form or JSON, with the client's credentials in one of three places. */
import type { FastifyRequest } from 'fastify'
import { decodeJwt } from 'jose'
import { ApiError } from '../http/errors.ts'
import { refuseUnstorable } from '../http/unstorable.ts'

/** How a client says who it is. `none` is a client that shows nothing but its id. */
export type Credentials =
  | { kind: 'secret'; secret: string }
  | { kind: 'assertion'; assertion: string }
  | { kind: 'none' }

/** A request in which a client says who it is. */
export type ClientRequest = { clientId: string; credentials: Credentials }

/** A request for a token. An empty parameter counts as none (RFC 6749 §3.1). */
export type TokenRequest = ClientRequest & {
  grantType: string
  audience: string | undefined
  scope: string | undefined
  organization: string | undefined
}

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

type Parameters = (name: string) => string | undefined

/** @throws ApiError invalid_request, unknown_client when nobody is named, invalid_client for an unreadable assertion */
export function readTokenRequest(request: FastifyRequest): TokenRequest {
  const parameter = parametersOf(request.body)
  const grantType = parameter('grant_type')
  if (grantType === undefined) throw invalid('Missing required parameter: grant_type')
  return {
    ...clientIn(parameter, request.headers.authorization),
    grantType,
    audience: parameter('audience'),
    scope: parameter('scope'),
    organization: parameter('organization'),
  }
}

/** The same where nothing but the client is asked for. @throws ApiError as `readTokenRequest` */
export function readClientRequest(request: FastifyRequest): ClientRequest {
  return clientIn(parametersOf(request.body), request.headers.authorization)
}

function clientIn(parameter: Parameters, authorization: string | undefined): ClientRequest {
  const { clientId, credentials } = readClient(parameter, authorization)
  if (clientId === undefined) throw new ApiError('unknown_client')
  refuseUnstorable(clientId)
  return { clientId, credentials }
}

function parametersOf(body: unknown): Parameters {
  if (body !== undefined && (body === null || typeof body !== 'object' || Array.isArray(body))) {
    throw invalid('The body must be a form or a JSON object')
  }
  refuseUnstorable(body)
  const values = new Map<string, unknown>(Object.entries(body ?? {}))
  return (name) => {
    const value = values.get(name)
    if (value === undefined || value === null || value === '') return undefined
    // A parameter that is sent twice arrives as a list (RFC 6749 §3.2: must not be sent twice).
    if (typeof value !== 'string') throw invalid(`The parameter ${name} must be one text`)
    return value
  }
}

function readClient(
  parameter: Parameters,
  authorization: string | undefined,
): { clientId: string | undefined; credentials: Credentials } {
  const basic = readBasic(authorization)
  const secret = parameter('client_secret')
  const assertion = parameter('client_assertion')
  if ([basic, secret, assertion].filter((method) => method !== undefined).length > 1) {
    throw invalid('More than one client authentication method was used. Use one')
  }
  const named = parameter('client_id')
  if (assertion !== undefined) {
    if (parameter('client_assertion_type') !== ASSERTION_TYPE) {
      throw invalid(`The parameter client_assertion_type must be ${ASSERTION_TYPE}`)
    }
    return { clientId: sameClient(named, subjectOf(assertion)), credentials: { kind: 'assertion', assertion } }
  }
  if (basic) {
    const credentials: Credentials = basic.secret ? { kind: 'secret', secret: basic.secret } : { kind: 'none' }
    return { clientId: sameClient(named, basic.clientId), credentials }
  }
  return { clientId: named, credentials: secret === undefined ? { kind: 'none' } : { kind: 'secret', secret } }
}

/** The client that the credentials name; the parameter may repeat it and may not contradict it. */
function sameClient(named: string | undefined, shown: string): string {
  if (named !== undefined && named !== shown) throw invalid('The parameter client_id names another client')
  return shown
}

/** RFC 6749 §2.3.1: id and secret are form-encoded before they become user and password. */
function readBasic(authorization: string | undefined): { clientId: string; secret: string } | undefined {
  const encoded = /^basic +([\w+/=-]+) *$/i.exec(authorization ?? '')?.[1]
  if (encoded === undefined) {
    if (/^basic\b/i.test(authorization ?? '')) throw invalid('The Authorization header is malformed')
    return undefined
  }
  const [user, ...password] = Buffer.from(encoded, 'base64').toString('utf8').split(':')
  if (!user || password.length === 0) throw invalid('The Authorization header is malformed')
  return { clientId: formDecode(user), secret: formDecode(password.join(':')) }
}

function formDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw invalid('The Authorization header is malformed: id and secret must be form-encoded')
  }
}

/** Whom an assertion claims to be from. Nothing is believed yet: it says whose keys to check it with. */
function subjectOf(assertion: string): string {
  try {
    const { sub } = decodeJwt(assertion)
    if (typeof sub === 'string' && sub !== '') return sub
  } catch {
    // Falls through: what cannot be read names nobody.
  }
  throw new ApiError('invalid_client', { with: { reason: 'The client assertion is not a JWT that names its client.' } })
}

function invalid(reason: string): ApiError {
  return new ApiError('invalid_request', { with: { reason } })
}
