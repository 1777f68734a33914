/** A draft of the person's own metadata: keys that stay, change, come and go. */

/** An entry. `before` is its stored value, undefined for one that is new. */
export type Entry = { id: string; key: string; text: string; before: unknown; isRemoved: boolean }

/** A draft of what is stored. */
export function draftOf(metadata: Readonly<Record<string, unknown>>): Entry[] {
  return Object.entries(metadata).map(([key, before]) => ({
    id: `more-${key}`,
    key,
    text: typeof before === 'string' ? before : '',
    before,
    isRemoved: false,
  }))
}

/** A new entry, still empty. */
export function emptyEntry(number: number): Entry {
  return { id: `new-${number}`, key: '', text: '', before: undefined, isRemoved: false }
}

/** Whether the entry is new. */
export function isNew({ before }: Entry): boolean {
  return before === undefined
}

/** Whether it is text, which is edited; what an application has structured can only be removed. */
export function isText({ before }: Entry): boolean {
  return before === undefined || typeof before === 'string'
}

/** The entries that differ from what is stored. A new one that was left empty does not count. */
export function changedOf(entries: readonly Entry[]): Entry[] {
  return entries.filter((entry) => {
    if (isNew(entry)) return !entry.isRemoved && (entry.key.trim() !== '' || entry.text.trim() !== '')
    return entry.isRemoved || (isText(entry) && entry.text !== entry.before)
  })
}

/** The change that a set of entries amounts to. */
export function changeOf(entries: readonly Entry[]): Record<string, unknown> {
  return Object.fromEntries(entries.map(({ key, text, isRemoved }) => [key.trim(), isRemoved ? null : text]))
}

/** The change that takes it back. */
export function backOf(entries: readonly Entry[]): Record<string, unknown> {
  return Object.fromEntries(entries.map(({ key, before }) => [key.trim(), before ?? null]))
}

/** What is wrong with the key of a new entry. */
export function keyFaultOf(
  entry: Entry,
  entries: readonly Entry[],
): 'fault.key_missing' | 'fault.key_taken' | undefined {
  const key = entry.key.trim()
  if (!isNew(entry)) return undefined
  if (key === '') return 'fault.key_missing'
  return entries.some((other) => other !== entry && other.key.trim() === key) ? 'fault.key_taken' : undefined
}
