import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CLIENT_ID, startTestServer } from '../../test/harness.ts'

const CLIENTS = '/api/v2/clients'
const UNKNOWN = {
  statusCode: 404,
  error: 'Not Found',
  message: 'The client does not exist',
  errorCode: 'inexistent_client',
}

describe('clients that exist', async () => {
  const { call, db, tokenFor, server } = await startTestServer()
  const make = async (body: object = {}) => (await call('POST', CLIENTS, { body: { name: 'Some app', ...body } })).body
  const read = async (id: string) => (await call('GET', `${CLIENTS}/${id}`)).body
  const stored = (id: string) =>
    db.selectFrom('clients').selectAll().where('client_id', '=', id).executeTakeFirstOrThrow()

  describe('are changed', () => {
    it('root key by root key: what is not named stays', async () => {
      const client = await make({ description: 'old', callbacks: ['https://a.example/cb', 'https://b.example/cb'] })
      const url = `${CLIENTS}/${client.client_id}`
      const { status, body } = await call('PATCH', url, { body: { callbacks: ['https://c.example/cb'], name: 'New' } })
      assert.equal(status, 200)
      assert.deepEqual(body, { ...client, name: 'New', callbacks: ['https://c.example/cb'] })
      assert.deepEqual(await read(client.client_id), body)
    })

    it('an algorithm alone keeps the lifetime; null gives back a default or takes a setting away', async () => {
      const client = await make({
        refresh_token: { rotation_type: 'rotating', expiration_type: 'expiring' },
        organization_usage: 'require',
      })
      const url = `${CLIENTS}/${client.client_id}`
      const { body } = await call('PATCH', url, {
        body: { jwt_configuration: { alg: 'HS256' }, refresh_token: null, organization_usage: null },
      })
      assert.deepEqual(body.jwt_configuration, { alg: 'HS256', lifetime_in_seconds: 36000, secret_encoded: false })
      assert.equal(body.refresh_token.rotation_type, 'non-rotating')
      assert.ok(!('organization_usage' in body))
    })

    it('metadata one level deep: null takes a key away, and more than ten never come together', async () => {
      const ten = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`k${i}`, 'v']))
      const { client_id } = await make({ client_metadata: ten })
      const url = `${CLIENTS}/${client_id}`
      const tooMany = await call('PATCH', url, { body: { client_metadata: { another: 'v' } } })
      assert.equal(tooMany.status, 400)
      assert.equal(
        tooMany.body.message,
        "Payload validation error: 'Too many properties defined, maximum 10' on property client_metadata.",
      )
      const { body } = await call('PATCH', url, { body: { client_metadata: { k0: null, another: 'v', k1: 'w' } } })
      const { k0: _, ...nine } = ten
      assert.deepEqual(body.client_metadata, { ...nine, k1: 'w', another: 'v' })
    })

    it('by several at once without losing a key', async () => {
      const { client_id } = await make()
      const keys = ['a', 'b', 'c', 'd', 'e', 'f']
      await Promise.all(
        keys.map((key) => call('PATCH', `${CLIENTS}/${client_id}`, { body: { client_metadata: { [key]: key } } })),
      )
      assert.deepEqual(Object.keys((await read(client_id)).client_metadata).sort(), keys)
    })

    it('their secret only with update:client_keys, the rest only with update:clients', async () => {
      const { client_id } = await make()
      const url = `${CLIENTS}/${client_id}`
      const before = await stored(client_id)
      const clients = await tokenFor({ scopes: ['update:clients'] })
      const keys = await tokenFor({ scopes: ['update:client_keys'] })
      const secret = await call('PATCH', url, { as: clients, body: { client_secret: 'another' } })
      assert.equal(secret.status, 403)
      assert.equal(secret.body.message, 'Insufficient scope, expected any of: update:client_keys')
      assert.equal((await call('PATCH', url, { as: keys, body: { name: 'x' } })).status, 403)
      assert.deepEqual(await stored(client_id), before)
      const changed = await call('PATCH', url, { as: keys, body: { client_secret: 'another' } })
      assert.equal(changed.status, 200)
      assert.equal(changed.body.client_secret, undefined)
      assert.equal((await stored(client_id)).secret_digest, server.secrets.digest('client_secret', 'another'))
    })

    it('not at all with a body that is empty, unknown or hostile, or when there is none of this id', async () => {
      const { client_id } = await make()
      const url = `${CLIENTS}/${client_id}`
      const before = await stored(client_id)
      const bodies = [{}, { client_id: 'x' }, { token_generation: 9 }, { tenant: 'x' }, { name: null }, { name: '' }]
      for (const body of bodies) assert.equal((await call('PATCH', url, { body })).status, 400, JSON.stringify(body))
      assert.equal((await call('PATCH', url, { body: '{"__proto__":{"name":"x"}}' })).status, 400)
      assert.deepEqual(await stored(client_id), before)
      const unknown = await call('PATCH', `${CLIENTS}/unknown`, { body: { name: 'x' } })
      assert.equal(unknown.status, 404)
      assert.deepEqual(unknown.body, UNKNOWN)
    })

    it('to another method: none shuts the secret out, a secret method lets it in again', async () => {
      const { client_id, client_secret } = await make()
      const url = `${CLIENTS}/${client_id}`
      const before = await stored(client_id)
      await call('PATCH', url, { body: { token_endpoint_auth_method: 'none' } })
      assert.equal((await stored(client_id)).secret_digest, null)
      await call('PATCH', url, { body: { token_endpoint_auth_method: 'client_secret_basic' } })
      const row = await stored(client_id)
      assert.equal(row.secret_digest, server.secrets.digest('client_secret', client_secret))
      assert.equal(row.token_generation, before.token_generation + 2)
    })

    it('without the grant for tokens in their own name: the tokens they have end, with any other they stay', async () => {
      const { client_id } = await make()
      const generation = async () => (await stored(client_id)).token_generation
      const before = await generation()
      await call('PATCH', `${CLIENTS}/${client_id}`, { body: { grant_types: ['client_credentials'] } })
      assert.equal(await generation(), before)
      await call('PATCH', `${CLIENTS}/${client_id}`, { body: { grant_types: ['authorization_code'] } })
      assert.equal(await generation(), before + 1)
      await call('PATCH', `${CLIENTS}/${client_id}`, { body: { grant_types: [] } })
      assert.equal(await generation(), before + 1)
    })
  })

  describe('rotate their secret', () => {
    it('the answer has the new one, the old one and the tokens got with it count no more', async () => {
      const old = await tokenFor({})
      const before = await stored(CLIENT_ID)
      const { status, body } = await call('POST', `${CLIENTS}/${CLIENT_ID}/rotate-secret`, {
        as: await tokenFor({ scopes: ['update:client_keys'] }),
      })
      assert.equal(status, 200)
      assert.match(body.client_secret, /^[A-Za-z0-9]{64}$/)
      const after = await stored(CLIENT_ID)
      assert.equal(after.secret_digest, server.secrets.digest('client_secret', body.client_secret))
      assert.notEqual(after.secret_digest, before.secret_digest)
      assert.equal((await call('GET', CLIENTS, { as: old })).status, 401)
      assert.equal((await call('GET', CLIENTS, { as: await tokenFor({}) })).status, 200)
    })

    it('not without update:client_keys, and 404 for an unknown id', async () => {
      const as = await tokenFor({ scopes: ['update:clients', 'read:client_keys'] })
      const before = await stored(CLIENT_ID)
      assert.equal((await call('POST', `${CLIENTS}/${CLIENT_ID}/rotate-secret`, { as })).status, 403)
      assert.deepEqual(await stored(CLIENT_ID), before)
      const unknown = await call('POST', `${CLIENTS}/unknown/rotate-secret`, { as: await tokenFor({}) })
      assert.deepEqual(unknown.body, UNKNOWN)
    })
  })

  it('a deleted client is gone with its credentials and grants, deleting it again answers 204 as well', async () => {
    const as = await tokenFor({})
    const { client_id } = (await call('POST', CLIENTS, { as, body: { name: 'short-lived' } })).body
    await call('POST', '/api/v2/client-grants', {
      as,
      body: { client_id, audience: server.config.managementAudience, scope: ['read:users'] },
    })
    for (let time = 0; time < 2; time += 1) {
      const { status, text } = await call('DELETE', `${CLIENTS}/${client_id}`, { as })
      assert.equal(status, 204)
      assert.equal(text, '')
    }
    assert.equal((await call('GET', `${CLIENTS}/${client_id}`, { as })).status, 404)
    assert.deepEqual(await db.selectFrom('client_grants').select('id').where('client_id', '=', client_id).execute(), [])
  })

  it('at the token endpoint the old secret gets nothing after a rotation, the new one does, and none opens nothing', async () => {
    const as = await tokenFor({})
    const { client_id, client_secret } = (await call('POST', CLIENTS, { as, body: { name: 'Asks' } })).body
    const audience = server.config.managementAudience
    await call('POST', '/api/v2/client-grants', { as, body: { client_id, audience, scope: ['read:clients'] } })
    const ask = (secret: string) =>
      call('POST', '/oauth/token', {
        as: null,
        body: { grant_type: 'client_credentials', client_id, client_secret: secret, audience },
      })
    const token = (await ask(client_secret)).body.access_token
    assert.equal((await call('GET', CLIENTS, { as: token })).status, 200)

    const rotated = (await call('POST', `${CLIENTS}/${client_id}/rotate-secret`, { as })).body.client_secret
    assert.equal((await ask(client_secret)).status, 401)
    assert.equal((await call('GET', CLIENTS, { as: token })).status, 401)
    const fresh = (await ask(rotated)).body.access_token
    assert.equal((await call('GET', CLIENTS, { as: fresh })).status, 200)

    await call('PATCH', `${CLIENTS}/${client_id}`, { as, body: { token_endpoint_auth_method: 'none' } })
    assert.equal((await ask(rotated)).status, 401)
    assert.equal((await call('GET', CLIENTS, { as: fresh })).status, 401)

    await call('PATCH', `${CLIENTS}/${client_id}`, { as, body: { token_endpoint_auth_method: 'client_secret_post' } })
    const last = (await ask(rotated)).body.access_token
    await call('DELETE', `${CLIENTS}/${client_id}`, { as })
    assert.equal((await call('GET', CLIENTS, { as: last })).status, 401)
    assert.equal((await ask(rotated)).status, 401)
  })
})
