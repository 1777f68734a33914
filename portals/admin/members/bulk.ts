/** A bulk act on any number of members: in parts, since the API takes some at a time, and so that it can be stopped. */
import { ApiProblem } from '../../shared/api-client.ts'
import { organizations } from '../api/api.ts'
import type { BulkAct, BulkResult } from '../api/types.ts'

/** Few enough that it stops soon, and that no request takes long. */
const MOST_AT_ONCE = 100
/** As many as the API takes; what is only tried is read alone. */
const MOST_TRIED = 1_000

/** Why an act did not reach everybody: somebody stopped it, the server refused to go on, or no answer came. */
export type Ending = 'stopped' | 'refused' | 'broken'

/** What became of it. Those who were not reached are as before, but for the last ones where no answer came. */
export type BulkRun = BulkResult & { unreached: string[]; ending?: Ending }

/** Does it. @param how what is told how many are through, and what stops it after the part that goes on */
export async function actOnMany(
  organizationId: string,
  act: BulkAct,
  how: { onProgress: (count: number) => void; signal: AbortSignal },
): Promise<BulkRun> {
  const { members: all } = act
  const whole = empty()
  for (let at = 0; at < all.length; at += MOST_AT_ONCE) {
    if (how.signal.aborted) return { ...whole, unreached: all.slice(at), ending: 'stopped' }
    const members = all.slice(at, at + MOST_AT_ONCE)
    try {
      add(whole, await organizations.bulk(organizationId, { ...act, members }))
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error
      const isRefused = error.status >= 400 && error.status < 500
      return { ...whole, unreached: all.slice(at), ending: isRefused ? 'refused' : 'broken' }
    }
    how.onProgress(at + members.length)
  }
  return { ...whole, unreached: [] }
}

/** What it would do. @throws ApiProblem */
export async function tryOnMany(organizationId: string, act: BulkAct): Promise<BulkResult> {
  const whole = empty()
  for (let at = 0; at < act.members.length; at += MOST_TRIED) {
    const members = act.members.slice(at, at + MOST_TRIED)
    add(whole, await organizations.bulk(organizationId, { ...act, members, dry_run: true }))
  }
  return whole
}

function empty(): BulkResult {
  return { results: [], done: 0, skipped: 0, refused: 0 }
}

function add(whole: BulkResult, part: BulkResult): void {
  for (const result of part.results) whole.results.push(result)
  whole.done += part.done
  whole.skipped += part.skipped
  whole.refused += part.refused
}
