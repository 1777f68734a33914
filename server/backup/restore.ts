/**
 * Restoring a backup into an empty database, in one transaction: the schema as it was when the backup was made, every row,
 * and then whatever migrations came since. A restore that fails, or is killed, leaves the database empty.
 */
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createZstdDecompress } from 'node:zlib'
import { Client, escapeIdentifier } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { Type } from 'typebox'
import type { Secrets } from '../base/secrets.ts'
import { reasonOf, StartError } from '../base/start-error.ts'
import { builderOn } from '../db/database.ts'
import { MIGRATION_NAMES, migrateTo, refuseUnfit } from '../db/migrate.ts'
import { checkerOf } from '../http/validation.ts'
import { checkProbe } from '../setup.ts'
import { FORMAT, type Progress } from './backup.ts'
import { damaged, type Frame, parse, readFrames } from './frames.ts'
import { type CopiedTable, isEmpty } from './tables.ts'

type Header = {
  format: number
  madeAt: string
  migrations: string[]
  keyProbe: string | null
  sequences: { name: string; value: string | null }[]
  tables: number
}

/** What was restored, and from when it is. */
export type RestoreSummary = { madeAt: string; tables: number; rows: number }

const isHeader = checkerOf(
  Type.Object({
    format: Type.Integer(),
    madeAt: Type.String(),
    migrations: Type.Array(Type.String()),
    keyProbe: Type.Union([Type.String(), Type.Null()]),
    sequences: Type.Array(Type.Object({ name: Type.String(), value: Type.Union([Type.String(), Type.Null()]) })),
    tables: Type.Integer(),
  }),
)
const isTable = checkerOf(
  Type.Object({
    name: Type.String(),
    columns: Type.Array(Type.String()),
    partitions: Type.Array(Type.Object({ name: Type.String(), bound: Type.String() })),
  }),
)

/**
 * Restores one.
 * @throws StartError in words for the operator: the file is damaged or too new, the key is another one, the database is
 *   not empty
 */
export async function restore(
  connectionString: string,
  path: string,
  secrets: Secrets,
  progress: Progress,
): Promise<RestoreSummary> {
  const frames = readFrames(unpacked(path))
  const client = new Client({ connectionString, application_name: 'tenantry restore' })
  client.on('error', () => {})
  try {
    const header = await readHeader(frames)
    if (header.keyProbe !== null) checkProbe(secrets, header.keyProbe)
    await client.connect()
    await client.query('begin')
    if (!(await isEmpty(client))) {
      throw new StartError('The database is not empty. A backup is restored into an empty one. Nothing was changed.')
    }
    const rows = await restoreInto(client, header, frames, progress)
    await client.query('commit')
    await client.query('analyze')
    return { madeAt: header.madeAt, tables: header.tables, rows }
  } finally {
    await frames.return(undefined)
    // Rolls back what is not committed.
    await client.end().catch(() => {})
  }
}

async function restoreInto(
  client: Client,
  header: Header,
  frames: AsyncGenerator<Frame>,
  progress: Progress,
): Promise<number> {
  const last = header.migrations.at(-1)
  const db = builderOn(client)
  await refuseUnfit(db, false)
  if (last !== undefined) await migrateTo(db, last)
  let [tables, rows] = [0, 0]
  for (let frame = await next(frames); frame; frame = await next(frames)) {
    rows += await restoreTable(client, readTable(frame), frames)
    tables += 1
    progress({ tables, ofTables: header.tables, rows })
  }
  if (tables !== header.tables) throw damaged()
  for (const { name, value } of header.sequences) {
    if (value !== null) await client.query('select setval($1::regclass, $2::bigint)', [escapeIdentifier(name), value])
  }
  await migrateTo(db, undefined)
  return rows
}

async function restoreTable(client: Client, table: CopiedTable, frames: AsyncGenerator<Frame>): Promise<number> {
  const name = escapeIdentifier(table.name)
  // A migration cuts a table by the day on which it runs; the file's parts take the place of those.
  if (table.partitions.length > 0) await dropPartitions(client, name)
  for (const partition of table.partitions) {
    // The bound is PostgreSQL's own words, from a file whose owner owns the database.
    await client.query(`create table ${escapeIdentifier(partition.name)} partition of ${name} ${partition.bound}`)
  }
  // What migrations put there is in the file as well; what triggers would add, too.
  await client.query(`delete from ${name}`)
  await client.query(`alter table ${name} disable trigger user`)
  const copied = client.query(copyFrom(`copy ${name} (${table.columns.map(escapeIdentifier).join(', ')}) from stdin`))
  const end = { rows: -1 }
  await pipeline(Readable.from(dataOf(frames, end)), copied)
  if (copied.rowCount !== end.rows) throw damaged()
  await client.query(`alter table ${name} enable trigger user`)
  return end.rows
}

async function dropPartitions(client: Client, name: string): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    'select inhrelid::regclass::text as name from pg_inherits where inhparent = $1::regclass',
    [name],
  )
  for (const { name: partition } of rows) await client.query(`drop table ${partition}`)
}

/** The rows of the table that was begun, up to its end. */
async function* dataOf(frames: AsyncGenerator<Frame>, end: { rows: number }): AsyncGenerator<Buffer> {
  for (;;) {
    const frame = await next(frames)
    if (frame?.kind === 'data') yield frame.payload
    else if (frame?.kind === 'end') {
      end.rows = Number(parse(frame.payload).rows)
      return
    } else throw damaged()
  }
}

async function readHeader(frames: AsyncGenerator<Frame>): Promise<Header> {
  const frame = await next(frames)
  const header = frame?.kind === 'header' ? parse(frame.payload) : undefined
  if (!isHeader(header)) throw damaged()
  // The check above lets nothing else through.
  const { format, migrations } = header as Header
  if (format > FORMAT || migrations.some((name, at) => MIGRATION_NAMES[at] !== name)) {
    throw new StartError(
      'The backup was made by a newer Tenantry than this one. Restore it with that version or a newer one. Nothing was changed.',
    )
  }
  return header as Header
}

function readTable(frame: Frame): CopiedTable {
  const table = frame.kind === 'table' ? parse(frame.payload) : undefined
  if (!isTable(table)) throw damaged()
  // The check above lets nothing else through.
  return table as CopiedTable
}

async function next(frames: AsyncGenerator<Frame>): Promise<Frame | undefined> {
  const { done, value } = await frames.next()
  return done ? undefined : value
}

/** @throws StartError when the file cannot be read or unpacked */
async function* unpacked(path: string): AsyncGenerator<Buffer> {
  const file = createReadStream(path)
  const plain = createZstdDecompress()
  const piped = pipeline(file, plain)
  // Told by the reading below.
  piped.catch(() => {})
  try {
    yield* plain
  } catch (error) {
    const { code = '', syscall } = error as NodeJS.ErrnoException
    if (syscall === undefined || !/^E/.test(code)) throw damaged(error)
    throw new StartError(`${path} cannot be read: ${reasonOf(error)}.`, { cause: error })
  } finally {
    file.destroy()
  }
}
