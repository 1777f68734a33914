/** Every route of the Management API, also those to come, against the callers who may not use it. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MANAGEMENT_ROUTES } from '../server/app.ts'
import { MANAGEMENT_SCOPES } from '../server/authorization/scopes.ts'
import { scopesOf } from '../server/http/define-route.ts'
import { startTestServer } from './harness.ts'

describe('every route', async () => {
  const { call, tokenFor, db } = await startTestServer()
  const ask = (as: string | null) => async (route: (typeof MANAGEMENT_ROUTES)[number]) => {
    const url = `/api/v2${route.url.replaceAll(/:\w+/g, 'unknown')}`
    const answer = await call(route.method, url, { as, ...(route.body ? { body: {} } : {}) })
    return { ...answer, what: `${route.method} ${url}: ${answer.text}` }
  }

  it('asks for a token', async () => {
    for (const route of MANAGEMENT_ROUTES) {
      const { status, body, what } = await ask(null)(route)
      assert.equal(status, 401, what)
      assert.equal(body.message, 'Missing authentication')
    }
  })

  it('refuses a token that has every scope but those it names', async () => {
    for (const route of MANAGEMENT_ROUTES) {
      const named = new Set<string>(scopesOf(route.scope))
      const scopes = MANAGEMENT_SCOPES.map(({ value }) => value).filter((value) => !named.has(value))
      const { status, body, what } = await ask(await tokenFor({ scopes }))(route)
      assert.equal(status, 403, what)
      assert.equal(body.errorCode, 'insufficient_scope')
    }
  })

  it('refuses a token bound to an organization, unless it says what such a token may do', async () => {
    const as = await tokenFor({ organizationId: 'org_abcdefghijklmnop' })
    for (const route of MANAGEMENT_ROUTES) {
      if (route.withinOrganization !== 'refused') continue
      const { status, body, what } = await ask(as)(route)
      assert.equal(status, 403, what)
      assert.equal(body.message, 'This operation is not open to a token that is bound to an organization.')
    }
  })

  it('lets in neither a user who was blocked nor one who was deleted', async () => {
    for (const [email, end] of [
      ['blocked@example.com', (url: string) => call('PATCH', url, { body: { blocked: true } })],
      ['deleted@example.com', (url: string) => call('DELETE', url)],
    ] as const) {
      const connection = 'Username-Password-Authentication'
      const { body } = await call('POST', '/api/v2/users', {
        body: { connection, email, password: 'correct horse battery staple' },
      })
      const as = await tokenFor({ userId: body.user_id })
      await end(`/api/v2/users/${encodeURIComponent(body.user_id)}`)
      const before = await db.selectFrom('clients').selectAll().execute()
      for (const route of MANAGEMENT_ROUTES) {
        const { status, body: answer, what } = await ask(as)(route)
        // A wrong shape is told before the database is asked; nothing else may come before.
        const isShape = status === 400 && /^(Payload|Query|Path) validation error/.test(answer.message)
        assert.ok(status === 401 || isShape, what)
      }
      assert.deepEqual(await db.selectFrom('clients').selectAll().execute(), before)
    }
  })
})
