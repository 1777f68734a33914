/**
 * A backup: every table as it stood at one moment, whatever is written meanwhile, in one file. What is encrypted in the
 * database is so in the file, and cannot be read without the encryption key; the rest can, so the file is for its owner
 * alone.
 */
import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createZstdCompress } from 'node:zlib'
import { Client, escapeIdentifier } from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { now } from '../base/clock.ts'
import { reasonOf, StartError } from '../base/start-error.ts'
import { syncPath } from '../db/write-atomically.ts'
import { frameWriter } from './frames.ts'
import { type CopiedTable, listMigrations, listSequences, listTables } from './tables.ts'

/** Of the file's form; raised when an older reader could not make sense of it. */
export const FORMAT = 1

/** Told after every table: how many are done, and the rows so far. */
export type Progress = (done: { tables: number; ofTables: number; rows: number }) => void

/** What was backed up. */
export type BackupSummary = { tables: number; rows: number; bytes: number }

/**
 * Writes one. The file is there whole or not at all.
 * @param path where to; a file that is there is replaced
 * @throws StartError in words for the operator
 */
export async function backUp(connectionString: string, path: string, progress: Progress): Promise<BackupSummary> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  const client = new Client({ connectionString, application_name: 'tenantry backup' })
  // A connection that breaks fails the query under way; unheard, the event would end the process.
  client.on('error', () => {})
  const counted = { tables: 0, rows: 0 }
  try {
    await client.connect()
    const file = createWriteStream(draft, { mode: 0o600, flags: 'wx' })
    await pipeline(Readable.from(framesOf(client, counted, progress)), createZstdCompress(), file)
    await syncPath(draft)
    await rename(draft, path)
    await syncPath(dirname(path))
    const written = await open(path)
    const { size: bytes } = await written.stat().finally(() => written.close())
    return { ...counted, bytes }
  } catch (error) {
    await rm(draft, { force: true })
    throw inWords(path, error)
  } finally {
    await client.end().catch(() => {})
  }
}

type Counted = { tables: number; rows: number }

/** All frames of a backup, from one moment. */
async function* framesOf(client: Client, counted: Counted, progress: Progress): AsyncGenerator<Buffer> {
  const { rows: logs } = await client.query(`select 1 where to_regclass('events') is not null`)
  await client.query('begin isolation level repeatable read read only')
  // Before the moment that is backed up: a day of the log that gave way to another table after it would be in neither.
  if (logs.length > 0) await client.query('lock table events in access share mode')
  const migrations = await listMigrations(client)
  if (migrations === undefined) throw new StartError('There is nothing of Tenantry in this database to back up.')
  const { rows: probes } = await client.query<{ key_probe: string }>('select key_probe from tenant_settings')
  const tables = await listTables(client)
  const writer = frameWriter()
  yield writer.frame('header', {
    format: FORMAT,
    madeAt: now().toISOString(),
    migrations,
    // Tells whether an encryption key is the right one before anything is restored.
    keyProbe: probes[0]?.key_probe ?? null,
    sequences: await listSequences(client),
    tables: tables.length,
  })
  for (const table of tables) {
    yield writer.frame('table', table)
    const rows = client.query(copyTo(copyStatement(table)))
    for await (const chunk of rows) yield writer.frame('data', chunk)
    counted.tables += 1
    counted.rows += rows.rowCount
    yield writer.frame('end', { rows: rows.rowCount })
    progress({ tables: counted.tables, ofTables: tables.length, rows: counted.rows })
  }
  yield writer.close()
}

function copyStatement({ name, columns }: CopiedTable): string {
  return `copy (select ${columns.map(escapeIdentifier).join(', ')} from ${escapeIdentifier(name)}) to stdout`
}

const NOT_WRITABLE = new Set(['ENOENT', 'EACCES', 'ENOTDIR', 'EISDIR', 'EPERM', 'EROFS', 'EDQUOT', 'EFBIG'])

function inWords(path: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOSPC') return new StartError(`The disk is full. ${path} was not written.`, { cause: error })
  return code !== undefined && NOT_WRITABLE.has(code)
    ? new StartError(`${path} cannot be written: ${reasonOf(error)}.`, { cause: error })
    : error
}
