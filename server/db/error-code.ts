/** Telling errors of PostgreSQL and of the way to it apart. */

/** PostgreSQL's five-character code, or Node's (`ECONNREFUSED`), or an empty text. */
export function errorCodeOf(error: unknown): string {
  if (error instanceof AggregateError) return errorCodeOf(error.errors[0])
  if (error && typeof error === 'object' && 'code' in error && typeof error.code === 'string') return error.code
  return ''
}

/** Whether an insert or update met a unique index. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  if (errorCodeOf(error) !== '23505') return false
  if (constraint === undefined) return true
  return error !== null && typeof error === 'object' && 'constraint' in error && error.constraint === constraint
}

/** PostgreSQL: read_only_sql_transaction. */
export const READ_ONLY = '25006'

/** PostgreSQL: too_many_connections. */
export const TOO_MANY_CONNECTIONS = '53300'

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOENT',
])

/** What the driver says without a code. */
const UNREACHABLE_TEXT =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Query read timeout|timeout expired)/

/**
 * Sources of PostgreSQL that write files. Without a code of their own, a used-up quota and a limit on the size of files come
 * from them as internal errors; only a disk without room has one.
 */
const WRITES_FILES = new Set(['md.c', 'fd.c', 'buffile.c', 'slru.c', 'xlog.c'])

function couldNotWrite(error: unknown): boolean {
  if (errorCodeOf(error) !== 'XX000' || error === null || typeof error !== 'object') return false
  return 'file' in error && typeof error.file === 'string' && WRITES_FILES.has(error.file)
}

/**
 * Whether the error says that the database cannot serve now (stopped, restarting, out of connections, disk
 * full, or read-only as a standby is after a switch) rather than that a statement was wrong. Callers answer 503; the next request tries afresh.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  const code = errorCodeOf(error)
  if (UNREACHABLE.has(code) || code.startsWith('08') || code.startsWith('53') || code.startsWith('57P')) return true
  if (code === READ_ONLY || couldNotWrite(error)) return true
  const message = error instanceof Error ? error.message : ''
  return UNREACHABLE_TEXT.test(message)
}

const GIVEN_WAY = new Set(['40001', '40P01'])

/** Whether PostgreSQL ended a transaction for a deadlock or a serialization failure, so that it may be run again. */
export function hasGivenWay(error: unknown): boolean {
  return GIVEN_WAY.has(errorCodeOf(error))
}

/** Whether a row was to refer to one that is not there, or no more. */
export function refersToNothing(error: unknown): boolean {
  return errorCodeOf(error) === '23503'
}

/**
 * Whether PostgreSQL gave a statement up because of what others did at the same time: it took or waited too long, or
 * stood in the way of another one once more after it was repeated. Nothing is wrong with the request itself.
 */
export function isDatabaseBusy(error: unknown): boolean {
  return ['57014', '55P03'].includes(errorCodeOf(error)) || hasGivenWay(error)
}
