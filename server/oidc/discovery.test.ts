import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { describe, it } from 'node:test'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { startTestServer } from '../../test/harness.ts'

const DOCUMENTS = ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server']

describe('discovery', async () => {
  const { app, call, tokenFor } = await startTestServer({ PUBLIC_URL: 'https://id.example.com' })
  const read = async (url: string, headers = {}) => await call('GET', url, { as: null, headers })
  const kids = async () => (await read('/.well-known/jwks.json')).body.keys.map((key: { kid: string }) => key.kid)

  it('names the issuer with its slash and what answers under it', async () => {
    const expected = {
      issuer: 'https://id.example.com/',
      authorization_endpoint: 'https://id.example.com/authorize',
      token_endpoint: 'https://id.example.com/oauth/token',
      jwks_uri: 'https://id.example.com/.well-known/jwks.json',
      revocation_endpoint: 'https://id.example.com/oauth/revoke',
      scopes_supported: ['openid', 'profile', 'offline_access', 'email', 'phone'],
      response_types_supported: [
        'code',
        'id_token',
        'id_token token',
        'code id_token',
        'code id_token token',
        'code token',
      ],
      response_modes_supported: ['query', 'fragment', 'form_post', 'web_message'],
      grant_types_supported: [
        'client_credentials',
        'implicit',
        'authorization_code',
        'refresh_token',
        'password',
        'http://auth0.com/oauth/grant-type/password-realm',
      ],
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
      token_endpoint_auth_signing_alg_values_supported: ['RS256', 'RS384', 'PS256'],
      authorization_response_iss_parameter_supported: true,
      ui_locales_supported: ['en', 'de'],
    }
    assert.deepEqual((await read('/.well-known/oauth-authorization-server')).body, expected)
    const { claims_supported, ...about } = (await read('/.well-known/openid-configuration')).body
    assert.deepEqual(about, {
      ...expected,
      userinfo_endpoint: 'https://id.example.com/userinfo',
      end_session_endpoint: 'https://id.example.com/oidc/logout',
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['HS256', 'RS256', 'PS256'],
      claims_parameter_supported: false,
      request_parameter_supported: false,
      request_uri_parameter_supported: false,
    })
    for (const claim of ['sub', 'sid', 'name', 'email', 'email_verified', 'phone_number_verified', 'updated_at']) {
      assert.ok(claims_supported.includes(claim), claim)
    }
  })

  it('lists no endpoint that does not answer', async () => {
    for (const document of DOCUMENTS) {
      for (const [name, value] of Object.entries((await read(document)).body)) {
        if (!/_endpoint$|_uri$/.test(name)) continue
        const url = String(value).replace('https://id.example.com', '')
        const statuses = [(await read(url)).status, (await call('POST', url, { as: null })).status]
        assert.ok(
          statuses.some((status) => status !== 404),
          name,
        )
      }
    }
  })

  it('says the same whatever host a request names', async () => {
    for (const document of DOCUMENTS) {
      const { text } = await read(document)
      const poisoned = await read(document, {
        host: 'evil.example.com',
        forwarded: 'host=evil.example.com;proto=http',
        'x-forwarded-host': 'evil.example.com',
        'x-forwarded-proto': 'http',
        'x-forwarded-port': '1',
      })
      assert.equal(poisoned.text, text)
      assert.ok(!poisoned.text.includes('evil'))
    }
  })

  it('every page may read the documents, and caches keep them for seconds only', async () => {
    for (const url of [...DOCUMENTS, '/.well-known/jwks.json', '/pem', '/cer', '/rawpem']) {
      for (const method of ['GET', 'HEAD'] as const) {
        const { statusCode, headers } = await app.inject({
          method,
          url,
          headers: { origin: 'https://app.example.com' },
        })
        assert.equal(statusCode, 200)
        assert.equal(headers['access-control-allow-origin'], '*')
        assert.equal(headers['cache-control'], 'public, max-age=15, stale-while-revalidate=15')
      }
    }
  })

  it('the key set has the current and the next key, without their private parts', async () => {
    const { body } = await read('/.well-known/jwks.json')
    assert.equal(body.keys.length, 2)
    for (const key of body.keys) {
      assert.deepEqual(Object.keys(key).sort(), ['alg', 'e', 'kid', 'kty', 'n', 'use', 'x5c', 'x5t'])
      assert.deepEqual([key.kty, key.use, key.alg], ['RSA', 'sig', 'RS256'])
    }
  })

  it('a key set read before a rotation verifies tokens made after it; a revoked key leaves the set', async () => {
    const earlier = (await read('/.well-known/jwks.json')).body
    const [old, next] = await kids()
    const as = await tokenFor({})
    assert.equal((await call('POST', '/api/v2/keys/signing/rotate', { as })).status, 201)
    const fresh = await tokenFor({})
    await jwtVerify(fresh, createLocalJWKSet(earlier))
    const rotated = await kids()
    assert.equal(rotated.length, 3)
    assert.deepEqual([rotated[0], rotated[2]], [next, old])
    await jwtVerify(as, createLocalJWKSet((await read('/.well-known/jwks.json')).body))

    await call('PUT', `/api/v2/keys/signing/${old}/revoke`, { as: fresh })
    assert.deepEqual(await kids(), rotated.slice(0, 2))
    await assert.rejects(jwtVerify(as, createLocalJWKSet((await read('/.well-known/jwks.json')).body)))
  })

  it('the certificate is that of the current key', async () => {
    const { keys } = (await read('/.well-known/jwks.json')).body
    const types = {
      '/pem': 'application/x-pem-file',
      '/cer': 'application/x-x509-ca-cert',
      '/rawpem': 'text/plain; charset=utf-8',
    }
    for (const [url, type] of Object.entries(types)) {
      const { text, headers } = await read(url)
      assert.equal(headers['content-type'], type)
      assert.equal(new X509Certificate(text).raw.toString('base64'), keys[0].x5c[0])
    }
  })
})
