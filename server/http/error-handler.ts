/**
 * Turns whatever was thrown into the error shape of the API that was called: the Management API's, OAuth's, that of
 * `/dbconnections/`, or the problems of the My Account API. What we did not foresee becomes a 500 without detail, with
 * the request's id; the log gets the error's kind and place but never its text, which may quote what the caller sent.
 */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { errorCodeOf, isDatabaseBusy, isDatabaseUnavailable } from '../db/database.ts'
import { ApiError, type ErrorCode } from './errors.ts'
import type { Server } from './server.ts'

const REASONS: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Payload Too Large',
  415: 'Unsupported Media Type',
  421: 'Misdirected Request',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  503: 'Service Unavailable',
}

/** Installs the handlers for errors and for addresses that do not exist. */
export function installErrorHandler(app: FastifyInstance, server: Server): void {
  app.setErrorHandler((error, request, reply) => answerError(server, error, request, reply))
  app.setNotFoundHandler((request, reply) => answerError(server, new ApiError('not_found'), request, reply))
}

/** Sends an error in the shape of the API that was called. */
export function answerError(
  server: Server,
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const error = prepareError(server, thrown, request, reply)
  const { bodyOf, realm } = SHAPES.find(({ prefix }) => request.url.startsWith(prefix)) ?? MANAGEMENT
  if (error.status === 401) reply.header('www-authenticate', challengeOf(error.code, realm))
  const body = bodyOf(error, server)
  reply.header('cache-control', 'no-store')
  return reply.code(error.status).type('application/json; charset=utf-8').send(JSON.stringify(body))
}

/** Says what was thrown, for an answer in whatever shape: logs what is our fault, and when to come again. */
export function prepareError(server: Server, thrown: unknown, request: FastifyRequest, reply: FastifyReply): ApiError {
  const error = asApiError(thrown, request)
  if (error.status >= 500) server.log.error({ requestId: request.id, ...describe(thrown) }, 'request failed')
  if (error.status === 503 || error.retryAfterSeconds !== undefined) {
    reply.header('retry-after', String(error.retryAfterSeconds ?? 2))
  }
  return error
}

/** The Management API's error shape. */
export function errorBody(error: ApiError): Record<string, unknown> {
  const { errorCode } = error.row
  return {
    statusCode: error.status,
    error: REASONS[error.status] ?? 'Error',
    message: error.message,
    ...(errorCode ? { errorCode } : {}),
    ...(error.status === 401 ? { attributes: { error: error.message } } : {}),
  }
}

function oauthBody(error: ApiError): Record<string, unknown> {
  const { oauth } = error.row
  const fallback = error.status >= 500 ? 'server_error' : 'invalid_request'
  return { error: oauth ?? fallback, error_description: error.message }
}

/** One sentence for what was wrong with the request; when to come again is told as everywhere beside it. */
function databaseBody(error: ApiError): Record<string, unknown> {
  return error.status < 500 && error.row.oauth === undefined ? { error: error.message } : oauthBody(error)
}

/** RFC 9457, but for the content type, which is Auth0's. */
function problemBody({ code, status, message, members }: ApiError, { config }: Server): Record<string, unknown> {
  const title = REASONS[status] ?? 'Error'
  return { type: `${config.publicUrl}/docs/errors#${code}`, status, title, detail: message, ...members }
}

type Shape = { bodyOf: (error: ApiError, server: Server) => Record<string, unknown>; realm?: string }

const MANAGEMENT: Shape = { bodyOf: errorBody }

/** TABLE: which paths have an error shape other than the Management API's. */
const SHAPES: readonly (Shape & { prefix: string })[] = [
  { prefix: '/oauth/', bodyOf: oauthBody },
  { prefix: '/userinfo', bodyOf: oauthBody, realm: 'userinfo' },
  { prefix: '/dbconnections/', bodyOf: databaseBody },
  { prefix: '/me/', bodyOf: problemBody, realm: 'My Account API' },
]

function challengeOf(code: ErrorCode, realm = 'Management API'): string {
  return code === 'missing_authentication' ? `Bearer realm="${realm}"` : 'Bearer error="invalid_token"'
}

/** What is said about whatever was thrown. */
export function asApiError(thrown: unknown, request: FastifyRequest): ApiError {
  if (thrown instanceof ApiError) return thrown
  if (isDatabaseUnavailable(thrown)) return new ApiError('database_unavailable', { cause: thrown })
  if (isDatabaseBusy(thrown)) return new ApiError('busy', { cause: thrown })
  return fromFastify(thrown) ?? new ApiError('internal', { with: { requestId: request.id }, cause: thrown })
}

/** Fastify's own refusals: bodies it cannot read and addresses it cannot decode. */
function fromFastify(thrown: unknown): ApiError | undefined {
  if (!(thrown instanceof Error)) return undefined
  // The only errors with these codes are Fastify's, and a parser's SyntaxError carries status 400.
  const { code, statusCode } = thrown as FastifyError
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new ApiError('payload_too_large', { with: { limit: BODY_LIMIT } })
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new ApiError('unsupported_media_type')
  if (code === 'FST_ERR_BAD_URL')
    return new ApiError('invalid_uri', { with: { reason: 'The address is not properly encoded.' } })
  const isUnreadable = thrown instanceof SyntaxError && statusCode === 400
  if (code?.startsWith('FST_ERR_CTP') && !isUnreadable && code !== 'FST_ERR_CTP_INVALID_JSON_BODY')
    return new ApiError('malformed_json', { with: { reason: 'the body is empty or cut short.' } })
  if (isUnreadable || code === 'FST_ERR_CTP_INVALID_JSON_BODY') {
    return new ApiError('malformed_json', {
      with: { reason: 'it cannot be parsed, or has a property named __proto__ or constructor.' },
    })
  }
  return undefined
}

/** Most bytes of a request's body: Auth0's limit on the Management API. */
export const BODY_LIMIT = 1_048_576

function describe(thrown: unknown): Record<string, unknown> {
  if (!(thrown instanceof Error)) return { kind: typeof thrown }
  const cause = thrown instanceof ApiError ? thrown.cause : thrown
  const source = cause instanceof Error ? cause : thrown
  const frames = (source.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  const constraint = 'constraint' in source ? source.constraint : undefined
  return {
    kind: source.name,
    code: errorCodeOf(source),
    ...(constraint ? { constraint } : {}),
    at: frames.slice(0, 8).map((line) => line.trim()),
  }
}
