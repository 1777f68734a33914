import { StartError } from '../base/start-error.ts'
import { errorCodeOf, READ_ONLY, TOO_MANY_CONNECTIONS } from '../db/error-code.ts'

/** What to print for an error that ended the start. A fault of ours keeps its stack: nobody could mend it without. */
export function explain(error: unknown): string {
  if (error instanceof StartError) return error.message
  if (!(error instanceof Error)) return String(error)
  const code = errorCodeOf(error)
  if (code === READ_ONLY) {
    return `PostgreSQL takes no changes (${error.message}). Name one in DATABASE_URL that does, and no standby.`
  }
  if (code === TOO_MANY_CONNECTIONS) {
    return `PostgreSQL takes no more connections (${error.message}). Let it take more, or lower DATABASE_CONNECTIONS or WORKERS.`
  }
  // Out of room, or stopping.
  if (/^(?:53|57P)/.test(code)) return `PostgreSQL cannot serve at present (${error.message}). Try again.`
  // PostgreSQL: insufficient_privilege.
  if (code === '42501') {
    return `The user of DATABASE_URL may not do what Tenantry needs (${error.message}). Make that user the owner of the database.`
  }
  return `Tenantry did not start because of a fault of its own. Please report it.\n${error.stack ?? error.message}`
}
