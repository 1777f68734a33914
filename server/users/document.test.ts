import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startTestServer } from '../../test/harness.ts'

const ODD = 'quote " back\\slash, line\nbreak, tab\t, </script>, \u0001, Zoë 日本 🚀'

describe('the document of a user', async () => {
  const { call, db } = await startTestServer()
  const created = await call('POST', '/api/v2/users', {
    body: {
      connection: 'Username-Password-Authentication',
      email: 'odd@example.com',
      password: 'correct horse battery staple',
      name: ODD,
      user_metadata: { [ODD]: ODD, nothing: { within: null }, list: [null, 1.5, true] },
      app_metadata: {},
    },
  })
  const { user_id } = created.body
  const url = `/api/v2/users/${encodeURIComponent(user_id)}`
  const change = (values: object) => db.updateTable('users').set(values).where('user_id', '=', user_id).execute()

  it('is the same from each way of reading it, whatever its texts hold', async () => {
    const { body } = await call('GET', url)
    assert.equal(body.name, ODD)
    assert.deepEqual(body.user_metadata, { [ODD]: ODD, nothing: { within: null }, list: [null, 1.5, true] })
    assert.deepEqual(body.app_metadata, {})
    assert.ok(!Object.values(body).includes(null), 'what he does not have is not there')
    assert.deepEqual((await call('GET', '/api/v2/users?include_totals=true')).body.users, [body])
    assert.deepEqual((await call('GET', '/api/v2/users?q=email:odd@example.com')).body, [body])
    assert.deepEqual((await call('GET', '/api/v2/users-by-email?email=odd@example.com')).body, [body])
    const { updated_at, ...patched } = (await call('PATCH', url, { body: { user_metadata: { list: null } } })).body
    const { list: _, ...user_metadata } = body.user_metadata
    assert.deepEqual({ ...patched, updated_at: body.updated_at }, { ...body, user_metadata })
    assert.equal((await call('GET', url)).body.updated_at, updated_at)
  })

  it('has dates in milliseconds and counts as numbers', async () => {
    const at = '2026-01-02T03:04:05.600Z'
    const factors = ['guardian']
    await change({ last_login: new Date(at), logins_count: 7, multifactor: factors, multifactor_last_modified: at })
    const { last_login, logins_count, multifactor, multifactor_last_modified } = (await call('GET', url)).body
    assert.deepEqual([last_login, logins_count, multifactor, multifactor_last_modified], [at, 7, factors, at])
  })

  it('shows at the root what a provider sent, under our own values', async () => {
    const sent = { name: 'as the provider has it', given_name: 'Zoë', department: { name: ODD }, none: null }
    await change({ provider_attributes: JSON.stringify(sent) })
    await db
      .updateTable('identities')
      .set({ profile_data: JSON.stringify({ name: ODD }) })
      .execute()
    const { body } = await call('GET', url)
    assert.equal(body.name, ODD)
    assert.equal(body.given_name, 'Zoë')
    assert.deepEqual(body.department, { name: ODD })
    assert.equal(body.none, null)
    const [identity] = body.identities
    assert.deepEqual(identity, {
      connection: 'Username-Password-Authentication',
      user_id: user_id.replace('auth0|', ''),
      provider: 'auth0',
      isSocial: false,
      profileData: { name: ODD },
    })
  })
})
