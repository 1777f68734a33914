/** Checkpoints of lists that are ordered by when a row was made, then by its id. */
import { notACheckpoint, type Paging } from './paging.ts'

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
  if (isTime(time) && id !== '' && !id.includes('\0') && rest.length === 0) return { time, id }
  throw notACheckpoint()
}

/**
 * Where a list that is ordered by ids alone goes on; undefined at its beginning and for pages.
 * @throws ApiError invalid_query_string when the checkpoint is none of such a list
 */
export function idCheckpointOf(paging: Paging): string | undefined {
  if (paging.kind === 'page' || paging.after === undefined) return undefined
  const [id = '', ...rest] = paging.after
  if (id !== '' && !id.includes('\0') && rest.length === 0) return id
  throw notACheckpoint()
}

/** How many rows a page skips. */
export function offsetOf(paging: Paging): number {
  return paging.kind === 'page' ? paging.start : 0
}

/** PostgreSQL knows neither a 31st of February, which JavaScript takes for a day in March, nor a year 0. */
function isTime(text: string): boolean {
  const moment = new Date(/^(?!0000)\d{4}-.*Z$/.test(text) ? text : Number.NaN)
  return !Number.isNaN(moment.getTime()) && moment.toISOString() === text
}
