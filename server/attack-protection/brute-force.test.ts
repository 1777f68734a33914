import assert from 'node:assert/strict'
import { afterEach, describe, it, mock } from 'node:test'
import { startTestServer } from '../../test/harness.ts'
import { ELSEWHERE, HERE, tries } from '../sign-in/tries.testing.ts'

const PATH = '/api/v2/attack-protection/brute-force-protection'
const DEFAULTS = {
  enabled: true,
  shields: ['block', 'user_notification'],
  mode: 'count_per_identifier_and_ip',
  allowlist: [],
  max_attempts: 10,
}

describe('the settings of brute-force protection', async () => {
  const test = await startTestServer()
  const { call, db, tokenFor } = test
  const { person, right, wrong, close, countsOf, eventsAbout, queued } = await tries(test)
  const set = async (settings: object) => {
    const { status, body } = await call('PATCH', PATH, { body: settings })
    assert.equal(status, 200)
    return body
  }
  afterEach(async () => {
    await set(DEFAULTS)
  })

  it('are Auth0’s by default, and keep what a change does not name', async () => {
    assert.deepEqual((await call('GET', PATH)).body, DEFAULTS)
    const allowlist = ['203.0.113.0/24', '2001:db8::1']
    assert.deepEqual(await set({ max_attempts: 3, allowlist }), { ...DEFAULTS, max_attempts: 3, allowlist })
    assert.deepEqual(await set({ mode: 'count_per_identifier' }), {
      ...DEFAULTS,
      max_attempts: 3,
      allowlist,
      mode: 'count_per_identifier',
    })
    const events = await db.selectFrom('events').selectAll().where('target_id', '=', 'brute-force-protection').execute()
    assert.deepEqual(
      events.map(({ type, target_kind }) => [type, target_kind]),
      Array(2).fill(['sapi', 'attack_protection']),
    )
  })

  it('take many changes at once without losing one', async () => {
    await Promise.all([set({ max_attempts: 7 }), set({ shields: ['block'] }), set({ allowlist: ['192.0.2.1'] })])
    const after = { ...DEFAULTS, max_attempts: 7, shields: ['block'], allowlist: ['192.0.2.1'] }
    assert.deepEqual((await call('GET', PATH)).body, after)
  })

  it('refuse what is out of bounds, and change nothing then', async () => {
    for (const body of [
      { max_attempts: 0 },
      { max_attempts: 101 },
      { max_attempts: '10' },
      { max_attempts: 2.5 },
      { mode: 'count' },
      { shields: ['admin_notification'] },
      { shields: ['block', 'block'] },
      { allowlist: ['nonsense'] },
      { allowlist: ['203.0.113.7/40'] },
      { allowlist: Array.from({ length: 101 }, (_, host) => `192.0.2.${host}`) },
      { enabled: null },
      { other: true },
    ]) {
      const { status, body: answer } = await call('PATCH', PATH, { body })
      assert.deepEqual([status, answer.errorCode], [400, 'invalid_body'], JSON.stringify(body))
    }
    assert.deepEqual((await call('GET', PATH)).body, DEFAULTS)
  })

  it('are for those who hold the scope', async () => {
    const reader = await tokenFor({ scopes: ['read:attack_protection'] })
    assert.equal((await call('GET', PATH, { as: reader })).status, 200)
    assert.equal((await call('PATCH', PATH, { as: reader, body: { enabled: false } })).status, 403)
    assert.equal((await call('GET', PATH, { as: null })).status, 401)
    assert.deepEqual((await call('GET', PATH)).body, DEFAULTS)
  })

  it('say after how many tries an account is closed; a higher number opens it again', async () => {
    const user = await person()
    await set({ max_attempts: 2 })
    for (let count = 0; count < 2; count += 1) assert.equal((await wrong(user)).kind, 'refused')
    assert.equal((await right(user)).kind, 'blocked')
    await set({ max_attempts: 4 })
    for (let count = 0; count < 2; count += 1) assert.equal((await wrong(user)).kind, 'refused')
    assert.equal((await right(user)).kind, 'blocked')
    assert.equal((await eventsAbout(user, 'limit_wc')).length, 2)
  })

  it('may count all addresses together, and then close the account to all', async () => {
    await set({ mode: 'count_per_identifier' })
    const user = await person()
    for (let host = 1; host <= 10; host += 1) {
      assert.equal((await wrong(user, { from: `192.0.2.${host}` })).kind, 'refused')
    }
    for (const from of [HERE, ELSEWHERE, '2001:db8::1']) assert.equal((await right(user, { from })).kind, 'blocked')
    assert.equal((await countsOf(user)).length, 1)
    // Counted apart again, nothing is held against any address.
    await set({ mode: 'count_per_identifier_and_ip' })
    assert.equal((await right(user)).kind, 'passed')
  })

  it('may name addresses that are not counted', async () => {
    await set({ allowlist: ['203.0.113.0/24'] })
    const user = await person()
    for (const from of [HERE, `::ffff:${HERE}`]) {
      for (let count = 0; count < 11; count += 1) assert.equal((await wrong(user, { from })).kind, 'refused')
      assert.equal((await right(user, { from })).kind, 'passed')
    }
    assert.deepEqual(await countsOf(user), [])
    await close(user, { from: ELSEWHERE })
    assert.equal((await right(user, { from: ELSEWHERE })).kind, 'blocked')
  })

  it('switch protection off, with its blocks, or the block alone, or the mail alone', async () => {
    const [ann, ben] = [await person(), await person()]
    await close(ann)
    for (const settings of [{ enabled: false }, { enabled: true, shields: ['user_notification'] }]) {
      await set(settings)
      for (let count = 0; count < 11; count += 1) assert.equal((await wrong(ben)).kind, 'refused')
      assert.equal((await right(ann)).kind, 'passed')
    }
    assert.deepEqual(await countsOf(ben), [])
    await set({ shields: ['block'] })
    assert.equal((await right(ann)).kind, 'blocked')
    await close(ben)
    assert.equal((await right(ben)).kind, 'blocked')
    assert.deepEqual(
      (await queued()).filter(({ user_id }) => user_id === ben.user_id),
      [],
    )
  })
})

