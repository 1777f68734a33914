/** `tenantry import FILE`: users from a file, by the job that `POST /jobs/users-imports` makes. */
import { createWriteStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { reasonOf, StartError } from '../base/start-error.ts'
import type { Connection } from '../connections/connection.ts'
import { findDatabases } from '../connections/store.ts'
import type { Db } from '../db/database.ts'
import type { JsonObject } from '../db/tables.ts'
import type { Server } from '../http/server.ts'
import { beginImport } from '../jobs/imports/begin-import.ts'
import { receiveFile } from '../jobs/imports/upload.ts'
import type { StoredJob } from '../jobs/job.ts'
import { failedRowsText, listRows } from '../jobs/rows.ts'
import { recordEvent } from '../logs/record.ts'
import { counted, progressBar, type Result, type Telling } from './terminal.ts'
import { finish, requireConnection, withServer } from './user-job.ts'

/** How it is to be done. `errors` is a path. */
export type ImportOptions = { connection?: string; upsert?: boolean; dryRun?: boolean; errors?: string }

const ACTOR = { kind: 'system', name: 'import' } as const
const MOST_SHOWN = 20
const MOST_IN_JSON = 1_000

/** Does it; ends with 1 where a row was not taken. @throws StartError in words for the person at the terminal */
export async function importUsers(path: string, options: ImportOptions & Telling): Promise<Result> {
  return await withServer(async (server) => {
    const { db } = server.database
    const { id } = await begin(server, path, options)
    const bar = progressBar(options.dryRun ? 'Trying' : 'Importing', options)
    try {
      const job = await finish(server, id, ({ rows_done, total_rows, failed }) =>
        bar.show(rows_done, total_rows, `${counted(rows_done, 'row')}, ${failed.toLocaleString('en')} not taken`),
      )
      if (options.errors !== undefined) await writeErrors(db, id, options.errors, options.dryRun ? 'trial' : 'import')
      return resultOf(job, await listRows(db, id, 0, MOST_IN_JSON, 'failed'), options)
    } finally {
      bar.end()
    }
  })
}

async function begin(server: Server, path: string, options: ImportOptions): Promise<StoredJob> {
  const { db } = server.database
  const { id: connectionId } = await connectionOf(db, options.connection)
  const settings = { upsert: options.upsert === true, send_completion_email: false, dry_run: options.dryRun === true }
  return await beginImport(db, {
    actor: ACTOR,
    receive: async (jobId) => {
      const file = await receiveFile(db, jobId, await openFile(path), server.config.importFileBytes)
      return { file, connectionId, externalId: undefined, settings }
    },
    record: async (tx, { id, size_bytes, connection_id, connection_name }) => {
      await recordEvent(tx, {
        type: 'sapi',
        actor: ACTOR,
        description: 'Import users on the command line',
        target: { kind: 'job', id },
        connection: { id: connection_id ?? '', name: connection_name ?? '', strategy: 'auth0' },
        details: { size_bytes, ...settings },
      })
    },
  })
}

async function connectionOf(db: Db, named: string | undefined): Promise<Connection> {
  if (named !== undefined) return await requireConnection(db, named)
  const [connection, ...others] = await findDatabases(db, MOST_SHOWN)
  if (!connection) {
    throw new StartError('There is no database connection to import into. Make one first. Nothing was changed.')
  }
  if (others.length === 0) return connection
  const names = [connection, ...others].map(({ name }) => name).join(', ')
  throw new StartError(`Which connection? Name it with --connection: ${names}. Nothing was changed.`)
}

async function openFile(path: string): Promise<Readable> {
  try {
    const file = await open(path)
    if ((await file.stat()).isFile()) return file.createReadStream()
    await file.close()
  } catch (error) {
    throw new StartError(`${path} cannot be read: ${reasonOf(error)}. Nothing was changed.`, { cause: error })
  }
  throw new StartError(`${path} cannot be read: it is no file. Nothing was changed.`)
}

async function writeErrors(db: Db, id: string, path: string, what: 'trial' | 'import'): Promise<void> {
  try {
    await pipeline(Readable.from(failedRowsText(db, id)), createWriteStream(path, { mode: 0o600 }))
  } catch (error) {
    throw new StartError(`The ${what} is done, but ${path} cannot be written: ${reasonOf(error)}.`, { cause: error })
  }
}

function resultOf(job: StoredJob, wrong: readonly JsonObject[], { dryRun = false }: ImportOptions): Result {
  const { id, connection_name: connection, rows_done: total, inserted, updated, failed } = job
  const summary = { total, inserted, updated, failed }
  const are = (count: number) => (dryRun ? 'would be' : count === 1 ? 'is' : 'are')
  const were = (count: number) => (dryRun ? 'would be' : count === 1 ? 'was' : 'were')
  const lines = [
    `${counted(total, 'row')} for ${connection}: ${inserted} ${are(inserted)} new, ${updated} ${were(updated)} updated, ${failed} ${were(failed)} not taken.`,
    ...wrong.slice(0, MOST_SHOWN).map((row) => `  row ${row.row}: ${faultsIn(row)}`),
    ...(failed > MOST_SHOWN
      ? [`  and ${counted(failed - MOST_SHOWN, 'row')} more; --errors FILE writes all of them.`]
      : []),
    ...(dryRun ? ['Nothing was changed.'] : []),
  ]
  const facts = { job_id: id, connection, dry_run: dryRun, summary, errors: wrong }
  return { words: lines.join('\n'), facts, isFailure: failed > 0 }
}

function faultsIn({ errors }: JsonObject): string {
  // Rows are stored with their faults as import-row.ts has them.
  const faults = (errors ?? []) as { message: string; path?: string }[]
  return faults.map(({ message, path }) => (path === undefined ? message : `${path}: ${message}`)).join('; ')
}
