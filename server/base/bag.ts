/**
 * Things that come and go by the thousand, such as the requests under way. What a `Set` does for few: it copies its table
 * whenever enough has gone, and every old table refers to the next one, so that one that has become old keeps alive whatever
 * stood in those after it, until the whole heap is looked through.
 */
export type Bag<T> = {
  readonly size: number
  /** Adds a thing. What it returns takes it out; the second call does nothing. */
  add: (thing: T) => () => void
  [Symbol.iterator]: () => Iterator<T>
}

type Entry<T> = { thing: T; index: number }

/** Makes an empty one. */
export function bag<T>(): Bag<T> {
  const entries: Entry<T>[] = []
  return {
    get size() {
      return entries.length
    },
    add(thing) {
      const entry = { thing, index: entries.length }
      entries.push(entry)
      return () => takeOut(entries, entry)
    },
    *[Symbol.iterator]() {
      for (const { thing } of [...entries]) yield thing
    },
  }
}

/** The last takes its place. */
function takeOut<T>(entries: Entry<T>[], entry: Entry<T>): void {
  if (entries[entry.index] !== entry) return
  const last = entries.pop()
  if (last === undefined || last === entry) return
  entries[entry.index] = last
  last.index = entry.index
}
