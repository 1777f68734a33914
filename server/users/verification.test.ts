import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CLIENT_ID, startTestServer } from '../../test/harness.ts'
import { statementsOf } from '../sign-in/accounts.testing.ts'

const CONNECTION = 'Username-Password-Authentication'
const PASSWORD = 'correct horse battery staple'

describe('the verification mail of a user made or changed by API', async () => {
  const { call, db } = await startTestServer()
  let users = 0
  const create = async (body: object = {}) => {
    users += 1
    const email = `user-${users}@example.com`
    return (
      await call('POST', '/api/v2/users', { body: { connection: CONNECTION, email, password: PASSWORD, ...body } })
    ).body
  }
  const change = (userId: string, body: object) =>
    call('PATCH', `/api/v2/users/${encodeURIComponent(userId)}`, { body })
  const mailsOf = async (userId: string) =>
    await db.selectFrom('emails').selectAll().where('user_id', '=', userId).orderBy('created_at').execute()

  it('is queued for a new user whose address is not verified, unless the caller says no', async () => {
    for (const [body, expected] of [
      [{}, 1],
      [{ verify_email: true }, 1],
      [{ email_verified: false }, 1],
      [{ verify_email: false }, 0],
      [{ email_verified: true }, 0],
      [{ email_verified: true, verify_email: true }, 0],
    ] as const) {
      const { user_id } = await create(body)
      const mails = await mailsOf(user_id)
      assert.equal(mails.length, expected, JSON.stringify(body))
      assert.ok(mails.every(({ template }) => template === 'verify_email'))
    }
  })

  it('is not queued for a user who could not be made', async () => {
    const { email } = await create()
    const before = await db.selectFrom('emails').select('id').execute()
    const again = await call('POST', '/api/v2/users', { body: { connection: CONNECTION, email, password: PASSWORD } })
    assert.equal(again.status, 409)
    assert.deepEqual(await db.selectFrom('emails').select('id').execute(), before)
  })

  it('is queued by a change that asks for it, for the address after the change and the named application', async () => {
    const { user_id } = await create({ email_verified: true })
    const { status, body } = await change(user_id, {
      email: 'moved@example.com',
      verify_email: true,
      client_id: CLIENT_ID,
    })
    assert.deepEqual([status, body.email, body.email_verified], [200, 'moved@example.com', false])
    const [mail, ...more] = await mailsOf(user_id)
    assert.equal(more.length, 0)
    assert.deepEqual([mail?.template, mail?.client_id], ['verify_email', CLIENT_ID])
    const events = await db.selectFrom('events').select('type').where('user_id', '=', user_id).execute()
    assert.ok(events.some(({ type }) => type === 'svr'))
  })

  it('is not queued by a change that does not ask, or has nothing to verify', async () => {
    const { user_id } = await create({ verify_email: false })
    for (const body of [
      { email: 'quiet@example.com' },
      { email: 'quieter@example.com', verify_email: false },
      { email_verified: true, verify_email: true },
      { verify_email: true },
    ]) {
      assert.equal((await change(user_id, body)).status, 200)
    }
    assert.deepEqual(await mailsOf(user_id), [])
  })

  it('is queued again by a change of nothing else', async () => {
    const { user_id } = await create({ verify_email: false })
    assert.equal((await change(user_id, { verify_email: true })).status, 200)
    assert.equal((await mailsOf(user_id)).length, 1)
  })

  it('is refused for an application that is not there, and then nothing is changed', async () => {
    const { user_id, email } = await create({ verify_email: false })
    const sent = { email: 'never@example.com', verify_email: true, client_id: 'nobody' }
    assert.equal((await change(user_id, sent)).status, 404)
    assert.equal((await call('GET', `/api/v2/users/${encodeURIComponent(user_id)}`)).body.email, email)
    assert.deepEqual(await mailsOf(user_id), [])
  })

  it('costs a change of metadata no statement', async () => {
    const { user_id } = await create({ verify_email: false })
    const body = { user_metadata: { theme: 'dark' } }
    await change(user_id, body)
    const statements = await statementsOf(() => change(user_id, body))
    assert.equal(statements.length, 4, statements.join('\n'))
    assert.ok(statements.every((statement) => !statement.includes('emails')))
  })
})
