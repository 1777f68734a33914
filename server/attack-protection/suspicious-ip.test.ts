import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it, mock } from 'node:test'
import { CLIENT_ID, startTestServer } from '../../test/harness.ts'
import { accounts, PASSWORD, REQUEST } from '../sign-in/accounts.testing.ts'
import { authenticate } from '../sign-in/authenticate.ts'
import { deleteFullBuckets } from './address-tries.ts'

const SETTINGS = '/api/v2/attack-protection/suspicious-ip-throttling'
const HERE = '203.0.113.50'
const DEFAULTS = {
  enabled: true,
  shields: ['admin_notification', 'block'],
  allowlist: [],
  stage: {
    'pre-login': { max_attempts: 100, rate: 864_000 },
    'pre-user-registration': { max_attempts: 50, rate: 1_200 },
    'pre-custom-token-exchange': { max_attempts: 10, rate: 600_000 },
  },
}

describe('suspicious-IP throttling', async () => {
  const test = await startTestServer({ TRUST_PROXY: '127.0.0.1' })
  const { call, db, server, tokenFor } = test
  const { person, connection, eventsOf, openTo } = await accounts(test)
  await openTo(CLIENT_ID)
  const patch = async (body: object) => await call('PATCH', SETTINGS, { body })
  const attempt = async (ip: string, password: string, identifier = 'nobody@example.com') =>
    await authenticate(server, {
      connections: [connection],
      identifier,
      password,
      clientId: undefined,
      request: { ...REQUEST, ip },
    })
  // Each at another account: none of them is closed before the address is.
  let names = 0
  const vain = async (ip: string) => {
    names += 1
    return await attempt(ip, 'wrong', `nobody-${names}@example.com`)
  }
  const kindsOf = async (ips: string[]) => {
    const kinds: string[] = []
    for (const ip of ips) kinds.push((await vain(ip)).kind)
    return kinds
  }
  const blockOf = async (ip: string) => await call('GET', `/api/v2/anomaly/blocks/ips/${encodeURIComponent(ip)}`)
  const logins = (max_attempts: number) => patch({ stage: { 'pre-login': { max_attempts, rate: 864_000 } } })
  let sent = 0
  const signUp = async (from: string) => {
    sent += 1
    const email = `new-${sent}@harborline.example`
    return await call('POST', '/dbconnections/signup', {
      as: null,
      from,
      body: { client_id: CLIENT_ID, connection: connection.name, email, password: PASSWORD },
    })
  }

  beforeEach(async () => {
    await db.deleteFrom('attack_protection').execute()
    await db.deleteFrom('address_tries').execute()
    mock.timers.enable({ apis: ['Date'], now: Date.now() })
  })
  afterEach(() => mock.timers.reset())

  it('has Auth0’s defaults, and a change leaves the rest as it is', async () => {
    assert.deepEqual((await call('GET', SETTINGS)).body, DEFAULTS)
    const { status, body } = await patch({ allowlist: ['192.0.2.0/24'], stage: { 'pre-login': { max_attempts: 5 } } })
    assert.equal(status, 200)
    const stage = { ...DEFAULTS.stage, 'pre-login': { max_attempts: 5, rate: 864_000 } }
    assert.deepEqual(body, { ...DEFAULTS, allowlist: ['192.0.2.0/24'], stage })
    await patch({ stage: { 'pre-login': { rate: 40_000 } } })
    const { body: now } = await call('GET', SETTINGS)
    assert.deepEqual(now.stage['pre-login'], { max_attempts: 5, rate: 40_000 })
    // What a deployment tool has read it can send back.
    assert.deepEqual((await patch(now)).body, now)
    for (const wrong of [
      { stage: { 'pre-login': { max_attempts: 0 } } },
      { stage: { 'pre-login': { rate: 1 } } },
      { stage: { 'pre-user-registration': { rate: 1_199 } } },
      { stage: { other: {} } },
      { allowlist: ['here'] },
      { shields: ['user_notification'] },
      { more: 1 },
    ]) {
      assert.equal((await patch(wrong)).status, 400, JSON.stringify(wrong))
    }
    const as = await tokenFor({ scopes: ['read:attack_protection'] })
    assert.equal((await call('PATCH', SETTINGS, { as, body: {} })).status, 403)
    assert.deepEqual((await call('GET', SETTINGS, { as })).body, now)
  })

  it('blocks an address after so many vain sign-ins at whatever accounts, and no other address', async () => {
    await logins(3)
    const ada = await person()
    assert.equal((await attempt(HERE, PASSWORD, ada.email)).kind, 'passed')
    assert.deepEqual(await kindsOf([HERE, HERE, HERE, HERE]), ['refused', 'refused', 'refused', 'throttled'])
    const outcome = await attempt(HERE, PASSWORD, ada.email)
    assert.deepEqual(outcome, { kind: 'throttled', retryAfterSeconds: 864, by: 'address' })
    assert.equal((await attempt('203.0.113.51', PASSWORD, ada.email)).kind, 'passed')
    assert.equal((await blockOf(HERE)).status, 200)
    assert.equal((await blockOf(HERE)).text, '')
    const free = await blockOf('203.0.113.51')
    assert.deepEqual(free.body, { statusCode: 404, error: 'Not Found', message: 'Not Found' })
    // Once an hour is enough: whoever is blocked must not fill the log.
    const events = await eventsOf('limit_mu')
    assert.equal(events.length, 1)
    assert.deepEqual(events[0]?.person?.ip, HERE)
    assert.deepEqual(events[0]?.details?.flow, 'login')
  })

  it('gives a try back after so many milliseconds, and all of them in the end', async () => {
    await logins(2)
    assert.deepEqual(await kindsOf([HERE, HERE, HERE]), ['refused', 'refused', 'throttled'])
    mock.timers.tick(863_999)
    assert.equal((await vain(HERE)).kind, 'throttled')
    mock.timers.tick(1)
    assert.deepEqual(await kindsOf([HERE, HERE]), ['refused', 'throttled'])
    mock.timers.tick(2 * 864_000)
    assert.deepEqual(await kindsOf([HERE, HERE, HERE]), ['refused', 'refused', 'throttled'])
    mock.timers.tick(2 * 864_000 + 3_600_001)
    assert.equal(await deleteFullBuckets(db), 1)
  })

  it('counts IPv6 by its /64, and an IPv4 address written as IPv6 as what it is', async () => {
    await logins(2)
    const one = ['2001:db8:1:2::1', '2001:db8:1:2:ffff::2', '2001:0DB8:1:2::3']
    assert.deepEqual(await kindsOf(one), ['refused', 'refused', 'throttled'])
    assert.equal((await vain('2001:db8:1:3::1')).kind, 'refused')
    assert.deepEqual(await kindsOf([HERE, `::ffff:${HERE}`, HERE]), ['refused', 'refused', 'throttled'])
    assert.equal((await blockOf('2001:db8:1:2:aaaa::')).status, 200)
    assert.equal((await blockOf(`::ffff:${HERE}`)).status, 200)
  })

  it('of twenty at once, so many get through as are left', async () => {
    await logins(5)
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => vain(HERE)))
    assert.equal(outcomes.filter(({ kind }) => kind === 'refused').length, 5)
    assert.equal((await eventsOf('limit_mu')).filter(({ person }) => person?.ip === HERE).length > 0, true)
  })

  it('blocks sign-ups of an address apart from sign-ins', async () => {
    await patch({ stage: { 'pre-user-registration': { max_attempts: 2, rate: 60_000 } } })
    assert.deepEqual([(await signUp(HERE)).status, (await signUp(HERE)).status], [200, 200])
    const third = await signUp(HERE)
    assert.deepEqual([third.status, third.headers['retry-after']], [429, '60'])
    assert.equal((await signUp('203.0.113.52')).status, 200)
    assert.equal((await vain(HERE)).kind, 'refused')
    assert.equal((await blockOf(HERE)).status, 200)
    const event = (await eventsOf('limit_mu')).at(-1)
    assert.deepEqual(event?.details?.flow, 'signup')
    mock.timers.tick(60_000)
    assert.equal((await signUp(HERE)).status, 200)
  })

  it('is lifted by an administrator', async () => {
    await logins(1)
    assert.deepEqual(await kindsOf([HERE, HERE]), ['refused', 'throttled'])
    const url = `/api/v2/anomaly/blocks/ips/${HERE}`
    assert.equal((await call('DELETE', url, { as: await tokenFor({ scopes: ['read:anomaly_blocks'] }) })).status, 403)
    assert.equal((await call('GET', url, { as: await tokenFor({ scopes: ['read:users'] }) })).status, 403)
    assert.equal((await call('DELETE', url)).status, 204)
    assert.equal((await blockOf(HERE)).status, 404)
    assert.equal((await vain(HERE)).kind, 'refused')
    assert.equal((await call('DELETE', '/api/v2/anomaly/blocks/ips/198.51.100.1')).status, 204)
    for (const wrong of ['here', '1.2.3', '203.0.113.0%2F24', 'fe80::1%25eth0']) {
      const answer = await call('GET', `/api/v2/anomaly/blocks/ips/${wrong}`)
      assert.deepEqual([answer.status, answer.body.errorCode], [400, 'invalid_uri'], wrong)
    }
  })

  it('leaves alone who is on the list, and everybody when it is off; without the shield it tells only', async () => {
    await patch({ allowlist: ['203.0.113.0/24'], stage: { 'pre-login': { max_attempts: 1 } } })
    assert.deepEqual(await kindsOf([HERE, HERE]), ['refused', 'refused'])
    await patch({ allowlist: [], enabled: false })
    assert.deepEqual(await kindsOf([HERE, HERE]), ['refused', 'refused'])
    await patch({ enabled: true, shields: ['admin_notification'] })
    const before = (await eventsOf('limit_mu')).length
    assert.deepEqual(await kindsOf([HERE, HERE, HERE]), ['refused', 'refused', 'refused'])
    assert.equal((await eventsOf('limit_mu')).length, before + 1)
    assert.equal((await blockOf(HERE)).status, 404)
  })

  it('counts this machine’s own address only where somebody has said what shall hold', async () => {
    assert.deepEqual(await kindsOf(['127.0.0.1', '::1', '127.0.0.1']), ['refused', 'refused', 'refused'])
    assert.deepEqual(await db.selectFrom('address_tries').selectAll().execute(), [])
    await logins(1)
    assert.deepEqual(await kindsOf(['127.0.0.1', '127.0.0.1']), ['refused', 'throttled'])
  })
})
