/** What is wrong with a field's text, as far as can be told before the server is asked. */
import type { Field } from '../../api.ts'
import { textOf } from '../../profile.ts'
import type { AccountKey } from '../../texts/en.ts'

/** A cure, and what its text is filled with. */
export type Cure = { key: Extract<AccountKey, `fault.${string}`>; values?: { count: number } }

const WELL_FORMED: Readonly<Partial<Record<Field['type'], { key: Cure['key']; fits: (text: string) => boolean }>>> = {
  url: { key: 'fault.url', fits: (text) => /^https?:\/\//i.test(text) && URL.canParse(text) },
  phone: { key: 'fault.phone', fits: (text) => /^\+\d{1,15}$/.test(text) },
  email: { key: 'fault.email', fits: (text) => /^[^\s@]+@[^\s@]+$/.test(text) },
}

/** The cure for the first fault; undefined where there is none to be seen. */
export function cureOf(field: Field, text: string): Cure | undefined {
  if (text === '') return textOf(field) !== '' && !field.removable ? { key: 'fault.required' } : undefined
  const { max_length: most } = field
  if (most !== undefined && [...text].length > most) return { key: 'fault.too_long', values: { count: most } }
  const rule = WELL_FORMED[field.type]
  return rule && !rule.fits(text) ? { key: rule.key } : undefined
}
