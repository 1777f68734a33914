/** Files of people as the API takes them: JSON goes as it is, a table becomes JSON by the names in its first line. */
import { readCsv } from '../../shared/csv.ts'
import { readText } from '../pieces/read-text.ts'

/** TABLE: columns that are metadata of the account. */
const METADATA: ReadonlySet<string> = new Set(['locale', 'zoneinfo'])
const TRUTHS: Readonly<Record<string, boolean>> = { true: true, false: false }

/** Reads it. Of a table it is told besides in which row each of the people stands. */
export async function importFileOf(file: File): Promise<{ people: Blob; rows?: readonly number[] }> {
  const isTable = /\.(csv|tsv)$/i.test(file.name)
  if (!isTable) return { people: file }
  const read = peopleOf(await readText(file))
  const people = new Blob([JSON.stringify(read.map(({ person }) => person))], { type: 'application/json' })
  return { people, rows: read.map(({ number }) => number) }
}

/** Whether it is what a spreadsheet keeps for itself. */
export function isWorkbook({ name }: File): boolean {
  return /\.(xlsx?|xlsm|xlsb|ods|numbers)$/i.test(name)
}

function peopleOf(text: string): { number: number; person: object }[] {
  const [head, ...rows] = readCsv(text)
  const names = (head?.cells ?? []).map((name) => name.trim().toLowerCase().replaceAll(' ', '_'))
  return rows.map(({ number, cells: row }) => {
    const isExported = row[names.indexOf('email')]?.startsWith("'") ?? false
    const person: Record<string, unknown> = {}
    const metadata: Record<string, string> = {}
    for (const [at, name] of names.entries()) {
      // Exported files have an apostrophe before every text, or before what could be a formula. That of 't Hart is his own.
      const value = (row[at] ?? '').replace(isExported ? /^'/ : /^'(?=[=+\-@])/, '')
      if (value === '' || name === '') continue
      if (METADATA.has(name)) metadata[name] = value
      else person[name] = name === 'blocked' ? (TRUTHS[value.toLowerCase()] ?? value) : value
    }
    const isWithout = Object.keys(metadata).length === 0
    return { number, person: isWithout ? person : { ...person, user_metadata: metadata } }
  })
}
