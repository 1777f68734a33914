import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startTestServer } from '../../test/harness.ts'

const CONNECTION = 'Username-Password-Authentication'
const PASSWORD = 'correct horse battery staple'

describe('changing a user', async () => {
  const { call, db, tokenFor } = await startTestServer()
  let number = 0
  async function createUser(more: object = {}): Promise<{ id: string; url: string; email: string }> {
    number += 1
    const email = `person-${number}@example.com`
    const { body, text } = await call('POST', '/api/v2/users', {
      body: { connection: CONNECTION, email, password: PASSWORD, ...more },
    })
    assert.ok(body.user_id, text)
    return { id: body.user_id, url: `/api/v2/users/${encodeURIComponent(body.user_id)}`, email }
  }
  const patch = (url: string, body: unknown, as?: string) => call('PATCH', url, { body, ...(as ? { as } : {}) })

  it('metadata merges one level deep, null takes a key away, {} takes all away', async () => {
    const { url } = await createUser({
      user_metadata: { color: 'red', address: { city: 'Bern', zip: '3000' } },
      app_metadata: { plan: 'gold', seats: 5 },
    })
    const merged = await patch(url, {
      user_metadata: { address: { city: 'Basel' }, color: null, tags: [] },
      app_metadata: { seats: 6 },
    })
    assert.equal(merged.status, 200)
    assert.deepEqual(merged.body.user_metadata, { address: { city: 'Basel' }, tags: [] })
    assert.deepEqual(merged.body.app_metadata, { plan: 'gold', seats: 6 })
    assert.deepEqual((await call('GET', url)).body, merged.body)

    const wiped = await patch(url, { user_metadata: {}, app_metadata: {} })
    assert.deepEqual(wiped.body.user_metadata, {})
    assert.ok(!('app_metadata' in wiped.body))
    assert.deepEqual((await call('GET', url)).body, wiped.body)
  })

  it('root attributes are replaced, null takes away those that may go', async () => {
    const { url } = await createUser({ given_name: 'Ann', family_name: 'Lee' })
    const { status, body } = await patch(url, { given_name: null, family_name: 'Li', name: 'Ann Li' })
    assert.equal(status, 200)
    assert.ok(!('given_name' in body))
    assert.equal(body.family_name, 'Li')
    assert.equal(body.name, 'Ann Li')
    for (const name of ['blocked', 'email_verified', 'phone_verified']) {
      assert.equal((await patch(url, { [name]: null })).status, 400)
    }
    assert.deepEqual((await call('GET', url)).body, body)
  })

  it('what is not there cannot be verified', async () => {
    const { url } = await createUser()
    const refused = await patch(url, { phone_verified: true })
    assert.equal(refused.status, 400)
    assert.equal(refused.body.message, 'phone_verified cannot be true for a user without phone_number.')
    assert.equal((await patch(url, { phone_verified: false })).status, 200)
    const both = await patch(url, { phone_number: '+41790000001', phone_verified: true })
    assert.deepEqual([both.status, both.body.phone_verified], [200, true], both.text)
    assert.equal((await patch(url, { phone_number: null, phone_verified: true })).status, 400)
    const gone = await patch(url, { phone_number: null })
    assert.deepEqual([gone.status, gone.body.phone_verified], [200, false])
    const body = { connection: CONNECTION, email: 'nobody@example.com', password: PASSWORD, phone_verified: true }
    assert.equal((await call('POST', '/api/v2/users', { body })).status, 400)
  })

  for (const [left, right] of [
    ['password', 'email'],
    ['password', 'email_verified'],
    ['username', 'email'],
    ['username', 'email_verified'],
    ['username', 'password'],
  ] as const) {
    it(`${left} and ${right} in one request are refused, and nothing is changed`, async () => {
      const { url } = await createUser()
      const values = {
        password: 'another good passphrase',
        email: 'new@example.com',
        email_verified: true,
        username: 'ann',
      }
      const before = (await call('GET', url)).body
      const { status, body } = await patch(url, { [left]: values[left], [right]: values[right] })
      assert.equal(status, 400)
      assert.equal(body.message, `Cannot update ${left} and ${right} simultaneously`)
      assert.deepEqual((await call('GET', url)).body, before)
    })
  }

  it('another address is not verified, frees the old one, and is refused when somebody has it', async () => {
    const [first, second] = [await createUser({ email_verified: true }), await createUser()]
    const taken = await patch(first.url, { email: second.email.toUpperCase() })
    assert.equal(taken.status, 400)
    assert.match(taken.body.message, /already exists/)
    const { body } = await patch(first.url, { email: 'Moved@Example.com' })
    assert.equal(body.email, 'moved@example.com')
    assert.equal(body.email_verified, false)
    assert.equal((await patch(second.url, { email: first.email, email_verified: true })).body.email_verified, true)
    assert.deepEqual((await call('GET', `/api/v2/users-by-email?email=moved@example.com`)).body, [
      (await call('GET', first.url)).body,
    ])
  })

  it('a password follows policy and history, stamps the reset, and ends the tokens of the user', async () => {
    const { id, url } = await createUser()
    const as = await tokenFor({ userId: id, scopes: ['read:current_user'] })
    assert.equal((await call('GET', url, { as })).status, 200)
    assert.equal((await patch(url, { password: 'short' })).body.message, 'PasswordStrengthError: Password is too weak')
    assert.equal((await call('GET', url, { as })).status, 200)
    const { status, body } = await patch(url, { password: 'a new and good passphrase', user_metadata: { a: 1 } })
    assert.equal(status, 200)
    assert.ok(body.last_password_reset)
    assert.deepEqual(body.user_metadata, { a: 1 })
    assert.equal((await call('GET', url, { as })).status, 401)
    const types = await db.selectFrom('events').select('type').where('user_id', '=', id).execute()
    assert.ok(types.some(({ type }) => type === 'scp'))
  })

  it('a blocked user’s token counts no more at the next request, nor after the unblocking', async () => {
    const { id, url } = await createUser()
    const as = await tokenFor({ userId: id, scopes: ['read:current_user', 'update:current_user_metadata'] })
    assert.equal((await patch(url, { blocked: true })).body.blocked, true)
    assert.equal((await call('GET', url, { as })).status, 401)
    assert.equal((await patch(url, { user_metadata: { a: 1 } }, as)).status, 401)
    assert.equal((await patch(url, { blocked: false })).body.blocked, false)
    assert.equal((await call('GET', url, { as })).status, 401)
    assert.ok(!('user_metadata' in (await call('GET', url)).body))
  })

  it('a token that counts no more learns nothing: not who is there, nor which passwords were his', async () => {
    const { id, url } = await createUser()
    const as = await tokenFor({ userId: id, scopes: ['update:users'] })
    await patch(url, { blocked: true })
    const unknown = '/api/v2/users/auth0%7Cnobody'
    for (const body of [
      { email: 'a@example.com' },
      { password: 'short' },
      { email_verified: true },
      { blocked: true },
    ]) {
      assert.equal((await patch(url, body, as)).status, 401)
      assert.equal((await patch(unknown, body, as)).status, 401)
    }
  })

  it('a person changes his own user_metadata and nothing else, and nobody else’s', async () => {
    const [own, other] = [await createUser(), await createUser()]
    const as = await tokenFor({ userId: own.id, scopes: ['read:current_user', 'update:current_user_metadata'] })
    assert.deepEqual((await patch(own.url, { user_metadata: { language: 'de' } }, as)).body.user_metadata, {
      language: 'de',
    })
    for (const body of [
      { app_metadata: { admin: true } },
      { email_verified: true },
      { blocked: false },
      { name: 'X' },
    ]) {
      const answer = await patch(own.url, { user_metadata: { language: 'fr' }, ...body }, as)
      assert.equal(answer.status, 403)
    }
    assert.deepEqual((await call('GET', own.url)).body.user_metadata, { language: 'de' })
    for (const url of [other.url, '/api/v2/users/auth0%7Cnobody']) {
      const answer = await patch(url, { user_metadata: { a: 1 } }, as)
      assert.equal(answer.status, 403)
      assert.equal(answer.body.message, 'User to be acted on does not match subject in bearer token.')
    }
    assert.equal((await call('GET', other.url, { as })).status, 403)
  })

  it('metadata does not grow without end; what stands already can be taken away', async () => {
    const { url } = await createUser()
    const part = (name: string) => ({ [name]: 'x'.repeat(600_000) })
    for (const kind of ['user_metadata', 'app_metadata']) {
      assert.equal((await patch(url, { [kind]: part('a') })).status, 200)
      const { status, body } = await patch(url, { [kind]: part('b') })
      assert.equal(status, 400)
      assert.match(body.message, /^Payload validation error: 'Metadata would be too large \(12000\d\d chars\), maximum/)
      assert.deepEqual(Object.keys((await call('GET', url)).body[kind]), ['a'])
      assert.equal((await patch(url, { [kind]: { ...part('b'), a: null } })).status, 200)
    }
  })

  it('the scope update:users_app_metadata alone writes app_metadata alone', async () => {
    const { url } = await createUser()
    const as = await tokenFor({ scopes: ['update:users_app_metadata'] })
    assert.equal((await patch(url, { app_metadata: { plan: 'x' } }, as)).status, 200)
    for (const body of [{ name: 'X' }, { user_metadata: {} }, { blocked: true }]) {
      const answer = await patch(url, body, as)
      assert.equal(answer.status, 403)
      assert.equal(answer.body.message, 'Insufficient scope, expected any of: update:users')
    }
  })

  it('unknown properties, unknown users and other connections are refused in Auth0’s words', async () => {
    const { url } = await createUser()
    const unknown = await patch(url, { user_id: 'x' })
    assert.equal(unknown.body.message, "Payload validation error: 'Additional properties not allowed: user_id'.")
    assert.equal((await patch('/api/v2/users/auth0%7Cnobody', { name: 'X' })).status, 404)
    assert.equal((await patch('/api/v2/users/auth0%7Cnobody', { email: 'x@example.com' })).status, 404)
    assert.equal((await patch(url, { email: 'x@example.com', connection: 'nowhere' })).status, 400)
  })

  it('a form cannot take metadata away by an empty field', async () => {
    const { url } = await createUser({ user_metadata: { a: 1 } })
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    for (const body of ['user_metadata=', 'user_metadata=x', 'app_metadata=']) {
      const answer = await call('PATCH', url, { body, headers })
      assert.equal(answer.status, 400)
      assert.match(answer.body.message, /Expected type object but found type string/)
    }
    assert.equal((await call('PATCH', url, { body: 'given_name=Ann&blocked=false', headers })).body.given_name, 'Ann')
    assert.deepEqual((await call('GET', url)).body.user_metadata, { a: 1 })
  })

  it('forty at once on forty keys of one user: every acknowledged key is there', async () => {
    const { url } = await createUser()
    const keys = Array.from({ length: 40 }, (_, index) => `key_${index}`)
    const answers = await Promise.all(keys.map((key) => patch(url, { app_metadata: { [key]: 1 } })))
    assert.ok(answers.every(({ status }) => status === 200))
    assert.deepEqual(Object.keys((await call('GET', url)).body.app_metadata).sort(), keys.sort())
  })

  it('one bad change in a group fails alone', async () => {
    const users = await Promise.all(Array.from({ length: 8 }, () => createUser()))
    const taken = users[0]?.email ?? ''
    const answers = await Promise.all(
      users.map(({ url }, index) => patch(url, index === 4 ? { email: taken } : { user_metadata: { index } })),
    )
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200, 200, 400, 200, 200, 200],
    )
    for (const [index, { url }] of users.entries()) {
      const { user_metadata } = (await call('GET', url)).body
      assert.deepEqual(user_metadata, index === 4 ? undefined : { index })
    }
  })

  it('the event says who changed what from what to what', async () => {
    const { id, url } = await createUser({ user_metadata: { a: 1, gone: true, same: 'x' } })
    await call('PATCH', url, { body: { user_metadata: { a: 2, gone: null, same: 'x' } }, from: '203.0.113.9' })
    const event = await db
      .selectFrom('events')
      .selectAll()
      .where('user_id', '=', id)
      .where('operation', '=', 'patch_users_by_id')
      .executeTakeFirstOrThrow()
    assert.equal(event.type, 'sapi')
    assert.equal(event.actor_id, 'testMachineClient')
    assert.equal(event.person?.ip, '203.0.113.9')
    // Of metadata, what changed and nothing else.
    assert.deepEqual(event.person?.before, { user_metadata: { a: 1, gone: true } })
    assert.deepEqual(event.person?.after, { user_metadata: { a: 2 } })
  })
})
