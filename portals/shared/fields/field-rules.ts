/** What is wrong with a field's text, as far as can be told before the server is asked. */
import type { SharedKey } from '../texts/en.ts'
import { type Field, textOf } from './field.ts'

/** A cure, and what its text is filled with. */
export type Cure = { key: Extract<SharedKey, `shared.fault_${string}`>; values?: Readonly<Record<string, number>> }

const WELL_FORMED: Readonly<Partial<Record<Field['type'], { key: Cure['key']; fits: (text: string) => boolean }>>> = {
  url: { key: 'shared.fault_url', fits: (text) => /^https?:\/\//i.test(text) && URL.canParse(text) },
  phone: { key: 'shared.fault_phone', fits: (text) => /^\+\d{1,15}$/.test(text) },
  number: { key: 'shared.fault_number', fits: (text) => /^[1-9]\d{0,8}$/.test(text) },
  date: { key: 'shared.fault_date', fits: (text) => !Number.isNaN(Date.parse(text)) },
  email: { key: 'shared.fault_email', fits: (text) => /^[^\s@]+@[^\s@]+$/.test(text) },
}

/** The cure for the first fault; undefined where there is none to be seen. */
export function cureOf(field: Field, text: string): Cure | undefined {
  if (text === '') return textOf(field) !== '' && !field.removable ? { key: 'shared.fault_required' } : undefined
  const { max_length: most, range } = field
  if (most !== undefined && [...text].length > most) return { key: 'shared.fault_too_long', values: { count: most } }
  if (range && !isWithin(range, text)) return { key: 'shared.fault_range', values: { least: range[0], most: range[1] } }
  const rule = WELL_FORMED[field.type]
  return rule && !rule.fits(text) ? { key: rule.key } : undefined
}

function isWithin([least, most]: readonly [number, number], text: string): boolean {
  return /^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most
}
