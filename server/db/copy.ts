/** COPY, by which many rows go into a table at once. */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setImmediate as breathe } from 'node:timers/promises'
import type pg from 'pg'
import { from } from 'pg-copy-streams'

/** What a column can be given; an object goes in as JSON text. */
export type CopyValue = string | number | boolean | Date | null | undefined

/** Rows written between two breaths, in which other requests are served. */
const ROWS_AT_ONCE = 100

/**
 * Copies rows into a table, on the transaction that the connection is in.
 * @param columns names as they stand in SQL
 */
export async function copyInto(
  client: pg.Client,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly CopyValue[])[],
): Promise<void> {
  if (rows.length === 0) return
  const stream = client.query(from(`copy ${table} (${columns.join(', ')}) from stdin`))
  await pipeline(Readable.from(textOf(rows)), stream)
}

async function* textOf(rows: readonly (readonly CopyValue[])[]): AsyncGenerator<Buffer> {
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
    const lines = rows.slice(from, from + ROWS_AT_ONCE).map((row) => row.map(fieldOf).join('\t'))
    yield Buffer.from(`${lines.join('\n')}\n`)
    await breathe()
  }
}

const SPECIAL = /[\\\n\r\t]/
const ESCAPES: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function fieldOf(value: CopyValue): string {
  if (value === null || value === undefined) return '\\N'
  if (value instanceof Date) return value.toISOString()
  if (typeof value !== 'string') return String(value)
  return SPECIAL.test(value) ? value.replace(/[\\\n\r\t]/g, (sign) => ESCAPES[sign] ?? sign) : value
}
