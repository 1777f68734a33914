/**
 * Statements that are put together as somebody asks, such as searches: which of them come so often that preparing them
 * pays. Reading the text of a search takes PostgreSQL longer than finding a few users by an index, and prepared it is read
 * once a connection. What is prepared stays in memory, and people may ask whatever they like, so there are few.
 */
import { createHash } from 'node:crypto'

const MOST_PREPARED = 40
const TIMES = 3
const MOST_COUNTED = 500

/** Says under which name a statement is to be prepared; undefined for one that does not come often. */
export type FrequentNames = (text: string) => string | undefined

/** Makes the names of one process. @param kind as the names begin */
export function frequentNames(kind: string, most = MOST_PREPARED): FrequentNames {
  const names = new Map<string, string>()
  const counts = new Map<string, number>()
  return (text) => {
    const known = names.get(text)
    if (known !== undefined || names.size >= most) return known
    const count = (counts.get(text) ?? 0) + 1
    if (count < TIMES) {
      if (counts.size >= MOST_COUNTED) counts.clear()
      counts.set(text, count)
      return undefined
    }
    counts.delete(text)
    const name = `${kind}-${createHash('sha256').update(text).digest('base64url').slice(0, 22)}`
    names.set(text, name)
    return name
  }
}
