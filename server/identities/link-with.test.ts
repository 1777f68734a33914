/** Linking by a person himself, who shows an ID token of the other account; and by many at once. */
import assert from 'node:assert/strict'
import { describe, it, mock } from 'node:test'
import { SignJWT } from 'jose'
import { CLIENT_ID, startTestServer } from '../../test/harness.ts'
import { OWN_ACCOUNT_SCOPES, type Scope } from '../authorization/scopes.ts'
import { readCounter } from '../db/counters.ts'
import { signAccessToken } from '../oidc/access-token.ts'
import type { User } from '../users/user.ts'
import { identities, type TestIdToken } from './identities.testing.ts'

const SCOPES: Scope[] = ['update:current_user_identities']

describe('a person', async () => {
  const test = await startTestServer()
  const { call, db, server, tokenFor } = test
  const { person, link, unlink, read, named, idToken, idOf, session, sessionsOf, urlOf } = await identities(test)
  const tokenOf = async (user: User, scopes = SCOPES, sessionId?: string) =>
    await tokenFor({ userId: user.user_id, scopes, ...(sessionId ? { sessionId } : {}) })

  it('links an account of his by its ID token, and unlinks it', async () => {
    const [ada, bob] = [await person(), await person()]
    await session(ada, 'kept')
    await session(ada, 'other')
    const as = await tokenOf(ada, SCOPES, 'kept')
    const { status, body } = await link(ada, { link_with: await idToken(bob) }, as)
    assert.equal(status, 201)
    assert.deepEqual(
      body.map((one: { user_id: string }) => one.user_id),
      [idOf(ada), idOf(bob)],
    )
    const answer = await unlink(ada, bob, as)
    assert.equal(answer.status, 200)
    assert.deepEqual(answer.body, ada.identities)
    assert.deepEqual(await sessionsOf(ada), ['kept'])
    assert.equal((await unlink(ada, bob, as)).status, 401)
  })

  it('links nobody whom he names alone, whatever his scopes for his own account', async () => {
    const [ada, bob] = [await person(), await person()]
    const as = await tokenOf(ada, [...OWN_ACCOUNT_SCOPES] as Scope[])
    const answer = await link(ada, named(bob), as)
    assert.deepEqual([answer.status, answer.body.errorCode], [403, 'insufficient_scope'])
    assert.equal((await link(ada, {}, as)).status, 403)
    assert.equal((await read(bob)).status, 200)
  })

  it('needs the scope, and acts on himself alone', async () => {
    const [ada, bob, eve] = [await person(), await person(), await person()]
    const body = { link_with: await idToken(bob) }
    const others = [...OWN_ACCOUNT_SCOPES].filter((name) => name !== SCOPES[0]) as Scope[]
    assert.equal((await link(ada, body, await tokenOf(ada, others))).status, 403)
    assert.equal((await link(ada, body, await tokenOf(eve))).status, 403)
    assert.equal((await link({ ...ada, user_id: 'auth0|nobody' }, body, await tokenOf(eve))).status, 403)
    await link(ada, body)
    assert.equal((await unlink(ada, bob, await tokenOf(ada, others))).status, 403)
    assert.equal((await unlink(ada, bob, await tokenOf(eve))).status, 403)
    assert.equal((await read(ada)).body.identities.length, 2)
  })

  it('is refused with a token that proves nothing', async () => {
    const [ada, bob] = [await person(), await person()]
    const as = await tokenOf(ada)
    const hour = 3_600
    const now = Math.floor(Date.now() / 1000)
    const wrong: TestIdToken[] = [
      { audience: 'another client' },
      { issuer: 'https://elsewhere.example/' },
      { issuedAt: now - 2 * hour, lifetimeSeconds: hour },
      { algorithm: 'PS256' },
      { claims: { client_generation: 0 } },
      { claims: { events: {} } },
    ]
    const tokens = await Promise.all(wrong.map((different) => idToken(bob, different)))
    const { kid } = await db
      .selectFrom('signing_keys')
      .select('kid')
      .where('state', '=', 'current')
      .executeTakeFirstOrThrow()
    const claims = { issuer: server.config.issuer, subject: bob.user_id, audience: CLIENT_ID, clientId: CLIENT_ID }
    const access = { ...claims, clientGeneration: 0, scope: 'openid', lifetimeSeconds: hour, userGeneration: 0 }
    const right = await idToken(bob)
    const [header = '', payload = '', signature = ''] = right.split('.')
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`
    const shared = await new SignJWT({})
      .setProtectedHeader({ alg: 'HS256', kid })
      .setSubject(bob.user_id)
      .setIssuer(server.config.issuer)
      .setAudience(CLIENT_ID)
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(Buffer.alloc(32, 1))
    tokens.push(
      await signAccessToken({ kid, privateKey: await server.keys.privateKey(kid) }, access),
      await idToken({ user_id: `${CLIENT_ID}@clients` }),
      await idToken(ada),
      await idToken({ user_id: 'auth0|nobody' }),
      `${header}.${payload}.${signature.slice(0, -4)}AAAA`,
      none,
      shared,
      'no token',
      'a.b.c',
    )
    for (const [at, link_with] of tokens.entries()) {
      const { status, body } = await link(ada, { link_with }, as)
      assert.deepEqual([status, body.errorCode], [400, 'invalid_body'], `${at} ${body.message}`)
    }
    const before = (await read(ada)).body
    assert.deepEqual(before.identities, ada.identities)
    const logged = JSON.stringify(await db.selectFrom('events').selectAll().execute())
    assert.ok(!logged.includes(payload) && !test.logged().includes(payload))
  })

  it('is refused with a token from before the account’s present password, or signed with a revoked key', async () => {
    const [ada, bob] = [await person(), await person()]
    const link_with = await idToken(bob)
    mock.timers.enable({ apis: ['Date'], now: Date.now() + 5_000 })
    try {
      await call('PATCH', urlOf(bob), { body: { password: 'slow ferry past midnight' } })
      const { status, body } = await link(ada, { link_with }, await tokenOf(ada))
      assert.equal(status, 400)
      assert.match(body.message, /changed after it was given/)
      const [right, revoked] = [await idToken(bob), await idToken(bob, { state: 'next' })]
      await db.updateTable('signing_keys').set({ revoked_at: new Date() }).where('state', '=', 'next').execute()
      assert.equal((await link(ada, { link_with: revoked }, await tokenOf(ada))).status, 400)
      assert.equal((await link(ada, { link_with: right }, await tokenOf(ada))).status, 201)
    } finally {
      mock.timers.reset()
    }
  })

  it('is refused an account that is linked already, is blocked, or was deleted', async () => {
    const [ada, bob, eve] = [await person(), await person(), await person()]
    const as = await tokenOf(ada)
    const body = { link_with: await idToken(bob) }
    await link(eve, named(bob))
    assert.equal((await link(ada, body, as)).status, 409)
    await unlink(eve, bob)
    await call('PATCH', urlOf(bob), { body: { blocked: true } })
    assert.equal((await link(ada, body, as)).status, 400)
    await call('DELETE', urlOf(bob))
    assert.equal((await link(ada, body, as)).status, 400)
    assert.deepEqual((await read(ada)).body.identities, ada.identities)
  })
})

describe('many at once', async () => {
  const test = await startTestServer()
  const { call, db } = test
  const { person, link, unlink, read, named, urlOf, idOf } = await identities(test)
  const statuses = (answers: { status: number }[]) => {
    const counts = new Map<number, number>()
    for (const { status } of answers) counts.set(status, (counts.get(status) ?? 0) + 1)
    return Object.fromEntries(counts)
  }
  const total = async () => {
    const { count } = await db
      .selectFrom('users')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow()
    assert.equal(await readCounter(db, 'tenant', 'users'), count)
    return count
  }

  it('of twenty users to whom one is linked, one gets him', async () => {
    const secondary = await person()
    const primaries = await Promise.all(Array.from({ length: 20 }, () => person()))
    const before = await total()
    const answers = await Promise.all(primaries.map((primary) => link(primary, named(secondary))))
    assert.deepEqual(statuses(answers), { 201: 1, 409: 19 })
    const rows = await db
      .selectFrom('identities')
      .select('user_id')
      .where('identity_id', '=', idOf(secondary))
      .execute()
    assert.equal(rows.length, 1)
    assert.equal(await total(), before - 1)
  })

  it('two who are linked to each other end as one', async () => {
    for (let round = 0; round < 10; round += 1) {
      const [ada, bob] = [await person(), await person()]
      const answers = await Promise.all([link(ada, named(bob)), link(bob, named(ada))])
      assert.equal(answers.filter(({ status }) => status === 201).length, 1)
      assert.ok(answers.every(({ status }) => status < 500))
      const known = [await read(ada), await read(bob)].filter(({ status }) => status === 200)
      assert.deepEqual(
        known.map(({ body }) => body.identities.length),
        [2],
      )
    }
    await total()
  })

  it('a link and a deletion of either follow one another', async () => {
    for (let round = 0; round < 10; round += 1) {
      const [ada, bob] = [await person(), await person()]
      const victim = round % 2 === 0 ? ada : bob
      const [linked, deleted] = await Promise.all([link(ada, named(bob)), call('DELETE', urlOf(victim))])
      assert.equal(deleted.status, 204)
      assert.ok([201, 400, 404, 409].includes(linked.status), linked.text)
      const left = await db
        .selectFrom('identities')
        .select('user_id')
        .where('identity_id', 'in', [idOf(ada), idOf(bob)])
        .execute()
      const users = await db
        .selectFrom('users')
        .select('user_id')
        .where('user_id', 'in', [ada.user_id, bob.user_id])
        .execute()
      assert.ok(left.every(({ user_id }) => users.some((user) => user.user_id === user_id)))
    }
    await total()
  })

  it('unlinked by many, an identity becomes one user', async () => {
    const [ada, bob] = [await person(), await person()]
    await link(ada, named(bob))
    const before = await total()
    const answers = await Promise.all(Array.from({ length: 20 }, () => unlink(ada, bob)))
    assert.deepEqual(statuses(answers), { 200: 1, 400: 19 })
    assert.equal(await total(), before + 1)
  })

  it('changes of the user meanwhile are kept', async () => {
    const [ada, bob] = [await person(), await person()]
    const change = (key: string) => call('PATCH', urlOf(ada), { body: { user_metadata: { [key]: 1 } } })
    const keys = Array.from({ length: 20 }, (_, at) => `k${at}`)
    const [linked, ...changed] = await Promise.all([link(ada, named(bob)), ...keys.map(change)])
    assert.equal(linked?.status, 201)
    assert.ok(changed.every(({ status }) => status === 200))
    const { user_metadata, identities: found } = (await read(ada)).body
    assert.deepEqual(Object.keys(user_metadata).toSorted(), keys.toSorted())
    assert.equal(found.length, 2)
  })
})
