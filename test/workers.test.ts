/** Several processes before one database: what one of them is told, the other knows at the next request. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { after, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { clearTestFolder, makeTestFolder } from '../server/db/embedded-postgres.testing.ts'
import { FIRST_CONNECTION } from '../server/setup.ts'
import { CLIENT_ID, CLIENT_SECRET, createTestDatabase, TEST_KEY } from './harness.ts'
import { ask, freePorts, killLaunched, type Launched, launch, untilReady } from './start.testing.ts'

const REQUESTS = 24
// A process that is waited for in vain.
const LIMIT = { timeout: 60_000 }

describe('a server of two workers', { skip: process.platform !== 'linux' && 'asks /proc' }, async () => {
  const folder = makeTestFolder()
  const database = await createTestDatabase()
  const { PORT } = await freePorts()
  const settings = {
    PORT,
    TLS: 'off',
    WORKERS: '2',
    LOG_LEVEL: 'debug',
    DATABASE_URL: database.url,
    ENCRYPTION_KEY: TEST_KEY.toString('base64'),
    BOOTSTRAP_CLIENT_ID: CLIENT_ID,
    BOOTSTRAP_CLIENT_SECRET: CLIENT_SECRET,
  }
  const server = launch(folder, settings)
  const audience = `${server.url}/api/v2/`
  after(async () => {
    killLaunched()
    await database.drop()
    await clearTestFolder(folder, [])
  })

  /** The first that serves is soon followed by the other, and then the story is told. */
  const untilAllServe = async (launched: Launched) => {
    await untilReady(launched)
    while (!launched.output().includes('Tenantry runs at')) await sleep(20)
  }
  const workersOf = ({ child }: Launched) =>
    readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && parentOf(pid) === String(child.pid))

  async function token(id = CLIENT_ID, secret = CLIENT_SECRET): Promise<string> {
    const body = { grant_type: 'client_credentials', client_id: id, client_secret: secret, audience }
    const answer = await ask(server.url, '/oauth/token', { method: 'POST', body })
    assert.equal(answer.status, 200, JSON.stringify(answer.body))
    return answer.body.access_token
  }
  const api = async (method: string, path: string, as: string, body?: unknown) =>
    await ask(server.url, `/api/v2${path}`, { method, headers: { authorization: `Bearer ${as}` }, body })
  /** The statuses of the same request on many connections at once, some of which each worker gets. */
  const everywhere = async (send: () => Promise<{ status: number }>) => {
    const answers = await Promise.all(Array.from({ length: REQUESTS }, send))
    return [...new Set(answers.map(({ status }) => status))]
  }

  it('answers on one port, by both of them', async () => {
    await untilAllServe(server)
    assert.equal(workersOf(server).length, 2)
    const all = await token()
    for (let round = 0; round < 5; round += 1) {
      assert.deepEqual(await everywhere(() => api('GET', '/users', all)), [200])
    }
    const answered = server.output().matchAll(/"pid":(\d+).*"route":"\/api\/v2\/users"/g)
    assert.deepEqual(new Set([...answered].map(([, pid]) => pid)), new Set(workersOf(server)))
  })

  it('refuses a token of a deleted client at the next request, whichever worker is asked', async () => {
    const all = await token()
    const app_type = 'non_interactive'
    const { body: client } = await api('POST', '/clients', all, { name: 'Robot', app_type })
    const grant = { client_id: client.client_id, audience, scope: ['read:users'] }
    assert.equal((await api('POST', '/client-grants', all, grant)).status, 201)
    const robot = await token(client.client_id, client.client_secret)
    assert.deepEqual(await everywhere(() => api('GET', '/users', robot)), [200])
    assert.equal((await api('DELETE', `/clients/${client.client_id}`, all)).status, 204)
    assert.deepEqual(await everywhere(() => api('GET', '/users', robot)), [401])
  })

  it('signs with one key after a rotation, and both know the tokens', async () => {
    const before = await token()
    assert.equal((await api('POST', '/keys/signing/rotate', before)).status, 201)
    const tokens = await Promise.all(Array.from({ length: REQUESTS }, () => token()))
    const kids = new Set(tokens.map(kidOf))
    assert.equal(kids.size, 1)
    assert.ok(!kids.has(kidOf(before)))
    const later = await token()
    assert.deepEqual(await everywhere(() => api('GET', '/users', later)), [200])
    assert.deepEqual(await everywhere(() => api('GET', '/users', before)), [200])
  })

  it('counts the requests of both, whichever is asked', async () => {
    const count = async () => {
      const { status, body } = await ask(server.url, '/metrics')
      assert.equal(status, 200)
      const lines = String(body).matchAll(
        /^tenantry_http_request_duration_seconds_count\{.*"GET".*\/users".*\} (\d+)$/gm,
      )
      return [...lines].reduce((sum, [, number]) => sum + Number(number), 0)
    }
    const [all, before] = [await token(), await count()]
    assert.deepEqual(await everywhere(() => api('GET', '/users', all)), [200])
    assert.deepEqual([await count(), await count()], [before + REQUESTS, before + REQUESTS])
  })

  it('counts wrong passwords together', async () => {
    const all = await token()
    const email = 'ada@acme.example'
    const body = { email, password: 'the old grey heron', connection: FIRST_CONNECTION }
    assert.equal((await api('POST', '/users', all, body)).status, 201)
    const grant_type = 'http://auth0.com/oauth/grant-type/password-realm'
    const { body: client } = await api('POST', '/clients', all, { name: 'Terminal', grant_types: [grant_type] })
    const { client_id, client_secret } = client
    const { body: connections } = await api('GET', `/connections?name=${FIRST_CONNECTION}`, all)
    const enabled = [{ client_id, status: true }]
    assert.equal((await api('PATCH', `/connections/${connections[0].id}/clients`, all, enabled)).status, 204)
    const wrong = { grant_type, realm: FIRST_CONNECTION, username: email, password: 'wrong', client_id, client_secret }
    const answers = []
    for (let count = 0; count < 12; count += 1) {
      answers.push((await ask(server.url, '/oauth/token', { method: 'POST', body: wrong })).body.error)
    }
    assert.deepEqual(answers, [...Array(10).fill('invalid_grant'), 'too_many_attempts', 'too_many_attempts'])
    const { body: blocks } = await api('GET', `/user-blocks?identifier=${email}`, all)
    assert.equal(blocks.blocked_for.length, 1)
  })

  it('replaces a worker that is killed, and goes on answering', LIMIT, async () => {
    const [first = '', second = ''] = workersOf(server)
    process.kill(Number(first), 'SIGKILL')
    while (workersOf(server).includes(first)) await sleep(50)
    const all = await token()
    assert.equal((await api('GET', '/users', all)).status, 200)
    while (workersOf(server).length < 2) await sleep(50)
    assert.ok(!workersOf(server).includes(first))
    assert.ok(workersOf(server).includes(second))
  })

  it('ends with all its workers, at SIGTERM and when it is killed', LIMIT, async () => {
    const workers = workersOf(server)
    server.child.kill('SIGTERM')
    assert.equal(await server.exit, 0)
    for (const pid of workers) assert.equal(parentOf(pid), undefined)
    const again = launch(folder, { ...settings, ...(await freePorts()) })
    await untilAllServe(again)
    const left = workersOf(again)
    assert.equal(left.length, 2)
    again.child.kill('SIGKILL')
    for (const pid of left) while (parentOf(pid) !== undefined) await sleep(50)
  })

  it('says in one line why it cannot start', async () => {
    const { PORT: taken } = await freePorts()
    const other = launch(folder, { ...settings, PORT: taken })
    await untilReady(other)
    const refused = launch(folder, { ...settings, PORT: taken })
    assert.equal(await refused.exit, 1)
    assert.match(refused.errors(), /^Port \d+ on 127\.0\.0\.1 is taken by another program\.[^\n]*\n$/)
    other.child.kill('SIGTERM')
    assert.equal(await other.exit, 0)
  })
})

function parentOf(pid: string): string | undefined {
  try {
    return /^\d+ \(.*\) [^Z] (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]
  } catch {
    return undefined
  }
}

function kidOf(jwt: string): unknown {
  const [head = ''] = jwt.split('.')
  return JSON.parse(Buffer.from(head, 'base64url').toString()).kid
}
