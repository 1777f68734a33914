import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CLIENT_ID, startTestServer } from '../../test/harness.ts'
import { join, makeOrganization } from '../organizations/organizations.testing.ts'

describe('what is refused', async () => {
  const { call, tokenFor, db, logged } = await startTestServer()
  const rotate = '/api/v2/keys/signing/rotate'
  const revoke = (kid: string) => `/api/v2/keys/signing/${kid}/revoke`
  const recorded = async () => await db.selectFrom('events').selectAll().orderBy('log_id').execute()

  it('is recorded with who, what, whom, from where and why; the answer is the same as ever', async () => {
    const { status, body } = await call('PUT', revoke('unknown'), { from: '10.0.0.9' })
    assert.equal(status, 404)
    const [event, ...more] = await recorded()
    assert.equal(more.length, 0)
    assert.equal(event?.type, 'fapi')
    assert.equal(event?.description, 'Refused: Revoke a signing key')
    assert.equal(event?.operation, 'put_signing_keys')
    assert.deepEqual([event?.actor_kind, event?.actor_id, event?.client_id], ['client', CLIENT_ID, CLIENT_ID])
    assert.equal(event?.details?.error, 'inexistent_key')
    assert.equal(event?.details?.status, 404)
    assert.deepEqual(event?.person?.after, body)
    assert.equal(event?.person?.ip, '10.0.0.9')
    const [shown] = (await call('GET', '/api/v2/logs?q=type:fapi')).body
    assert.equal(shown.details.request.path, revoke('unknown'))
    assert.deepEqual(shown.details.response, { statusCode: 404, body })
  })

  it('stands once in the log of the user it was about, without the secrets that were sent', async () => {
    const at = new Date(1_700_000_000_000)
    await db.insertInto('users').values({ user_id: 'auth0|admin', created_at: at, updated_at: at }).execute()
    await makeOrganization(db, 'a', 'org_a')
    await join(db, 'org_a', 'auth0|admin', 'operator')
    const as = await tokenFor({ userId: 'auth0|admin', organizationId: 'org_a', scopes: ['update:users'] })
    const body = { password: 'secret-0', user_metadata: { motto: 'mine now' } }
    const path = '/api/v2/users/auth0%7Cforeign'
    assert.equal((await call('PATCH', path, { as, body })).status, 404)
    assert.equal((await call('PATCH', path, { body })).status, 404)
    const events = (await recorded()).filter(({ user_id: userId }) => userId === 'auth0|foreign')
    assert.deepEqual(
      events.map((event) => [event.type, event.actor_id, event.organization_id]),
      [
        ['fapi', 'auth0|admin', 'org_a'],
        ['fapi', CLIENT_ID, null],
      ],
    )
    assert.deepEqual(events[1]?.person?.body, { password: '*****', user_metadata: { motto: 'mine now' } })
  })

  it('is listed for a lacking scope, for reads as well, and not at all without a token', async () => {
    const before = (await recorded()).length
    const as = await tokenFor({ scopes: ['read:users'] })
    assert.equal((await call('GET', '/api/v2/keys/signing', { as })).status, 403)
    assert.equal((await call('POST', rotate, { as, body: { password: 'never to be seen' } })).status, 403)
    assert.equal((await call('POST', rotate, { as: null })).status, 401)
    assert.equal((await call('POST', rotate, { as: 'abc' })).status, 401)
    assert.equal((await call('GET', '/api/v2/keys/signing/unknown')).status, 404)
    const events = (await recorded()).slice(before)
    assert.deepEqual(
      events.map((event) => [event.operation, event.details?.error]),
      [
        ['get_signing_keys', 'insufficient_scope'],
        ['post_signing_keys', 'insufficient_scope'],
      ],
    )
    assert.doesNotMatch(JSON.stringify(events), /never to be seen/)
  })

  it('is counted when it repeats within a minute; the next one listed carries the count', async (t) => {
    const before = (await recorded()).length
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
    const as = await tokenFor({ userId: 'auth0|knocker', scopes: ['read:roles'] })
    for (let time = 0; time < 4; time += 1) await call('GET', '/api/v2/keys/signing', { as })
    assert.equal((await recorded()).length, before + 1)
    t.mock.timers.tick(61_000)
    await call('GET', '/api/v2/keys/signing', { as })
    const events = (await recorded()).slice(before)
    assert.deepEqual(
      events.map((event) => [event.actor_id, event.details?.repeated]),
      [
        ['auth0|knocker', undefined],
        ['auth0|knocker', 3],
      ],
    )
    // Somebody else's refusal is not among the repeated ones.
    await call('GET', '/api/v2/keys/signing', { as: await tokenFor({ userId: 'auth0|other', scopes: [] }) })
    assert.equal((await recorded()).length, before + 3)
  })

  it('keeps no secret and nothing under a name it does not know, whatever the body was', async () => {
    const body = { passwort: 'secret-1', password: 'secret-2', nul: 'a\u0000b', client_secret: 'secret-3' }
    const before = (await recorded()).length
    const answers = await Promise.all([
      call('PATCH', '/api/v2/resource-servers/unknown', { body }),
      call('POST', '/api/v2/resource-servers', { body: '{"broken": "secret-4' }),
    ])
    assert.deepEqual(
      answers.map(({ status }) => status),
      [400, 400],
    )
    const events = (await recorded()).slice(before)
    assert.equal(events.length, 2)
    assert.doesNotMatch(JSON.stringify(events), /secret-\d/)
    assert.doesNotMatch(logged(), /secret-\d/)
  })

  it('changes no answer when it cannot be recorded', async () => {
    await db.schema.alterTable('events').renameTo('events_away').execute()
    const { status, body } = await call('PUT', revoke('nowhere'), { as: await tokenFor({ scopes: ['read:stats'] }) })
    await db.schema.alterTable('events_away').renameTo('events').execute()
    assert.equal(status, 403)
    assert.equal(body.errorCode, 'insufficient_scope')
    assert.match(logged(), /a refusal could not be recorded/)
    // It is not forgotten: the next one says that there was one before.
    await call('PUT', revoke('nowhere'), { as: await tokenFor({ scopes: ['read:stats'] }) })
    const own = (await recorded()).filter(({ operation, details }) => {
      return operation === 'put_signing_keys' && details?.error === 'insufficient_scope'
    })
    assert.deepEqual(
      own.map(({ details }) => details?.repeated),
      [1],
    )
  })
})

describe('too many requests', async () => {
  const { call, tokenFor, db, app } = await startTestServer({ RATE_LIMITS: 'on' })

  it('are refused with 429 and recorded once, with the number of the others when the server stops', async (t) => {
    // The clock stands, so that the bucket does not fill up meanwhile.
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
    const as = await tokenFor({ scopes: ['read:users'] })
    const knock = async () => await call('GET', '/api/v2/keys/signing', { as })
    assert.equal((await knock()).status, 403)
    const answers = await Promise.all(Array.from({ length: 1_010 }, knock))
    const refused = answers.filter(({ status }) => status === 429)
    assert.equal(refused.length, 11)
    assert.equal(refused[0]?.body.errorCode, 'too_many_requests')
    const events = async () =>
      await db.selectFrom('events').selectAll().where('type', '=', 'api_limit').orderBy('log_id').execute()
    assert.equal((await events()).length, 1)
    await app.close()
    const [, left] = await events()
    assert.equal(left?.details?.repeated, 9)
    assert.deepEqual(left?.details?.limit, { bucket: 'management', global: false, size: 1_000 })
  })
})
