import assert from 'node:assert/strict'
import { describe, it, mock } from 'node:test'
import { startTestServer } from '../../test/harness.ts'
import { ELSEWHERE, HERE, tries } from '../sign-in/tries.testing.ts'
import type { User } from '../users/user.ts'

const PATH = '/api/v2/user-blocks'
const PROTECTION = '/api/v2/attack-protection/brute-force-protection'

describe('blocks of users', async () => {
  const test = await startTestServer()
  const { call, db, tokenFor } = test
  const { person, right, wrong, close, rowOf, connection } = await tries(test)
  const ofUser = ({ user_id }: User) => `${PATH}/${encodeURIComponent(user_id)}`
  const of = (identifier = '') => `${PATH}?identifier=${encodeURIComponent(identifier)}`
  const blocked = (identifier: string | undefined, ip: string) => ({ identifier, ip, connection: connection.name })

  it('are none until there were too many wrong passwords, and then name each address', async () => {
    const user = await person()
    for (let count = 0; count < 9; count += 1) await wrong(user)
    for (const path of [ofUser(user), of(user.email)]) {
      assert.deepEqual(await call('GET', path).then(({ status, body }) => [status, body]), [200, { blocked_for: [] }])
    }
    await wrong(user)
    await close(user, { from: '2001:db8::5' })
    const blocked_for = [blocked(user.email, HERE), blocked(user.email, '2001:db8::5')]
    for (const path of [ofUser(user), of(user.email), of(user.email?.toUpperCase())]) {
      assert.deepEqual((await call('GET', path)).body, { blocked_for })
    }
    assert.deepEqual((await call('GET', ofUser(await person()))).body, { blocked_for: [] })
  })

  it('are shown and lifted for an identifier that nobody has', async () => {
    const nobody = 'nobody@harborline.example'
    assert.deepEqual((await call('GET', of(nobody))).body, { blocked_for: [] })
    await close(nobody)
    assert.deepEqual((await call('GET', of(nobody))).body, { blocked_for: [blocked(nobody, HERE)] })
    assert.equal((await call('DELETE', of(nobody))).status, 204)
    assert.deepEqual((await call('GET', of(nobody))).body, { blocked_for: [] })
    assert.equal((await wrong(nobody)).kind, 'refused')
    assert.equal((await call('DELETE', of('never-typed@harborline.example'))).status, 204)
  })

  it('are lifted for every address, by user or identifier, and the administrator who did it is recorded', async () => {
    for (const pathOf of [ofUser, (user: User) => of(user.email)]) {
      const [user, other] = [await person(), await person()]
      for (const from of [HERE, ELSEWHERE]) await close(user, { from })
      await close(other)
      const { status, text } = await call('DELETE', pathOf(user))
      assert.deepEqual([status, text], [204, ''])
      for (const from of [HERE, ELSEWHERE]) assert.equal((await right(user, { from })).kind, 'passed')
      assert.equal((await right(other)).kind, 'blocked')
    }
    const events = await db.selectFrom('events').selectAll().where('description', '=', 'Unblock a user').execute()
    assert.equal(events[0]?.type, 'sapi')
    assert.equal((await db.selectFrom('events').selectAll().where('type', '=', 'ublkdu').execute()).length, 0)
  })

  it('and the block by an administrator are two things: neither is lifted with the other', async () => {
    const user = await person({ blocked: true })
    await close(user)
    assert.equal((await call('DELETE', ofUser(user))).status, 204)
    assert.equal((await rowOf(user)).blocked, true)
    assert.equal((await right(user)).kind, 'passed')
    await close(user)
    const { status } = await call('PATCH', `/api/v2/users/${encodeURIComponent(user.user_id)}`, {
      body: { blocked: false },
    })
    assert.equal(status, 200)
    assert.deepEqual((await call('GET', ofUser(user))).body, { blocked_for: [blocked(user.email, HERE)] })
    assert.equal((await right(user)).kind, 'blocked')
  })

  it('are lifted by a new password, however it is set', async () => {
    const user = await person()
    await close(user)
    const { status } = await call('PATCH', `/api/v2/users/${encodeURIComponent(user.user_id)}`, {
      body: { password: 'slow ferry past midnight', connection: connection.name },
    })
    assert.equal(status, 200)
    assert.deepEqual((await call('GET', ofUser(user))).body, { blocked_for: [] })
    assert.equal((await wrong(user)).kind, 'refused')
  })

  it('are over after thirty days', async () => {
    const user = await person()
    await close(user)
    mock.timers.enable({ apis: ['Date'], now: Date.now() })
    try {
      mock.timers.tick(30 * 86_400_000 + 1_000)
      const token = await tokenFor({})
      assert.deepEqual((await call('GET', ofUser(user), { as: token })).body, { blocked_for: [] })
    } finally {
      mock.timers.reset()
    }
  })

  it('are left out on demand where protection is off', async () => {
    const user = await person()
    await close(user)
    const considering = '?consider_brute_force_enablement=true'
    const lengths = async () =>
      await Promise.all(
        [ofUser(user), `${ofUser(user)}${considering}`, `${of(user.email)}&${considering.slice(1)}`].map(
          async (path) => (await call('GET', path)).body.blocked_for.length,
        ),
      )
    assert.deepEqual(await lengths(), [1, 1, 1])
    await call('PATCH', PROTECTION, { body: { enabled: false } })
    assert.deepEqual(await lengths(), [1, 0, 0])
    await call('PATCH', PROTECTION, { body: { enabled: true } })
    const path = `/api/v2/connections/${connection.id}`
    await call('PATCH', path, { body: { options: { ...connection.options, brute_force_protection: false } } })
    assert.deepEqual(await lengths(), [1, 0, 0])
    await call('PATCH', path, { body: { options: connection.options } })
    assert.deepEqual(await lengths(), [1, 1, 1])
  })

  it('of an account that is closed to all addresses name none', async () => {
    const user = await person()
    await call('PATCH', PROTECTION, { body: { mode: 'count_per_identifier' } })
    await close(user)
    const blocked_for = [{ identifier: user.email, connection: connection.name }]
    assert.deepEqual((await call('GET', ofUser(user))).body, { blocked_for })
    await call('PATCH', PROTECTION, { body: { mode: 'count_per_identifier_and_ip' } })
    assert.deepEqual((await call('GET', ofUser(user))).body, { blocked_for: [] })
  })

  it('of an unknown user are a 404, an identifier has to be named, and scopes are needed', async () => {
    for (const method of ['GET', 'DELETE']) {
      const { status, body } = await call(method, `${PATH}/auth0%7Cnobody`)
      assert.deepEqual([status, body.errorCode], [404, 'inexistent_user'])
      assert.equal((await call(method, PATH)).status, 400)
      assert.equal((await call(method, `${PATH}?identifier=`)).status, 400)
    }
    const user = await person()
    await close(user)
    const reader = await tokenFor({ scopes: ['read:users'] })
    assert.equal((await call('GET', ofUser(user), { as: reader })).status, 200)
    for (const path of [ofUser(user), of(user.email)]) {
      assert.equal((await call('DELETE', path, { as: reader })).status, 403)
      assert.equal((await call('GET', path, { as: await tokenFor({ scopes: ['update:users'] }) })).status, 403)
    }
    assert.equal((await right(user)).kind, 'blocked')
  })
})
