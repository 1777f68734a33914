import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startTestServer } from '../../test/harness.ts'

describe('signing keys', async () => {
  const { call, tokenFor, db } = await startTestServer()

  it('are listed with certificate and standing, the current one first, and without their private part', async () => {
    const { status, body, text } = await call('GET', '/api/v2/keys/signing')
    assert.equal(status, 200)
    assert.deepEqual(
      body.map((key: { current?: boolean; next?: boolean }) => [key.current ?? false, key.next ?? false]),
      [
        [true, false],
        [false, true],
      ],
    )
    assert.match(body[0].cert, /^-----BEGIN CERTIFICATE-----/)
    assert.doesNotMatch(text, /PRIVATE/)
  })

  it('rotate: the next becomes current, tokens signed before still count, until their key is revoked', async () => {
    const before = await tokenFor({})
    const [old] = (await call('GET', '/api/v2/keys/signing')).body
    const rotated = await call('POST', '/api/v2/keys/signing/rotate')
    assert.equal(rotated.status, 201)
    assert.notEqual(rotated.body.kid, old.kid)
    assert.equal((await call('GET', '/api/v2/keys/signing', { as: before })).status, 200)
    const fresh = await tokenFor({})

    const revoked = await call('PUT', `/api/v2/keys/signing/${old.kid}/revoke`, { as: fresh })
    assert.equal(revoked.status, 200)
    const refused = await call('GET', '/api/v2/keys/signing', { as: before })
    assert.equal(refused.status, 401)
    assert.equal(refused.body.message, 'Invalid token')
    assert.equal((await call('GET', '/api/v2/keys/signing', { as: fresh })).status, 200)
    const events = await db
      .selectFrom('events')
      .select(['type', 'description', 'target_id'])
      .orderBy('log_id')
      .execute()
    assert.deepEqual(
      events.map((event) => event.description),
      ['Rotate the signing keys', 'Revoke a signing key'],
    )
  })

  it('rotated by several at once, each rotation follows the one before', async () => {
    const list = async () => (await call('GET', '/api/v2/keys/signing', { as: await tokenFor({}) })).body
    const before = (await list()).length
    const as = await tokenFor({})
    const rotated = await Promise.all(
      Array.from({ length: 5 }, () => call('POST', '/api/v2/keys/signing/rotate', { as })),
    )
    assert.deepEqual(
      rotated.map(({ status }) => status),
      [201, 201, 201, 201, 201],
    )
    assert.equal(new Set(rotated.map(({ body }) => body.kid)).size, 5)
    const after = await list()
    assert.equal(after.length, before + 5)
    assert.equal(after.filter((key: { current?: boolean }) => key.current).length, 1)
    assert.equal(after.filter((key: { next?: boolean }) => key.next).length, 1)
  })

  it('a current key cannot be revoked, an unknown one is 404', async () => {
    const as = await tokenFor({})
    const [current] = (await call('GET', '/api/v2/keys/signing', { as })).body
    assert.equal((await call('PUT', `/api/v2/keys/signing/${current.kid}/revoke`, { as })).status, 403)
    assert.equal((await call('PUT', '/api/v2/keys/signing/unknown/revoke', { as })).status, 404)
  })

  it('a token without the scope is refused by name of what it lacks', async () => {
    const as = await tokenFor({ scopes: ['read:users'] })
    const { status, body } = await call('GET', '/api/v2/keys/signing', { as })
    assert.equal(status, 403)
    assert.deepEqual(body, {
      statusCode: 403,
      error: 'Forbidden',
      message: 'Insufficient scope, expected any of: read:signing_keys',
      errorCode: 'insufficient_scope',
    })
  })
})
