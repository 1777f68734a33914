import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CLIENT_ID } from '../../../test/harness.ts'
import { formsOf } from '../../../test/visitor.ts'
import { findClient } from '../../clients/store.ts'
import { transact } from '../../db/database.ts'
import { ask, codeOf, PASSWORD, SPA, startSignInServer } from '../../oidc/sign-in.testing.ts'
import { issueTicket } from '../../tickets/issue.ts'
import type { TicketDetails, TicketPurpose } from '../../tickets/ticket.ts'
import { ticketUrl } from '../../tickets/ticket.ts'
import type { User } from '../../users/user.ts'

describe('the pages of links that are mailed or handed over', async () => {
  const { db, newUser, visitor, connection, server } = await startSignInServer()

  async function linkFor(
    user: User,
    purpose: TicketPurpose,
    more: { details?: TicketDetails; clientId?: string } = {},
  ) {
    const token = await transact(db, (tx) =>
      issueTicket(tx, {
        purpose,
        userId: user.user_id,
        connectionId: connection.id,
        identityId: user.user_id.replace('auth0|', ''),
        address: user.email,
        marksEmailVerified: false,
        lifetimeSeconds: 600,
        ...more,
      }),
    )
    return ticketUrl(server.config.publicUrl, purpose, token)
  }

  async function rowOf({ user_id }: User) {
    return await db.selectFrom('users').selectAll().where('user_id', '=', user_id).executeTakeFirstOrThrow()
  }

  async function eventsOf({ user_id }: User): Promise<string[]> {
    const events = await db.selectFrom('events').select('type').where('user_id', '=', user_id).execute()
    return events.map(({ type }) => type)
  }

  const NEVER = 'x'.repeat(43)

  it('do nothing when they are opened, and say the same of links that are unknown, used or of another kind', async () => {
    const user = await newUser({ email_verified: false })
    const texts = []
    for (const [purpose, path] of [
      ['email_verification', '/u/email-verification'],
      ['sign_in', '/u/sign-in'],
      ['unblock', '/u/unblock'],
    ] as const) {
      const link = await linkFor(user, purpose)
      for (let times = 0; times < 3; times += 1) assert.equal((await visitor().open(link)).status, 200, purpose)
      const token = new URL(link).searchParams.get('ticket')
      for (const other of ['/u/email-verification', '/u/sign-in', '/u/unblock', '/u/reset-password']) {
        if (other !== path) texts.push((await visitor().open(`${other}?ticket=${token}`)).text)
      }
      texts.push((await visitor().open(`${path}?ticket=${NEVER}`)).text, (await visitor().open(path)).text)
      const other = await linkFor(await newUser(), purpose)
      const person = visitor()
      const [form] = formsOf((await person.open(link)).text)
      assert.equal((await person.post(other, form?.hidden ?? {})).status, 403)
      assert.equal((await person.post(link, {})).status, 403)
    }
    for (const text of texts) assert.equal(text, texts[0])
    assert.match(texts[0] ?? '', /<h1>This link no longer works<\/h1>/)
    const row = await rowOf(user)
    assert.deepEqual([row.email_verified, row.logins_count], [false, null])
    assert.deepEqual(
      (await eventsOf(user)).filter((type) => ['sv', 's', 'ublkdu'].includes(type)),
      [],
    )
  })

  it('confirm an address once, say so afterwards, and lead back to the application', async () => {
    const user = await newUser({ email_verified: false })
    const link = await linkFor(user, 'email_verification')
    const person = visitor()
    assert.ok((await person.open(link)).text.includes(user.email ?? '?'))
    const done = await person.send({})
    assert.match(done.text, /<h1>Address confirmed<\/h1>/)
    assert.match(done.text, /href="http:\/\/localhost:3000\/account">Continue to sign in/)
    assert.equal((await rowOf(user)).email_verified, true)
    assert.match((await visitor().open(link)).text, /<h1>This address is confirmed already<\/h1>/)
    assert.match((await person.post(link, {})).text, /This form could not be accepted/)

    const other = await newUser({ email_verified: false })
    const details = { resultUrl: 'https://app.example/verified' }
    await person.open(await linkFor(other, 'email_verification', { details, clientId: CLIENT_ID }))
    const { url } = await person.send({})
    assert.equal(
      url.href,
      'https://app.example/verified?success=true&message=Your+email+was+verified.+You+can+continue+using+the+application.&code=success',
    )
  })

  it('sign a person in who was named before, once, in this browser alone', async () => {
    const user = await newUser({ name: 'Ingrid <b>Sørensen</b>', user_metadata: { locale: 'de' } })
    const link = await linkFor(user, 'sign_in', { details: { leadsTo: '/u/signed-out' } })
    const person = visitor()
    const page = await person.open(link)
    assert.ok(page.text.includes('Ingrid &lt;b&gt;Sørensen&lt;/b&gt;') && page.text.includes(user.email ?? '?'))
    const landed = await person.send({})
    assert.equal(landed.url.pathname, '/u/signed-out')
    const row = await rowOf(user)
    assert.equal(row.logins_count, 1)
    assert.ok((await eventsOf(user)).includes('s'))
    codeOf(await person.open(ask({ prompt: 'none' }).url))
    assert.equal((await visitor().open(link)).status, 404)
    const other = await visitor().open(ask({ prompt: 'none' }).url)
    assert.equal(other.url.searchParams.get('error'), 'login_required')
  })

  it('sign one browser in of fifty that send the form at once', async () => {
    const user = await newUser()
    const link = await linkFor(user, 'sign_in', { details: { leadsTo: '/u/signed-out' } })
    const people = Array.from({ length: 50 }, () => visitor())
    const [form] = formsOf((await visitor().open(link)).text)
    const answers = await Promise.all(people.map((person) => person.hop('POST', link, form?.hidden)))
    assert.equal(answers.filter(({ status }) => status === 303).length, 1)
    // One link can be tried twenty times in a row; whoever comes after that is not even looked at.
    assert.ok(answers.every(({ status }) => [303, 404, 429].includes(status)))
    const sessions = await db.selectFrom('sessions').select('session_id').where('user_id', '=', user.user_id).execute()
    assert.equal(sessions.length, 1)
    assert.equal((await rowOf(user)).logins_count, 1)
  })

  it('sign nobody in who is blocked, and do not use the link up', async () => {
    const user = await newUser()
    const link = await linkFor(user, 'sign_in')
    const person = visitor()
    await person.open(link)
    const block = (blocked: boolean) =>
      db.updateTable('users').set({ blocked }).where('user_id', '=', user.user_id).execute()
    await block(true)
    const refused = await person.send({})
    assert.equal(refused.status, 403)
    assert.match(refused.text, /<h1>This access is blocked<\/h1>/)
    assert.equal((await rowOf(user)).logins_count, null)
    assert.equal((await visitor().open(ask({ prompt: 'none' }).url)).url.searchParams.get('error'), 'login_required')
    await block(false)
    assert.equal((await visitor().open(link)).status, 200)
  })

  it('open an account again that too many wrong passwords have closed', async () => {
    const user = await newUser()
    const from = '192.0.2.44'
    const person = visitor({ from })
    await person.open(ask().url)
    await person.send({ username: user.email ?? '' })
    for (let tries = 0; tries < 10; tries += 1) await person.send({ password: 'not the password' })
    const again = visitor({ from })
    await again.open(ask().url)
    await again.send({ username: user.email ?? '' })
    assert.equal((await again.send({ password: PASSWORD })).status, 429)
    const reader = visitor()
    const link = await linkFor(user, 'unblock')
    await reader.open(link)
    assert.match((await reader.send({})).text, /<h1>Your account is open again<\/h1>/)
    // Opened once more, it does not talk as if it had been about a password.
    assert.match((await reader.open(link)).text, /If you have just used it yourself, it has worked/)
    const last = visitor({ from })
    await last.open(ask().url)
    await last.send({ username: user.email ?? '' })
    codeOf(await last.send({ password: PASSWORD }))
  })

  it('lead after signing out to the application that is named, or to the portal, and to no other address', async () => {
    const linkAt = (text: string) => /<a class="primary" href="([^"]*)">/.exec(text)?.[1]
    const open = async (query: string) => linkAt((await visitor().open(`/u/signed-out${query}`)).text)
    assert.equal(await open(''), 'http://localhost:3000/account')
    assert.equal(await open('?client_id=spa'), 'https://app.example.com')
    assert.equal(await open('?client_id=unknown&returnTo=https://evil.example'), 'http://localhost:3000/account')
  })

  it('speak in the name and colour of the application for which the mail was asked, as the mail does', async () => {
    const { settings } = (await findClient(db, SPA)) ?? { settings: {} }
    const client_metadata = { brand_name: 'Harborline Freight', brand_colour: '#23408e' }
    await db
      .updateTable('clients')
      .set({ settings: JSON.stringify({ ...settings, client_metadata }) })
      .where('client_id', '=', SPA)
      .execute()
    const user = await newUser({ email_verified: false })
    const bearsBrand = ({ text }: { text: string }, page: string) => {
      assert.match(text, /<header class="brand">.*Harborline Freight<\/header>/, page)
      assert.match(text, /--accent:#23408e/, page)
    }
    for (const purpose of ['email_verification', 'unblock', 'password_change'] as const) {
      const reader = visitor()
      bearsBrand(await reader.open(await linkFor(user, purpose, { clientId: SPA })), purpose)
      if (purpose !== 'password_change') bearsBrand(await reader.send({}), `${purpose}, done`)
      const other = await visitor().open(await linkFor(user, purpose))
      assert.ok(!other.text.includes('Harborline'), purpose)
    }
    for (const path of ['/u/reset-password/request', '/u/signed-out', '/oidc/logout']) {
      bearsBrand(await visitor().open(`${path}?client_id=${SPA}`), path)
    }
  })
})
