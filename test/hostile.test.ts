/** Every route against input that nobody honest sends: never a 5xx, nothing secret in a log, nothing changed. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MANAGEMENT_ROUTES } from '../server/app.ts'
import { startTestServer } from './harness.ts'

const SECRET = 'marked-secret-7f3a'
const ADDRESS = 'marked.person.7f3a@example.com'
const BODIES: [string, string][] = [
  ['cut off', '{"name":'],
  ['an array', '[]'],
  ['a number', '7'],
  ['null', 'null'],
  ['unknown properties', `{"no_such_property":"${SECRET}"}`],
  ['__proto__', '{"__proto__":{"admin":true}}'],
  ['constructor deep inside', '{"user_metadata":{"a":{"constructor":{"prototype":{"b":1}}}}}'],
  ['a NUL', '{"name":"a\\u0000b"}'],
  ['half a surrogate', '{"name":"\\ud800"}'],
  ['half a surrogate as name', '{"\\udfff":1}'],
  ['a number beyond a double', '{"user_metadata":{"n":1e999}}'],
  ['wrong types', '{"name":{},"email":[],"password":7,"scope":"x","identifier":null,"client_id":{},"options":[]}'],
  ['nesting without end', `{"user_metadata":${'{"a":'.repeat(3_000)}1${'}'.repeat(3_000)}}`],
  ['a secret where none belongs', `{"password":"${SECRET}","client_secret":"${SECRET}","pem":"${SECRET}"}`],
]
const IDS = [
  'unknown',
  'auth0%7C%2Fslash',
  '%2e%2e%2f%2e%2e%2fetc',
  '%00',
  '%E0%A4%A',
  '%ED%A0%80',
  'a%0d%0ax-injected:%201',
  "'%3B%20drop%20table%20users%3B--",
  'x'.repeat(1_500),
]

describe('hostile input', async () => {
  const { call, app, db, logged } = await startTestServer()
  const everything = async () =>
    await Promise.all([
      db.selectFrom('users').selectAll().orderBy('user_id').execute(),
      db.selectFrom('clients').selectAll().orderBy('client_id').execute(),
      db.selectFrom('connections').selectAll().orderBy('id').execute(),
      db.selectFrom('resource_servers').selectAll().orderBy('id').execute(),
      db.selectFrom('client_grants').selectAll().orderBy('id').execute(),
      db.selectFrom('tenant_settings').select('settings').execute(),
    ])

  it('no route that takes a body answers 5xx, or changes anything, for a body that is wrong', async () => {
    const before = await everything()
    for (const { method, url, body } of MANAGEMENT_ROUTES) {
      if (!body) continue
      const path = `/api/v2${url.replaceAll(/:\w+/g, 'unknown')}`
      for (const [what, sent] of BODIES) {
        const answer = await call(method, path, { body: sent })
        assert.ok(
          answer.status >= 400 && answer.status < 500,
          `${method} ${path}, ${what}: ${answer.status} ${answer.text}`,
        )
        assert.equal(answer.body.statusCode, answer.status)
      }
    }
    assert.deepEqual(await everything(), before)
  })

  it('no route answers 5xx for an id or a query that is wrong', async () => {
    for (const { kind, method, url } of MANAGEMENT_ROUTES) {
      if (kind === 'read') {
        for (const query of [
          'page=-1',
          'per_page=1e9',
          'take=0',
          'from=%00',
          'sort=%27',
          'q=%00',
          'fields=__proto__',
        ]) {
          const answer = await call(method, `/api/v2${url.replaceAll(/:\w+/g, 'unknown')}?${query}`)
          assert.ok(answer.status < 500, `${url}?${query}: ${answer.status} ${answer.text}`)
        }
      }
      if (!url.includes(':')) continue
      for (const id of IDS) {
        const answer = await call(method, `/api/v2${url.replaceAll(/:\w+/g, id)}`, kind === 'read' ? {} : { body: {} })
        assert.ok(answer.status < 500, `${method} ${url} with ${id.slice(0, 40)}: ${answer.status} ${answer.text}`)
        assert.ok(!('x-injected' in answer.headers))
      }
    }
  })

  it('the server log holds no token, address, body, query, header or path of a person', async () => {
    const headers = { cookie: `session=${SECRET}`, 'user-agent': `agent ${SECRET}`, 'x-correlation-id': SECRET }
    for (const { method, url, body } of MANAGEMENT_ROUTES) {
      const path = `/api/v2${url.replaceAll(/:\w+/g, encodeURIComponent(ADDRESS))}?email=${ADDRESS}&token=${SECRET}`
      await call(method, path, { headers, ...(body ? { body: { email: ADDRESS, password: SECRET } } : {}) })
      await call(method, path, { as: `header.${SECRET}.signature`, headers })
    }
    await call('POST', '/oauth/token', { as: null, body: { client_id: ADDRESS, client_secret: SECRET }, headers })
    await call('GET', `/no/such/path/${SECRET}`, { headers })
    assert.ok(logged().includes('"route":"/api/v2/users/:id"'))
    assert.ok(!logged().includes(SECRET))
    assert.ok(!logged().includes(ADDRESS))
    assert.ok(!logged().includes('Bearer'))
  })

  it('no event holds a secret that was sent', async () => {
    const secret = 'a secret that only the body has'
    await call('POST', '/api/v2/users', {
      body: { connection: 'Username-Password-Authentication', email: ADDRESS, password: secret },
    })
    await call('POST', '/api/v2/users', { body: { connection: 'nowhere', email: ADDRESS, password: secret } })
    await call('POST', '/oauth/token', { as: null, body: { client_id: 'testMachineClient', client_secret: secret } })
    const events = await db.selectFrom('events').selectAll().execute()
    assert.ok(events.length > 2)
    assert.ok(!JSON.stringify(events).includes(secret))
  })

  it('a foreign name in Host or X-Forwarded-Host goes nowhere', async () => {
    const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' }
    for (const url of ['/.well-known/openid-configuration', '/api/v2/openapi.json', '/api/v2/logs?from=900&take=1']) {
      const answer = await call('GET', url, { headers })
      assert.equal(answer.status, 200)
      assert.ok(!answer.text.includes('evil') && !JSON.stringify(answer.headers).includes('evil'))
    }
  })

  it('an unknown address is 404 in the API’s shape, whatever the method', async () => {
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await call(method, '/api/v2/nothing/here')
      assert.deepEqual(answer.body, { statusCode: 404, error: 'Not Found', message: 'Not Found' })
    }
    assert.equal((await app.inject('/nothing/here')).statusCode, 404)
  })
})
