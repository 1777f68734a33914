import assert from 'node:assert/strict'
import { describe, it, mock } from 'node:test'
import { startTestServer } from '../../test/harness.ts'
import { ApiError } from '../http/errors.ts'
import { REQUEST } from './accounts.testing.ts'
import { ELSEWHERE, HERE, tries } from './tries.testing.ts'
import { unblock } from './unblock.ts'

describe('the link that opens an account again', async () => {
  const test = await startTestServer()
  const { db, call } = test
  const { person, linkFor, right, close, eventsAbout, rowOf } = await tries(test)
  const isDead = (error: unknown) => error instanceof ApiError && error.code === 'invalid_ticket'
  const use = async (token: unknown) => await unblock(db, token, REQUEST)

  it('opens it to every address, and is recorded as the person’s own act', async () => {
    const user = await person()
    for (const from of [HERE, ELSEWHERE]) await close(user, { from })
    const ticket = await use(await linkFor(user, 'unblock'))
    assert.equal(ticket.userId, user.user_id)
    for (const from of [HERE, ELSEWHERE]) assert.equal((await right(user, { from })).kind, 'passed')
    const [event, ...more] = await eventsAbout(user, 'ublkdu')
    assert.equal(more.length, 0)
    assert.deepEqual([event?.actor_kind, event?.actor_id], ['user', user.user_id])
  })

  it('works once, of fifty at once for one', async () => {
    const user = await person()
    await close(user)
    const token = await linkFor(user, 'unblock')
    const settled = await Promise.allSettled(Array.from({ length: 50 }, () => use(token)))
    assert.equal(settled.filter(({ status }) => status === 'fulfilled').length, 1)
    assert.ok(settled.every((one) => one.status === 'fulfilled' || isDead(one.reason)))
    await close(user)
    await assert.rejects(use(token), isDead)
    assert.equal((await right(user)).kind, 'blocked')
    assert.equal((await eventsAbout(user, 'ublkdu')).length, 1)
  })

  it('is dead when it is unknown, of another kind, past its time, or to an address the person has no more', async () => {
    const user = await person()
    await close(user)
    for (const token of [undefined, '', 'nonsense', ['a'], 'x'.repeat(43), await linkFor(user, 'sign_in')]) {
      await assert.rejects(use(token), isDead)
    }
    const late = await linkFor(user, 'unblock')
    mock.timers.enable({ apis: ['Date'], now: Date.now() + 3_601_000 })
    await assert.rejects(use(late), isDead)
    mock.timers.reset()
    const moved = await linkFor(user, 'unblock')
    await call('PATCH', `/api/v2/users/${encodeURIComponent(user.user_id)}`, { body: { email: 'moved@x.example' } })
    await assert.rejects(use(moved), isDead)
    assert.equal((await right('moved@x.example')).kind, 'blocked')
    assert.deepEqual(await eventsAbout(user, 'ublkdu'), [])
  })

  it('lifts neither the block by an administrator nor anybody else’s', async () => {
    const [user, other] = [await person({ blocked: true }), await person()]
    for (const one of [user, other]) await close(one)
    await use(await linkFor(user, 'unblock'))
    assert.equal((await rowOf(user)).blocked, true)
    assert.equal((await right(other)).kind, 'blocked')
  })
})
