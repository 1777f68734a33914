import { StartError } from '../base/start-error.ts'
import { errorCodeOf } from '../db/error-code.ts'

/** What to print for an error that ended the start. A fault of ours keeps its stack: nobody could mend it without. */
export function explain(error: unknown): string {
  if (error instanceof StartError) return error.message
  if (!(error instanceof Error)) return String(error)
  // PostgreSQL: insufficient_privilege.
  if (errorCodeOf(error) === '42501') {
    return `The user of DATABASE_URL may not do what Tenantry needs (${error.message}). Make that user the owner of the database.`
  }
  return `Tenantry did not start because of a fault of its own. Please report it.\n${error.stack ?? error.message}`
}
