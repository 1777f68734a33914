/** What an event says about the request that caused it. Secrets are masked before anything else sees them. */
import type { FastifyRequest } from 'fastify'
import type { JsonObject } from '../db/tables.ts'

/** A request as the audit log keeps it. */
export type RequestInfo = {
  id: string
  method: string
  path: string
  query: JsonObject
  body?: unknown
  ip: string
  userAgent?: string
  correlationId?: string
  auth0Client?: string
}

const SECRET_NAMES = new Set([
  'password',
  'new_password',
  'old_password',
  'current_password',
  'client_secret',
  'signing_secret',
  'smtp_pass',
  // Of mail providers that are refused.
  'api_key',
  'secretAccessKey',
  'connectionString',
  'clientSecret',
  'client_assertion',
  'access_token',
  'refresh_token',
  'id_token',
  'link_with',
  'ticket',
  'form_token',
  'pem',
  // Of connections to elsewhere, which are refused, but may have been sent.
  'configuration',
  'app_secret',
  'consumer_secret',
  'twilio_token',
  'signingKey',
  'decryptionKey',
])

/** What stands in the place of a secret (Auth0's mark). */
export const MASK = '*****'

/** A copy in which every value under a secret's name, at any depth, is `*****`, and which PostgreSQL can store. */
export function maskSecrets(value: unknown, depth = 0): unknown {
  if (depth > 20) return '…'
  if (typeof value === 'string') return storable(value)
  if (Array.isArray(value)) return value.map((item) => maskSecrets(item, depth + 1))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      storable(key),
      SECRET_NAMES.has(key) && item !== null ? MASK : maskSecrets(item, depth + 1),
    ]),
  )
}

/** PostgreSQL stores neither a NUL nor half a surrogate pair; a refused request may have sent them. */
function storable(text: string): string {
  return text.isWellFormed() && !text.includes('\0') ? text : text.toWellFormed().replaceAll('\0', '\ufffd')
}

/** Reads what an event needs from a request. The path has no query, so that no token in it is kept. */
export function requestInfoOf(request: FastifyRequest): RequestInfo {
  const { headers } = request
  return {
    id: request.id,
    method: request.method.toLowerCase(),
    path: request.url.split('?', 1)[0] ?? '',
    // Fastify types the query as unknown; ours is always a flat object.
    query: maskSecrets(request.query ?? {}) as JsonObject,
    ...(request.body === undefined || request.body === null ? {} : { body: maskSecrets(request.body) }),
    ip: request.ip,
    ...textHeader('userAgent', headers['user-agent'], 500),
    ...textHeader('correlationId', headers['x-correlation-id'], 64),
    ...textHeader('auth0Client', headers['auth0-client'], 1_000),
  }
}

function textHeader(name: string, value: string | string[] | undefined, most: number): Record<string, string> {
  if (typeof value !== 'string' || value === '') return {}
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what has to go.
  return { [name]: value.replace(/[\u0000-\u001f\u007f]/g, ' ').slice(0, most) }
}

/** The same without what was sent in a form or as JSON: a password travels there, also under names nobody expects. */
export function withoutBody({ body: _, ...info }: RequestInfo): RequestInfo {
  return info
}

/** The same without address parameters either, where secrets travel in those as well. */
export function withoutParameters(info: RequestInfo): RequestInfo {
  return { ...withoutBody(info), query: {} }
}
