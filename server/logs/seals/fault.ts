/** TABLE: what can be wrong with the sealed log. */
import { timeOfId } from './seal.ts'

/** In words. */
export const FAULTS = {
  altered: 'The entry, or its seal, was altered after it was sealed.',
  person: 'What is personal in the entry was altered after it was sealed, and not blanked by an erasure.',
  missing: 'The entry was removed after it was sealed.',
  added: 'The entry was added behind what is sealed: it is older than what the server still seals.',
  seal: 'The seal belongs to no batch of the chain: it was added, or its batch was removed.',
  gap: 'Entries were removed together with their seals, after this one and before the next that is left.',
  batch: 'The chain was altered or cut here: this batch does not follow from the one before it.',
  key: 'Nothing fits from the first link on: the chain was made with another encryption key, or replaced as a whole.',
  mark: 'The chain does not lead past this mark: it was cut or replaced, or the database is older than the mark.',
} as const

/** Where something is wrong. `log_id` is the entry, or the last one before what is missing. */
export type Fault = { kind: keyof typeof FAULTS; log_id: string | null; date: string | null; more?: object }

/** The date that an id begins with; null where it is none of ours. */
export function dateOf(logId: string | undefined): string | null {
  const time = logId === undefined ? undefined : timeOfId(logId)
  return time === undefined ? null : new Date(time).toISOString()
}
