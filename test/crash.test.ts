/** The server when it is killed in the middle of writes: what it acknowledged is there, in the data and in the log. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { clearTestFolder, makeTestFolder, postmasterOf } from '../server/db/embedded-postgres.testing.ts'
import { freePorts, killLaunched, type Launched, launch, untilReady } from './start.testing.ts'

const ROUNDS = 10
const WRITERS = 16
const PEOPLE = 30
const LEAVING_EACH_ROUND = 3
const CLIENT = {
  BOOTSTRAP_CLIENT_ID: 'crash-test',
  BOOTSTRAP_CLIENT_SECRET: 'a-secret-for-the-crash-test-of-48-characters-xyz',
}

/** A write that was sent. Writes of one writer follow one another, each with a greater value. */
type Write = { userId: string; key: string; value: number; isAcknowledged: boolean }

/** A body of any shape: tests assert on what they find in it. */
// biome-ignore lint/suspicious/noExplicitAny: see above.
type Body = any

const folder = makeTestFolder()
const dataDir = join(folder, 'data')
const environment = { ...(await freePorts()), DEMO: 'off', ...CLIENT }
const restarts: number[] = []
let server: Launched
let agent = new Agent({ keepAlive: true })
let token = ''

after(async () => {
  agent.destroy()
  killLaunched()
  await clearTestFolder(folder, [])
})

async function start(): Promise<void> {
  const began = performance.now()
  server = launch(dataDir, environment)
  await untilReady(server)
  restarts.push(Math.round(performance.now() - began))
  agent = new Agent({ keepAlive: true, maxSockets: WRITERS + 2 })
}

/** Sends a request on a connection that is kept. Status 0: the connection broke before the answer was whole. */
async function send(method: string, path: string, body?: unknown): Promise<{ status: number; body: Body }> {
  const headers = { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) }
  const request = httpRequest(`${server.url}${path}`, {
    method,
    agent,
    headers: body === undefined ? { ...headers } : headers,
  })
  // A broken connection tells the request as well as whoever reads the answer.
  request.on('error', () => {})
  try {
    request.end(body === undefined ? undefined : JSON.stringify(body))
    const [response] = await once(request, 'response')
    let text = ''
    for await (const part of response.setEncoding('utf8')) text += part
    return { status: response.statusCode, body: text === '' ? undefined : JSON.parse(text) }
  } catch {
    return { status: 0, body: undefined }
  }
}

async function expectAnswer(status: number, method: string, path: string, body?: unknown): Promise<Body> {
  const answer = await send(method, path, body)
  assert.equal(answer.status, status, `${method} ${path}: ${JSON.stringify(answer.body)}`)
  return answer.body
}

const pathOf = (userId: string) => `/api/v2/users/${encodeURIComponent(userId)}`
const nameOf = ({ userId, key, value }: Omit<Write, 'isAcknowledged'>) => `${userId} ${key}=${value}`

