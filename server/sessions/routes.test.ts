import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { AUDIENCE } from '../oidc/oidc.testing.ts'
import { ask, SPA, signIn, startSignInServer } from '../oidc/sign-in.testing.ts'
import type { User } from '../users/user.ts'

const NO_SESSION = { statusCode: 404, error: 'Not Found', message: 'The session does not exist' }

describe('sessions in the Management API', async () => {
  const test = await startSignInServer()
  const { call, newUser, visitor, exchange, token, db, tokenFor } = test
  const userAt = (id: string, path: string) => `/api/v2/users/${encodeURIComponent(id)}/${path}`
  const sessionsOf = async ({ user_id }: User) => (await call('GET', userAt(user_id, 'sessions'))).body.sessions

  async function signedIn(user: User) {
    const browser = visitor()
    const asked = ask({ audience: AUDIENCE, scope: 'openid offline_access read:robots' })
    const { body } = await exchange(asked, await signIn(browser, asked, user.email))
    const silent = ask({ prompt: 'none' })
    const isSignedIn = async () => (await browser.open(silent.url)).url.searchParams.has('code')
    const refreshes = async () =>
      (await token({ grant_type: 'refresh_token', client_id: SPA, refresh_token: body.refresh_token })).status === 200
    return { browser, isSignedIn, refreshes }
  }

  it('are shown with their user, times, devices and applications', async () => {
    const ada = await newUser()
    await signedIn(ada)
    const [session] = await sessionsOf(ada)
    const { id, created_at, authentication, clients, device } = session
    assert.equal(session.user_id, ada.user_id)
    assert.match(created_at, /^\d{4}-\d\d-\d\dT[\d:]+\.\d{3}Z$/)
    assert.deepEqual(clients, [{ client_id: SPA }])
    assert.equal(device.initial_ip, '127.0.0.1')
    assert.equal(authentication.methods[0].name, 'pwd')
    assert.ok(Date.parse(session.idle_expires_at) < Date.parse(session.expires_at))
    assert.equal('session_metadata' in session, false)
    assert.deepEqual((await call('GET', `/api/v2/sessions/${id}`)).body, session)
    assert.equal('token_hash' in session || 'payload' in session, false)
  })

  it('have metadata within limits, which a person who comes after does not inherit', async () => {
    const [ada, ben] = [await newUser(), await newUser()]
    const { browser } = await signedIn(ada)
    const [{ id }] = await sessionsOf(ada)
    const path = `/api/v2/sessions/${id}`
    const set = await call('PATCH', path, { body: { session_metadata: { device: 'kiosk' } } })
    assert.deepEqual([set.status, set.body.session_metadata], [200, { device: 'kiosk' }])
    assert.deepEqual((await call('PATCH', path, { body: {} })).body.session_metadata, { device: 'kiosk' })
    for (const wrong of [
      { session_metadata: { device: 1 } },
      { session_metadata: { device: 'x'.repeat(256) } },
      { session_metadata: Object.fromEntries(Array.from({ length: 26 }, (_, index) => [`k${index}`, ''])) },
      { other: {} },
    ]) {
      const { status, body } = await call('PATCH', path, { body: wrong })
      assert.deepEqual([status, body.errorCode], [400, 'invalid_body'])
    }
    assert.deepEqual((await call('GET', path)).body.session_metadata, { device: 'kiosk' })
    await signIn(browser, ask({ prompt: 'login' }), ben.email)
    const [bens] = await sessionsOf(ben)
    assert.equal('session_metadata' in bens, false)
    await signedIn(ada)
    const [another] = await sessionsOf(ada)
    const cleared = await call('PATCH', `/api/v2/sessions/${another.id}`, { body: { session_metadata: null } })
    assert.equal('session_metadata' in cleared.body, false)
  })

  it('are deleted at once, one or all of a user, while refresh tokens stay', async () => {
    const ada = await newUser()
    const [first, second] = [await signedIn(ada), await signedIn(ada)]
    const [{ id }] = await sessionsOf(ada)
    const one = await call('DELETE', `/api/v2/sessions/${id}`)
    assert.deepEqual([one.status, one.body], [202, {}])
    assert.deepEqual([await first.isSignedIn(), await second.isSignedIn()], [false, true])
    assert.deepEqual((await call('GET', `/api/v2/sessions/${id}`)).body, NO_SESSION)
    assert.equal((await call('DELETE', `/api/v2/sessions/${id}`)).status, 202)
    assert.ok(await first.refreshes())
    const all = await call('DELETE', userAt(ada.user_id, 'sessions'))
    assert.deepEqual([all.status, all.body], [202, {}])
    assert.deepEqual(await sessionsOf(ada), [])
    assert.ok(await second.refreshes())
  })

  it('are revoked with their refresh tokens, and no others', async () => {
    const ada = await newUser()
    const [first, second] = [await signedIn(ada), await signedIn(ada)]
    const [{ id }] = await sessionsOf(ada)
    const revoked = await call('POST', `/api/v2/sessions/${id}/revoke`)
    assert.deepEqual([revoked.status, revoked.body], [202, {}])
    assert.deepEqual([await first.isSignedIn(), await first.refreshes()], [false, false])
    assert.deepEqual([await second.isSignedIn(), await second.refreshes()], [true, true])
    assert.deepEqual((await call('POST', `/api/v2/sessions/${id}/revoke`)).body, NO_SESSION)
    const types = await db.selectFrom('events').select('type').where('user_id', '=', ada.user_id).execute()
    assert.equal(types.filter(({ type }) => type === 'srrt').length, 1)
  })

  it('end with all access of a user that is revoked, or as much of it as is named', async () => {
    const ada = await newUser()
    const [first, second, third] = [await signedIn(ada), await signedIn(ada), await signedIn(ada)]
    const [{ id }] = await sessionsOf(ada)
    const revoke = async (body: object) => await call('POST', userAt(ada.user_id, 'revoke-access'), { body })
    assert.equal((await revoke({ session_id: id })).status, 202)
    assert.deepEqual([await first.isSignedIn(), await first.refreshes()], [false, false])
    assert.deepEqual([await second.isSignedIn(), await third.refreshes()], [true, true])
    const kept = await revoke({ preserve_refresh_tokens: true })
    assert.deepEqual([kept.status, kept.body], [202, {}])
    assert.deepEqual([await second.isSignedIn(), await second.refreshes()], [false, true])
    const own = await tokenFor({ userId: ada.user_id, scopes: ['read:current_user'] })
    assert.equal((await call('GET', userAt(ada.user_id, 'enrollments'), { as: own })).status, 200)
    assert.equal((await revoke({})).status, 202)
    assert.equal((await call('GET', userAt(ada.user_id, 'enrollments'), { as: own })).status, 401)
    assert.equal(await third.refreshes(), false)
    assert.equal((await revoke({ session: 'x' })).status, 400)
  })

  it('are listed by checkpoint', async () => {
    const ada = await newUser()
    for (let count = 0; count < 3; count += 1) await signedIn(ada)
    const first = await call('GET', userAt(ada.user_id, 'sessions?take=2'))
    assert.equal(first.body.sessions.length, 2)
    const rest = await call('GET', userAt(ada.user_id, `sessions?take=2&from=${first.body.next}`))
    assert.equal(rest.body.sessions.length, 1)
    assert.equal('next' in rest.body, false)
    const ids = [...first.body.sessions, ...rest.body.sessions].map((session: { id: string }) => session.id)
    assert.equal(new Set(ids).size, 3)
  })

  it('of a user who is not there, or of another to whoever sees himself alone, are not told of', async () => {
    const [ada, ben] = [await newUser(), await newUser()]
    await signedIn(ada)
    for (const [method, path] of [
      ['GET', 'sessions'],
      ['DELETE', 'sessions'],
      ['POST', 'revoke-access'],
      ['GET', 'authentication-methods'],
      ['GET', 'enrollments'],
      ['GET', 'organizations'],
      ['DELETE', 'authenticators'],
      ['DELETE', 'multifactor/duo'],
      ['DELETE', 'authentication-methods'],
      ['POST', 'multifactor/actions/invalidate-remember-browser'],
    ] as const) {
      const { status, body } = await call(method, userAt('auth0|none', path), method === 'POST' ? { body: {} } : {})
      assert.deepEqual([status, body.errorCode], [404, 'inexistent_user'], path)
    }
    const as = await tokenFor({ userId: ben.user_id, scopes: ['read:current_user'] })
    assert.equal((await call('GET', userAt(ada.user_id, 'enrollments'), { as })).status, 403)
    assert.equal((await sessionsOf(ada)).length, 1)
  })

  it('have no second factors yet: lists are empty, removals done, one that is named unknown, new ones not offered', async () => {
    const { user_id } = await newUser()
    for (const [method, path, status, body] of [
      ['GET', 'authentication-methods', 200, []],
      ['GET', 'enrollments', 200, []],
      ['GET', 'organizations', 200, []],
      ['DELETE', 'authentication-methods', 204, undefined],
      ['DELETE', 'authenticators', 204, undefined],
      ['DELETE', 'multifactor/google-authenticator', 204, undefined],
      ['POST', 'multifactor/actions/invalidate-remember-browser', 204, undefined],
    ] as const) {
      const answer = await call(method, userAt(user_id, path))
      assert.deepEqual([answer.status, answer.body], [status, body], path)
    }
    assert.deepEqual((await call('GET', userAt(user_id, 'authentication-methods?include_totals=true'))).body, {
      start: 0,
      limit: 50,
      total: 0,
      authenticators: [],
    })
    for (const method of ['GET', 'DELETE']) {
      const { status } = await call(method, userAt(user_id, 'authentication-methods/totp%7Cdev_x'))
      assert.equal(status, 404)
    }
    assert.equal((await call('DELETE', userAt(user_id, 'multifactor/other'))).status, 400)
    for (const method of ['POST', 'PUT']) {
      const { status, body } = await call(method, userAt(user_id, 'authentication-methods'), { body: { type: 'totp' } })
      assert.deepEqual([status, body.errorCode], [403, 'feature_not_enabled'])
    }
  })
})
