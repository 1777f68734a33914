/** D08: whoever loses what he may do in an organization has lost it at the next request, whichever process is asked. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openLog } from '../../server/base/log.ts'
import { openSecrets } from '../../server/base/secrets.ts'
import { openDatabase } from '../../server/db/database.ts'
import { clearTestFolder, makeTestFolder } from '../../server/db/embedded-postgres.testing.ts'
import { openServer } from '../../server/open-server.ts'
import { FIRST_CONNECTION } from '../../server/setup.ts'
import { CLIENT_ID, CLIENT_SECRET, createTestDatabase, TEST_KEY, testConfig, tokenFor } from '../harness.ts'
import { freePorts, killLaunched, launch, untilReady } from '../start.testing.ts'

const REQUESTS = 24

describe('D08: a token from before a demotion', { skip: process.platform !== 'linux' && 'needs workers' }, async () => {
  const folder = makeTestFolder()
  const database = await createTestDatabase()
  const { PORT } = await freePorts()
  const settings = { PORT, TLS: 'off', DATABASE_URL: database.url, ENCRYPTION_KEY: TEST_KEY.toString('base64') }
  const bootstrap = { BOOTSTRAP_CLIENT_ID: CLIENT_ID, BOOTSTRAP_CLIENT_SECRET: CLIENT_SECRET }
  const launched = launch(folder, { ...settings, ...bootstrap, WORKERS: '2', LOG_LEVEL: 'debug' })
  const config = testConfig(settings)
  // The same database, only to sign tokens with the keys of the processes.
  const own = openDatabase({
    connectionString: database.url,
    maxConnections: 2,
    preparedStatements: true,
    onError: () => {},
  })
  const log = openLog(config.logLevel, { write: () => {} })
  const server = openServer({ config, secrets: openSecrets(TEST_KEY), log, isDemo: false, database: own })
  let all = ''
  let roleId = ''
  let people = 0
  after(async () => {
    killLaunched()
    await own.close()
    await database.drop()
    await clearTestFolder(folder, [])
  })

  const api = async (method: string, path: string, body?: unknown, as = all) => {
    const response = await fetch(`${launched.url}/api/v2${path}`, {
      method,
      headers: { authorization: `Bearer ${as}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
  }
  const done = async (method: string, path: string, body?: unknown) => {
    const answer = await api(method, path, body)
    assert.ok(answer.status < 300, `${method} ${path}: ${JSON.stringify(answer.body)}`)
    return answer.body
  }
  /** The statuses of many requests at once on connections of their own, some of which each worker gets. */
  const everywhere = async (as: string, method: string, path: string, body?: unknown) => {
    const answers = await Promise.all(Array.from({ length: REQUESTS }, () => api(method, path, body, as)))
    return [...new Set(answers.map(({ status }) => status))]
  }

  before(async () => {
    await untilReady(launched)
    while (!launched.output().includes('Tenantry runs at')) await sleep(20)
    all = await tokenFor(server, {})
    const roles = await done('GET', '/roles')
    roleId = roles.find(({ name }: { name: string }) => name === 'Administrator').id
  })

  /** An administrator of an organization of his own, and somebody whom he could act on. */
  async function administrator() {
    people += 1
    const { id } = await done('POST', '/organizations', { name: `org-${people}` })
    const person = async (name: string) =>
      (
        await done('POST', '/users', {
          connection: FIRST_CONNECTION,
          email: `${name}-${people}@acme.example`,
          password: 'the old grey heron',
        })
      ).user_id
    const [userId, other] = [await person('boss'), await person('other')]
    await done('POST', `/organizations/${id}/members`, { members: [userId, other] })
    const at = `/organizations/${id}/members/${encodeURIComponent(userId)}`
    await done('POST', `${at}/roles`, { roles: [roleId] })
    return { id, userId, at, other, token: await tokenFor(server, { userId, organizationId: id }) }
  }
  type Administrator = Awaited<ReturnType<typeof administrator>>

  // TABLE: what takes his rights from him, and what he is told then.
  const DEMOTIONS: readonly [string, number, (one: Administrator) => Promise<unknown>][] = [
    ['his role is withdrawn', 403, ({ at }) => done('DELETE', `${at}/roles`, { roles: [roleId] })],
    ['his membership is blocked', 401, ({ at }) => done('PATCH', at, { blocked: true })],
    ['his membership ends', 401, ({ at }) => done('PATCH', at, { ends_at: '2020-01-01T00:00:00Z' })],
    ['he is removed', 401, ({ id, userId }) => done('DELETE', `/organizations/${id}/members`, { members: [userId] })],
    [
      'his account is blocked',
      401,
      ({ userId }) => done('PATCH', `/users/${encodeURIComponent(userId)}`, { blocked: true }),
    ],
    ['his account is deleted', 401, ({ userId }) => done('DELETE', `/users/${encodeURIComponent(userId)}`)],
    [
      'the organization is suspended',
      401,
      ({ id }) => done('PATCH', `/organizations/${id}/settings`, { suspended: true }),
    ],
    ['the organization is deleted', 401, ({ id }) => done('DELETE', `/organizations/${id}`)],
  ]
  for (const [name, status, demote] of DEMOTIONS) {
    it(`is worth nothing at once, in both processes, when ${name}`, async () => {
      const one = await administrator()
      const target = `/organizations/${one.id}/members/${encodeURIComponent(one.other)}`
      assert.deepEqual(await everywhere(one.token, 'GET', '/users'), [200])
      assert.deepEqual(await everywhere(one.token, 'PATCH', target, { attributes: { department: 'Deck' } }), [200])
      await demote(one)
      assert.deepEqual(await everywhere(one.token, 'GET', '/users'), [status])
      assert.deepEqual(await everywhere(one.token, 'PATCH', target, { attributes: { department: 'Eve' } }), [status])
      const { body } = await api('GET', target)
      if (body.attributes) assert.deepEqual(body.attributes, { department: 'Deck' })
    })
  }

  it('does what a role that was narrowed still gives, and no more', async () => {
    const { id } = await done('POST', '/roles', { name: 'Narrow' })
    const permissions = ['read:users', 'update:users'].map((permission_name) => ({
      resource_server_identifier: config.managementAudience,
      permission_name,
    }))
    await done('POST', `/roles/${id}/permissions`, { permissions })
    const one = await administrator()
    await done('DELETE', `${one.at}/roles`, { roles: [roleId] })
    await done('POST', `${one.at}/roles`, { roles: [id] })
    const token = await tokenFor(server, { userId: one.userId, organizationId: one.id })
    const target = `/organizations/${one.id}/members/${encodeURIComponent(one.other)}`
    assert.deepEqual(await everywhere(token, 'PATCH', target, { attributes: { department: 'Deck' } }), [200])
    await done('DELETE', `/roles/${id}/permissions`, { permissions: permissions.slice(1) })
    assert.deepEqual(await everywhere(token, 'PATCH', target, { attributes: { department: 'Eve' } }), [403])
    assert.deepEqual(await everywhere(token, 'GET', '/users'), [200])
  })
})
