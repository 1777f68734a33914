/** What the tests of imports and exports share: forms with files, jobs that are run to their end. */
import assert from 'node:assert/strict'
import { gunzipSync } from 'node:zlib'
import { type CallOptions, startTestServer } from '../../test/harness.ts'
import { enableClients } from '../connections/enabled-clients.ts'
import { findConnectionByName } from '../connections/store.ts'
import { transact } from '../db/database.ts'
import { FIRST_CONNECTION } from '../setup.ts'
import { jobRunnerOf } from './runner.ts'

/** A row of a file. */
export type FileRow = Record<string, unknown>

const BOUNDARY = 'tests-draw-the-line-here'

/** A form as a client sends it. */
export function formOf(fields: Readonly<Record<string, unknown>>, file: string | undefined): CallOptions {
  const parts = Object.entries(fields).map(([name, value]) => part(`name="${name}"`, String(value)))
  // The SDKs send the file first.
  if (file !== undefined) parts.unshift(part('name="users"; filename="users.json"', file, 'application/json'))
  return {
    body: `${parts.join('')}--${BOUNDARY}--\r\n`,
    headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
  }
}

function part(disposition: string, value: string, type?: string): string {
  const header = type === undefined ? '' : `Content-Type: ${type}\r\n`
  return `--${BOUNDARY}\r\nContent-Disposition: form-data; ${disposition}\r\n${header}\r\n${value}\r\n`
}

/** Makes the helpers. */
export async function startJobTest(environment: Record<string, string> = {}) {
  const test = await startTestServer(environment)
  const { call, db, server } = test
  const runner = jobRunnerOf(server)
  const connection = await findConnectionByName(db, FIRST_CONNECTION)
  assert.ok(connection)
  const fields = (more: Record<string, string> = {}) => ({ connection_id: connection.id, ...more })
  const send = (file: FileRow[] | string | undefined, more: Record<string, string> = {}, as: CallOptions = {}) => {
    const text = typeof file === 'string' || file === undefined ? file : JSON.stringify(file)
    return call('POST', '/api/v2/jobs/users-imports', { ...formOf(fields(more), text), ...as })
  }
  const read = async (id: string) => (await call('GET', `/api/v2/jobs/${id}`)).body

  return {
    ...test,
    runner,
    connection,
    send,
    read,
    errorsOf: (id: string) => call('GET', `/api/v2/jobs/${id}/errors`),
    rowsOf: async (id: string, query = '') => (await call('GET', `/api/v2/jobs/${id}/rows${query}`)).body,
    userOf: async (userId: string) => (await call('GET', `/api/v2/users/${encodeURIComponent(userId)}`)).body,
    eventsOf: (type: string) =>
      db.selectFrom('events').selectAll().where('type', '=', type).orderBy('log_id').execute(),
    passwordOf: (userId: string) =>
      db.selectFrom('passwords').selectAll().where('user_id', '=', userId).executeTakeFirst(),

    /** Lets an application sign people of the connection in. */
    openTo: (clientId: string) => transact(db, (tx) => enableClients(tx, connection.id, [clientId])),

    /** Imports a file to the end, and answers the job as it is then. */
    async imported(file: FileRow[] | string, more: Record<string, string> = {}) {
      const { status, body, text } = await send(file, more)
      assert.equal(status, 202, text)
      await runner.runOnce()
      return await read(body.id)
    },

    /** Exports to the end, and answers the job and the file's text. */
    async exported(body: object) {
      const made = await call('POST', '/api/v2/jobs/users-exports', { body })
      assert.equal(made.status, 200, made.text)
      await runner.runOnce()
      const job = await read(made.body.id)
      assert.equal(job.status, 'completed', JSON.stringify(job))
      return { job, text: gunzipSync(await download(job.location)).toString() }
    },
    download,

    /** Another database connection. */
    async otherConnection(name: string) {
      const body = { name, strategy: 'auth0' }
      const { body: made } = await call('POST', '/api/v2/connections', { body })
      return made as { id: string; name: string }
    },
  }

  async function download(location: string): Promise<Buffer> {
    const answer = await test.app.inject({ method: 'GET', url: new URL(location).pathname })
    assert.equal(answer.statusCode, 200, answer.body)
    assert.equal(answer.headers['content-type'], 'application/gzip')
    return answer.rawPayload
  }
}
