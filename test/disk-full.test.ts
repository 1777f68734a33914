/**
 * A disk that is full while people write (GUARANTEES F01). A limit on the size of files stands for it: PostgreSQL cannot make
 * its files larger then, as on a disk without room.
 */
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { clearTestFolder, makeTestFolder, postgresProcesses } from '../server/db/embedded-postgres.testing.ts'
import { type Answer, ask, freePorts, killLaunched, type Launched, launch, untilReady } from './start.testing.ts'

// In blocks of 512 bytes: more than a segment of PostgreSQL's log, less than what is written.
const LIMIT = 'ulimit -S -f 49152'
const WRITERS = 4
const LARGE_BYTES = 300_000
const CLIENT = {
  BOOTSTRAP_CLIENT_ID: 'full-disk',
  BOOTSTRAP_CLIENT_SECRET: 'a-secret-of-48-characters-for-a-full-disk-xyz-ab',
}
const hasPrlimit = spawnSync('prlimit', ['--version']).status === 0

const folder = makeTestFolder()
const dataDir = join(folder, 'data')
const environment = { ...(await freePorts()), DEMO: 'off', ...CLIENT }
let server: Launched
let token = ''

after(async () => {
  killLaunched()
  await clearTestFolder(folder, [])
})

async function start(under?: string): Promise<void> {
  server = launch(dataDir, environment, under)
  await untilReady(server)
}

async function stop(): Promise<void> {
  server.child.kill('SIGTERM')
  assert.equal(await server.exit, 0)
}

const send = (method: string, path: string, body?: unknown): Promise<Answer> =>
  ask(server.url, path, { method, headers: token ? { authorization: `Bearer ${token}` } : {}, body })
const pathOf = (userId: string) => `/api/v2/users/${encodeURIComponent(userId)}`

describe('a server whose disk is full', () => {
  const people: string[] = []
  /** By user: what stands there for certain. */
  const acknowledged = new Map<string, string>()
  const refused: Answer[] = []

  before(async () => {
    await start()
    const { BOOTSTRAP_CLIENT_ID: client_id, BOOTSTRAP_CLIENT_SECRET: client_secret } = CLIENT
    const audience = `${server.url}/api/v2/`
    const grant = { grant_type: 'client_credentials', client_id, client_secret, audience }
    token = (await send('POST', '/oauth/token', grant)).body.access_token
    for (let index = 0; index < WRITERS; index += 1) {
      const person = { email: `${index}@full.example`, password: 'Morgentau-27-Fenster' }
      const { body } = await send('POST', '/api/v2/users', {
        connection: 'Username-Password-Authentication',
        ...person,
      })
      people.push(body.user_id)
    }
    await stop()
    await start(LIMIT)
  })

  /** Writes until it is refused; what was answered with 200 is noted. */
  async function fill(userId: string): Promise<void> {
    for (let tries = 0; tries < 200; tries += 1) {
      const text = randomBytes(LARGE_BYTES).toString('base64')
      const answer = await send('PATCH', pathOf(userId), { app_metadata: { text } })
      if (answer.status !== 200) {
        refused.push(answer)
        return
      }
      acknowledged.set(userId, text)
    }
  }

  async function expectAll(): Promise<void> {
    for (const [userId, text] of acknowledged) {
      const { status, body } = await send('GET', pathOf(userId))
      assert.equal(status, 200)
      assert.ok(body.app_metadata.text === text, 'what was acknowledged last stands there')
    }
  }

  it('answers 503 in words to whatever it cannot write, and goes on answering', async () => {
    await Promise.all(people.map(fill))
    assert.equal(refused.length, WRITERS)
    for (const { status, body } of refused) {
      assert.deepEqual([status, body.error], [503, 'Service Unavailable'], JSON.stringify(body))
      assert.match(body.message, /Nothing was changed\. Try again/)
    }
    assert.equal(acknowledged.size, WRITERS)
    assert.equal((await ask(server.url, '/health/live')).status, 200)
  })

  it('has everything that it acknowledged, and nothing of what it refused', expectAll)

  it('tells its log what is wrong, and nothing that was to be written', () => {
    assert.match(server.output(), /"level":"error".*"code":"(?:XX000|53100)"/)
    for (const text of acknowledged.values()) assert.ok(!server.output().includes(text.slice(0, 60)))
  })

  it('writes again by itself once there is room', { skip: !hasPrlimit && 'there is no prlimit' }, async () => {
    for (const pid of await postgresProcesses(folder)) {
      // Whoever PostgreSQL runs as may lift its own limit; root may not in every container.
      const { uid, gid } = statSync(`/proc/${pid}`)
      execFileSync('prlimit', ['--pid', String(pid), '--fsize=unlimited'], { uid, gid })
    }
    for (const userId of people) {
      const { status } = await send('PATCH', pathOf(userId), { app_metadata: { text: 'there is room' } })
      assert.equal(status, 200)
      acknowledged.set(userId, 'there is room')
    }
    await expectAll()
  })

  it('has it all after the next start, and takes what it refused before', async () => {
    await stop()
    await start()
    await expectAll()
    for (const userId of people) {
      const text = randomBytes(LARGE_BYTES).toString('base64')
      assert.equal((await send('PATCH', pathOf(userId), { app_metadata: { text } })).status, 200)
    }
  })
})
