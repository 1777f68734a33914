/** What a person's own token may do at the Management API: see himself, and write his own `user_metadata`. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startTestServer } from '../../test/harness.ts'
import { OWN_ACCOUNT_SCOPES, type Scope } from '../authorization/scopes.ts'
import { accounts, PASSWORD } from '../sign-in/accounts.testing.ts'
import type { User } from './user.ts'

describe('a person’s own token at the Management API', async () => {
  const test = await startTestServer()
  const { call, tokenFor } = test
  const { person, passwordOf } = await accounts(test)
  const urlOf = ({ user_id }: User) => `/api/v2/users/${encodeURIComponent(user_id)}`
  const stored = async (user: User) => (await call('GET', urlOf(user))).body
  const READ: Scope[] = ['read:current_user']
  const WRITE: Scope[] = ['update:current_user_metadata']
  const ALL = [...OWN_ACCOUNT_SCOPES] as Scope[]

  it('shows him himself with read:current_user, and nobody else', async () => {
    const [ada, eve] = [await person({ app_metadata: { plan: 'gold' } }), await person()]
    const as = await tokenFor({ userId: ada.user_id, scopes: READ })
    const { status, body } = await call('GET', urlOf(ada), { as })
    assert.equal(status, 200)
    assert.deepEqual(body, await stored(ada))
    const other = await call('GET', urlOf(eve), { as })
    const unknown = await call('GET', '/api/v2/users/auth0%7Cunknown', { as })
    assert.equal(other.status, 403)
    assert.equal(other.body.message, 'User to be acted on does not match subject in bearer token.')
    assert.equal(other.text, unknown.text)
  })

  it('writes his user_metadata with update:current_user_metadata, merged as ever', async () => {
    const ada = await person({ user_metadata: { a: 1, b: 2 } })
    const as = await tokenFor({ userId: ada.user_id, scopes: WRITE })
    const { status, body } = await call('PATCH', urlOf(ada), { as, body: { user_metadata: { a: null, c: 3 } } })
    assert.equal(status, 200)
    assert.deepEqual(body.user_metadata, { b: 2, c: 3 })
  })

  it('writes nothing else, whatever else comes with it', async () => {
    const ada = await person({ user_metadata: { a: 1 } })
    const as = await tokenFor({ userId: ada.user_id, scopes: ALL })
    const [before, password] = [await stored(ada), await passwordOf(ada)]
    for (const body of [
      { app_metadata: { plan: 'gold' } },
      { password: 'another good long password' },
      { email: 'other@example.com' },
      { email_verified: true },
      { blocked: false },
      { given_name: 'Eve' },
      { username: 'root' },
      { verify_email: true },
      { connection: 'Username-Password-Authentication', password: PASSWORD },
    ]) {
      for (const more of [{}, { user_metadata: { a: 2 } }]) {
        const answer = await call('PATCH', urlOf(ada), { as, body: { ...body, ...more } })
        assert.equal(answer.status, 403, JSON.stringify(body))
        assert.equal(answer.body.errorCode, 'insufficient_scope')
      }
    }
    assert.deepEqual(await stored(ada), before)
    assert.deepEqual(await passwordOf(ada), password)
  })

  it('reaches nobody else’s account', async () => {
    const [ada, eve] = [await person(), await person({ user_metadata: { a: 1 } })]
    const as = await tokenFor({ userId: ada.user_id, scopes: ALL })
    const before = await stored(eve)
    for (const [method, body] of [
      ['GET', undefined],
      ['PATCH', { user_metadata: { a: 2 } }],
      ['DELETE', undefined],
    ] as const) {
      assert.equal((await call(method, urlOf(eve), { as, ...(body ? { body } : {}) })).status, 403, method)
    }
    assert.equal((await call('GET', '/api/v2/users', { as })).status, 403)
    assert.equal((await call('GET', '/api/v2/users-by-email?email=a%40example.com', { as })).status, 403)
    assert.deepEqual(await stored(eve), before)
  })

  it('needs each scope for itself', async () => {
    const ada = await person()
    const [reads, writes] = await Promise.all([READ, WRITE].map((scopes) => tokenFor({ userId: ada.user_id, scopes })))
    assert.equal((await call('GET', urlOf(ada), { as: writes ?? '' })).status, 403)
    const body = { user_metadata: { a: 1 } }
    assert.equal((await call('PATCH', urlOf(ada), { as: reads ?? '', body })).status, 403)
    assert.equal((await call('DELETE', urlOf(ada), { as: reads ?? '' })).status, 403)
  })

  it('is good for nothing once he is blocked, deleted or has another password', async () => {
    const ends: ((user: User) => Promise<unknown>)[] = [
      (user) => call('PATCH', urlOf(user), { body: { blocked: true } }),
      (user) => call('PATCH', urlOf(user), { body: { password: 'another good long password' } }),
      (user) => call('DELETE', urlOf(user)),
    ]
    for (const end of ends) {
      const ada = await person()
      const as = await tokenFor({ userId: ada.user_id, scopes: ALL })
      assert.equal((await call('GET', urlOf(ada), { as })).status, 200)
      await end(ada)
      assert.equal((await call('GET', urlOf(ada), { as })).status, 401)
      assert.equal((await call('PATCH', urlOf(ada), { as, body: { user_metadata: { a: 1 } } })).status, 401)
    }
  })

  it('of an application is no person’s: those scopes open nothing to it', async () => {
    const ada = await person()
    const as = await tokenFor({ scopes: ALL })
    assert.equal((await call('GET', urlOf(ada), { as })).status, 403)
    assert.equal((await call('PATCH', urlOf(ada), { as, body: { user_metadata: { a: 1 } } })).status, 403)
  })
})
