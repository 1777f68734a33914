import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CLIENT_ID, startTestServer } from '../../test/harness.ts'
import { accounts, NEW_PASSWORD, statementsOf } from '../sign-in/accounts.testing.ts'

const CONNECTION = 'Username-Password-Authentication'
const INVALID_SIGN_UP = {
  name: 'BadRequestError',
  code: 'invalid_signup',
  description: 'Invalid sign up',
  statusCode: 400,
}

describe('POST /dbconnections/signup', async () => {
  const test = await startTestServer()
  const { call, db } = test
  const { person, queued, openTo } = await accounts(test)
  await openTo(CLIENT_ID)
  const post = (body: unknown, headers = {}) => call('POST', '/dbconnections/signup', { as: null, body, headers })
  const ask = (body: object) => post({ connection: CONNECTION, password: NEW_PASSWORD, ...body })
  const usersNow = async () => (await db.selectFrom('users').select('user_id').execute()).length

  it('answers 200 with what was sent, as it is stored, and the id without the provider', async () => {
    const { status, body } = await ask({
      client_id: CLIENT_ID,
      email: 'Jane@Example.com',
      given_name: 'Jane',
      user_metadata: { plan: 'free' },
    })
    assert.equal(status, 200)
    const { _id, ...rest } = body
    assert.match(_id, /^[0-9a-f]{24}$/)
    assert.deepEqual(rest, {
      email: 'jane@example.com',
      email_verified: false,
      given_name: 'Jane',
      user_metadata: { plan: 'free' },
    })
    const { body: stored } = await call('GET', `/api/v2/users/auth0%7C${_id}`)
    assert.deepEqual([stored.name, stored.user_metadata], ['jane@example.com', { plan: 'free' }])
    const mails = (await queued()).filter((mail) => mail.user_id === `auth0|${_id}`)
    assert.deepEqual(
      mails.map(({ template, client_id }) => [template, client_id]),
      [['verify_email', CLIENT_ID]],
    )
  })

  it('takes a form as well, with metadata in brackets, and the language of the mail from the header', async () => {
    const form = new URLSearchParams({
      connection: CONNECTION,
      email: 'form@example.com',
      password: NEW_PASSWORD,
      'user_metadata[plan]': 'free',
    })
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'x-request-language': 'de' }
    const { status, body } = await post(form.toString(), headers)
    assert.equal(status, 200)
    assert.deepEqual(body.user_metadata, { plan: 'free' })
    const mail = (await queued()).find((one) => one.user_id === `auth0|${body._id}`)
    assert.equal(mail?.language, 'de')
  })

  it('does not tell that an account exists, unless the tenant wants it told', async () => {
    const { email } = await person()
    const { status, body } = await ask({ email: email?.toUpperCase() })
    assert.equal(status, 400)
    assert.deepEqual(body, INVALID_SIGN_UP)
    const flags = { enable_public_signup_user_exists_error: true }
    await call('PATCH', '/api/v2/tenants/settings', { body: { flags } })
    assert.deepEqual((await ask({ email })).body, {
      name: 'BadRequestError',
      code: 'user_exists',
      description: 'The user already exists.',
      statusCode: 400,
    })
    await call('PATCH', '/api/v2/tenants/settings', {
      body: { flags: { enable_public_signup_user_exists_error: false } },
    })
  })

  it('twice at once: one account, one refusal', async () => {
    const answers = await Promise.all([ask({ email: 'twice@example.com' }), ask({ email: 'twice@example.com' })])
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 400])
    assert.deepEqual(answers.find(({ status }) => status === 400)?.body, INVALID_SIGN_UP)
  })

  it('refuses a weak password with the rules, in the shape that applications parse', async () => {
    const { status, body } = await ask({ email: 'weak@example.com', password: 'short' })
    assert.equal(status, 400)
    assert.deepEqual(body, {
      name: 'PasswordStrengthError',
      message: 'Password is too weak',
      code: 'invalid_password',
      description: {
        rules: [{ code: 'lengthAtLeast', message: 'At least %d characters in length', format: [8], verified: false }],
        verified: false,
      },
      policy: '* At least 8 characters in length',
      statusCode: 400,
    })
  })

  it('refuses common and personal passwords in the same shape', async () => {
    assert.deepEqual((await ask({ email: 'common@example.com', password: 'password1' })).body, {
      name: 'PasswordDictionaryError',
      message: 'Password is too common',
      code: 'invalid_password',
      description: 'Password is not allowed, it might be too common.',
      statusCode: 400,
    })
    assert.deepEqual((await ask({ email: 'annabel@example.com', password: 'annabel-annabel' })).body, {
      name: 'PasswordNoUserInfoError',
      message: 'Password contains user information',
      code: 'invalid_password',
      description: 'Password is based on user information',
      statusCode: 400,
    })
  })

  const ten = Object.fromEntries(Array.from({ length: 10 }, (_, number) => [`key${number}`, 'x'.repeat(500)]))

  it('takes ten texts of metadata', async () => {
    const { status, body } = await ask({ email: 'ten@example.com', user_metadata: ten })
    assert.equal(status, 200)
    assert.deepEqual(body.user_metadata, ten)
  })

  const refused: [string, unknown, RegExp][] = [
    ['eleven properties of metadata', { user_metadata: { ...ten, more: 'x' } }, /Too many properties/],
    ['a long text in metadata', { user_metadata: { key: 'x'.repeat(501) } }, /too long \(501 chars\), maximum 500/],
    ['a long name in metadata', { user_metadata: { ['x'.repeat(101)]: 'x' } }, /too long \(101 chars\), maximum 100/],
    ['a number in metadata', { user_metadata: { key: 7 } }, /Expected type string but found type number/],
    ['an object in metadata', { user_metadata: { key: {} } }, /Expected type string but found type object/],
    ['null in metadata', { user_metadata: { key: null } }, /Expected type string but found type null/],
    ['a dot in a name of metadata', { user_metadata: { 'a.b': 'x' } }, /must not contain/],
    ['metadata that is none', { user_metadata: 'x' }, /Expected type object/],
    ['app_metadata', { app_metadata: { plan: 'gold' } }, /Additional properties not allowed: app_metadata/],
    ['email_verified', { email_verified: true }, /Additional properties not allowed: email_verified/],
    ['blocked', { blocked: false }, /Additional properties not allowed: blocked/],
    ['user_id', { user_id: 'mine' }, /Additional properties not allowed: user_id/],
    ['a provider', { provider: 'google-oauth2' }, /Additional properties not allowed: provider/],
    ['an address that is none', { email: 'a@' }, /format email/],
    ['no address', { email: undefined }, /Missing required property: email/],
    ['no password', { password: undefined }, /Missing required property: password/],
    ['no connection', { connection: undefined }, /Missing required property: connection/],
    ['a connection unknown', { connection: 'nowhere' }, /^connection not found$/],
    ['an application unknown', { client_id: 'nobody' }, /^client not found$/],
    ['a NUL', { given_name: 'a\0b' }, /U\+0000/],
    ['half a surrogate', { given_name: '\ud800' }, /surrogate/],
    ['a list of addresses', { email: ['a@example.com', 'b@example.com'] }, /Expected type string but found type array/],
  ]
  for (const [what, sent, expected] of refused) {
    it(`refuses ${what} in one sentence, and makes nobody`, async () => {
      const before = await usersNow()
      const { status, body } = await ask({ email: 'refused@example.com', ...(sent as object) })
      assert.equal(status, 400)
      assert.deepEqual(Object.keys(body), ['error'])
      assert.match(body.error, expected)
      assert.equal(await usersNow(), before)
    })
  }

  it('answers hostile bodies with a sentence and never with a fault', async () => {
    for (const sent of ['{"email":', '[]', 'null', '7', '""', '', '{"__proto__":{"a":1}}', '{"email":1e999}']) {
      const { status, body } = await post(sent)
      assert.ok(status >= 400 && status < 500, `${sent}: ${status}`)
      assert.deepEqual(Object.keys(body), ['error'], sent)
    }
    for (const form of ['user_metadata[__proto__]=x', 'user_metadata[]=x', 'email=a@example.com&email=b@example.com']) {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      const { status, body } = await post(`connection=${CONNECTION}&password=${NEW_PASSWORD}&${form}`, headers)
      assert.equal(status, 400, form)
      assert.deepEqual(Object.keys(body), ['error'], form)
    }
  })

  it('is closed to an application that the connection is not open to, and where sign-up is switched off', async () => {
    const { body: client } = await call('POST', '/api/v2/clients', { body: { name: 'Elsewhere' } })
    const [connection] = (await call('GET', '/api/v2/connections')).body
    await db.deleteFrom('connection_clients').where('client_id', '=', client.client_id).execute()
    const elsewhere = await ask({ email: 'elsewhere@example.com', client_id: client.client_id })
    assert.deepEqual(elsewhere.body, { error: 'Connection must be enabled for this client' })
    const ours = await ask({ email: 'portal@example.com', client_id: 'tenantry-account' })
    assert.equal(ours.status, 200)
    const path = `/api/v2/connections/${connection.id}`
    await call('PATCH', path, { body: { options: { ...connection.options, disable_signup: true } } })
    const closed = await ask({ email: 'closed@example.com' })
    assert.deepEqual([closed.status, closed.body], [400, { error: 'public signup is disabled' }])
    await call('PATCH', path, { body: { options: connection.options } })
  })

  it('answers nothing to GET', async () => {
    const { status, body } = await call('GET', '/dbconnections/signup', { as: null })
    assert.equal(status, 404)
    assert.deepEqual(body, { error: 'Not Found' })
  })
})

