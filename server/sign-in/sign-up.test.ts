import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startTestServer } from '../../test/harness.ts'
import { ApiError, type ErrorCode } from '../http/errors.ts'
import { accounts, NEW_PASSWORD, REQUEST } from './accounts.testing.ts'
import { type SignUp, signUp } from './sign-up.ts'

describe('signing up', async () => {
  const test = await startTestServer()
  const { server, db } = test
  const { connection, connectionWith, person, queued, eventsOf, passwordOf, rowOf } = await accounts(test)
  const ask = (given: Partial<SignUp>) =>
    signUp(server, { connection, clientId: undefined, password: NEW_PASSWORD, request: REQUEST, ...given })
  const fails = (code: ErrorCode) => (error: unknown) => error instanceof ApiError && error.code === code
  const usersNow = async () => (await db.selectFrom('users').select('user_id').execute()).length

  it('makes the account, records it as the person’s own act, and queues the verification mail', async () => {
    const result = await ask({ email: 'Lucia@Harborline.example', given_name: 'Lucia', language: 'de' })
    assert.ok(result.kind === 'signed-up')
    const { user } = result
    assert.deepEqual([user.email, user.email_verified, user.given_name], ['lucia@harborline.example', false, 'Lucia'])
    assert.deepEqual(user.user_metadata, { locale: 'de' })
    assert.equal((await passwordOf(user)).set_by, 'self')
    const [event, ...more] = (await eventsOf('ss')).filter((one) => one.user_id === user.user_id)
    assert.equal(more.length, 0)
    assert.deepEqual([event?.actor_kind, event?.actor_id], ['user', user.user_id])
    assert.ok(!JSON.stringify(event).includes(NEW_PASSWORD) && !JSON.stringify(event).includes('$argon2'))
    const mails = (await queued()).filter((mail) => mail.user_id === user.user_id)
    assert.deepEqual(
      mails.map(({ template, language }) => [template, language]),
      [['verify_email', 'de']],
    )
  })

  it('a language that the person names himself is kept', async () => {
    const result = await ask({
      email: 'own-language@harborline.example',
      language: 'de',
      user_metadata: { locale: 'fr' },
    })
    assert.ok(result.kind === 'signed-up')
    assert.deepEqual(result.user.user_metadata, { locale: 'fr' })
  })

  it('with an address that somebody has changes nothing; its holder is told by mail, and the try is recorded', async () => {
    const holder = await person()
    const before = await rowOf(holder)
    const password = await passwordOf(holder)
    const result = await ask({ email: holder.email?.toUpperCase(), given_name: 'Mallory', language: 'en' })
    assert.deepEqual(result, { kind: 'exists', identifier: 'email' })
    assert.deepEqual(await rowOf(holder), before)
    assert.deepEqual(await passwordOf(holder), password)
    const mails = (await queued()).filter((mail) => mail.user_id === holder.user_id)
    assert.deepEqual(
      mails.map(({ template }) => template),
      ['existing_account'],
    )
    const [event] = (await eventsOf('fs')).slice(-1)
    assert.deepEqual([event?.details?.error, event?.user_id], ['user_exists', null])
    assert.equal(event?.person?.ip, REQUEST.ip)
  })

  it('does not fill the mailbox of whoever has the address', async () => {
    const { user_id, email } = await person()
    for (let times = 0; times < 8; times += 1) {
      assert.deepEqual(await ask({ email }), { kind: 'exists', identifier: 'email' })
    }
    assert.equal((await queued()).filter((mail) => mail.user_id === user_id).length, 5)
  })

  it('through an application, an existing account is no matter for a mail', async () => {
    const holder = await person()
    assert.equal((await ask({ email: holder.email, door: 'api' })).kind, 'exists')
    assert.deepEqual(
      (await queued()).filter((mail) => mail.user_id === holder.user_id),
      [],
    )
  })

  it('twenty times at once with one address makes one account', async () => {
    const results = await Promise.all(Array.from({ length: 20 }, () => ask({ email: 'race@harborline.example' })))
    assert.equal(results.filter(({ kind }) => kind === 'signed-up').length, 1)
    assert.equal(results.filter(({ kind }) => kind === 'exists').length, 19)
    const users = await db
      .selectFrom('users')
      .select('user_id')
      .where('email', '=', 'race@harborline.example')
      .execute()
    assert.equal(users.length, 1)
  })

  it('names a taken user name whether or not the address beside it is known', async () => {
    const named = connectionWith({ ...connection.options, requires_username: true })
    const holder = await person({ username: 'lucia' })
    const stranger = { connection: named, username: 'Lucia', email: 'nobody-yet@harborline.example' }
    const known = { connection: named, username: 'lucia', email: holder.email }
    const mails = (await queued()).length
    assert.deepEqual(await ask(stranger), { kind: 'exists', identifier: 'username' })
    assert.deepEqual(await ask(known), { kind: 'exists', identifier: 'username' })
    assert.equal((await queued()).length, mails)
    assert.deepEqual(await ask({ ...known, username: 'luise' }), { kind: 'exists', identifier: 'email' })
  })

  it('is refused where it is switched off, whoever asks', async () => {
    const holder = await person()
    const before = await usersNow()
    for (const options of [
      { disable_signup: true },
      { authentication_methods: { password: { enabled: true, signup_behavior: 'block' } } },
      { authentication_methods: { password: { enabled: false } } },
    ]) {
      for (const email of [holder.email, 'new@harborline.example']) {
        await assert.rejects(ask({ email, connection: connectionWith(options) }), fails('signup_disabled'))
      }
    }
    assert.equal(await usersNow(), before)
  })

  it('refuses a password that the connection does not take, and says so in the log without the password', async () => {
    const before = await usersNow()
    for (const [password, name] of [
      ['short', 'PasswordStrengthError'],
      ['password1', 'PasswordDictionaryError'],
      ['annabel-annabel', 'PasswordNoUserInfoError'],
    ] as const) {
      const result = await ask({ email: 'annabel@harborline.example', password })
      assert.ok(result.kind === 'refused')
      assert.equal(result.refusal.name, name)
      const [event] = (await eventsOf('fs')).slice(-1)
      assert.equal(event?.details?.error, name)
      assert.ok(!JSON.stringify(event).includes(password === 'annabel-annabel' ? password : `"${password}"`))
    }
    assert.equal(await usersNow(), before)
  })

  it('asks for the identifiers of the connection, and takes no other', async () => {
    const byName = connectionWith({
      attributes: { username: { identifier: { active: true } }, email: { signup: { status: 'optional' } } },
    })
    const closed = connectionWith({
      attributes: { username: { identifier: { active: true } }, email: { signup: { status: 'inactive' } } },
    })
    await assert.rejects(ask({}), fails('invalid_body'))
    await assert.rejects(ask({ email: 'a@harborline.example', username: 'ann' }), fails('invalid_body'))
    await assert.rejects(ask({ email: 'a@harborline.example', phone_number: '+491701234567' }), fails('invalid_body'))
    await assert.rejects(ask({ connection: byName, email: 'a@harborline.example' }), fails('invalid_body'))
    await assert.rejects(ask({ connection: closed, username: 'x', email: 'a@b.example' }), fails('invalid_body'))
    const result = await ask({ connection: byName, username: 'only-a-name' })
    assert.ok(result.kind === 'signed-up')
    assert.equal(result.user.email, undefined)
    assert.deepEqual(
      (await queued()).filter((mail) => mail.user_id === result.user.user_id),
      [],
    )
  })

  it('sends no verification mail where the connection asks for none', async () => {
    const unverified = connectionWith({
      attributes: { email: { identifier: { active: true }, signup: { verification: { active: false } } } },
    })
    const result = await ask({ connection: unverified, email: 'no-mail@harborline.example' })
    assert.ok(result.kind === 'signed-up')
    const mails = (await queued()).filter((mail) => mail.user_id === result.user.user_id)
    assert.ok(mails.every(({ template }) => template !== 'verify_email'))
  })

  it('gives nobody what only authority gives, whatever a page passes on', async () => {
    const smuggled = { email_verified: true, blocked: false, app_metadata: { plan: 'gold' }, user_id: 'chosen' }
    const result = await ask({ email: 'smuggler@harborline.example', ...smuggled })
    assert.ok(result.kind === 'signed-up')
    const row = await rowOf(result.user)
    assert.deepEqual([row.email_verified, row.app_metadata, row.blocked], [false, null, null])
    assert.match(result.user.user_id, /^auth0\|[0-9a-f]{24}$/)
  })
})
