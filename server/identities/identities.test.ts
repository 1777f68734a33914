/** Linking and unlinking by applications that may change users. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startTestServer } from '../../test/harness.ts'
import { createConnection } from '../connections/connections.testing.ts'
import { readCounter } from '../db/counters.ts'
import { NEW_PASSWORD, PASSWORD, REQUEST } from '../sign-in/accounts.testing.ts'
import { authenticate } from '../sign-in/authenticate.ts'
import { changePassword } from '../sign-in/change-password.ts'
import { failedChecks } from '../sign-in/checks.ts'
import type { User } from '../users/user.ts'
import { identities } from './identities.testing.ts'

describe('identities', async () => {
  const test = await startTestServer()
  const { call, db, server, tokenFor } = test
  const known = await identities(test)
  const { person, connection, link, unlink, read, named, urlOf, idOf } = known
  const { session, sessionsOf, refreshToken, linkFor, generationOf, eventsOf, rowOf } = known
  const signIn = async (who: User, password = PASSWORD, connections = [connection]) =>
    await authenticate(server, {
      connections,
      identifier: who.email ?? '',
      password,
      clientId: undefined,
      request: REQUEST,
    })
  const userIdOf = async (who: User, password?: string) => {
    const outcome = await signIn(who, password)
    return outcome.kind === 'passed' ? outcome.userId : outcome.kind
  }

  it('a linked user signs in for the other, who keeps all that is his', async () => {
    const ada = await person({ user_metadata: { a: 1 }, app_metadata: { plan: 'gold' }, given_name: 'Ada' })
    const bob = await person({
      user_metadata: { b: 2 },
      app_metadata: { c: 3 },
      given_name: 'Bob',
      email_verified: true,
    })
    const users = await readCounter(db, 'tenant', 'users')
    const answer = await link(ada, named(bob))
    assert.equal(answer.status, 201)
    const [first, second, ...more] = answer.body
    assert.equal(more.length, 0)
    const common = { connection: connection.name, provider: 'auth0', isSocial: false }
    const frozen = ({ email, email_verified, name, nickname, picture, given_name }: User) => ({
      email,
      email_verified,
      name,
      nickname,
      picture,
      given_name,
    })
    assert.deepEqual(first, { ...common, user_id: idOf(ada), profileData: frozen(ada) })
    assert.deepEqual(second, { ...common, user_id: idOf(bob), profileData: frozen(bob) })
    const { updated_at: _, identities: found, ...after } = (await read(ada)).body
    const { updated_at: __, identities: ___, ...before } = ada
    assert.deepEqual(after, before)
    assert.deepEqual(found, [{ ...common, user_id: idOf(ada) }, second])
    assert.equal((await read(bob)).status, 404)
    assert.equal(await readCounter(db, 'tenant', 'users'), users - 1)
    assert.equal(await userIdOf(bob), ada.user_id)
    assert.equal(await userIdOf(ada), ada.user_id)
    assert.equal(await userIdOf(bob, NEW_PASSWORD), 'refused')
  })

  it('are found by search, and lists show the primary once', async () => {
    const [ada, bob] = [await person(), await person()]
    await link(ada, named(bob))
    const find = async (q: string) =>
      (await call('GET', `/api/v2/users?q=${encodeURIComponent(q)}`)).body.map((user: User) => user.user_id)
    assert.deepEqual(await find(`identities.user_id:"${idOf(bob)}"`), [ada.user_id])
    assert.deepEqual(await find(`user_id:"${bob.user_id}"`), [])
    assert.deepEqual((await call('GET', `/api/v2/users-by-email?email=${bob.email}`)).body, [])
  })

  it('sessions, tokens and links of the linked user end; those of the other stay; waiting mails go on', async () => {
    const [ada, bob] = [await person(), await person()]
    await session(ada, 'of ada')
    await session(bob, 'of bob')
    await refreshToken(ada)
    await refreshToken(bob)
    const dead = await linkFor(bob, 'password_change')
    const job = (await call('POST', '/api/v2/jobs/verification-email', { body: { user_id: bob.user_id } })).body
    const token = await tokenFor({ userId: bob.user_id, scopes: ['read:current_user'] })
    const before = await generationOf(ada)
    assert.equal((await link(ada, named(bob))).status, 201)
    assert.deepEqual([await sessionsOf(ada), await sessionsOf(bob)], [['of ada'], []])
    const tokens = await db
      .selectFrom('oidc_artifacts')
      .select('user_id')
      .where('id_hash', 'like', 'of auth0|%')
      .execute()
    assert.deepEqual(tokens, [{ user_id: ada.user_id }])
    assert.equal(await generationOf(ada), before)
    assert.equal((await call('GET', urlOf(bob), { as: token })).status, 401)
    assert.equal((await call('GET', `/u/reset-password?ticket=${dead}`, { as: null })).status, 404)
    assert.equal((await call('GET', `/api/v2/jobs/${job.id}`)).body.status, 'pending')
    const mail = await db.selectFrom('emails').selectAll().where('id', '=', job.id).executeTakeFirstOrThrow()
    assert.deepEqual([mail.user_id, mail.identity_id], [ada.user_id, idOf(bob)])
  })

  it('roles and memberships of the linked user become the other’s, and a block after wrong passwords stays', async () => {
    const [ada, bob] = [await person(), await person()]
    const { id } = await db.selectFrom('roles').select('id').executeTakeFirstOrThrow()
    const at = new Date(Date.now())
    await db.insertInto('user_roles').values({ user_id: bob.user_id, role_id: id, created_at: at }).execute()
    for (let count = 0; count < 10; count += 1) await signIn(bob, 'wrong')
    assert.equal((await signIn(bob)).kind, 'blocked')
    const { body: terms } = await call('POST', '/api/v2/terms', { body: { name: 'use', required: true } })
    const texts = { en: { title: 'Terms of use', body: 'Be kind.' } }
    await call('POST', `/api/v2/terms/${terms.id}/versions`, { body: { texts } })
    const said = { terms_id: terms.id, version: 1, outcome: 'accepted', language: 'en', sha256: '' } as const
    const unknown = { ip: null, user_agent: null, client_id: null, organization_id: null }
    for (const { user_id } of [ada, bob]) {
      const row = { id: `acc_${user_id}`, user_id, ...said, ...unknown, created_at: at }
      await db.insertInto('acceptances').values(row).execute()
    }
    await link(ada, named(bob))
    const ledger = await db.selectFrom('acceptances').select('user_id').execute()
    assert.deepEqual(ledger, [{ user_id: ada.user_id }, { user_id: ada.user_id }], 'what both have said to terms stays')
    const roles = await db.selectFrom('user_roles').select('role_id').where('user_id', '=', ada.user_id).execute()
    assert.deepEqual(roles, [{ role_id: id }])
    assert.equal((await signIn(bob)).kind, 'blocked')
  })

  it('an unlinked identity is a user of its own again, without metadata, and signs in as itself', async () => {
    const ada = await person({ user_metadata: { a: 1 } })
    const bob = await person({
      user_metadata: { b: 2 },
      app_metadata: { c: 3 },
      given_name: 'Bob',
      email_verified: true,
    })
    await link(ada, named(bob))
    await session(ada, 'by bob')
    const token = await tokenFor({ userId: ada.user_id, scopes: ['read:current_user'] })
    const users = await readCounter(db, 'tenant', 'users')
    const answer = await unlink(ada, bob)
    assert.equal(answer.status, 200)
    assert.deepEqual(answer.body, ada.identities)
    assert.equal(await readCounter(db, 'tenant', 'users'), users + 1)
    const { created_at: _, updated_at: __, ...again } = (await read(bob)).body
    const { created_at: ___, updated_at: ____, user_metadata, app_metadata, ...original } = bob
    assert.deepEqual(again, original)
    assert.deepEqual((await read(ada)).body.user_metadata, { a: 1 })
    assert.equal(await userIdOf(bob), bob.user_id)
    assert.equal(await userIdOf(ada), ada.user_id)
    // By whose sign-in it came about nobody knows.
    assert.deepEqual(await sessionsOf(ada), [])
    assert.equal((await call('GET', urlOf(ada), { as: token })).status, 401)
    assert.equal((await link(ada, named(bob))).status, 201)
  })

  it('a block of the user stays with an identity that is unlinked', async () => {
    const [ada, bob] = [await person(), await person()]
    await link(ada, named(bob))
    await call('PATCH', urlOf(ada), { body: { blocked: true } })
    assert.equal((await unlink(ada, bob)).status, 200)
    assert.equal((await read(bob)).body.blocked, true)
  })

  it('whoever is linked brings along who was linked to him', async () => {
    const [ada, bob, cyd] = [await person(), await person(), await person()]
    await link(bob, named(cyd))
    const { body } = await link(ada, named(bob))
    assert.deepEqual(
      body.map((one: { user_id: string; profileData: User }) => [one.user_id, one.profileData.email]),
      [ada, bob, cyd].map((one) => [idOf(one), one.email]),
    )
    for (const one of [ada, bob, cyd]) assert.equal(await userIdOf(one), ada.user_id)
    assert.equal((await unlink(ada, bob)).body.length, 2)
    assert.equal(await userIdOf(cyd), ada.user_id)
  })

  it('across connections, an id that both know is told apart by connection_id', async () => {
    const other = await createConnection(call, 'Others')
    const [ada, bob] = [await person(), await person()]
    const body = { connection: other.name, user_id: idOf(ada), email: bob.email, password: PASSWORD }
    assert.equal((await call('POST', '/api/v2/users', { body })).status, 409)
    const { body: cyd } = await call('POST', '/api/v2/users', { body: { ...body, user_id: 'cyd' } })
    assert.equal((await link(ada, { provider: 'auth0', user_id: 'cyd', connection_id: connection.id })).status, 400)
    assert.equal((await link(ada, { provider: 'auth0', user_id: 'cyd', connection_id: other.id })).status, 201)
    assert.equal(await userIdOf(bob), bob.user_id)
    const stored = await db.selectFrom('connections').selectAll().where('id', '=', other.id).executeTakeFirstOrThrow()
    const there = { ...connection, id: stored.id, name: stored.name }
    const outcome = await signIn(bob, PASSWORD, [there])
    assert.equal(outcome.kind === 'passed' && outcome.userId, ada.user_id)
    assert.equal((await call('DELETE', `/api/v2/connections/${other.id}`)).status, 204)
    assert.deepEqual((await read(ada)).body.identities, ada.identities)
    assert.equal((await read(cyd)).status, 404)
  })

  it('refuses what makes no sense, and changes nothing', async () => {
    const [ada, bob, cyd] = [await person(), await person(), await person()]
    await link(ada, named(bob))
    const blocked = await person()
    await call('PATCH', urlOf(blocked), { body: { blocked: true } })
    const before = (await read(ada)).text
    const refused = async (status: number, body: object, primary = ada) => {
      const answer = await link(primary, body)
      assert.equal(answer.status, status, `${JSON.stringify(body)} ${answer.text}`)
    }
    await refused(400, {})
    await refused(400, { provider: 'auth0' })
    await refused(400, { user_id: bob.user_id })
    await refused(400, { ...named(cyd), link_with: 'x' })
    await refused(400, { ...named(cyd), more: 1 })
    await refused(400, named(ada))
    await refused(400, { provider: 'auth0', user_id: 'nobody' })
    await refused(400, { provider: 'google-oauth2', user_id: idOf(cyd) })
    await refused(400, named(blocked))
    await refused(400, named(cyd), blocked)
    await refused(409, named(bob))
    await refused(409, named(bob), cyd)
    await refused(404, named(cyd), { ...ada, user_id: 'auth0|nobody' })
    await refused(404, named(cyd), bob)
    assert.equal((await unlink(ada, ada)).status, 400)
    assert.equal((await unlink(ada, cyd)).status, 400)
    assert.equal((await unlink(bob, bob)).status, 404)
    assert.equal((await read(ada)).text, before)
    assert.equal((await read(cyd)).status, 200)
    const wrong = await tokenFor({ scopes: ['read:users', 'update:users_app_metadata'] })
    assert.equal((await link(ada, named(cyd), wrong)).status, 403)
    assert.equal((await unlink(ada, bob, wrong)).status, 403)
    const within = await tokenFor({ organizationId: 'org_0000000000000000' })
    assert.equal((await link(ada, named(cyd), within)).status, 403)
  })

  it('is recorded with both users, and without what proves anything', async () => {
    const [ada, bob] = [await person(), await person({ app_metadata: { kept: 'in the log' } })]
    await link(ada, named(bob))
    await unlink(ada, bob)
    const events = (await eventsOf('sapi')).filter(({ user_id }) => user_id === ada.user_id)
    assert.deepEqual(
      events.map(({ operation, description }) => [operation, description]),
      [
        ['post_identities', 'Link a User Account'],
        ['delete_user_identity_by_user_id', 'Unlink a User Account'],
      ],
    )
    assert.match(JSON.stringify(events[0]?.person?.before), new RegExp(`${idOf(bob)}.*in the log`))
    assert.ok(!JSON.stringify(events).includes('$argon2'))
  })

  it('address and password of a linked identity are changed by naming its connection', async () => {
    const other = await createConnection(call, 'Second')
    const ada = await person()
    const body = { connection: other.name, email: 'second@example.com', password: PASSWORD, user_id: 'second' }
    const { body: two } = await call('POST', '/api/v2/users', { body })
    await link(ada, named(two))
    const patch = async (change: object) =>
      await call('PATCH', urlOf(ada), { body: { connection: other.name, ...change } })
    const changed = await patch({ email: 'Changed@example.com', email_verified: true })
    assert.equal(changed.status, 200)
    assert.equal(changed.body.email, ada.email)
    assert.deepEqual(
      [changed.body.identities[1].profileData.email, changed.body.identities[1].profileData.email_verified],
      ['changed@example.com', true],
    )
    assert.deepEqual((await read(ada)).body, changed.body)
    assert.equal((await patch({ password: NEW_PASSWORD })).status, 200)
    const stored = { ...connection, id: other.id, name: other.name }
    const at = async (email: string, password: string) => (await signIn({ ...ada, email }, password, [stored])).kind
    assert.equal(await at('changed@example.com', NEW_PASSWORD), 'passed')
    assert.equal(await at('changed@example.com', PASSWORD), 'refused')
    assert.equal(await at('second@example.com', NEW_PASSWORD), 'refused')
    assert.equal(await userIdOf(ada), ada.user_id)
    assert.equal((await patch({ email: null })).status, 400)
    assert.equal((await rowOf(ada)).email, ada.email)
  })

  it('a temporary password of a linked identity is the one that has to be changed', async () => {
    const [ada, bob] = [await person(), await person()]
    await known.temporaryPassword(bob)
    await link(ada, named(bob))
    await session(ada, 'of ada and bob')
    const there = { userId: ada.user_id, clientId: 'tenantry-account' }
    assert.deepEqual(await failedChecks(db, there), ['password_temporary'])
    const change = { ...there, currentPassword: undefined, newPassword: NEW_PASSWORD, request: REQUEST }
    assert.deepEqual(await changePassword(server, { ...change, keepSessionId: 'of ada and bob' }), { kind: 'changed' })
    assert.deepEqual(await failedChecks(db, there), [])
    assert.equal((await signIn(bob, NEW_PASSWORD)).kind, 'passed')
    assert.equal((await signIn(ada, PASSWORD)).kind, 'passed')
  })

  it('deleting the address of a linked identity in a connection leaves the user with his own', async () => {
    const [ada, bob] = [await person(), await person()]
    await link(ada, named(bob))
    const url = (email = '') => `/api/v2/connections/${connection.id}/users?email=${encodeURIComponent(email)}`
    assert.equal((await call('DELETE', url(bob.email))).status, 204)
    assert.deepEqual((await read(ada)).body.identities, ada.identities)
    assert.equal(await userIdOf(ada), ada.user_id)
    assert.equal(await userIdOf(bob), 'refused')
  })

  it('deleting the user deletes what was linked to him', async () => {
    const [ada, bob] = [await person(), await person()]
    await link(ada, named(bob))
    await call('DELETE', urlOf(ada))
    assert.equal(await userIdOf(bob), 'refused')
    const left = await db.selectFrom('identities').select('identity_id').where('identity_id', '=', idOf(bob)).execute()
    assert.deepEqual(left, [])
  })
})
