/** A bulk act on any number of members: in parts, since the API takes some at a time. */
import { organizations } from '../api/api.ts'
import type { BulkAct, BulkResult } from '../api/types.ts'

const MOST_AT_ONCE = 100

/** Does it, or tries what it would do. @param onProgress how many are through @throws ApiProblem */
export async function actOnMany(
  organizationId: string,
  act: BulkAct,
  onProgress: (count: number) => void = () => {},
): Promise<BulkResult> {
  const whole: BulkResult = { results: [], done: 0, skipped: 0, refused: 0 }
  for (let at = 0; at < act.members.length; at += MOST_AT_ONCE) {
    const members = act.members.slice(at, at + MOST_AT_ONCE)
    const part = await organizations.bulk(organizationId, { ...act, members })
    whole.results.push(...part.results)
    whole.done += part.done
    whole.skipped += part.skipped
    whole.refused += part.refused
    onProgress(at + members.length)
  }
  return whole
}
