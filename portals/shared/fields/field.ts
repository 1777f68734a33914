/** A fact of a record, with what may be done with it. */
import type { Choice } from './choices.ts'

/** A field, as the My Account API answers it; other pages make theirs. */
export type Field = {
  name: string
  /** A key of the texts, such as `attribute.given_name`. */
  label: string
  type: 'text' | 'email' | 'phone' | 'url' | 'locale' | 'zoneinfo' | 'number' | 'date' | 'choice'
  max_length?: number
  /** The smallest and the largest number, for `number`. */
  range?: readonly [number, number]
  editable: boolean
  removable: boolean
  value?: unknown
  source?: 'profile' | 'user_metadata' | 'app_metadata' | 'provider'
  source_name?: string
  /** Why it cannot be changed here, where the API does not say it. */
  note?: string
  /** What helps to fill it in. */
  hint?: string
  /** What can be chosen, for `choice`. */
  choices?: readonly Choice[]
}

/** The value of a field as text; empty when there is none. */
export function textOf({ value }: Pick<Field, 'value'>): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}
