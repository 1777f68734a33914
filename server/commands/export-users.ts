/** `tenantry export FILE`: users into a file, by the job that `POST /jobs/users-exports` makes. */
import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { extname } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { reasonOf, StartError } from '../base/start-error.ts'
import { type Db, transact } from '../db/database.ts'
import { syncPath } from '../db/write-atomically.ts'
import { beginExport } from '../jobs/exports/begin-export.ts'
import { readFile } from '../jobs/files.ts'
import type { ExportSettings } from '../jobs/job.ts'
import { deleteJob } from '../jobs/store.ts'
import { recordEvent } from '../logs/record.ts'
import { counted, progressBar, type Result, type Telling } from './terminal.ts'
import { finish, requireConnection, withServer } from './user-job.ts'

/** How it is to be done. */
export type ExportOptions = { connection?: string; format?: string; fields?: string }

const ACTOR = { kind: 'system', name: 'export' } as const

/** TABLE: the forms of a file, and how the lines of the job become one. */
const FORMATS = {
  lines: { job: 'json', shape: () => [] },
  array: { job: 'json', shape: () => [arrayOfLines()] },
  csv: { job: 'csv', shape: () => [] },
} as const satisfies Record<string, { job: ExportSettings['format']; shape: () => Transform[] }>
type Format = keyof typeof FORMATS

/** TABLE: the form that a file has by the end of its name; others are lines. */
const BY_ENDING: Readonly<Record<string, Format>> = { '.csv': 'csv', '.json': 'array' }

/** Does it. The file is there whole or not at all, for its owner alone. @throws StartError */
export async function exportUsers(path: string, options: ExportOptions & Telling): Promise<Result> {
  const format = formatOf(path, options.format)
  const fields = options.fields?.split(',').map((name) => ({ name: name.trim() }))
  return await withServer(async (server) => {
    const { db } = server.database
    const connection = options.connection === undefined ? undefined : await requireConnection(db, options.connection)
    const settings: ExportSettings = { format: FORMATS[format].job, ...(fields ? { fields } : {}) }
    const { id } = await transact(db, async (tx) => {
      const job = await beginExport(tx, ACTOR, settings, connection)
      await recordEvent(tx, {
        type: 'sapi',
        actor: ACTOR,
        description: 'Export users on the command line',
        target: { kind: 'job', id: job.id },
        ...(connection ? { connection } : {}),
      })
      return job
    })
    const bar = progressBar('Exporting', options)
    try {
      const job = await finish(server, id, ({ rows_done, total_rows }) =>
        bar.show(rows_done, total_rows, counted(rows_done, 'user')),
      )
      const bytes = await write(db, id, path, format)
      const users = job.rows_done
      const words = `${path}: ${counted(users, 'user')}. It holds personal data: keep it where only you can read it.`
      return { words, facts: { file: path, format, users, bytes } }
    } finally {
      bar.end()
      // The file is here now; nobody has a link to the other one.
      await deleteJob(db, id)
    }
  })
}

function formatOf(path: string, named: string | undefined): Format {
  if (named === undefined) return BY_ENDING[extname(path).toLowerCase()] ?? 'lines'
  // The name was just found in the table.
  if (Object.hasOwn(FORMATS, named)) return named as Format
  throw new StartError(
    `There is no format ${named}. There are: ${Object.keys(FORMATS).join(', ')}. Nothing was written.`,
  )
}

async function write(db: Db, id: string, path: string, format: Format): Promise<number> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  try {
    const file = createWriteStream(draft, { mode: 0o600, flags: 'wx' })
    await pipeline([Readable.from(readFile(db, id)), createGunzip(), ...FORMATS[format].shape(), file])
    await syncPath(draft)
    await rename(draft, path)
    return (await stat(path)).size
  } catch (error) {
    await rm(draft, { force: true })
    throw new StartError(`${path} cannot be written: ${reasonOf(error)}. Nothing was left behind.`, { cause: error })
  }
}

const NEWLINE = 10

/** Makes a JSON array of JSON lines, none of which has a line break within it. */
function arrayOfLines(): Transform {
  let hasBegun = false
  let isAfterLine = false
  return new Transform({
    transform(bytes: Buffer, _encoding, done) {
      if (!hasBegun) this.push('[\n')
      hasBegun = true
      if (isAfterLine) this.push(',\n')
      isAfterLine = bytes.at(-1) === NEWLINE
      const lines = isAfterLine ? bytes.subarray(0, -1) : bytes
      // Byte by byte, since a character may be cut in two here.
      done(null, Buffer.from(lines.toString('latin1').replaceAll('\n', ',\n'), 'latin1'))
    },
    flush(done) {
      this.push(hasBegun ? '\n]\n' : '[]\n')
      done()
    },
  })
}
