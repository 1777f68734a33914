import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CLIENT_ID, startTestServer } from '../../test/harness.ts'
import { hashToken } from '../base/secrets.ts'
import { accounts, REQUEST } from '../sign-in/accounts.testing.ts'
import { openResetLink } from '../sign-in/reset-password.ts'
import { verifyEmail } from '../sign-in/verify-email.ts'

const VERIFICATION = '/api/v2/tickets/email-verification'
const PASSWORD_CHANGE = '/api/v2/tickets/password-change'

describe('tickets by API', async () => {
  const test = await startTestServer()
  const { call, db, server } = test
  const { person, connection, rowOf, queued } = await accounts(test)
  const verification = (body: object) => call('POST', VERIFICATION, { body })
  const passwordChange = (body: object) => call('POST', PASSWORD_CHANGE, { body })
  const register = async (settings: object) =>
    await db
      .updateTable('clients')
      .set({ settings: JSON.stringify(settings) })
      .where('client_id', '=', CLIENT_ID)
      .execute()
  await register({ allowed_logout_urls: ['https://app.example/done', 'https://*.apps.example/done'] })
  const tokenIn = (url: string) => new URL(url).searchParams.get('ticket') ?? ''
  const ticketOf = async (url: string) =>
    await db
      .selectFrom('tickets')
      .selectAll()
      .where('token_hash', '=', hashToken(tokenIn(url)))
      .executeTakeFirstOrThrow()
  const secondsLeft = (ticket: { expires_at: Date; created_at: Date }) =>
    Math.round((ticket.expires_at.getTime() - ticket.created_at.getTime()) / 1000)

  it('are links of ours that end with #, good for five days, and send no mail', async () => {
    const user = await person()
    for (const [ask, path] of [
      [verification, '/u/email-verification'],
      [passwordChange, '/u/reset-password'],
    ] as const) {
      const { status, body } = await ask({ user_id: user.user_id })
      assert.equal(status, 201)
      assert.deepEqual(Object.keys(body), ['ticket'])
      assert.match(body.ticket, /^http:\/\/localhost:3000\/u\/[a-z-]+\?ticket=[\w-]{32}#$/)
      assert.equal(new URL(body.ticket).pathname, path)
      const ticket = await ticketOf(body.ticket)
      assert.equal(secondsLeft(ticket), 432_000)
      assert.deepEqual([ticket.user_id, ticket.address], [user.user_id, user.email])
    }
    assert.deepEqual(await queued(), [])
  })

  it('are recorded without the link', async () => {
    const user = await person()
    const { body } = await passwordChange({ user_id: user.user_id })
    const events = await db.selectFrom('events').selectAll().where('user_id', '=', user.user_id).execute()
    const event = events.find(({ type }) => type === 'sapi')
    assert.equal(event?.operation, 'post_password-change')
    assert.ok(!JSON.stringify(events).includes(tokenIn(body.ticket)))
  })

  it('a verification ticket verifies; a password ticket opens the page, and verifies only when it is to', async () => {
    const user = await person()
    const { body } = await verification({ user_id: user.user_id })
    assert.equal((await verifyEmail(server, tokenIn(body.ticket), REQUEST)).state, 'verified')
    const other = await person()
    const plain = (await passwordChange({ user_id: other.user_id })).body.ticket
    assert.equal((await openResetLink(db, tokenIn(plain))).ticket.marksEmailVerified, false)
    const marking = (await passwordChange({ user_id: other.user_id, mark_email_as_verified: true })).body.ticket
    assert.equal((await openResetLink(db, tokenIn(marking))).ticket.marksEmailVerified, true)
    await assert.rejects(openResetLink(db, tokenIn(plain)))
    assert.equal((await rowOf(other)).email_verified, false)
  })

  it('twenty asked for at once leave one link open', async () => {
    const user = await person()
    const answers = await Promise.all(Array.from({ length: 20 }, () => passwordChange({ user_id: user.user_id })))
    assert.ok(answers.every(({ status }) => status === 201))
    const open = await db
      .selectFrom('tickets')
      .select('token_hash')
      .where('user_id', '=', user.user_id)
      .where('consumed_at', 'is', null)
      .execute()
    assert.equal(open.length, 1)
  })

  it('find the person by connection and address as well, in whatever case', async () => {
    const user = await person()
    const body = { connection_id: connection.id, email: user.email?.toUpperCase() }
    const { status, body: answer } = await passwordChange(body)
    assert.equal(status, 201)
    assert.equal((await ticketOf(answer.ticket)).user_id, user.user_id)
  })

  it('keep lifetime, application, result address and the wish to tell the address there', async () => {
    const user = await person()
    const { body } = await passwordChange({
      user_id: user.user_id,
      ttl_sec: 60,
      result_url: 'https://app.example/done?from=mail',
      includeEmailInRedirect: true,
    })
    const ticket = await ticketOf(body.ticket)
    assert.equal(secondsLeft(ticket), 60)
    assert.deepEqual(ticket.details, {
      resultUrl: 'https://app.example/done?from=mail',
      isResultRegistered: true,
      includesEmailInRedirect: true,
    })
    const other = await ticketOf(
      (await verification({ user_id: user.user_id, client_id: CLIENT_ID, ttl_sec: 0 })).body.ticket,
    )
    assert.deepEqual([other.client_id, secondsLeft(other)], [CLIENT_ID, 432_000])
  })

  it('can name any identity of the user, and then are for its address and its password', async () => {
    const [user, other] = [await person(), await person()]
    const { user_id } = user
    const idOf = (one: typeof user) => one.user_id.replace('auth0|', '')
    const named = { provider: 'auth0', user_id: other.user_id }
    assert.equal((await call('POST', `/api/v2/users/${user_id}/identities`, { body: named })).status, 201)
    const own = { user_id: idOf(user), provider: 'auth0', connection_id: connection.id }
    const first = await ticketOf((await passwordChange({ user_id, identity: own })).body.ticket)
    assert.deepEqual([first.identity_id, first.address], [idOf(user), user.email])
    const identity = { user_id: idOf(other), provider: 'auth0' }
    for (const body of [
      { user_id, identity },
      { connection_id: connection.id, email: other.email },
    ]) {
      const ticket = await ticketOf((await passwordChange(body)).body.ticket)
      assert.deepEqual([ticket.user_id, ticket.identity_id, ticket.address], [user_id, idOf(other), other.email])
    }
    // The newest counts of one identity, and leaves the links of the other alone.
    assert.equal(
      (await db.selectFrom('tickets').selectAll().where('token_hash', '=', first.token_hash).executeTakeFirst())
        ?.consumed_at,
      null,
    )
    const url = (await verification({ user_id, identity })).body.ticket
    assert.equal((await verifyEmail(server, tokenIn(url), REQUEST)).state, 'verified')
    assert.equal((await rowOf(user)).email_verified, false)
    const { identities } = (await call('GET', `/api/v2/users/${user_id}`)).body
    assert.equal(identities[1].profileData.email_verified, true)
    for (const wrong of [
      { ...identity, user_id: 'other' },
      { ...identity, provider: 'google-oauth2' },
      { ...identity, connection_id: 'con_0000000000000000' },
    ]) {
      const { status, body } = await passwordChange({ user_id, identity: wrong })
      assert.deepEqual([status, body.errorCode], [400, 'operation_not_supported'])
    }
  })

  it('lead on to registered addresses alone', async () => {
    const { user_id } = await person()
    const statusOf = async (result_url: string) => (await verification({ user_id, result_url })).status
    await call('PATCH', '/api/v2/tenants/settings', { body: { allowed_logout_urls: ['https://tenant.example/bye'] } })
    for (const fits of [
      'https://app.example/done',
      'https://app.example/done?a=1#there',
      'https://one.apps.example/done',
      'https://tenant.example/bye',
      'http://localhost:3000/account',
    ]) {
      assert.equal(await statusOf(fits), 201, fits)
    }
    for (const unfit of [
      'https://evil.example/done',
      'https://app.example/other',
      'https://app.example.evil.example/done',
      'https://app.example@evil.example/done',
      'https://user@app.example/done',
      'https://app.example:8443/done',
      'http://app.example/done',
      'https://a.b.apps.example/done',
      'https://apps.example/done',
      'http://localhost:3001/account',
    ]) {
      assert.equal(await statusOf(unfit), 400, unfit)
    }
  })

  it('refuse what cannot be asked together, and what is not there', async () => {
    const { user_id, email } = await person()
    const result_url = 'https://app.example/done'
    const connection_id = connection.id
    const unknownConnection = 'con_0000000000000000'
    for (const [ask, body, status] of [
      [verification, {}, 400],
      [verification, { user_id, result_url, client_id: CLIENT_ID }, 400],
      [verification, { user_id, result_url, organization_id: 'org_abcdefghijklmnop' }, 400],
      [verification, { user_id, result_url: 'javascript:alert(1)' }, 400],
      [verification, { user_id, result_url: '/done' }, 400],
      [verification, { user_id, ttl_sec: -1 }, 400],
      [verification, { user_id, ttl_sec: 1e15 }, 400],
      [verification, { user_id, email_verified: true }, 400],
      [verification, { user_id: 'auth0|nobody' }, 404],
      [verification, { user_id, client_id: 'nobody' }, 404],
      [verification, { user_id, organization_id: 'org_abcdefghijklmnop' }, 404],
      [passwordChange, {}, 400],
      [passwordChange, { user_id, email }, 400],
      [passwordChange, { user_id, connection_id }, 400],
      [passwordChange, { email }, 400],
      [passwordChange, { connection_id }, 400],
      [passwordChange, { connection_id, email, identity: { user_id: 'x', provider: 'auth0' } }, 400],
      [passwordChange, { user_id, result_url, client_id: CLIENT_ID }, 400],
      [passwordChange, { user_id, new_password: 'slow ferry past midnight' }, 400],
      [passwordChange, { connection_id, email: 'nobody@harborline.example' }, 404],
      [passwordChange, { connection_id: unknownConnection, email }, 404],
    ] as const) {
      const answer = await ask(body)
      assert.equal(answer.status, status, JSON.stringify(body))
      assert.equal(answer.body.ticket, undefined)
    }
  })

  it('verify no address of a person who has none', async () => {
    const { user_id } = await person()
    await db.updateTable('users').set({ email: null }).where('user_id', '=', user_id).execute()
    const { status, body } = await verification({ user_id })
    assert.deepEqual([status, body.errorCode], [400, 'operation_not_supported'])
  })
})
