import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startTestServer } from '../../test/harness.ts'
import { ApiError } from '../http/errors.ts'
import { accounts, REQUEST, statementsOf } from './accounts.testing.ts'
import { requestPasswordReset } from './request-reset.ts'
import { requestVerification } from './request-verification.ts'

describe('asking for a mail', async () => {
  const test = await startTestServer()
  const { server } = test
  const { connection, connectionWith, person, queued, eventsOf } = await accounts(test)
  const reset = (identifier: string, changes = {}) =>
    requestPasswordReset(server, { connection, identifier, clientId: undefined, request: REQUEST, ...changes })
  const verification = (identifier: string) =>
    requestVerification(server, { to: { connection, identifier }, clientId: undefined, request: REQUEST })

  it('does the same for an address that somebody has and one that nobody has', async () => {
    const user = await person()
    for (const ask of [reset, verification]) {
      await ask('warm-up@harborline.example')
      const known = await statementsOf(() => ask(user.email ?? ''))
      const unknown = await statementsOf(() => ask('nobody@harborline.example'))
      assert.deepEqual(unknown, known)
      assert.ok(known.length > 0 && known.every((statement) => !statement.includes('user_identifiers')))
    }
    const [first, second] = (await queued()).slice(-2)
    assert.deepEqual([first?.user_id, second?.user_id], [null, null])
    assert.deepEqual([first?.identifier, second?.identifier], [user.email, 'nobody@harborline.example'])
    const [one, other] = (await eventsOf('svr')).slice(-2)
    assert.deepEqual([one?.user_id, other?.user_id], [null, null])
  })

  it('keeps no link and no token in the queue', async () => {
    const user = await person()
    await reset(user.email ?? '')
    assert.ok(!/ticket|[\w-]{32}/.test(JSON.stringify((await queued()).at(-1)?.variables)))
  })

  it('takes whatever is typed', async () => {
    for (const typed of ['', ' ann ', 'a\0b', '\ud800', 'x'.repeat(10_000), "'; drop table users;--", '<b>']) {
      await reset(typed)
    }
    assert.ok((await queued()).every(({ identifier }) => (identifier ?? '').length <= 320))
  })

  it('is limited to five in a row and then one a minute, whether anybody has the address or not', async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
    const user = await person()
    const isRefused = (error: unknown) =>
      error instanceof ApiError &&
      error.code === 'too_many_requests' &&
      (error.retryAfterSeconds ?? 0) > 0 &&
      (error.retryAfterSeconds ?? 0) <= 60
    for (const identifier of [user.email ?? '', 'nobody-at-all@harborline.example']) {
      const before = (await queued()).length
      for (let times = 0; times < 5; times += 1) await reset(identifier)
      await assert.rejects(reset(identifier.toUpperCase()), isRefused)
      assert.equal((await queued()).length, before + 5)
    }
    t.mock.timers.tick(60_000)
    await reset(user.email ?? '')
  })

  it('for a new password is refused alike where the connection does not offer it', async () => {
    const user = await person()
    const before = (await queued()).length
    const closed = { connection: connectionWith({ disable_self_service_change_password: true }) }
    for (const identifier of [user.email ?? '', 'nobody@harborline.example']) {
      await assert.rejects(
        reset(identifier, closed),
        (error) => error instanceof ApiError && error.code === 'self_service_reset_disabled',
      )
    }
    assert.equal((await queued()).length, before)
    assert.equal((await eventsOf('fcpr')).length, 2)
  })
})