describe('an account that is tried from everywhere', async () => {
  const test = await startTestServer()
  const { db } = test
  const { person, right, wrong, countOf, eventsAbout } = await tries(test)
  afterEach(() => mock.timers.reset())
  const flood = async (who: Parameters<typeof wrong>[0], addresses = 100) => {
    for (let host = 1; host <= addresses; host += 1) {
      assert.equal((await wrong(who, { from: `198.18.0.${host}` })).kind, 'refused')
    }
  }

  it('goes slowly after a hundred failures, for somebody unknown as well, and is never closed to its holder', async () => {
    const user = await person()
    assert.equal((await right(user, { from: HERE })).kind, 'passed')
    for (const who of [user, 'unknown-flood@harborline.example']) {
      mock.timers.reset()
      mock.timers.enable({ apis: ['Date'], now: Date.now() })
      await flood(who)
      // The one try of this minute.
      assert.equal((await wrong(who, { from: '198.18.1.1' })).kind, 'refused')
      for (const from of ['198.18.1.2', '198.18.0.1', '2001:db8::1']) {
        const { kind, ...rest } = await wrong(who, { from })
        assert.equal(kind, 'throttled')
        assert.deepEqual(rest, { retryAfterSeconds: 60 })
      }
      mock.timers.tick(45_000)
      assert.deepEqual(await right(who, { from: ELSEWHERE }), { kind: 'throttled', retryAfterSeconds: 15 })
      mock.timers.tick(15_000)
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, host) => wrong(who, { from: `198.18.2.${host}` })),
      )
      assert.deepEqual(countOf(outcomes), { refused: 1, throttled: 19 })
      assert.equal((await eventsAbout(who, 'limit_sul')).length, 1)
      assert.deepEqual(await eventsAbout(who, 'limit_wc'), [])
    }
    // From where its holder has signed in before, nothing is slow.
    for (let count = 0; count < 3; count += 1) assert.equal((await right(user, { from: HERE })).kind, 'passed')
    mock.timers.tick(60_000)
    assert.equal((await right(user, { from: ELSEWHERE })).kind, 'passed')
    assert.equal((await right(user, { from: ELSEWHERE })).kind, 'passed')
  })

  it('is not slow because of tries that were turned away, nor any more after a day', async () => {
    const user = await person()
    mock.timers.enable({ apis: ['Date'], now: Date.now() })
    await flood(user, 99)
    assert.equal((await wrong(user, { from: '198.18.3.1' })).kind, 'refused')
    assert.equal((await wrong(user, { from: '198.18.3.2' })).kind, 'refused')
    assert.equal((await wrong(user, { from: '198.18.3.3' })).kind, 'throttled')
    mock.timers.tick(86_400_000)
    for (const host of [4, 5]) assert.equal((await wrong(user, { from: `198.18.3.${host}` })).kind, 'refused')
  })

  it('is forgotten thirty days after its last try', async () => {
    mock.timers.enable({ apis: ['Date'], now: Date.now() })
    await db.deleteFrom('login_failures').execute()
    await flood('forgotten@harborline.example', 25)
    mock.timers.tick(30 * 86_400_000 + 1_000)
    for (let count = 0; count < 3; count += 1) await wrong('another@harborline.example')
    const rows = await db.selectFrom('login_failures').select('identifier').execute()
    assert.deepEqual(rows, [{ identifier: 'another@harborline.example' }])
  })
})
