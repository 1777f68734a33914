import { csvOf } from '../../../shared/csv.ts'

/** The copy, by its parts. */
type PersonalData = Readonly<Record<string, unknown>>

/** A form of the copy. */
export type Format = 'json' | 'csv'

/** TABLE: the files. */
export const FILES: Readonly<Record<Format, { name: string; type: string; write: (data: PersonalData) => string }>> = {
  json: { name: 'my-data.json', type: 'application/json', write: (data) => JSON.stringify(data, null, 2) },
  csv: { name: 'my-data.csv', type: 'text/csv;charset=utf-8', write: csvOfData },
}

/** Writes a value a row, with where it stands: `sessions.0.browser`. What is empty has a row too. */
export function csvOfData(data: PersonalData): string {
  return csvOf([['path', 'value'], ...rowsOf(data)])
}

function rowsOf(value: unknown, path: readonly string[] = []): [path: string, value: string][] {
  const parts = typeof value === 'object' && value !== null ? Object.entries(value) : []
  if (parts.length > 0) return parts.flatMap(([name, part]) => rowsOf(part, [...path, name]))
  return [[path.join('.'), typeof value === 'object' ? '' : String(value ?? '')]]
}
