import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startTestServer } from '../../test/harness.ts'
import { buildApp } from '../app.ts'

const TOKEN = 'a-token-for-metrics-of-more-than-32-characters'

describe('/metrics', async () => {
  const here = await startTestServer()
  const there = await startTestServer({ PUBLIC_URL: 'https://id.acme.example', METRICS_TOKEN: TOKEN })
  const closed = await startTestServer({ PUBLIC_URL: 'https://id.acme.example' })

  it('counts requests by the pattern of their route, and never tells an address', async () => {
    await here.call('GET', '/api/v2/users/auth0%7Cada-lovelace')
    const { status, text, headers } = await here.call('GET', '/metrics', { as: null })
    assert.equal(status, 200)
    assert.match(String(headers['content-type']), /^text\/plain/)
    assert.match(
      text,
      /tenantry_http_request_duration_seconds_count\{method="GET",route="\/api\/v2\/users\/:id",status="404"\} 1/,
    )
    assert.match(text, /tenantry_database_connections\{state="idle"\} \d+/)
    assert.match(text, /tenantry_mails_waiting 0/)
    assert.match(text, /process_cpu_seconds_total/)
    assert.doesNotMatch(text, /ada-lovelace/)
  })

  it('is not there for other machines, nor through a proxy on this one', async () => {
    assert.equal((await here.call('GET', '/metrics', { as: null, from: '203.0.113.7' })).status, 404)
    const headers = { 'x-forwarded-for': '203.0.113.7' }
    assert.equal((await here.call('GET', '/metrics', { as: null, headers })).status, 404)
    assert.equal((await closed.call('GET', '/metrics', { as: null })).status, 404)
  })

  it('is not there for a page whose name was made to point here, and is by every name of this machine', async () => {
    for (const host of ['rebound.evil.example', 'rebound.evil.example:3000', 'localhost.evil.example']) {
      assert.equal((await here.call('GET', '/metrics', { as: null, headers: { host } })).status, 404, host)
    }
    for (const host of ['localhost:3000', '127.0.0.1:3000', '[::1]:3000']) {
      assert.equal((await here.call('GET', '/metrics', { as: null, headers: { host } })).status, 200, host)
    }
    // The token is proof enough, by whatever name a scraper reaches the server.
    const headers = { host: 'tenantry.internal' }
    assert.equal((await there.call('GET', '/metrics', { as: TOKEN, headers })).status, 200)
  })

  it('is refused under another name while the demo is on, as every page is', async () => {
    const app = await buildApp({ ...here.server, isDemo: true })
    const demo = { url: '/metrics', remoteAddress: '127.0.0.1' }
    assert.equal((await app.inject({ ...demo, headers: { host: 'rebound.evil.example' } })).statusCode, 421)
    assert.equal((await app.inject({ ...demo, headers: { host: 'localhost:3000' } })).statusCode, 200)
    await app.close()
  })

  it('asks everybody for the token where one is set', async () => {
    for (const as of [null, 'wrong', TOKEN.slice(1)]) {
      assert.equal((await there.call('GET', '/metrics', { as })).status, 404)
    }
    assert.equal((await there.call('GET', '/metrics', { as: TOKEN, from: '203.0.113.7' })).status, 200)
  })
})
