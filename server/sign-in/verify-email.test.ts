import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startTestServer } from '../../test/harness.ts'
import { accounts, REQUEST } from './accounts.testing.ts'
import { openVerificationLink, verifyEmail } from './verify-email.ts'

describe('a verification link', async () => {
  const test = await startTestServer()
  const { server, db, call } = test
  const { person, linkFor, rowOf, eventsOf } = await accounts(test)
  const use = (token: unknown) => verifyEmail(server, token, REQUEST)
  const stateOf = async (token: unknown) => (await openVerificationLink(db, token)).state

  it('verifies the address it was sent to, and nothing else about the person', async () => {
    const user = await person()
    const before = await rowOf(user)
    const token = await linkFor(user, 'email_verification')
    assert.equal(await stateOf(token), 'open')
    assert.equal((await use(token)).state, 'verified')
    const { email_verified, updated_at, ...rest } = await rowOf(user)
    const { email_verified: wasVerified, updated_at: _, ...restBefore } = before
    assert.deepEqual([wasVerified, email_verified], [false, true])
    assert.deepEqual(rest, restBefore)
    assert.ok(updated_at >= before.updated_at)
    const [event, ...more] = (await eventsOf('sv')).filter((one) => one.user_id === user.user_id)
    assert.equal(more.length, 0)
    assert.deepEqual([event?.actor_kind, event?.actor_id], ['user', user.user_id])
  })

  it('is not used up by being looked at', async () => {
    const user = await person()
    const token = await linkFor(user, 'email_verification')
    for (let times = 0; times < 3; times += 1) assert.equal(await stateOf(token), 'open')
    assert.equal((await rowOf(user)).email_verified, false)
  })

  it('says afterwards that the address is verified already, as often as it is asked', async () => {
    const user = await person()
    const token = await linkFor(user, 'email_verification')
    await use(token)
    assert.equal(await stateOf(token), 'already')
    assert.equal((await use(token)).state, 'already')
    assert.equal((await eventsOf('sv')).filter((one) => one.user_id === user.user_id).length, 1)
  })

  it('opened by fifty at once verifies once; the others find the address verified', async () => {
    const user = await person()
    const token = await linkFor(user, 'email_verification')
    const results = await Promise.all(Array.from({ length: 50 }, () => use(token)))
    const count = (state: string) => results.filter((result) => result.state === state).length
    assert.deepEqual([count('verified'), count('already'), count('dead')], [1, 49, 0])
    assert.equal((await eventsOf('sv')).filter((one) => one.user_id === user.user_id).length, 1)
  })

  it('is dead when it is unknown, malformed, expired, replaced or of another purpose; nothing tells which', async () => {
    const user = await person()
    const replaced = await linkFor(user, 'email_verification')
    const expired = await linkFor(user, 'email_verification', { lifetimeSeconds: -1 })
    const other = await linkFor(user, 'password_change')
    for (const token of [
      '',
      'x'.repeat(43),
      'x'.repeat(44),
      `${expired}#`,
      undefined,
      ['a'],
      {},
      replaced,
      expired,
      other,
    ]) {
      assert.deepEqual(await openVerificationLink(db, token), { state: 'dead' })
      assert.deepEqual(await use(token), { state: 'dead' })
    }
    assert.equal((await rowOf(user)).email_verified, false)
  })

  it('is past its time when the clock says so', async (t) => {
    const user = await person()
    const token = await linkFor(user, 'email_verification', { lifetimeSeconds: 60 })
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 59_000 })
    assert.equal(await stateOf(token), 'open')
    t.mock.timers.tick(2_000)
    assert.equal(await stateOf(token), 'dead')
    assert.equal((await use(token)).state, 'dead')
    assert.equal((await rowOf(user)).email_verified, false)
  })

  it('dies with the address: it verifies no other one', async () => {
    const user = await person()
    const token = await linkFor(user, 'email_verification')
    const path = `/api/v2/users/${encodeURIComponent(user.user_id)}`
    assert.equal((await call('PATCH', path, { body: { email: 'other@harborline.example' } })).status, 200)
    assert.equal((await use(token)).state, 'dead')
    assert.equal((await rowOf(user)).email_verified, false)
  })

  it('that is bound to no address verifies none', async () => {
    const user = await person()
    const token = await linkFor(user, 'email_verification', { address: undefined })
    assert.equal((await use(token)).state, 'dead')
    assert.equal((await rowOf(user)).email_verified, false)
  })

  it('of one person does nothing for another', async () => {
    const [ann, ben] = [await person(), await person()]
    await use(await linkFor(ann, 'email_verification'))
    assert.equal((await rowOf(ben)).email_verified, false)
  })

  it('of a person who was deleted is dead', async () => {
    const user = await person()
    const token = await linkFor(user, 'email_verification')
    await call('DELETE', `/api/v2/users/${encodeURIComponent(user.user_id)}`)
    assert.equal((await use(token)).state, 'dead')
  })
})
