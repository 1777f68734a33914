import assert from 'node:assert/strict'
import { afterEach, describe, it, mock } from 'node:test'
import { startTestServer } from '../../test/harness.ts'
import { mailWorkerOf } from '../jobs/mail-worker.ts'
import { accounts } from '../sign-in/accounts.testing.ts'
import type { User } from './user.ts'

describe('a mail that an administrator has sent to somebody', async () => {
  const test = await startTestServer()
  const { call, server, tokenFor } = test
  const { person, queued, eventsOf, connection } = await accounts(test)
  const send = async (user: User, kind: string) => {
    const as = await tokenFor({ scopes: ['update:users'] })
    return await call('POST', `/api/v2/users/${encodeURIComponent(user.user_id)}/emails`, { as, body: { kind } })
  }
  const templatesTo = async (user: User) =>
    (await queued()).filter(({ user_id }) => user_id === user.user_id).map(({ template }) => template)

  afterEach(() => mock.timers.reset())

  it('is queued for the stored address', async () => {
    const ada = await person()
    for (const kind of ['password_reset', 'email_verification']) {
      const { status, body } = await send(ada, kind)
      assert.deepEqual([status, body], [202, { kind, email: ada.email }])
    }
    assert.deepEqual((await templatesTo(ada)).sort(), ['reset_email', 'verify_email'])
  })

  for (const kind of ['password_reset', 'email_verification']) {
    it(`is refused when it would be dropped for the hour's limit, and says when it may go: ${kind}`, async () => {
      mock.timers.enable({ apis: ['Date'], now: Date.now() })
      const [ada, ben] = [await person(), await person()]
      for (let count = 0; count < 5; count += 1) assert.equal((await send(ada, kind)).status, 202)
      await mailWorkerOf(server).runOnce()
      mock.timers.tick(10 * 60_000)
      const refused = await send(ada, kind)
      assert.deepEqual([refused.status, refused.body.errorCode], [429, 'too_many_mails'])
      assert.equal(refused.headers['retry-after'], String(50 * 60))
      assert.equal((await templatesTo(ada)).length, 5)
      assert.equal((await send(ben, kind)).status, 202)
      mock.timers.tick(51 * 60_000)
      assert.equal((await send(ada, kind)).status, 202)
    })
  }

  it('is refused where the address is verified, and nothing is recorded', async () => {
    const ada = await person({ email_verified: true })
    const refused = await send(ada, 'email_verification')
    assert.deepEqual([refused.status, refused.body.errorCode], [409, 'email_verified_already'])
    assert.deepEqual(await templatesTo(ada), [])
    assert.deepEqual(
      (await eventsOf('svr')).filter(({ user_id }) => user_id === ada.user_id),
      [],
    )
    assert.equal((await send(ada, 'password_reset')).status, 202)
  })

  it('is refused where the tenant or the connection has switched it off', async () => {
    const ada = await person()
    const path = '/api/v2/email-templates'
    const template = { from: 'a@example.com', subject: 'S', body: 'B', syntax: 'liquid', enabled: false }
    const made = await call('POST', path, { body: { ...template, template: 'verify_email' } })
    assert.equal(made.status, 200, made.text)
    const off = await send(ada, 'email_verification')
    assert.deepEqual([off.status, off.body.errorCode], [400, 'mail_switched_off'])
    const options = { ...connection.options, disable_self_service_change_password: true }
    assert.equal((await call('PATCH', `/api/v2/connections/${connection.id}`, { body: { options } })).status, 200)
    const closed = await send(ada, 'password_reset')
    assert.deepEqual([closed.status, closed.body.errorCode], [400, 'mail_switched_off'])
    assert.deepEqual(await templatesTo(ada), [])
  })
})
