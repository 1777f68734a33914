import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startTestServer } from '../../test/harness.ts'
import { addClient } from '../oidc/oidc.testing.ts'

describe('pages of other origins', async () => {
  const test = await startTestServer()
  const { call } = test
  await addClient(test, {
    id: 'cors',
    method: 'none',
    settings: {
      web_origins: ['https://app.example.com', 'https://*.preview.example.com'],
      callbacks: ['http://localhost:4200/callback', 'com.example.app://cb'],
    },
  })
  const ask = async (origin: string, path = '/oauth/token', method = 'OPTIONS') => {
    const headers = {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'auth0-client',
    }
    return await call(method, path, { as: null, headers })
  }

  it('may read answers when an application has registered their origin', async () => {
    for (const origin of ['https://app.example.com', 'http://localhost:4200', 'https://pr-7.preview.example.com']) {
      const { status, headers } = await ask(origin)
      assert.equal(status, 204)
      assert.equal(headers['access-control-allow-origin'], origin)
      assert.match(String(headers['access-control-allow-headers']), /auth0-client/)
      assert.equal(headers['access-control-allow-credentials'], undefined)
    }
    const { headers } = await ask('https://app.example.com', '/userinfo', 'GET')
    assert.equal(headers['access-control-allow-origin'], 'https://app.example.com')
  })

  it('may read the documents of discovery from anywhere, whatever they ask with', async () => {
    for (const path of ['/.well-known/openid-configuration', '/.well-known/jwks.json']) {
      for (const method of ['OPTIONS', 'GET']) {
        const { status, headers } = await ask('https://anybody.example', path, method)
        assert.deepEqual([status, headers['access-control-allow-origin']], [method === 'GET' ? 200 : 204, '*'])
      }
      const { headers } = await ask('https://anybody.example', path)
      assert.match(String(headers['access-control-allow-headers']), /auth0-client/)
    }
  })

  it('may not otherwise, nor on routes that no page calls', async () => {
    for (const origin of [
      'https://evil.test',
      'https://app.example.com.evil.test',
      'https://a.b.preview.example.com',
      'https://preview.example.com',
      'http://localhost:42000',
      'http://app.example.com',
      'null',
      'com.example.app://cb',
      "https://'); drop table users; --",
    ]) {
      assert.equal((await ask(origin)).headers['access-control-allow-origin'], undefined, origin)
    }
    const { headers } = await ask('https://app.example.com', '/health', 'GET')
    assert.equal(headers['access-control-allow-origin'], undefined)
  })
})
