import assert from 'node:assert/strict'
import { afterEach, describe, it, mock } from 'node:test'
import { CLIENT_ID, startTestServer, type TokenHolder } from '../../test/harness.ts'
import { MY_ACCOUNT_SCOPES } from '../authorization/my-account-scopes.ts'
import { scopesOf } from '../http/define-route.ts'
import { join, makeOrganization } from '../organizations/organizations.testing.ts'
import { accounts } from '../sign-in/accounts.testing.ts'
import { MY_ACCOUNT_ROUTES } from './routes.ts'

const SCOPES = MY_ACCOUNT_SCOPES.map(({ value }) => value)
const PROFILE = '/me/v1/profile'

describe('the My Account API', async () => {
  const test = await startTestServer()
  const { call, tokenFor, db, server } = test
  const { person, session, eventsOf } = await accounts(test)
  const { publicUrl, myAccountAudience: audience } = server.config
  const ada = await person({ given_name: 'Ada' })
  const own = (more: TokenHolder = {}) => tokenFor({ audience, scopes: SCOPES, userId: ada.user_id, ...more })
  const nameOf = async () =>
    (await db.selectFrom('users').select('given_name').where('user_id', '=', ada.user_id).executeTakeFirstOrThrow())
      .given_name
  const urlOf = ({ url }: (typeof MY_ACCOUNT_ROUTES)[number]) =>
    `/me/v1${url.replace(':id', 'unknown').replace(':version', '1')}`
  const attempts = async (as: string | null) =>
    await Promise.all(
      MY_ACCOUNT_ROUTES.map(async (route) => {
        const answer = await call(route.method, urlOf(route), { as, ...(route.body ? { body: {} } : {}) })
        return { ...answer, route, what: `${route.method} ${route.url}: ${answer.text}` }
      }),
    )

  afterEach(() => mock.timers.reset())

  it('answers the person whose token it is, with the headers of the limit', async () => {
    const { status, body, headers } = await call('GET', PROFILE, { as: await own() })
    assert.equal(status, 200)
    assert.equal(body.user_id, ada.user_id)
    for (const name of ['limit', 'remaining', 'reset']) assert.match(String(headers[`x-ratelimit-${name}`]), /^\d+$/)
  })

  it('asks for a token on every route, and says so as a problem', async () => {
    for (const { status, body, headers, what, route } of await attempts(null)) {
      assert.equal(status, 401, what)
      assert.deepEqual(body, {
        type: `${publicUrl}/docs/errors#missing_authentication`,
        status: 401,
        title: 'Unauthorized',
        detail: 'Missing authentication',
      })
      assert.match(String(headers['content-type']), /^application\/json/)
      assert.equal(headers['www-authenticate'], 'Bearer realm="My Account API"', route.url)
      assert.ok(headers['x-ratelimit-limit'], what)
    }
  })

  it('asks for the scope of each route', async () => {
    for (const route of MY_ACCOUNT_ROUTES) {
      const named = new Set<string>(scopesOf(route.scope))
      const as = await own({ scopes: SCOPES.filter((scope) => !named.has(scope)) })
      const { status, body, headers } = await call(route.method, urlOf(route), {
        as,
        ...(route.body ? { body: {} } : {}),
      })
      assert.equal(status, 403, route.url)
      assert.equal(body.type, `${publicUrl}/docs/errors#insufficient_scope`)
      assert.equal(body.title, 'Forbidden')
      assert.ok(headers['x-ratelimit-limit'])
    }
  })

  it('refuses tokens of the Management API, and its own open nothing there', async () => {
    for (const as of [await tokenFor({}), await tokenFor({ userId: ada.user_id, scopes: ['read:current_user'] })]) {
      for (const { status, body, what } of await attempts(as)) {
        assert.equal(status, 401, what)
        assert.equal(body.type, `${publicUrl}/docs/errors#bad_audience`)
      }
    }
    const url = `/api/v2/users/${encodeURIComponent(ada.user_id)}`
    const as = await own({ scopes: [...SCOPES, 'read:users', 'update:users', 'read:current_user'] })
    assert.equal((await call('GET', url, { as })).status, 401)
    assert.equal((await call('PATCH', url, { as, body: { given_name: 'Eve' } })).status, 401)
    assert.equal(await nameOf(), 'Ada')
  })

  it('is not for applications', async () => {
    for (const { status, body, what } of await attempts(await tokenFor({ audience, scopes: SCOPES }))) {
      assert.equal(status, 403, what)
      assert.equal(body.type, `${publicUrl}/docs/errors#person_required`)
    }
  })

  it('is for a token of an organization as long as its holder is a member there', async () => {
    const organizationId = await makeOrganization(db, 'acme')
    const stranger = await own({ organizationId })
    assert.equal((await call('GET', PROFILE, { as: stranger })).status, 401)
    await join(db, organizationId, ada.user_id)
    const as = await own({ organizationId })
    assert.equal((await call('GET', PROFILE, { as })).status, 200)
    await db.updateTable('memberships').set({ blocked_at: new Date() }).execute()
    assert.equal((await call('GET', PROFILE, { as })).status, 401)
  })

  it('refuses a token that has expired, or that somebody else has issued', async () => {
    const as = await own({ lifetimeSeconds: 60 })
    assert.equal((await call('GET', PROFILE, { as })).status, 200)
    mock.timers.enable({ apis: ['Date'], now: Date.now() + 61_000 })
    assert.equal((await call('GET', PROFILE, { as })).body.type, `${publicUrl}/docs/errors#expired_token`)
    mock.timers.reset()
    assert.equal((await call('GET', PROFILE, { as: await own({ issuer: 'https://elsewhere.example/' }) })).status, 401)
  })

  it('answers a person who was blocked or deleted no more', async () => {
    for (const end of ['block', 'delete'] as const) {
      const user = await person()
      const as = await own({ userId: user.user_id })
      const url = `/api/v2/users/${encodeURIComponent(user.user_id)}`
      if (end === 'block') await call('PATCH', url, { body: { blocked: true } })
      else await call('DELETE', url)
      for (const { status, what } of await attempts(as)) {
        // A wrong shape is told before the database is asked; nothing else may come before.
        assert.ok(status === 401 || status === 400, what)
      }
      assert.equal((await call('GET', PROFILE, { as })).status, 401)
      assert.equal((await call('PATCH', PROFILE, { as, body: { name: 'Eve' } })).status, 401)
    }
  })

  it('follows the session that a token names: it must be the person’s own, in time, and of his present sign-in', async () => {
    const eve = await person()
    await session(ada, 'of ada')
    await session(eve, 'of eve')
    const as = await own({ sessionId: 'of ada' })
    assert.equal((await call('GET', PROFILE, { as })).status, 200)
    for (const sessionId of ['of eve', 'never was']) {
      for (const { status, what } of await attempts(await own({ sessionId }))) {
        assert.ok(status === 401 || status === 400, what)
      }
    }
    await db.updateTable('sessions').set({ user_generation: -1 }).where('session_id', '=', 'of ada').execute()
    assert.equal((await call('GET', PROFILE, { as })).status, 401)
    await session(ada, 'soon over')
    const later = await own({ sessionId: 'soon over', lifetimeSeconds: 86_400 })
    assert.equal((await call('GET', PROFILE, { as: later })).status, 200)
    mock.timers.enable({ apis: ['Date'], now: Date.now() + 3_601_000 })
    assert.equal((await call('GET', PROFILE, { as: later })).status, 401)
  })

  it('without a session in the token knows no present one', async () => {
    await session(ada, 'a browser')
    const { body } = await call('GET', '/me/v1/sessions', { as: await own() })
    assert.ok(body.sessions.length > 0)
    assert.ok(body.sessions.every(({ current }: { current: boolean }) => current === false))
  })

  it('takes no cookie for a token, from whichever page, and no body that a page may send unasked', async () => {
    const cookie = 'tenantry_session=abc; tenantry_session.sig=def; __Host-tenantry_session=abc'
    const origins: Record<string, string>[] = [{}, { origin: 'https://evil.example' }, { origin: publicUrl }]
    for (const origin of origins) {
      for (const route of MY_ACCOUNT_ROUTES) {
        const type: Record<string, string> = route.body ? { 'content-type': 'text/plain' } : {}
        const { status, headers } = await call(route.method, urlOf(route), {
          as: null,
          headers: { cookie, ...origin, ...type },
          ...(route.body ? { body: '{"given_name":"Eve"}' } : {}),
        })
        assert.equal(status, 401, route.url)
        assert.equal(headers['access-control-allow-credentials'], undefined)
        if (origin.origin?.includes('evil')) assert.equal(headers['access-control-allow-origin'], undefined)
      }
    }
    const as = await own()
    for (const [method, url] of [
      ['PATCH', PROFILE],
      ['PUT', '/me/v1/password'],
    ] as const) {
      const headers = { 'content-type': 'text/plain' }
      assert.equal((await call(method, url, { as, headers, body: '{"given_name":"Eve"}' })).status, 415)
    }
    assert.equal(await nameOf(), 'Ada')
  })

  it('says what cannot be read as a problem as well', async () => {
    const as = await own()
    const broken = await call('PATCH', PROFILE, { as, body: '{"given_name":' })
    assert.equal(broken.status, 400)
    assert.equal(broken.body.type, `${publicUrl}/docs/errors#malformed_json`)
    for (const body of [[], null, 'text', 7]) {
      const { status, body: answer } = await call('PATCH', PROFILE, { as, body: JSON.stringify(body) })
      assert.equal(status, 400)
      assert.equal(answer.type, `${publicUrl}/docs/errors#invalid_body`)
    }
    const nowhere = await call('GET', '/me/v1/nowhere', { as })
    assert.deepEqual([nowhere.status, nowhere.body.type], [404, `${publicUrl}/docs/errors#not_found`])
    assert.equal(await nameOf(), 'Ada')
  })

  it('records what it refuses to change, and no password with it', async () => {
    const secret = 'a secret that nobody reads'
    const as = await own()
    await call('PUT', '/me/v1/password', { as, body: { current_password: secret, new_password: secret, more: 1 } })
    const refused = await eventsOf('fapi')
    const event = refused.find(({ operation, actor_id }) => operation === 'put_me_password' && actor_id === ada.user_id)
    assert.ok(event)
    assert.equal(event.client_id, CLIENT_ID)
    assert.ok(!JSON.stringify(refused).includes(secret))
    assert.ok(!test.logged().includes(secret))
  })
})

describe('the limit of requests', async () => {
  const test = await startTestServer({ RATE_LIMITS: 'on' })
  const { person } = await accounts(test)
  const { myAccountAudience: audience } = test.server.config
  const ask = (as: string | null) => test.call('GET', PROFILE, { as })

  it('is each person’s own: one who asks too much closes the door to nobody else', async () => {
    mock.timers.enable({ apis: ['Date'], now: Date.now() })
    const [ada, eve] = [await person(), await person()]
    const [hers, his] = await Promise.all(
      [ada, eve].map(({ user_id: userId }) => test.tokenFor({ audience, scopes: SCOPES, userId })),
    )
    const limit = Number((await ask(his ?? '')).headers['x-ratelimit-limit'])
    for (let count = 1; count < limit; count += 1) test.server.rateLimiter(`user|${eve.user_id}`)
    const closed = await ask(his ?? '')
    assert.equal(closed.status, 429)
    assert.match(closed.body.type, /#too_many_requests$/)
    assert.ok(closed.headers['retry-after'])
    assert.equal((await ask(hers ?? '')).status, 200)
    assert.equal((await ask(null)).status, 401)
    mock.timers.reset()
  })
})
