/** Checkpoints of lists that are ordered by when a row was made, then by its id. */
import { ApiError } from './errors.ts'
import type { Paging } from './paging.ts'

/** The row after which to go on. `time` is ISO 8601, to the millisecond. */
export type Checkpoint = { time: string; id: string }

/** The keys of a row by which such a list is ordered, for the checkpoint after it. */
export function checkpointKeys(row: { created_at: Date }, id: string): string[] {
  return [row.created_at.toISOString(), id]
}

/**
 * Where a list goes on; undefined at its beginning and for pages.
 * @throws ApiError invalid_query_string when the checkpoint is none of such a list
 */
export function checkpointOf(paging: Paging): Checkpoint | undefined {
  if (paging.kind === 'page' || paging.after === undefined) return undefined
  const [time = '', id = '', ...rest] = paging.after
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(time) && !Number.isNaN(Date.parse(time))
  if (isTime && id !== '' && !id.includes('\0') && rest.length === 0) return { time, id }
  throw new ApiError('invalid_query_string', {
    with: { reason: "Query validation error: 'Not a checkpoint of this list' on property from (Where to go on)." },
  })
}

/** How many rows a page skips, within what PostgreSQL can count. */
export function offsetOf(paging: Paging): number {
  return paging.kind === 'page' ? Math.min(paging.start, Number.MAX_SAFE_INTEGER) : 0
}
