/**
 * Imports a file: reads it row by row from where the last try has come, batch by batch. Memory holds three batches and a
 * piece of the file, however long that is.
 */
import { setImmediate as breathe } from 'node:timers/promises'
import { findConnection } from '../../connections/store.ts'
import { errorCodeOf, type OwnConnection } from '../../db/database.ts'
import { readFile } from '../files.ts'
import type { ImportSettings } from '../job.ts'
import type { JobRun, Outcome } from '../runner.ts'
import { type Batch, type ImportRun, importBatch } from './batch.ts'
import { rowReader } from './import-row.ts'
import { keyNamesOf } from './plan.ts'
import { scanRows } from './row-scanner.ts'
import { batchesUnderWay } from './under-way.ts'

const MOST_ROWS = 2_000
/** Of an organization fewer: with each batch it is asked whether whoever began it may go on. */
const MOST_WITHIN = 200
const MOST_CHARACTERS = 4_000_000
/** Rows read between two breaths, in which other requests are served. */
const ROWS_AT_ONCE = 50
const NO_CONNECTION = 'The connection does not exist.'

/** Runs it to its end, or until the process stops. */
export async function runImport({ server, job, lease, isStopping }: JobRun): Promise<Outcome> {
  if (job.fault !== null) return { state: 'failed', details: job.fault }
  const connection = await findConnection(server.database.db, job.connection_id ?? '')
  if (!connection) return { state: 'failed', details: NO_CONNECTION }
  // The route that made the job has checked them.
  const settings = job.settings as ImportSettings
  const run: ImportRun = { server, job, lease, settings, connection }
  const underWay = batchesUnderWay(await openConnections(run))
  try {
    for await (const batch of batchesOf(run)) {
      if (!(await underWay.room(batch))) return { state: 'cancelled' }
      if (isStopping()) return { state: 'stopped' }
      underWay.begin(batch, (own, before) => importBatch(run, own, batch, before))
    }
    return { state: (await underWay.done()) ? 'completed' : 'cancelled' }
  } catch (error) {
    // PostgreSQL: foreign_key_violation. The connection was deleted a moment ago.
    if (errorCodeOf(error) === '23503') return { state: 'failed', details: NO_CONNECTION }
    throw error
  } finally {
    await underWay.close()
  }
}

/** Two, but where a batch depends on what the one before has written. */
async function openConnections({ server, job, settings }: ImportRun): Promise<OwnConnection[]> {
  const isAlone = settings.upsert || settings.dry_run || job.organization_id !== null
  const first = await server.database.openOwn()
  if (isAlone) return [first]
  try {
    return [first, await server.database.openOwn()]
  } catch (error) {
    await first.close()
    throw error
  }
}

async function* batchesOf({ server, job, connection }: ImportRun): AsyncGenerator<Batch> {
  const { position_bytes: at, shape } = job
  const scanner = scanRows({ at, shape: at === 0 ? 'unknown' : shape })
  const read = rowReader(connection)
  const mostRows = job.organization_id === null ? MOST_ROWS : MOST_WITHIN
  let rows: Batch['rows'][number][] = []
  let keys = new Set<string>()
  let endsAt = at
  let characters = 0
  let row = job.rows_done
  for await (const piece of readFile(server.database.db, job.id, at)) {
    for (const found of scanner.feed(piece)) {
      const { text } = found
      row += 1
      const made = read(text, row)
      rows.push(made)
      for (const name of keyNamesOf(made)) keys.add(name)
      endsAt = found.endsAt
      characters += text.length
      if (row % ROWS_AT_ONCE === 0) await breathe()
      if (rows.length < mostRows && characters < MOST_CHARACTERS) continue
      yield { rows, keys, endsAt }
      rows = []
      keys = new Set()
      characters = 0
    }
  }
  if (rows.length > 0) yield { rows, keys, endsAt }
}
