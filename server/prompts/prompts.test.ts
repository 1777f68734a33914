import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startTestServer } from '../../test/harness.ts'

describe('prompts', async () => {
  const { call, tokenFor, db } = await startTestServer()
  const texts = (prompt: string, language: string) => `/api/v2/prompts/${prompt}/custom-text/${language}`
  const PARTIALS = '/api/v2/prompts/signup-id/partials'

  it('have settings as the pages are, of which a change keeps the others', async () => {
    const first = { universal_login_experience: 'new', identifier_first: true, webauthn_platform_first_factor: false }
    assert.deepEqual((await call('GET', '/api/v2/prompts')).body, first)
    const { status, body } = await call('PATCH', '/api/v2/prompts', { body: { identifier_first: false } })
    assert.deepEqual([status, body], [200, { ...first, identifier_first: false }])
    await call('PATCH', '/api/v2/prompts', { body: { universal_login_experience: 'classic', identifier_first: null } })
    assert.deepEqual((await call('GET', '/api/v2/prompts')).body, { ...first, universal_login_experience: 'classic' })
    assert.equal((await call('PATCH', '/api/v2/prompts', { body: { universal_login_experience: 'old' } })).status, 400)
  })

  it('have texts by prompt and language, each put in the place of those before', async () => {
    assert.deepEqual((await call('GET', texts('login-id', 'de'))).body, {})
    const first = { 'login-id': { title: 'Willkommen', unknown: 'bleibt' } }
    const put = await call('PUT', texts('login-id', 'de'), { body: first })
    assert.deepEqual([put.status, put.body], [200, {}])
    assert.deepEqual((await call('GET', texts('login-id', 'de'))).body, first)
    assert.deepEqual((await call('GET', texts('login-id', 'en'))).body, {})
    await call('PUT', texts('login-id', 'de'), { body: { 'login-id': { buttonText: 'Los' } } })
    assert.deepEqual((await call('GET', texts('login-id', 'de'))).body, { 'login-id': { buttonText: 'Los' } })
    await call('PUT', texts('login-id', 'de'), { body: {} })
    assert.deepEqual(await db.selectFrom('prompt_texts').selectAll().execute(), [])
  })

  it('have partials, kept and given back', async () => {
    const partials = { 'signup-id': { 'form-content-end': '<p>{{ locale }}</p>' } }
    assert.deepEqual((await call('PUT', PARTIALS, { body: partials })).body, {})
    assert.deepEqual((await call('GET', PARTIALS)).body, partials)
    await call('PUT', PARTIALS, { body: {} })
    assert.deepEqual((await call('GET', PARTIALS)).body, {})
  })

  it('refuse unknown prompts and languages, and texts that are none', async () => {
    assert.equal((await call('GET', texts('nothing', 'en'))).body.errorCode, 'invalid_uri')
    assert.equal((await call('GET', texts('login', 'xx'))).body.errorCode, 'invalid_uri')
    assert.equal((await call('GET', '/api/v2/prompts/consent/partials')).status, 400)
    for (const body of [{ login: 'x' }, { login: { title: 7 } }, { login: { title: 'x'.repeat(5_001) } }, []]) {
      assert.equal((await call('PUT', texts('login', 'en'), { body })).status, 400, JSON.stringify(body).slice(0, 50))
    }
  })

  it('are closed to a token without the scope, to none, and to one bound to an organization', async () => {
    const wrong = await tokenFor({ scopes: ['read:users'] })
    const bound = await tokenFor({ organizationId: 'org_0123456789abcdef' })
    for (const [method, url, body] of [
      ['GET', '/api/v2/prompts'],
      ['PATCH', '/api/v2/prompts', {}],
      ['GET', texts('login', 'en')],
      ['PUT', texts('login', 'en'), { login: { title: 'x' } }],
      ['GET', PARTIALS],
      ['PUT', PARTIALS, { 'signup-id': { 'form-content-end': 'x' } }],
    ] as [string, string, object?][]) {
      assert.equal((await call(method, url, { as: wrong, body })).status, 403, `${method} ${url}`)
      assert.equal((await call(method, url, { as: bound, body })).status, 403, `${method} ${url}`)
      assert.equal((await call(method, url, { as: null, body })).status, 401, `${method} ${url}`)
    }
    assert.deepEqual(await db.selectFrom('prompt_texts').selectAll().execute(), [])
  })
})
