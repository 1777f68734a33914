/** What callers are told when something cannot be done; the table of all of it is `error-table.ts`. */
import { ERRORS, type ErrorRow } from './error-table.ts'

/** A code of the table. */
export type ErrorCode = keyof typeof ERRORS

/**
 * What fills the braces of a text, and how long a caller should wait before he tries again. `members` is what the
 * problem shape of the My Account API says besides, such as `validation_errors`.
 */
export type ErrorOptions = {
  with?: Record<string, string | number>
  members?: Readonly<Record<string, unknown>>
  retryAfterSeconds?: number
  cause?: unknown
}

/** An error the caller is told about. Whatever was begun is rolled back. */
export class ApiError extends Error {
  readonly code: ErrorCode
  readonly status: number
  readonly retryAfterSeconds: number | undefined
  readonly members: Readonly<Record<string, unknown>>

  constructor(code: ErrorCode, options: ErrorOptions = {}) {
    const row: ErrorRow = ERRORS[code]
    const text = row.text.replace(/\{(\w+)\}/g, (_, name: string) => String(options.with?.[name] ?? ''))
    super(text, { cause: options.cause })
    this.code = code
    this.status = row.status
    this.retryAfterSeconds = options.retryAfterSeconds
    this.members = options.members ?? {}
  }

  /** The row of the table, without its literal types. */
  get row(): ErrorRow {
    return ERRORS[this.code]
  }
}