describe('a server that is killed in the middle of writes', () => {
  const people: string[] = []
  const leaving: string[] = []
  const gone = new Set<string>()
  /** By user and key: the value that must be there. */
  const wanted = new Map<string, Record<string, number>>()
  const values = Array.from({ length: WRITERS }, () => 0)
  let checkpoint = ''

  before(async () => {
    await start()
    restarts.length = 0
    const { access_token } = await expectAnswer(200, 'POST', '/oauth/token', {
      grant_type: 'client_credentials',
      client_id: CLIENT.BOOTSTRAP_CLIENT_ID,
      client_secret: CLIENT.BOOTSTRAP_CLIENT_SECRET,
      audience: `${server.url}/api/v2/`,
    })
    token = access_token
    const ids = await Promise.all(
      Array.from({ length: PEOPLE + ROUNDS * LEAVING_EACH_ROUND }, async (_, index) => {
        const person = { email: `${index}@crash.example`, password: 'Morgentau-27-Fenster' }
        const connection = 'Username-Password-Authentication'
        return (await expectAnswer(201, 'POST', '/api/v2/users', { connection, ...person })).user_id
      }),
    )
    people.push(...ids.slice(0, PEOPLE))
    leaving.push(...ids.slice(PEOPLE))
    for (const id of people) wanted.set(id, {})
    const [newest] = await expectAnswer(200, 'GET', '/api/v2/logs?per_page=1&sort=date:-1')
    checkpoint = newest.log_id
  })

  /** Writes until the server is gone. */
  async function write(writer: number, writes: Write[]): Promise<void> {
    const key = `writer${writer}`
    for (;;) {
      values[writer] = (values[writer] ?? 0) + 1
      const userId = people[Math.floor(Math.random() * people.length)] ?? ''
      const attempt = { userId, key, value: values[writer], isAcknowledged: false }
      writes.push(attempt)
      const { status, body } = await send('PATCH', pathOf(userId), { app_metadata: { [key]: attempt.value } })
      if (status === 0) return
      // Only its database is gone so far: what came of the write is open.
      if (status === 503) continue
      assert.equal(status, 200, JSON.stringify(body))
      assert.equal(body.app_metadata[key], attempt.value)
      attempt.isAcknowledged = true
    }
  }

  async function removeUsers(): Promise<void> {
    for (const userId of leaving.splice(0, LEAVING_EACH_ROUND)) {
      await sleep(50)
      const { status } = await send('DELETE', pathOf(userId))
      if (status === 204) gone.add(userId)
    }
  }

  /** Every write that the log tells since the last time, and how often. */
  async function loggedWrites(): Promise<Map<string, number>> {
    const found = new Map<string, number>()
    for (;;) {
      const entries = await expectAnswer(200, 'GET', `/api/v2/logs?from=${checkpoint}&take=100`)
      if (entries.length === 0) return found
      checkpoint = entries.at(-1).log_id
      for (const { description, user_id, details } of entries) {
        if (description !== 'Update a User') continue
        for (const [key, value] of Object.entries<number>(details.request.body.app_metadata)) {
          const name = nameOf({ userId: user_id, key, value })
          found.set(name, (found.get(name) ?? 0) + 1)
        }
      }
    }
  }

  /** Ends the server, and its database before or after it; returns when it is gone. */
  async function kill(alsoDatabase: 'no' | 'before' | 'after', postmaster: number): Promise<void> {
    if (alsoDatabase === 'before') {
      process.kill(postmaster, 'SIGKILL')
      await sleep(Math.random() * 20)
    }
    server.child.kill('SIGKILL')
    if (alsoDatabase === 'after') process.kill(postmaster, 'SIGKILL')
    await server.exit
    agent.destroy()
  }

  for (let round = 1; round <= ROUNDS; round += 1) {
    const alsoDatabase = round % 2 === 1 ? 'no' : round % 4 === 0 ? 'before' : 'after'
    const how = alsoDatabase === 'no' ? 'alone' : `with its database, killed ${alsoDatabase} it`
    it(`has every acknowledged write and its log entry after kill ${round}, ${how}`, async (t) => {
      const writes: Write[] = []
      const postmaster = await postmasterOf(join(dataDir, 'postgres'))
      const running = [...values.keys()].map((writer) => write(writer, writes))
      running.push(removeUsers())
      while (writes.filter(({ isAcknowledged }) => isAcknowledged).length < 200) await sleep(20)
      await sleep(Math.random() * 800)
      await kill(alsoDatabase, postmaster)
      await Promise.all(running)
      await start()

      const logged = await loggedWrites()
      const acknowledged = writes.filter(({ isAcknowledged }) => isAcknowledged)
      for (const attempt of writes) {
        const times = logged.get(nameOf(attempt)) ?? 0
        assert.ok(
          times === 1 || (times === 0 && !attempt.isAcknowledged),
          `${nameOf(attempt)} is logged ${times} times`,
        )
        // A writer's values only grow: the last that was committed is the one that must stand there.
        const user = wanted.get(attempt.userId)
        if (times === 1 && user) user[attempt.key] = attempt.value
      }
      assert.equal(
        logged.size,
        [...logged.values()].reduce((sum, times) => sum + times, 0),
      )
      for (const [userId, metadata] of wanted) {
        assert.deepEqual((await expectAnswer(200, 'GET', pathOf(userId))).app_metadata ?? {}, metadata)
      }
      t.diagnostic(
        `ready again after ${restarts.at(-1)} ms; ${acknowledged.length} of ${writes.length} writes acknowledged`,
      )
    })
  }

  it('still has nobody who was deleted, and counts those who are left', async (t) => {
    assert.ok(gone.size >= ROUNDS)
    for (const userId of gone) await expectAnswer(404, 'GET', pathOf(userId))
    const left = await expectAnswer(200, 'GET', '/api/v2/users?per_page=100&include_totals=true')
    assert.equal(left.total, left.users.length)
    const ids = new Set(left.users.map(({ user_id }: { user_id: string }) => user_id))
    for (const userId of people) assert.ok(ids.has(userId))
    for (const userId of gone) assert.ok(!ids.has(userId))
    t.diagnostic(`restarts took ${restarts.toSorted((a, b) => a - b).join(', ')} ms`)
  })
})
