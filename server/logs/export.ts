/** The log as a file: an entry a line, written while it goes out, a page in memory at a time. */
import type { Actor } from '../authorization/actor.ts'
import type { Db } from '../db/database.ts'
import { type LogReader, logEntryWire } from './log-entry.ts'
import { readLogOrder } from './query.ts'
import { type LogFilter, readLogs } from './store.ts'

const PAGE = 100

/** TABLE: the columns of a CSV file. `details` is JSON. */
const COLUMNS = [
  'log_id',
  'date',
  'type',
  'description',
  'user_id',
  'user_name',
  'client_id',
  'client_name',
  'organization_id',
  'organization_name',
  'connection',
  'connection_id',
  'strategy',
  'ip',
  'user_agent',
  'audience',
  'scope',
  'details',
] as const

type Entry = ReturnType<typeof logEntryWire>

/** TABLE: the formats. */
export const LOG_FORMATS = {
  json: {
    type: 'application/x-ndjson; charset=utf-8',
    head: '',
    line: (entry: Entry) => `${JSON.stringify(entry)}\n`,
  },
  csv: {
    type: 'text/csv; charset=utf-8; header=present',
    head: `${COLUMNS.join(',')}\r\n`,
    line: (entry: Entry) => `${COLUMNS.map((name) => cellOf(entry[name])).join(',')}\r\n`,
  },
} as const

/** How a log can be written. */
export type LogFormat = keyof typeof LOG_FORMATS

/** Runs a read, with the limits that it needs. */
export type RunRead = <T>(read: (db: Db) => Promise<T>) => Promise<T>

/**
 * Writes entries, oldest first: those that meet the filter and were there at the beginning. One that nobody reads any more
 * asks for no further page.
 */
export async function* logText(
  run: RunRead,
  actor: Actor,
  reader: LogReader,
  filter: LogFilter,
  format: LogFormat,
): AsyncGenerator<string> {
  const { head, line } = LOG_FORMATS[format]
  if (head !== '') yield head
  const window = { order: readLogOrder('date:1'), start: 0, limit: PAGE }
  for (let after = filter.after ?? ''; ; ) {
    const rows = await run((db) => readLogs(db, actor, { ...filter, after }, window))
    if (rows.length > 0) yield rows.map((row) => line(logEntryWire(row, reader))).join('')
    if (rows.length < PAGE) return
    after = rows.at(-1)?.log_id ?? after
  }
}

/**
 * RFC 4180; and no spreadsheet takes it for a formula, also behind a semicolon or tab: spreadsheets of some languages begin a
 * cell there, whatever the quotes say.
 */
function cellOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const safe = text.replace(/^(?=[\t\r])|(?<=^|[;\t\r\n])(?=\s*[=+\-@])/g, "'")
  return /[",\r\n]/.test(safe) || safe !== text ? `"${safe.replaceAll('"', '""')}"` : safe
}