describe('POST /dbconnections/change_password', async () => {
  const test = await startTestServer()
  const { call } = test
  const { person, queued, openTo } = await accounts(test)
  await openTo(CLIENT_ID)
  const post = (body: unknown) => call('POST', '/dbconnections/change_password', { as: null, body })
  const ask = (body: object) => post({ connection: CONNECTION, client_id: CLIENT_ID, ...body })

  it('answers plain text, the same to the byte for an address that nobody has, after the same work', async () => {
    const { email } = await person()
    await ask({ email: 'warm-up@example.com' })
    const [known, unknown] = [await ask({ email }), await ask({ email: 'nobody@example.com' })]
    assert.equal(known.status, 200)
    assert.equal(known.text, "We've just sent you an email to reset your password.")
    assert.equal(known.headers['content-type'], 'text/html; charset=utf-8')
    const comparable = ({ status, text, headers }: typeof known) => {
      const { 'x-request-id': _, date: __, 'x-ratelimit-reset': ___, ...rest } = headers
      return { status, text, headers: rest }
    }
    assert.deepEqual(comparable(unknown), comparable(known))
    const statements = [
      await statementsOf(() => ask({ email })),
      await statementsOf(() => ask({ email: 'nobody@example.com' })),
    ]
    assert.deepEqual(statements[1], statements[0])
  })

  it('queues one mail for what was typed', async () => {
    const before = (await queued()).length
    await ask({ username: 'Lucia' })
    const mails = (await queued()).slice(before)
    assert.deepEqual(
      mails.map(({ template, identifier, user_id, client_id }) => [template, identifier, user_id, client_id]),
      [['reset_email', 'Lucia', null, CLIENT_ID]],
    )
  })

  it('refuses a password, and what it cannot read, in one sentence', async () => {
    for (const [sent, expected] of [
      [{ email: 'a@example.com', password: NEW_PASSWORD }, /^password is not allowed$/],
      [{}, /^email is required$/],
      [{ email: 'a@example.com', connection: 'nowhere' }, /^connection not found$/],
      [{ email: 'a@example.com', client_id: 'nobody' }, /^client not found$/],
      [{ email: 'a@example.com', role: 'admin' }, /Additional properties not allowed: role/],
      [{ email: { $ne: null } }, /Expected type string but found type object/],
      [{ email: 'a\0@example.com' }, /U\+0000/],
    ] as const) {
      const before = (await queued()).length
      const { status, body } = await ask(sent)
      assert.equal(status, 400)
      assert.deepEqual(Object.keys(body), ['error'])
      assert.match(body.error, expected)
      assert.equal((await queued()).length, before)
    }
  })

  it('is refused where the connection does not offer it, known address or not', async () => {
    const { email } = await person()
    const [connection] = (await call('GET', '/api/v2/connections')).body
    const options = { ...connection.options, disable_self_service_change_password: true }
    await call('PATCH', `/api/v2/connections/${connection.id}`, { body: { options } })
    const [known, unknown] = [await ask({ email }), await ask({ email: 'nobody@example.com' })]
    assert.equal(known.status, 400)
    assert.deepEqual([unknown.status, unknown.text], [known.status, known.text])
  })
})
