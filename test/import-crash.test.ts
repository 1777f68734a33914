/**
 * A large import, with a hundredth of it wrong in six ways, in a server that is killed in the middle: every good row comes in
 * once, every bad one is told by its number, and others are answered meanwhile. `IMPORT_ROWS` says how large.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { clearTestFolder, makeTestFolder } from '../server/db/embedded-postgres.testing.ts'
import { findRunningPostgres } from '../server/db/running-postgres.ts'
import { ask, freePorts, killLaunched, type Launched, launch, untilReady } from './start.testing.ts'

const ROWS = Number(process.env.IMPORT_ROWS ?? 12_000)
const CLIENT = {
  BOOTSTRAP_CLIENT_ID: 'import-test',
  BOOTSTRAP_CLIENT_SECRET: 'a-secret-for-the-import-test-of-48-characters-xyz',
}
const CONNECTION = 'Username-Password-Authentication'

type Row = Record<string, unknown>

/** TABLE: what is wrong with a bad row, and the code of it. */
const BAD: readonly [(row: Row) => Row, string][] = [
  [(row) => ({ ...row, email: 'no address' }), 'FORMAT'],
  [({ email: _, ...row }) => row, 'OBJECT_REQUIRED'],
  [(row) => ({ ...row, shoe_size: 43 }), 'NOT_PASSED'],
  [(row) => ({ ...row, email: 'user-1@import.example' }), 'DUPLICATED_USER'],
  [(row) => ({ ...row, custom_password_hash: { algorithm: 'md5', hash: { value: 'x', encoding: 'hex' } } }), 'FORMAT'],
  [(row) => ({ ...row, blocked: 'yes' }), 'INVALID_TYPE'],
]

const folder = makeTestFolder()
const environment = { ...(await freePorts()), DEMO: 'off', ...CLIENT }
let server: Launched
let headers: Record<string, string> = {}

after(async () => {
  killLaunched()
  await clearTestFolder(folder, [])
})

async function start(): Promise<void> {
  server = launch(join(folder, 'data'), environment)
  await untilReady(server)
}

async function get(path: string) {
  const { status, body } = await ask(server.url, `/api/v2${path}`, { headers })
  assert.ok(status === 200 || status === 204, `${path}: ${status}`)
  return body
}

/** Every hundredth row, but for the first, is a bad one. */
function fileOf(rows: number): { text: string; wanted: Map<string, string> } {
  const wanted = new Map<string, string>()
  const users = Array.from({ length: rows }, (_, index): Row => {
    const row: Row = {
      email: `user-${index + 1}@import.example`,
      user_id: `import-${index + 1}`,
      given_name: 'Ada',
      user_metadata: { number: index + 1, about: 'Works on things that matter. '.repeat(5) },
      app_metadata: { plan: 'team' },
      custom_password_hash: {
        algorithm: 'sha256',
        hash: { value: '1a3aee4072946a4a4948ff26a60617e5279a968e96af446709baa18ae2e384ca', encoding: 'hex' },
      },
    }
    const [spoil, code] = (index + 1) % 100 === 0 ? (BAD[((index + 1) / 100) % BAD.length] ?? []) : []
    if (!spoil || !code) return row
    wanted.set(`import-${index + 1}`, code)
    return spoil(row)
  })
  return { text: JSON.stringify(users), wanted }
}

describe('a large import in a server that is killed', () => {
  const { text, wanted } = fileOf(ROWS)
  let jobId = ''

  it('goes on where it was, and is as if nothing had happened', async (t) => {
    await start()
    const token = await ask(server.url, '/oauth/token', {
      method: 'POST',
      body: {
        grant_type: 'client_credentials',
        client_id: CLIENT.BOOTSTRAP_CLIENT_ID,
        client_secret: CLIENT.BOOTSTRAP_CLIENT_SECRET,
        audience: `${server.url}/api/v2/`,
      },
    })
    headers = { authorization: `Bearer ${token.body.access_token}` }
    const [connection] = (await get('/connections')).filter(({ name }: Row) => name === CONNECTION)
    const form = new FormData()
    form.append('users', new Blob([text], { type: 'application/json' }), 'users.json')
    form.append('connection_id', connection.id)
    const answer = await fetch(`${server.url}/api/v2/jobs/users-imports`, { method: 'POST', body: form, headers })
    assert.equal(answer.status, 202)
    // Whatever fetch has parsed; it is checked by what follows.
    jobId = ((await answer.json()) as { id: string }).id

    let done = 0
    while (done === 0) {
      await sleep(5)
      done = (await get(`/jobs/${jobId}`)).summary?.total ?? 0
    }
    server.child.kill('SIGKILL')
    await server.exit
    await start()
    let job = await get(`/jobs/${jobId}`)
    t.diagnostic(`killed after ${done} rows; ${job.summary.total} were committed`)
    let answered = 0
    while (job.status !== 'completed') {
      assert.ok(job.status === 'processing', JSON.stringify(job))
      const [user] = await get('/users?q=email:"user-1@import.example"')
      assert.equal(user.user_id, 'auth0|import-1')
      answered += 1
      await sleep(20)
      job = await get(`/jobs/${jobId}`)
    }
    assert.deepEqual(job.summary, { total: ROWS, failed: wanted.size, updated: 0, inserted: ROWS - wanted.size })
    t.diagnostic(`${answered} requests of others were answered while it went on`)
  })

  it('tells of each bad row, and of no other', async () => {
    const errors: { user: { user_id: string }; errors: { code: string }[] }[] = await get(`/jobs/${jobId}/errors`)
    const found = new Map(errors.map(({ user, errors: [first] }) => [user.user_id, first?.code]))
    assert.equal(errors.length, wanted.size)
    assert.deepEqual(found, wanted)
    const rows = await get(`/jobs/${jobId}/rows?take=1000`)
    for (const { row, user } of rows) assert.equal(user.user_id, `import-${row}`)
  })

  it('has every good row once: the user, his identity, identifier, password and event', async () => {
    assert.equal((await get('/users?include_totals=true&per_page=1')).total, ROWS - wanted.size)
    const { connectionString } = await findRunningPostgres(server.dataDir)
    const client = new pg.Client(connectionString)
    await client.connect()
    try {
      for (const [table, column] of [
        ['users', 'user_id'],
        ['identities', 'user_id'],
        ['user_identifiers', 'user_id'],
        ['passwords', 'user_id'],
        ["(select * from events where type = 'sui' and user_id is not null) as e", 'user_id'],
      ]) {
        const { rows } = await client.query(`select count(*)::int, count(distinct ${column})::int as ids from ${table}`)
        assert.deepEqual(rows, [{ count: ROWS - wanted.size, ids: ROWS - wanted.size }], table)
      }
      const { rows } = await client.query('select 1 from job_chunks union all select 1 from job_identifiers')
      assert.deepEqual(rows, [])
    } finally {
      await client.end()
    }
  })
})
