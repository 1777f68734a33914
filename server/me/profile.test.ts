import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { PASSWORD, startSignInServer } from '../oidc/sign-in.testing.ts'
import { signInToAccount } from './me.testing.ts'

const test = await startSignInServer()

type Field = { name: string; value?: unknown; source?: string; editable: boolean; removable: boolean }
const fieldOf = (body: { fields: Field[] }, name: string) => body.fields.find((field) => field.name === name)
const stored = (userId: string) =>
  test.db.selectFrom('users').selectAll().where('user_id', '=', userId).executeTakeFirstOrThrow()

describe('a person’s own profile', () => {
  it('shows what is known of him, and never what is not his to see', async () => {
    const ada = await test.newUser({ given_name: 'Ada', user_metadata: { locale: 'de', shoe_size: 38 } })
    await test.db
      .updateTable('users')
      .set({ app_metadata: JSON.stringify({ plan: 'secret-plan' }) })
      .where('user_id', '=', ada.user_id)
      .execute()
    const { call } = await signInToAccount(test, ada)
    const { status, body, text, headers } = await call('GET', '/profile')
    assert.equal(status, 200)
    assert.equal(body.user_id, ada.user_id)
    assert.equal(body.email, ada.email)
    assert.deepEqual(body.user_metadata, { shoe_size: 38 })
    assert.equal(fieldOf(body, 'given_name')?.value, 'Ada')
    assert.equal(fieldOf(body, 'locale')?.source, 'user_metadata')
    assert.equal(fieldOf(body, 'email')?.editable, false)
    assert.doesNotMatch(text, /secret-plan|app_metadata|blocked|password_hash/)
    assert.ok(headers['x-ratelimit-limit'])
  })

  it('is changed by its owner, and recorded as his own act', async () => {
    const ada = await test.newUser({ name: 'Ada', user_metadata: { shoe_size: 38 } })
    const { call } = await signInToAccount(test, ada)
    const { status, body } = await call('PATCH', '/profile', { name: 'Ada King', locale: 'de' })
    assert.equal(status, 200)
    assert.equal(body.name, 'Ada King')
    assert.equal(fieldOf(body, 'locale')?.value, 'de')
    const row = await stored(ada.user_id)
    assert.equal(row.name, 'Ada King')
    assert.deepEqual(row.user_metadata, { shoe_size: 38, locale: 'de' })
    const { actor_kind, actor_id, client_id } = await test.db
      .selectFrom('events')
      .select(['actor_kind', 'actor_id', 'client_id'])
      .where('operation', '=', 'patch_me_profile')
      .where('user_id', '=', ada.user_id)
      .executeTakeFirstOrThrow()
    assert.deepEqual({ actor_kind, actor_id }, { actor_kind: 'user', actor_id: ada.user_id })
    assert.equal(client_id, 'tenantry-account')
  })

  it('is changed where a value is shown from: in user_metadata when it overrides there', async () => {
    const ada = await test.newUser({ name: 'Ada', user_metadata: { name: 'Countess' } })
    const { call } = await signInToAccount(test, ada)
    assert.equal((await call('GET', '/profile')).body.name, 'Countess')
    const { body } = await call('PATCH', '/profile', { name: 'Lady Lovelace' })
    assert.equal(body.name, 'Lady Lovelace')
    const row = await stored(ada.user_id)
    assert.equal(row.name, 'Ada')
    assert.deepEqual(row.user_metadata, { name: 'Lady Lovelace' })
  })

  it('loses what its owner takes away, metadata key by key', async () => {
    const ada = await test.newUser({ given_name: 'Ada', user_metadata: { a: 1, b: 2 } })
    const { call } = await signInToAccount(test, ada)
    const { status } = await call('PATCH', '/profile', { given_name: null, user_metadata: { a: null } })
    assert.equal(status, 200)
    const row = await stored(ada.user_id)
    assert.equal(row.given_name, null)
    assert.deepEqual(row.user_metadata, { b: 2 })
    assert.equal((await call('PATCH', '/profile', { user_metadata: {} })).status, 200)
    assert.deepEqual((await stored(ada.user_id)).user_metadata, { b: 2 })
  })

  // TABLE: what nobody may write about himself, or not so.
  const REFUSED: Record<string, unknown> = {
    email: 'other@acme-robotics.example',
    email_verified: true,
    username: 'root',
    phone_number: '+4930123456',
    phone_verified: true,
    blocked: false,
    app_metadata: { plan: 'gold' },
    user_id: 'auth0|somebody',
    last_ip: '203.0.113.1',
    logins_count: 0,
    identities: [],
    password: PASSWORD,
    toString: 'x',
    token_generation: 0,
    given_name: 'x'.repeat(151),
    locale: 'not a language',
    picture: 'javascript:alert(1)',
  }
  for (const [field, value] of Object.entries(REFUSED)) {
    it(`refuses ${field} as ${JSON.stringify(value).slice(0, 40)}, and changes nothing`, async () => {
      const ada = await test.newUser({ name: 'Ada' })
      const { call } = await signInToAccount(test, ada)
      const before = await stored(ada.user_id)
      const { status, body, headers } = await call('PATCH', '/profile', { name: 'Other', [field]: value })
      assert.equal(status, 400)
      assert.match(String(headers['content-type']), /^application\/json/)
      assert.equal(body.type, `${test.server.config.publicUrl}/docs/errors#invalid_body`)
      assert.deepEqual(
        body.validation_errors.map((error: { field: string }) => error.field),
        [field],
      )
      assert.deepEqual(await stored(ada.user_id), before)
    })
  }

  it('is not changed by a name that counts in metadata and is of the wrong shape', async () => {
    const ada = await test.newUser()
    const { call } = await signInToAccount(test, ada)
    const { status, body } = await call('PATCH', '/profile', { user_metadata: { locale: 'not a language', 'a.b': 1 } })
    assert.equal(status, 400, JSON.stringify(body))
    assert.deepEqual((await stored(ada.user_id)).user_metadata ?? {}, {})
  })
})
