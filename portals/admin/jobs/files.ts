/** Files that come of jobs. */

import { csvOf } from '../../shared/csv.ts'
import { saveFile } from '../../shared/save-file.ts'
import { jobs } from '../api/api.ts'
import type { Job, JobRow } from '../api/types.ts'
import { type FaultKey, faultsOf } from './row-faults.ts'
import { rowNumber } from './row-numbers.ts'

const AT_ONCE = 1_000

/** Loads the file of an export, unpacks it, and offers it to keep. The link holds a minute, so it is asked for at once. */
export async function saveExport(id: string): Promise<void> {
  const { location, format = 'json' } = await jobs.get(id)
  const answer = location === undefined ? undefined : await fetch(location, { credentials: 'omit' })
  if (!answer?.ok || !answer.body) throw new Error('The file could not be loaded.')
  const text = await new Response(answer.body.pipeThrough(new DecompressionStream('gzip'))).text()
  const isCsv = format === 'csv'
  // The mark tells spreadsheets that it is UTF-8.
  saveFile(
    isCsv ? 'members.csv' : 'members.jsonl',
    isCsv ? `\ufeff${text}` : text,
    isCsv ? undefined : 'application/json',
  )
}

/** Offers what became of rows as a table: all of them, or those that failed. */
export async function saveRows(job: Job, say: (key: FaultKey) => string, outcome?: 'failed'): Promise<void> {
  const rows: JobRow[] = []
  for (;;) {
    const part = await jobs.rows(job.id, { outcome, take: AT_ONCE, after: rows.at(-1)?.row ?? 0 })
    rows.push(...part)
    if (part.length < AT_ONCE) break
  }
  const reasonOf = (row: JobRow) => faultsOf(row, say).map(({ text }) => text)
  const lines = rows.map((row) => [
    String(rowNumber(job, row.row)),
    row.outcome,
    addressOf(row),
    reasonOf(row).join(' '),
    row.user_id ?? '',
  ])
  saveFile(
    outcome ? 'failed-rows.csv' : 'rows.csv',
    csvOf([['row', 'outcome', 'email', 'reason', 'user_id'], ...lines]),
  )
}

/** Whom a row names. */
export function addressOf({ user = {} }: JobRow): string {
  const name = user.email ?? user.username ?? user.phone_number
  return typeof name === 'string' ? name : ''
}
