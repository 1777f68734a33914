/** Exports users: PostgreSQL writes the lines in one statement, of one moment, and they are compressed and stored as they come. */
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import pg from 'pg'
import { to } from 'pg-copy-streams'
import { type Tx, transact } from '../../db/database.ts'
import { removeFile, storeFile } from '../files.ts'
import type { ExportSettings, StoredJob } from '../job.ts'
import { LostLease } from '../lost-lease.ts'
import { requirePresentActor } from '../present-actor.ts'
import type { JobRun, Outcome } from '../runner.ts'
import { lockLeased, saveProgress } from '../store.ts'
import { exportSqlOf } from './export-fields.ts'
import { memberExportSqlOf, membersFrom } from './member-export.ts'

const NEWLINE = 10
/** Compressed at once. PostgreSQL sends an eighth of it, and each part goes through another thread. */
const PART_BYTES = 65_536
const NOTE_EVERY_MS = 1_000

/**
 * Runs it from the beginning: what a try before has stored is thrown away.
 * @throws HaltedJob when whoever asked may not have it any more
 */
export async function runExport({ server, job, lease, lost, isStopping }: JobRun): Promise<Outcome> {
  const { db } = server.database
  await removeFile(db, job.id)
  const actor = await requirePresentActor(db, job)
  const own = await server.database.openOwn()
  const ending = new AbortController()
  const signal = AbortSignal.any([lost, ending.signal])
  let lines = 0
  const noting = setInterval(() => {
    if (isStopping()) ending.abort()
    else saveProgress(db, job.id, { rows_done: lines }).catch(() => {})
  }, NOTE_EVERY_MS)
  try {
    // The route that made the job has checked them.
    const settings = job.settings as ExportSettings
    const { select, joins, options, header } = actor ? memberExportSqlOf(settings) : exportSqlOf(settings)
    const from = actor ? `from ${membersFrom(db, actor, job)}` : fromWhere(job, joins)
    const rows = own.client.query(to(`copy (select ${select} ${from}) to stdout (${options})`))
    // The least effort: at a higher level compressing would take longer than all the rest.
    const gzip = createGzip({ level: 1, chunkSize: 262_144 })
    if (header !== '') gzip.write(header)
    const confirm = async (tx: Tx) => {
      if (!(await lockLeased(tx, job.id, lease))) throw new LostLease()
    }
    const count = (part: Buffer) => {
      lines += countLines(part)
    }
    const storing = storeFile(db, job.id, gzip, confirm)
    const [size] = await Promise.all([storing, pipeline(rows, (some) => inParts(some, count), gzip, { signal })])
    await transact(db, async (tx) => {
      await confirm(tx)
      await requirePresentActor(tx, job)
      const users = rows.rowCount
      await saveProgress(tx, job.id, { size_bytes: size, rows_done: users, total_rows: users })
    })
    return { state: 'completed' }
  } catch (error) {
    if (lost.aborted) return { state: 'cancelled' }
    if (ending.signal.aborted) return { state: 'stopped' }
    throw error
  } finally {
    clearInterval(noting)
    // It may be in the middle of the statement.
    if (signal.aborted) own.client.connection.stream.destroy()
    else await own.close()
  }
}

function fromWhere({ connection_id, settings }: StoredJob, joins: string): string {
  const { limit } = settings as ExportSettings
  const where =
    connection_id === null
      ? ''
      : `where exists (select from identities i where i.user_id = u.user_id
          and i.connection_id = ${pg.escapeLiteral(connection_id)})`
  // Only whoever takes a part has to be told which one.
  return `from users u ${joins} ${where} ${limit === undefined ? '' : `order by u.created_at, u.user_id limit ${Number(limit)}`}`
}

/** Puts what comes together to larger parts. @param pass is told of each */
async function* inParts(bytes: AsyncIterable<Buffer>, pass: (part: Buffer) => void): AsyncGenerator<Buffer> {
  let some: Buffer[] = []
  let held = 0
  for await (const piece of bytes) {
    some.push(piece)
    held += piece.length
    if (held < PART_BYTES) continue
    const part = Buffer.concat(some, held)
    some = []
    held = 0
    pass(part)
    yield part
  }
  const rest = Buffer.concat(some, held)
  pass(rest)
  yield rest
}

/** Lines, and in CSV a line break within a text counts as well: it is for the progress alone. */
function countLines(bytes: Buffer): number {
  let lines = 0
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) lines += 1
  return lines
}
