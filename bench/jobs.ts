/**
 * Users in bulk: a file through the jobs of the API, from the request that sends it until the job is completed, and back,
 * until the file is there; against COPY of the same people into one table, and out of one.
 */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { request } from 'node:http'
import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { createGunzip } from 'node:zlib'
import type pg from 'pg'
import { from, to } from 'pg-copy-streams'
import { withClient } from './database.ts'
import { COPY_PEOPLE, PEOPLE_TABLE, writePeople } from './load-people.ts'
import { compare, type Field, type Figures, meter, type Result, type Schedule } from './measure.ts'

/** Where it is measured. @param folder for the files that are sent */
export type Bulk = { field: Field; url: string; folder: string; users: number; rounds: number }

type Job = { id: string; status: string; location?: string; summary?: { inserted: number } }

const ASK_EVERY_MS = 20
/** A file takes as long as it takes; the rounds have no length. */
const WHOLE_FILES: Pick<Schedule, 'seconds'> = { seconds: 1 }

/** As many users as there are come in, in each turn. */
export async function measureImport({ field, url, folder, users, rounds }: Bulk): Promise<Result> {
  let turn = 0
  const nextFiles = () => {
    turn += 1
    return writePeople(folder, turn, users)
  }
  const connections = await ask<{ id: string }[]>(field, 'GET', '/connections?strategy=auth0')
  const connectionId = connections[0]?.id ?? ''
  return await withClient(url, async (client) => {
    for (const statement of PEOPLE_TABLE) await client.query(statement)
    const comparison = await compare(
      {
        ours: async () => {
          const { json, rows } = await nextFiles()
          return await timed(field, field.ours.pid, rows, async () => {
            const { summary } = await ended(field, await sendFile(field, json, connectionId))
            if (summary?.inserted !== rows) throw new Error(`Of ${rows} users ${summary?.inserted} were imported.`)
          })
        },
        raw: async () => {
          const { copy, rows } = await nextFiles()
          return await timed(field, undefined, rows, () =>
            pipeline(createReadStream(copy, { highWaterMark: 262_144 }), client.query(from(COPY_PEOPLE))),
          )
        },
      },
      { rounds, ...WHOLE_FILES },
    )
    return { name: 'import', title: 'import, users', connections: 1, aim: 0.5, ...comparison }
  })
}

// What our export writes where nobody says what, out of one table.
const COPY_OUT = `copy (select row_to_json(r) from (
  select user_id, email, email_verified, name, given_name, family_name, nickname, picture, created_at, updated_at,
    identities->0->>'connection' as connection from raw.users) r) to stdout`

/** All users go out, in each turn. */
export async function measureExport({ field, url, users, rounds }: Bulk): Promise<Result> {
  return await withClient(url, async (client) => {
    await refuseWrongFile(field, users)
    const comparison = await compare(
      {
        ours: () => timed(field, field.ours.pid, users, async () => await drain(await exported(field))),
        raw: () => timed(field, undefined, users, () => copyOut(client)),
      },
      { rounds, ...WHOLE_FILES },
    )
    return { name: 'export', title: 'export, users', connections: 1, aim: 0.5, ...comparison }
  })
}

async function copyOut(client: pg.Client): Promise<void> {
  await drain(client.query(to(COPY_OUT)))
}

/** Rows a second of some work. @param pid whose processor time counts as the server's; COPY needs none */
async function timed(field: Field, pid: number | undefined, rows: number, work: () => Promise<void>): Promise<Figures> {
  const spent = meter(pid ?? field.raw.pid, field.backend)
  const began = performance.now()
  await work()
  const perSecond = (rows * 1_000) / (performance.now() - began)
  return { perSecond, p50Ms: undefined, p99Ms: undefined, ...spent(rows) }
}

async function refuseWrongFile(field: Field, users: number): Promise<void> {
  let lines = 0
  await pipeline(
    await exported(field),
    createGunzip(),
    new Writable({
      write(bytes: Buffer, _encoding, done) {
        for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) lines += 1
        done()
      },
    }),
  )
  if (lines !== users) throw new Error(`Of ${users} users ${lines} were exported.`)
}

async function exported(field: Field): Promise<Readable> {
  const { location = '' } = await ended(field, await ask<Job>(field, 'POST', '/jobs/users-exports', { format: 'json' }))
  const { pathname } = new URL(location)
  const { ok, body } = await fetch(`http://127.0.0.1:${field.ours.port}${pathname}`)
  if (!ok || !body) throw new Error('The exported file is not there.')
  return Readable.fromWeb(body)
}

async function ended(field: Field, { id }: Job): Promise<Job> {
  for (;;) {
    const job = await ask<Job>(field, 'GET', `/jobs/${id}`)
    if (job.status === 'completed') return job
    if (job.status === 'failed') throw new Error(`A job failed: ${JSON.stringify(job)}`)
    await sleep(ASK_EVERY_MS)
  }
}

const BOUNDARY = 'the-bench-draws-the-line-here'

async function sendFile({ ours, asker }: Field, file: string, connectionId: string): Promise<Job> {
  const fields = { connection_id: connectionId, send_completion_email: 'false' }
  const head = `${Object.entries(fields)
    .map(([name, value]) => `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
    .join('')}--${BOUNDARY}\r\ncontent-disposition: form-data; name="users"; filename="users.json"\r\n\r\n`
  const tail = `\r\n--${BOUNDARY}--\r\n`
  const { size } = await stat(file)
  return await new Promise((resolve, reject) => {
    const sending = request(
      {
        ...{ host: '127.0.0.1', port: ours.port, method: 'POST', path: '/api/v2/jobs/users-imports' },
        headers: {
          authorization: `Bearer ${asker.token}`,
          'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
          'content-length': Buffer.byteLength(head) + size + tail.length,
        },
      },
      (response) => {
        response
          .setEncoding('utf8')
          .toArray()
          .then((parts) => {
            if (response.statusCode === 202) resolve(JSON.parse(parts.join('')))
            else reject(new Error(`A file was not taken: ${parts.join('')}`))
          }, reject)
      },
    )
    async function* parts(): AsyncGenerator<Buffer> {
      yield Buffer.from(head)
      yield* createReadStream(file, { highWaterMark: 262_144 })
      yield Buffer.from(tail)
    }
    pipeline(Readable.from(parts()), sending).catch(reject)
  })
}

async function ask<Answer>({ ours, asker }: Field, method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${ours.port}/api/v2${path}`, {
    method,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${asker.token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
  // What the API answers is what the caller asked for.
  return (await response.json()) as Answer
}

async function drain(from: Readable): Promise<void> {
  await pipeline(
    from,
    new Writable({
      write(_bytes, _encoding, done) {
        done()
      },
    }),
  )
}
