/** The server as its operator meets it: the process, from the first start to every way it can end. */
import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, statSync } from 'node:fs'
import { Agent, request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import {
  clearTestFolder,
  makeTestFolder,
  postgresProcesses,
  postmasterOf,
} from '../server/db/embedded-postgres.testing.ts'
import { DEMO_PEOPLE } from '../server/demo/people.ts'
import { administer, createTestDatabase, TEST_KEY } from './harness.ts'
import { ask, freePorts, killLaunched, type Launched, launch, pasteable, untilReady } from './start.testing.ts'

const folder = makeTestFolder()
const dataDir = join(folder, 'data')
const ports = await freePorts()

after(async () => {
  killLaunched()
  await clearTestFolder(folder, [])
})

/** The environment that the story prints. */
function printed(output: string): Record<string, string> {
  return Object.fromEntries([...output.matchAll(/^export (\w+)=(.+)$/gm)].map(([, name, value]) => [name, value]))
}

async function tokenOf(server: Launched): Promise<string> {
  const { AUTH0_DOMAIN, AUTH0_CLIENT_ID, AUTH0_CLIENT_SECRET, NODE_EXTRA_CA_CERTS = '' } = printed(server.output())
  const { status, body } = await ask(`https://${AUTH0_DOMAIN}`, '/oauth/token', {
    method: 'POST',
    ca: NODE_EXTRA_CA_CERTS,
    body: {
      grant_type: 'client_credentials',
      client_id: AUTH0_CLIENT_ID,
      client_secret: AUTH0_CLIENT_SECRET,
      audience: `https://${AUTH0_DOMAIN}/api/v2/`,
    },
  })
  assert.equal(status, 200, JSON.stringify(body))
  return body.access_token
}

async function peopleOf(server: Launched): Promise<{ name: string }[]> {
  const headers = { authorization: `Bearer ${await tokenOf(server)}` }
  const { status, body } = await ask(server.url, '/api/v2/users?per_page=100', { headers })
  assert.equal(status, 200, JSON.stringify(body))
  return body
}

/** A start that must fail: its words, which must be words. */
async function refusalOf(server: Launched): Promise<string> {
  assert.equal(await server.exit, 1, server.output())
  assert.doesNotMatch(server.errors(), /^\s+at |Error:/m)
  return server.errors()
}

const hasCurl = spawnSync('curl', ['--version']).error === undefined

/** The links that sign in as one of the people, of which nothing but the story tells. */
function linksIn(output: string): string[] {
  return [...output.matchAll(/\/u\/sign-in\?ticket=[\w-]{32}/g)].map(([link]) => link)
}

/** The lines of the log. */
function logOf(output: string): string {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .join('\n')
}

describe('a first start', async () => {
  const server = launch(dataDir, { ...ports, LOG_LEVEL: 'debug' })
  await untilReady(server)

  it('prints an environment and commands that work as pasted', { skip: !hasCurl && 'there is no curl' }, async () => {
    const { PATH = '' } = process.env
    const { stdout } = await promisify(execFile)('sh', ['-eu', '-c', pasteable(server.output())], { env: { PATH } })
    const people = JSON.parse(stdout)
    assert.equal(people.length, 5)
    assert.deepEqual(Object.keys(people[0]).sort(), ['app_metadata', 'email', 'name'])
  })

  it('has the people of two customers in it, as they write themselves', async () => {
    const people = await peopleOf(server)
    assert.equal(people.length, DEMO_PEOPLE.length)
    assert.ok(people.some(({ name }) => name === 'さくら 田中'))
    assert.ok(people.some(({ name }) => name === 'Łukasz Wójcik'))
  })

  it('tells where to begin, and prints a link for each of six people that its log knows nothing of', async () => {
    const output = server.output()
    for (const path of ['', '/demo/acme?screen_hint=signup', '/demo/acme', '/demo/globex', '/account', '/inbox']) {
      assert.ok(output.includes(`${server.url}${path}\n`), path)
    }
    assert.equal((await ask(server.url, '/')).status, 200)
    const links = linksIn(output)
    assert.equal(new Set(links).size, 6)
    for (const link of links) assert.equal((await ask(server.url, link)).status, 200)
    const log = logOf(server.output())
    assert.match(log, /"route":"\/u\/sign-in"/)
    assert.doesNotMatch(log, /ticket=|SECRET/)
    for (const link of links) assert.ok(!log.includes(link.slice(-43)))
  })

  it('keeps its keys where only their owner reads them', () => {
    for (const name of ['encryption-key', 'tls/ca-key.pem', 'tls/server-key.pem', 'postgres-password']) {
      assert.equal(statSync(join(dataDir, name)).mode & 0o077, 0, name)
    }
  })

  it('listens to this machine alone', { skip: process.platform !== 'linux' }, () => {
    const listening = readFileSync('/proc/net/tcp', 'utf8')
      .split('\n')
      .filter((line) => / 0A /.test(line))
    const port = Number(ports.PORT).toString(16).toUpperCase().padStart(4, '0')
    assert.deepEqual(
      listening.map((line) => line.trim().split(/\s+/)[1]).filter((address) => address?.endsWith(`:${port}`)),
      [`0100007F:${port}`],
    )
  })

  it('answers no request that names another host', async () => {
    for (const path of ['/health/ready', '/api/v2/users', '/api/v2/openapi.json']) {
      const { status } = await ask(server.url, path, { headers: { host: `evil.example:${ports.PORT}` } })
      assert.equal(status, 421, path)
    }
    const { AUTH0_DOMAIN = '', NODE_EXTRA_CA_CERTS = '' } = printed(server.output())
    const { status } = await ask(`https://${AUTH0_DOMAIN}`, '/health/ready', {
      ca: NODE_EXTRA_CA_CERTS,
      servername: 'localhost',
      headers: { host: 'evil.example' },
    })
    assert.equal(status, 421)
  })

  it('answers what is no HTTP, or is too long, in words, and goes on', async () => {
    const long = 'x'.repeat(20_000)
    for (const [sent, answered] of [
      ['this is no request\r\n\r\n', /^HTTP\/1.1 400 Bad Request[\s\S]*"statusCode":400/],
      [`GET /api/v2/users?q=${long} HTTP/1.1\r\n\r\n`, /^HTTP\/1.1 414 URI Too Long[\s\S]*"statusCode":414/],
      [`GET / HTTP/1.1\r\nx: ${long}\r\n\r\n`, /^HTTP\/1.1 431 Request Header[\s\S]*"statusCode":431/],
    ] as const) {
      const socket = connect(Number(ports.PORT), '127.0.0.1')
      socket.end(sent)
      let answer = ''
      for await (const part of socket.setEncoding('utf8')) answer += part
      assert.match(answer, answered)
    }
    assert.equal((await ask(server.url, '/health/live')).status, 200)
  })

  it('keeps a second server off its data, and names itself', async () => {
    const message = await refusalOf(launch(dataDir, await freePorts()))
    assert.match(message, RegExp(`already runs on the data in ${dataDir}: process ${server.child.pid} `))
    assert.equal((await ask(server.url, '/health/ready')).status, 200)
  })

  it('says so when its port is taken', async () => {
    const { url, drop } = await createTestDatabase()
    const other = launch(join(folder, 'other'), {
      PORT: ports.PORT,
      DATABASE_URL: url,
      ENCRYPTION_KEY: TEST_KEY.toString('base64'),
    })
    assert.match(await refusalOf(other), RegExp(`Port ${ports.PORT} on 127.0.0.1 is taken.*PORT=`))
    await drop()
  })

  it('says 503 while the database is gone, and serves again by itself', async () => {
    const headers = { authorization: `Bearer ${await tokenOf(server)}` }
    process.kill(await postmasterOf(join(dataDir, 'postgres')), 'SIGKILL')
    const seen = new Set<number>()
    for (const began = performance.now(); performance.now() - began < 15_000; await sleep(20)) {
      const answer = await ask(server.url, '/api/v2/users?per_page=1', { headers })
      seen.add(answer.status)
      if (answer.status === 503) assert.match(String(answer.headers['retry-after']), /^\d+$/)
      else if (seen.has(503)) break
    }
    assert.deepEqual([...seen].sort(), [200, 503])
    assert.equal((await ask(server.url, '/health/ready')).status, 200)
  })

  it('killed at any moment goes on where it was, with the same secrets and other links', async () => {
    const before = printed(server.output())
    const people = await peopleOf(server)
    server.child.kill('SIGKILL')
    await server.exit
    const again = launch(dataDir, ports)
    await untilReady(again)
    assert.deepEqual(printed(again.output()), before)
    assert.deepEqual(await peopleOf(again), people)
    for (const link of linksIn(server.output())) assert.equal((await ask(again.url, link)).status, 404)
    for (const link of linksIn(again.output())) assert.equal((await ask(again.url, link)).status, 200)
    await stopsGently(again)
  })

  it('with another encryption key says so and changes nothing', async () => {
    const key = Buffer.alloc(32, 1).toString('base64')
    const message = await refusalOf(launch(dataDir, { ...ports, ENCRYPTION_KEY: key }))
    assert.match(message, /encrypted with another key/)
    assert.ok(!message.includes(key))
    assert.deepEqual(await postgresProcesses(folder), [])
  })

  it('with DEMO=off no longer offers the demo', async () => {
    const quiet = launch(dataDir, { ...ports, DEMO: 'off' })
    await untilReady(quiet)
    assert.match(quiet.output(), /^\nTenantry runs at http:\/\/localhost:\d+\. Its data is in /m)
    assert.doesNotMatch(quiet.output(), /SECRET|ticket=/)
    const { status, headers } = await ask(quiet.url, '/')
    assert.deepEqual([status, headers.location], [302, '/account'])
    quiet.child.kill('SIGINT')
    assert.equal(await quiet.exit, 0)
  })
})

/** SIGTERM under load: everything begun is answered, and nothing is left running. */
async function stopsGently(server: Launched): Promise<void> {
  const headers = { authorization: `Bearer ${await tokenOf(server)}` }
  const failures: string[] = []
  let answered = 0
  const agent = new Agent({ keepAlive: true, maxSockets: 16 })
  const clients = Array.from({ length: 16 }, async () => {
    for (;;) {
      try {
        const { status, body } = await ask(server.url, '/api/v2/users?per_page=20', { headers, agent })
        if (status !== 200 || body.length !== 20) failures.push(`${status}`)
        answered += 1
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException
        // Nobody listens any more: that request was never begun.
        if (code !== 'ECONNREFUSED') failures.push(String(error))
        return
      }
    }
  })
  const [first, rest] = ['{"grant_type":', '"client_credentials"}']
  const slow = httpRequest(`${server.url}/oauth/token`, {
    method: 'POST',
    agent: false,
    headers: { 'content-type': 'application/json', 'content-length': first.length + rest.length },
  })
  slow.write(first)
  await sleep(500)
  const began = performance.now()
  server.child.kill('SIGTERM')
  await sleep(500)
  slow.end(rest)
  const [late] = await once(slow, 'response')
  late.resume()
  assert.equal(late.headers.connection, 'close')
  assert.ok(late.statusCode < 500)
  await Promise.all(clients)
  assert.equal(await server.exit, 0, server.errors())
  assert.ok(performance.now() - began < 10_000)
  assert.deepEqual(failures, [])
  assert.ok(answered > 16)
  assert.deepEqual(await postgresProcesses(folder), [])
}

describe('a start that cannot be', { concurrency: 3 }, () => {
  const refused = async (environment: Record<string, string>) =>
    refusalOf(launch(join(folder, 'refused'), { ...(await freePorts()), ...environment }))

  for (const [what, environment, words] of [
    ['a wrong setting', { TLS: 'maybe' }, /^TLS is "maybe"\. It must be off, self-signed, or two files/],
    ['DEMO=on with DATABASE_URL', { DEMO: 'on', DATABASE_URL: 'postgres://u:secret@db/x' }, /DATABASE_URL is set/],
    ['DEMO=on off loopback', { DEMO: 'on', PUBLIC_URL: 'https://id.example.com' }, /PUBLIC_URL is https:\/\/id\.ex/],
    [
      'certificate files that are not there',
      { TLS: '/no/cert.pem,/no/key.pem' },
      /\/no\/cert.pem, which cannot be read/,
    ],
    ['no encryption key off loopback', { PUBLIC_URL: 'https://id.example.com' }, /`openssl rand -base64 32`/],
    ['an address that is not ours', { HOST: '192.0.2.1', DEMO: 'off' }, /HOST is 192\.0\.2\.1, which is no address/],
  ] as const) {
    it(`is told: ${what}`, async () => {
      const message = await refused(environment)
      assert.match(message, words)
      assert.doesNotMatch(message, /secret/)
    })
  }

  it('is told: a password that PostgreSQL does not accept', async (t) => {
    const { url, drop } = await createTestDatabase()
    const wrong = new URL(url)
    wrong.password = 'not-this-one'
    if (await accepts(wrong.href)) t.skip('this PostgreSQL asks for no password')
    else {
      const message = await refused({ DATABASE_URL: wrong.href })
      assert.match(message, /does not accept the user or the password in DATABASE_URL/)
      assert.ok(!message.includes('not-this-one'))
    }
    await drop()
  })

  it('is told after ten seconds: a PostgreSQL that does not answer', async () => {
    const { PORT } = await freePorts()
    const message = await refused({ DATABASE_URL: `postgres://u:secret@127.0.0.1:${PORT}/x` })
    assert.match(message, RegExp(`PostgreSQL at 127.0.0.1:${PORT} did not answer for 10 seconds`))
    assert.doesNotMatch(message, /secret/)
  })
})

/** Whether a connection comes about. */
async function accepts(url: string): Promise<boolean> {
  return await administer(url, 'select 1').then(
    () => true,
    () => false,
  )
}
