import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startTestServer } from '../../test/harness.ts'

const CONNECTION = 'Username-Password-Authentication'
const PASSWORD = 'correct horse battery staple'

describe('creating, reading and deleting users', async () => {
  const { call, db, tokenFor } = await startTestServer()
  const create = (body: object) => call('POST', '/api/v2/users', { body: { connection: CONNECTION, ...body } })

  it('a new user gets the defaults of Auth0, and nothing that he does not have', async () => {
    const { status, body } = await create({
      email: 'Jane.Doe@Example.com',
      password: PASSWORD,
      given_name: 'Jane',
      app_metadata: { plan: 'gold', nested: { a: null } },
    })
    assert.equal(status, 201)
    const { user_id, created_at, updated_at, picture, identities, ...rest } = body
    assert.match(user_id, /^auth0\|[0-9a-f]{24}$/)
    assert.match(created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    assert.equal(updated_at, created_at)
    assert.equal(
      picture,
      'https://s.gravatar.com/avatar/0cba00ca3da1b283a57287bcceb17e35?s=480&r=pg&d=https%3A%2F%2Fcdn.auth0.com%2Favatars%2Fja.png',
    )
    assert.deepEqual(identities, [
      { connection: CONNECTION, user_id: user_id.slice(6), provider: 'auth0', isSocial: false },
    ])
    assert.deepEqual(rest, {
      email: 'jane.doe@example.com',
      email_verified: false,
      name: 'jane.doe@example.com',
      nickname: 'jane.doe',
      given_name: 'Jane',
      app_metadata: { plan: 'gold', nested: { a: null } },
    })
    const read = await call('GET', `/api/v2/users/${encodeURIComponent(user_id)}`)
    assert.equal(read.status, 200)
    assert.deepEqual(read.body, body)
  })

  it('an id of the caller’s choice is kept, with the provider before it, encoded slashes included', async () => {
    const { body } = await create({ email: 'own-id@example.com', password: PASSWORD, user_id: 'crm/17' })
    assert.equal(body.user_id, 'auth0|crm/17')
    assert.equal((await call('GET', '/api/v2/users/auth0%7Ccrm%2F17')).body.email, 'own-id@example.com')
    const again = await create({ email: 'other@example.com', password: PASSWORD, user_id: 'crm/17' })
    assert.equal(again.status, 409)
  })

  it('the same address in another case or Unicode form is the same person', async () => {
    assert.equal((await create({ email: 'zoë@example.com', password: PASSWORD })).status, 201)
    for (const email of ['ZOË@example.com', 'zoe\u0308@example.com', 'ｚoë@example.com']) {
      const { status, body } = await create({ email, password: PASSWORD })
      assert.equal(status, 409)
      assert.deepEqual(body, {
        statusCode: 409,
        error: 'Conflict',
        message: 'The user already exists.',
        errorCode: 'auth0_idp_error',
      })
    }
    const { length } = (await call('GET', '/api/v2/users?q=email:zo%C3%AB@example.com')).body
    assert.equal(length, 1)
  })

  it('twenty at once with one address: one is created, the others are told', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => create({ email: 'race@example.com', password: PASSWORD })),
    )
    const statuses = answers.map(({ status }) => status).sort()
    assert.deepEqual(statuses, [201, ...Array.from({ length: 19 }, () => 409)])
  })

  const refused: [string, object, string][] = [
    ['no address', { password: PASSWORD }, 'Missing required property: email'],
    ['no password', { email: 'a@example.com' }, 'Missing required property: password'],
    [
      'a property unknown',
      { email: 'a@example.com', password: PASSWORD, admin: true },
      'Additional properties not allowed: admin',
    ],
    [
      'an address that is none',
      { email: 'a@', password: PASSWORD },
      "Object didn't pass validation for format email: a@",
    ],
    [
      'a wrong type',
      { email: 'a@example.com', password: PASSWORD, name: 7 },
      'Expected type string but found type number',
    ],
    [
      'a user name where none is taken',
      { email: 'a@example.com', password: PASSWORD, username: 'ann' },
      'Cannot set username for connection without requires_username',
    ],
    ['a weak password', { email: 'a@example.com', password: 'short' }, 'PasswordStrengthError: Password is too weak'],
    [
      'a common password',
      { email: 'a@example.com', password: 'password1' },
      'PasswordDictionaryError: Password is too common',
    ],
    [
      'his own address as password',
      { email: 'annabel@example.com', password: 'annabel-annabel' },
      'PasswordNoUserInfoError: Password contains user information',
    ],
    [
      'a dot in a name of metadata',
      { email: 'a@example.com', password: PASSWORD, user_metadata: { 'a.b': 1 } },
      'Property names must not contain . or $',
    ],
    [
      'a dollar deep in metadata',
      { email: 'a@example.com', password: PASSWORD, app_metadata: { a: [{ $b: 1 }] } },
      'Property names must not contain . or $',
    ],
    [
      'a reserved name in app_metadata',
      { email: 'a@example.com', password: PASSWORD, app_metadata: { email: 'x' } },
      'Reserved property name: email',
    ],
    [
      'a NUL',
      { email: 'a@example.com', password: PASSWORD, name: 'a\0b' },
      'Text must not contain the character U+0000',
    ],
    [
      'half a surrogate',
      { email: 'a@example.com', password: PASSWORD, user_metadata: { x: '\ud800' } },
      'half a surrogate',
    ],
    [
      'another connection',
      { email: 'a@example.com', password: PASSWORD, connection: 'nowhere' },
      'The connection does not exist',
    ],
  ]
  for (const [what, body, message] of refused) {
    it(`is refused with ${what}, and nobody is created`, async () => {
      const before = await db.selectFrom('users').select('user_id').execute()
      const answer = await create(body)
      assert.equal(answer.status, 400, answer.text)
      assert.ok(answer.body.message.includes(message), answer.body.message)
      assert.equal((await db.selectFrom('users').select('user_id').execute()).length, before.length)
    })
  }

  it('names that mean something to JavaScript, broken JSON and 2 MB are refused', async () => {
    const send = (body: string) => call('POST', '/api/v2/users', { body })
    const start = `{"connection":"${CONNECTION}","email":"p@example.com","password":"${PASSWORD}"`
    for (const tail of [
      ',"user_metadata":{"__proto__":{"admin":true}}}',
      ',"user_metadata":{"constructor":{"prototype":{}}}}',
      ',',
    ]) {
      const { status, body } = await send(start + tail)
      assert.equal(status, 400)
      assert.equal(body.errorCode, 'invalid_body')
    }
    const large = await send(`${start},"user_metadata":{"x":"${'x'.repeat(2_000_000)}"}}`)
    assert.equal(large.status, 413)
    assert.equal((await call('GET', '/api/v2/users?q=email:p@example.com')).body.length, 0)
  })

  it('a body as text/plain, which a browser may send from any page, is refused', async () => {
    const body = JSON.stringify({ connection: CONNECTION, email: 'csrf@example.com', password: PASSWORD })
    const { status } = await call('POST', '/api/v2/users', { body, headers: { 'content-type': 'text/plain' } })
    assert.equal(status, 415)
    const cookie = await call('POST', '/api/v2/users', { as: null, body, headers: { cookie: 'auth0=x' } })
    assert.equal(cookie.status, 401)
  })

  it('deleting is 204, also for one who never was; the deleted is gone with his identifiers', async () => {
    const { body } = await create({ email: 'gone@example.com', password: PASSWORD })
    const url = `/api/v2/users/${encodeURIComponent(body.user_id)}`
    assert.equal((await call('DELETE', url)).status, 204)
    const { status, body: error } = await call('GET', url)
    assert.equal(status, 404)
    assert.deepEqual(error, {
      statusCode: 404,
      error: 'Not Found',
      message: 'The user does not exist.',
      errorCode: 'inexistent_user',
    })
    assert.equal((await call('DELETE', url)).status, 204)
    assert.equal((await create({ email: 'gone@example.com', password: PASSWORD })).status, 201)
    const types = await db.selectFrom('events').select('type').where('user_id', '=', body.user_id).execute()
    assert.deepEqual(types.map(({ type }) => type).sort(), ['sapi', 'sapi', 'sapi', 'sdu', 'ss'])
  })

  it('a token of a deleted user does not count for a later one of the same id', async () => {
    const person = { user_id: 'again', email: 'again@example.com', password: PASSWORD }
    const { user_id } = (await create(person)).body
    const url = `/api/v2/users/${encodeURIComponent(user_id)}`
    const as = await tokenFor({ userId: user_id, scopes: ['read:current_user'] })
    assert.equal((await call('GET', url, { as })).status, 200)
    await call('DELETE', url)
    assert.equal((await create(person)).status, 201)
    assert.equal((await call('GET', url, { as })).status, 401)
  })

  it('an address has 64 characters before the @ at most, 254 in all, and no control character', async () => {
    const domain = (length: number) => `${'y'.repeat(length - 4)}.com`
    for (const email of [`${'x'.repeat(64)}@${domain(189)}`, `a+b@${domain(250)}`]) {
      assert.equal((await create({ email, password: PASSWORD })).status, 201)
    }
    for (const email of [`${'x'.repeat(65)}@x.com`, `${'x'.repeat(64)}@${domain(190)}`, 'a@x\u0001y.com', 'a@x.com.']) {
      const { status, body } = await create({ email, password: PASSWORD })
      assert.equal(status, 400)
      assert.match(body.message, /format email/)
    }
  })

  it('needs the scope; without token 401; a token bound to an organization is refused', async () => {
    const readOnly = await tokenFor({ scopes: ['read:users'] })
    assert.equal((await call('POST', '/api/v2/users', { as: readOnly, body: {} })).status, 403)
    assert.equal((await call('DELETE', '/api/v2/users/auth0%7Cx', { as: readOnly })).status, 403)
    assert.equal((await call('GET', '/api/v2/users', { as: null })).status, 401)
    const bound = await tokenFor({ organizationId: 'org_abcdefghijklmnop' })
    assert.equal((await call('GET', '/api/v2/users', { as: bound })).status, 403)
  })

  it('no password is in any event, and no event is missing its actor', async () => {
    const events = await db.selectFrom('events').selectAll().execute()
    assert.ok(events.length > 0)
    assert.ok(!JSON.stringify(events).includes(PASSWORD))
    assert.ok(!JSON.stringify(events).includes('argon2'))
    assert.ok(events.every((event) => event.actor_id !== null))
  })
})
