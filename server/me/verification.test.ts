import assert from 'node:assert/strict'
import { afterEach, describe, it, mock } from 'node:test'
import { startTestServer } from '../../test/harness.ts'
import { MY_ACCOUNT_SCOPES } from '../authorization/my-account-scopes.ts'
import { mailWorkerOf } from '../jobs/mail-worker.ts'
import { accounts } from '../sign-in/accounts.testing.ts'

const PATH = '/me/v1/verification-email'

describe('the mail that verifies one’s own address', async () => {
  const test = await startTestServer()
  const { call, db, server, tokenFor } = test
  const { person, queued, eventsOf } = await accounts(test)
  const audience = server.config.myAccountAudience
  const scopes = MY_ACCOUNT_SCOPES.map(({ value }) => value)
  const tokenOf = (userId: string) => tokenFor({ audience, scopes, userId })
  const mailsTo = async (userId: string) => (await queued()).filter((mail) => mail.user_id === userId)
  const recorded = async (type: 'svr' | 'sapi', userId: string) =>
    (await eventsOf(type)).filter((event) => event.user_id === userId)

  afterEach(() => mock.timers.reset())

  it('is sent to the stored address, in the language of the page, and recorded as the person’s own act', async () => {
    const ada = await person()
    const as = await tokenOf(ada.user_id)
    const { status, body } = await call('POST', PATH, { as, body: { language: 'de' } })
    assert.equal(status, 202)
    assert.deepEqual(body, { email: ada.email })
    const [mail, ...others] = await mailsTo(ada.user_id)
    assert.deepEqual([mail?.template, mail?.language, others.length], ['verify_email', 'de', 0])
    const [event] = await recorded('svr', ada.user_id)
    assert.deepEqual([event?.actor_kind, event?.actor_id], ['user', ada.user_id])
    assert.equal((await recorded('sapi', ada.user_id))[0]?.operation, 'post_me_verification_email')
    const { body: activity } = await call('GET', '/me/v1/activity?kind=confirmation_requested', { as })
    assert.equal(activity.activity[0]?.by, 'you')
  })

  it('goes to nobody else, whoever is named', async () => {
    const [ada, eve] = [await person(), await person()]
    const as = await tokenOf(eve.user_id)
    for (const body of [{ user_id: ada.user_id }, { email: ada.email }]) {
      assert.equal((await call('POST', PATH, { as, body })).status, 400)
    }
    assert.deepEqual([await mailsTo(ada.user_id), await mailsTo(eve.user_id)], [[], []])
    assert.equal((await call('POST', PATH, { as, body: {} })).body.email, eve.email)
    assert.deepEqual(await mailsTo(ada.user_id), [])
  })

  it('is refused where there is nothing to verify, or nothing with which', async () => {
    const [done, bare, foreign] = [await person({ email_verified: true }), await person(), await person()]
    await db.updateTable('users').set({ email: null }).where('user_id', '=', bare.user_id).execute()
    await db
      .updateTable('identities')
      .set({ connection_name: 'acme-oidc', provider: 'oidc' })
      .where('user_id', '=', foreign.user_id)
      .execute()
    for (const [{ user_id }, status, code] of [
      [done, 409, 'email_verified_already'],
      [bare, 400, 'operation_not_supported'],
      [foreign, 400, 'operation_not_supported'],
    ] as const) {
      const { status: answered, body } = await call('POST', PATH, { as: await tokenOf(user_id), body: {} })
      assert.deepEqual([answered, body.type.split('#')[1]], [status, code])
      assert.deepEqual([await mailsTo(user_id), await recorded('svr', user_id)], [[], []])
    }
  })

  it('is refused while the tenant has switched that mail off', async () => {
    const ada = await person()
    const settings = JSON.stringify({ template: 'verify_email', enabled: false })
    const at = new Date()
    await db
      .insertInto('email_templates')
      .values({ template: 'verify_email', settings, created_at: at, updated_at: at })
      .execute()
    const { status } = await call('POST', PATH, { as: await tokenOf(ada.user_id), body: {} })
    await db.deleteFrom('email_templates').execute()
    assert.equal(status, 400)
    assert.deepEqual(await mailsTo(ada.user_id), [])
  })

  it('is sent five times an hour at most, and whoever asks too often is told so and when to come again', async () => {
    mock.timers.enable({ apis: ['Date'], now: Date.now() })
    const ada = await person()
    const ask = async () => await call('POST', PATH, { as: await tokenOf(ada.user_id), body: {} })
    for (let count = 0; count < 5; count += 1) assert.equal((await ask()).status, 202)
    const tooFast = await ask()
    assert.equal(tooFast.status, 429)
    assert.match(tooFast.body.type, /#too_many_requests$/)
    await mailWorkerOf(server).runOnce()
    mock.timers.tick(10 * 60_000)
    const tooMany = await ask()
    assert.deepEqual([tooMany.status, tooMany.headers['retry-after']], [429, String(50 * 60)])
    assert.equal((await recorded('svr', ada.user_id)).length, 5)
    mock.timers.tick(51 * 60_000)
    assert.equal((await ask()).status, 202)
  })
})
