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
      assert.match(body.ticket, /^http:\/\/localhost:3000\/u\/[a-z-]+\?ticket=[\w-]{43}#$/)
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
      includesEmailInRedirect: true,
    })
    const other = await ticketOf(
      (await verification({ user_id: user.user_id, client_id: CLIENT_ID, ttl_sec: 0 })).body.ticket,
    )
    assert.deepEqual([other.client_id, secondsLeft(other)], [CLIENT_ID, 432_000])
  })

  it('can name the primary identity, and no other', async () => {
    const user = await person()
    const identity = { user_id: user.user_id.replace('auth0|', ''), provider: 'auth0' }
    assert.equal((await verification({ user_id: user.user_id, identity })).status, 201)
    const named = { ...identity, connection_id: connection.id }
    assert.equal((await passwordChange({ user_id: user.user_id, identity: named })).status, 201)
    for (const wrong of [
      { ...identity, user_id: 'other' },
      { ...identity, provider: 'google-oauth2' },
      { ...identity, connection_id: 'con_0000000000000000' },
    ]) {
      const { status, body } = await passwordChange({ user_id: user.user_id, identity: wrong })
      assert.deepEqual([status, body.errorCode], [400, 'operation_not_supported'])
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
