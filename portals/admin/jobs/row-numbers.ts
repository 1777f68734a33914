/**
 * Which row of a spreadsheet each person of an import stood in. The API counts people; a table has a header and blank
 * rows besides. It is kept with the job, as its caller's own name for it (`external_id`): `rows 2-5,7-100`.
 */
import type { Job } from '../api/types.ts'

/** As the API takes it. */
const LONGEST = 256
const FORM = /^rows (?:\d+-\d+)(?:,\d+-\d+)*$/

/** Writes it; undefined where there is nobody, or where the blank rows are too many to be told. */
export function rowsName(numbers: readonly number[]): string | undefined {
  const spans: [number, number][] = []
  for (const number of numbers) {
    const last = spans.at(-1)
    if (last && last[1] + 1 === number) last[1] = number
    else spans.push([number, number])
  }
  const name = `rows ${spans.map((span) => span.join('-')).join(',')}`
  return spans.length > 0 && name.length <= LONGEST ? name : undefined
}

/** Reads it: the row of a spreadsheet for a row of the job, which is the same where nothing else is known. */
export function rowNumber({ external_id: name = '' }: Job, row: number): number {
  if (!FORM.test(name)) return row
  let before = 0
  for (const span of name.slice('rows '.length).split(',')) {
    const [first = 0, last = 0] = span.split('-').map(Number)
    const count = last - first + 1
    if (row <= before + count) return first + row - before - 1
    before += count
  }
  return row
}
