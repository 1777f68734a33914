import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CLIENT_ID, startTestServer } from '../../test/harness.ts'
import { accounts } from '../sign-in/accounts.testing.ts'

describe('the job of sending a verification mail', async () => {
  const test = await startTestServer()
  const { call, db, tokenFor } = test
  const { person, queued, eventsOf } = await accounts(test)
  const post = (body: object) => call('POST', '/api/v2/jobs/verification-email', { body })

  it('queues the mail and can be read until it is done', async () => {
    const { user_id } = await person()
    const { status, body } = await post({ user_id, client_id: CLIENT_ID })
    assert.equal(status, 201)
    const { id, created_at, ...rest } = body
    assert.deepEqual(rest, { type: 'verification_email', status: 'pending' })
    assert.match(created_at, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
    const mail = (await queued()).find((one) => one.id === id)
    assert.deepEqual([mail?.template, mail?.user_id, mail?.client_id], ['verify_email', user_id, CLIENT_ID])
    assert.deepEqual((await call('GET', `/api/v2/jobs/${id}`)).body, body)
    for (const [state, shown] of [
      ['sent', 'completed'],
      ['failed', 'failed'],
    ] as const) {
      await db.updateTable('emails').set({ state }).where('id', '=', id).execute()
      assert.equal((await call('GET', `/api/v2/jobs/${id}`)).body.status, shown)
    }
    const [event] = (await eventsOf('svr')).filter((one) => one.user_id === user_id)
    assert.deepEqual([event?.actor_kind, event?.actor_id], ['client', CLIENT_ID])
  })

  it('shows no other mail', async () => {
    const { user_id } = await person()
    const { body } = await post({ user_id })
    await db.updateTable('emails').set({ template: 'reset_email' }).where('id', '=', body.id).execute()
    const hidden = await call('GET', `/api/v2/jobs/${body.id}`)
    const unknown = await call('GET', '/api/v2/jobs/job_0000000000000000')
    assert.deepEqual([hidden.status, hidden.text], [404, unknown.text])
  })

  it('is refused for nobody, for somebody without an address, and for what is not there', async () => {
    const { user_id } = await person()
    const before = (await queued()).length
    for (const [body, status] of [
      [{}, 400],
      [{ user_id: 'auth0|nobody' }, 404],
      [{ user_id, client_id: 'nobody' }, 404],
      [{ user_id, organization_id: 'org_abcdefghijklmnop' }, 404],
      [{ user_id, identity: { user_id: 'other', provider: 'auth0' } }, 400],
      [{ user_id, email: 'elsewhere@harborline.example' }, 400],
    ] as const) {
      assert.equal((await post(body)).status, status, JSON.stringify(body))
    }
    await db.updateTable('users').set({ email: null }).where('user_id', '=', user_id).execute()
    assert.equal((await post({ user_id })).status, 400)
    assert.equal((await queued()).length, before)
  })

  it('asks for update:users', async () => {
    const { user_id } = await person()
    const as = await tokenFor({ scopes: ['read:users'] })
    assert.equal((await call('POST', '/api/v2/jobs/verification-email', { as, body: { user_id } })).status, 403)
  })
})
