import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startTestServer } from '../../test/harness.ts'
import { MANAGEMENT_ROUTES } from '../app.ts'
import { MANAGEMENT_OPERATIONS, matchKey, routeKey } from './auth0-operations.ts'

describe('an operation that is not offered', async () => {
  const { call, tokenFor, db } = await startTestServer()
  const offered = new Set(MANAGEMENT_ROUTES.map(routeKey))
  const missing = MANAGEMENT_OPERATIONS.filter(({ method, path }) => !offered.has(matchKey(method, path)))

  it('is an empty list, off, or 403 feature_not_enabled, and 401 without a token: never 404, never 5xx', async () => {
    for (const { method, path, list, off } of missing) {
      const url = path.replace(/\{[^}]+\}/g, 'auth0%7Cx')
      const what = `${method} ${path}`
      const body = method === 'GET' || method === 'DELETE' ? {} : { body: '{"not": "json' }
      const { status, body: answer } = await call(method, url, body)
      if (off !== undefined && method !== 'GET') {
        assert.equal(status, 400, what)
      } else if (off !== undefined) {
        assert.deepEqual([status, answer], [200, off], what)
      } else if (list === undefined) {
        assert.equal(status, 403, what)
        assert.deepEqual(
          answer,
          {
            statusCode: 403,
            error: 'Forbidden',
            message: 'Tenantry does not offer this operation. Nothing was changed.',
            errorCode: 'feature_not_enabled',
          },
          what,
        )
      } else {
        assert.equal(status, 200, what)
        assert.deepEqual(Array.isArray(answer) ? answer : answer[list], [], what)
      }
      assert.equal((await call(method, url, { as: null })).status, 401, what)
    }
  })

  it('is set to off alone where it is off', async () => {
    const url = '/api/v2/risk-assessments/settings'
    assert.deepEqual((await call('PATCH', url, { body: { enabled: false } })).body, { enabled: false })
    for (const body of [{ enabled: true }, { enabled: false, more: 1 }, [], 'x', null]) {
      const { status, body: answer } = await call('PATCH', url, { body: JSON.stringify(body) })
      assert.deepEqual([status, answer.errorCode], [403, 'feature_not_enabled'], JSON.stringify(body))
    }
    assert.deepEqual((await call('PUT', '/api/v2/guardian/policies', { body: [] })).body, [])
    assert.equal((await call('PUT', '/api/v2/guardian/policies', { body: ['all-applications'] })).status, 403)
  })

  it('needs the scope it has in Auth0', async () => {
    const as = await tokenFor({ scopes: ['read:stats'] })
    const { status, body } = await call('GET', '/api/v2/rules', { as })
    assert.deepEqual([status, body.message], [403, 'Insufficient scope, expected any of: read:rules'])
    assert.equal((await call('GET', '/api/v2/rules', { as: await tokenFor({ scopes: ['read:rules'] }) })).status, 200)
  })

  it('lists nothing in the shape that was asked for', async () => {
    const lists: [string, unknown][] = [
      ['/guardian/factors', []],
      ['/guardian/factors?include_totals=true', []],
      ['/rules', []],
      ['/rules?include_totals=true&per_page=100', { start: 0, limit: 100, length: 0, total: 0, rules: [] }],
      ['/flows?take=50&include_totals=true', { flows: [] }],
      ['/token-exchange-profiles', { start: 0, limit: 50, length: 0, total: 0, token_exchange_profiles: [] }],
      ['/connection-profiles?take=50', { connection_profiles: [] }],
    ]
    for (const [path, expected] of lists) assert.deepEqual((await call('GET', `/api/v2${path}`)).body, expected, path)
  })

  it('refuses a token that stands no more', async () => {
    const as = await tokenFor({})
    await db.updateTable('clients').set({ token_generation: 99 }).execute()
    assert.equal((await call('GET', '/api/v2/rules', { as })).status, 401)
    assert.equal((await call('POST', '/api/v2/rules', { as, body: {} })).status, 401)
  })

  it('outside the Management API is simply not there', async () => {
    assert.equal((await call('GET', '/my-org/v1/config')).status, 404)
    assert.equal((await call('GET', '/api/v2/nothing-of-the-kind')).status, 404)
  })
})
