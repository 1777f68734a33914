import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sql } from 'kysely'
import { CLIENT_ID, startTestServer } from '../../test/harness.ts'
import { now } from '../base/clock.ts'

const GRANTS = '/api/v2/client-grants'
const API = 'https://api.example.com/'

describe('client grants', async () => {
  const { call, db, tokenFor, server } = await startTestServer()
  const management = server.config.managementAudience
  await db
    .insertInto('resource_servers')
    .values({
      id: '0123456789abcdef01234567',
      identifier: API,
      name: 'Orders',
      scopes: JSON.stringify(['read:orders', 'create:orders', 'delete:orders'].map((value) => ({ value }))),
      settings: '{}',
      signing_secret_encrypted: null,
      created_at: now(),
    })
    .execute()
  const newClient = async (): Promise<string> =>
    (await call('POST', '/api/v2/clients', { body: { name: 'Granted' } })).body.client_id
  const grant = async (body: object = {}) =>
    await call('POST', GRANTS, { body: { client_id: await newClient(), audience: API, ...body } })
  const generation = async (clientId: string) =>
    (
      await db
        .selectFrom('clients')
        .select('token_generation')
        .where('client_id', '=', clientId)
        .executeTakeFirstOrThrow()
    ).token_generation
  const count = async () => (await db.selectFrom('client_grants').select('id').execute()).length

  describe('are made', () => {
    it('201 with what was granted; the settings that were not sent are left out', async () => {
      const { status, body } = await grant({ scope: ['read:orders', 'read:orders'] })
      assert.equal(status, 201)
      const { id, client_id, ...rest } = body
      assert.match(id, /^cgr_[A-Za-z0-9]{16}$/)
      assert.deepEqual(rest, { audience: API, scope: ['read:orders'], subject_type: 'client' })
      assert.deepEqual((await call('GET', `${GRANTS}/${id}`)).body, body)
    })

    it('once for each client, API and subject', async () => {
      const { body } = await grant({ scope: ['read:orders'] })
      const { client_id } = body
      const again = await grant({ client_id, scope: [] })
      assert.equal(again.status, 409)
      assert.equal(again.body.message, 'A resource with this client and audience already exists.')
      const forUsers = await grant({
        client_id,
        subject_type: 'user',
        allow_any_organization: true,
        organization_usage: 'allow',
        authorization_details_types: ['payment'],
      })
      assert.equal(forUsers.status, 201)
      assert.deepEqual(
        { ...forUsers.body, id: '' },
        {
          id: '',
          client_id,
          audience: API,
          scope: [],
          subject_type: 'user',
          organization_usage: 'allow',
          allow_any_organization: true,
          authorization_details_types: ['payment'],
        },
      )
    })

    it('for an API with all its scopes, but then none is named; for the Management API never', async () => {
      const all = await grant({ allow_all_scopes: true })
      assert.equal(all.status, 201)
      assert.equal(all.body.allow_all_scopes, true)
      for (const body of [
        { allow_all_scopes: true, scope: ['read:orders'] },
        { allow_all_scopes: true, audience: management },
      ]) {
        const refused = await grant(body)
        assert.equal(refused.status, 400)
        assert.equal(refused.body.errorCode, 'validation_error')
      }
    })

    it('404 for an unknown client and an unknown API', async () => {
      const before = await count()
      const client = await grant({ client_id: 'unknown' })
      assert.equal(client.status, 404)
      assert.equal(client.body.errorCode, 'inexistent_client')
      const api = await grant({ audience: 'https://unknown.example' })
      assert.equal(api.status, 404)
      assert.equal(api.body.errorCode, 'inexistent_resource_server')
      assert.equal(await count(), before)
    })

    it('400 for scopes that the API does not have, of the Management API as well', async () => {
      const before = await count()
      for (const body of [
        { scope: ['read:orders', 'read:users'] },
        { audience: management, scope: ['read:orders'] },
        { audience: management, scope: ['constructor'] },
      ]) {
        const { status, body: answer } = await grant(body)
        assert.equal(status, 400)
        assert.equal(answer.errorCode, 'validation_error')
        assert.match(answer.message, /has no scope/)
      }
      assert.equal(await count(), before)
    })

    it('400 for bodies of another shape', async () => {
      const before = await count()
      const refused: [object | string, RegExp][] = [
        [{ client_id: 7 }, /Expected type string but found type number' on property client_id/],
        [{ scope: 'read:orders' }, /Expected type array but found type string' on property scope/],
        [{ scope: [''] }, /String is too short \(0 chars\), minimum 1' on property scope\.0/],
        [{ scope: ['x'.repeat(281)] }, /String is too long \(281 chars\), maximum 280/],
        [{ audience: '' }, /String is too short/],
        [{ default_for: 'third_party_clients' }, /Additional properties not allowed: default_for/],
        [{ organization_usage: 'maybe' }, /No enum match for: "maybe"/],
        [{ subject_type: 'god' }, /No enum match for: "god"/],
        [{ is_system: true }, /Additional properties not allowed: is_system/],
      ]
      for (const [body, message] of refused) {
        const answer = await grant(body as object)
        assert.equal(answer.status, 400)
        assert.equal(answer.body.errorCode, 'invalid_body')
        assert.match(answer.body.message, message)
      }
      const proto = `{"client_id":"${CLIENT_ID}","audience":"${API}","__proto__":{"scope":[]}}`
      assert.equal((await call('POST', GRANTS, { body: proto })).status, 400)
      assert.equal((await call('POST', GRANTS, { body: { audience: API } })).status, 400)
      assert.equal(await count(), before)
    })

    it('a person gives no right over the tenant that he does not have himself', async () => {
      await sql`insert into users (user_id, created_at, updated_at) values ('auth0|op', ${now()}, ${now()})`.execute(db)
      const scopes = ['create:client_grants', 'update:client_grants', 'read:users'] as const
      const as = await tokenFor({ userId: 'auth0|op', scopes })
      const client_id = await newClient()
      const body = { client_id, audience: management, scope: ['read:users', 'delete:users'] }
      const refused = await call('POST', GRANTS, { as, body })
      assert.equal(refused.status, 403)
      assert.equal(refused.body.message, 'Insufficient scope, expected all of: delete:users')
      const made = await call('POST', GRANTS, { as, body: { ...body, scope: ['read:users'] } })
      assert.equal(made.status, 201)
      const url = `${GRANTS}/${made.body.id}`
      assert.equal((await call('PATCH', url, { as, body: { scope: ['read:users', 'delete:users'] } })).status, 403)
      assert.deepEqual((await call('GET', url)).body.scope, ['read:users'])
    })
  })

  describe('are listed', () => {
    it('in the three ways, narrowed down by client, API, subject and organizations', async () => {
      const client_id = await newClient()
      const first = (await grant({ client_id, scope: ['read:orders'] })).body
      const second = (await grant({ client_id, subject_type: 'user', allow_any_organization: true })).body
      const third = (await grant({ client_id, audience: management, scope: ['read:users'] })).body
      const list = async (query: string) => (await call('GET', `${GRANTS}?client_id=${client_id}&${query}`)).body
      assert.deepEqual(await list(''), [first, second, third])
      assert.deepEqual(await list('include_totals=true&per_page=50'), {
        start: 0,
        limit: 50,
        total: 3,
        client_grants: [first, second, third],
      })
      const page = await list('include_totals=true&per_page=2&take=2')
      assert.deepEqual(page.client_grants, [first, second])
      assert.equal(page.total, undefined)
      assert.deepEqual(await list(`take=2&from=${page.next}`), { client_grants: [third] })
      assert.deepEqual(await list(`audience=${encodeURIComponent(API)}`), [first, second])
      assert.deepEqual(await list(`audience=${encodeURIComponent(management)}`), [third])
      assert.deepEqual(await list('subject_type=user'), [second])
      assert.deepEqual(await list('allow_any_organization=true'), [second])
      assert.deepEqual(await list('default_for=third_party_clients'), [])
      assert.equal((await call('GET', `${GRANTS}?client_id=unknown&include_totals=true`)).body.total, 0)
    })

    it('the Management API is found under its https address on loopback too', async () => {
      const { tlsPort } = server.config
      const audience = `https://localhost:${tlsPort}/api/v2/`
      const { status, body } = await grant({ audience, scope: ['read:users'] })
      assert.equal(status, 201)
      assert.equal(body.audience, management)
    })

    it('the organizations of a grant are none, in the way asked for', async () => {
      const { body } = await grant()
      const url = `${GRANTS}/${body.id}/organizations`
      assert.deepEqual((await call('GET', url)).body, [])
      assert.deepEqual((await call('GET', `${url}?include_totals=true&per_page=50`)).body, {
        start: 0,
        limit: 50,
        total: 0,
        organizations: [],
      })
      assert.deepEqual((await call('GET', `${url}?take=10`)).body, { organizations: [] })
      assert.equal((await call('GET', `${GRANTS}/cgr_unknown/organizations`)).status, 404)
    })
  })

  describe('are changed', () => {
    it('in scopes and settings; more ends no tokens, less ends them', async () => {
      const { body } = await grant({ scope: ['read:orders'] })
      const url = `${GRANTS}/${body.id}`
      const start = await generation(body.client_id)
      const more = await call('PATCH', url, {
        body: { scope: ['read:orders', 'create:orders'], allow_any_organization: true },
      })
      assert.equal(more.status, 200)
      assert.deepEqual(more.body, { ...body, scope: ['read:orders', 'create:orders'], allow_any_organization: true })
      assert.equal(await generation(body.client_id), start)
      for (const [index, change] of [
        { scope: ['create:orders'] },
        { allow_any_organization: null },
        { organization_usage: 'require' },
        { scope: null },
      ].entries()) {
        assert.equal((await call('PATCH', url, { body: change })).status, 200)
        assert.equal(await generation(body.client_id), start + index + 1, JSON.stringify(change))
      }
      assert.deepEqual((await call('GET', url)).body, { ...body, scope: [], organization_usage: 'require' })
    })

    it('at the next request: a scope taken away is gone from tokens given before', async () => {
      const mine = (await call('GET', `${GRANTS}?client_id=${CLIENT_ID}`)).body[0]
      const token = await tokenFor({})
      const scope = mine.scope.filter((name: string) => name !== 'read:stats')
      assert.equal((await call('PATCH', `${GRANTS}/${mine.id}`, { as: token, body: { scope } })).status, 200)
      const refused = await call('GET', GRANTS, { as: token })
      assert.equal(refused.status, 401)
      assert.equal(refused.body.message, 'Invalid token')
      assert.equal((await call('GET', GRANTS, { as: await tokenFor({}) })).status, 200)
    })

    it('not to another client or API, not to unknown scopes, not with an empty body', async () => {
      const as = await tokenFor({})
      const client_id = (await call('POST', '/api/v2/clients', { as, body: { name: 'x' } })).body.client_id
      const { body } = await call('POST', GRANTS, { as, body: { client_id, audience: API, scope: ['read:orders'] } })
      const url = `${GRANTS}/${body.id}`
      for (const change of [
        {},
        { client_id: CLIENT_ID },
        { audience: management },
        { subject_type: 'user' },
        { scope: [1] },
      ]) {
        const answer = await call('PATCH', url, { as, body: change })
        assert.equal(answer.status, 400, JSON.stringify(change))
        assert.equal(answer.body.errorCode, 'invalid_body')
      }
      const unknown = await call('PATCH', url, { as, body: { scope: ['read:users'] } })
      assert.equal(unknown.body.errorCode, 'validation_error')
      assert.deepEqual((await call('GET', url, { as })).body, body)
      assert.equal((await call('PATCH', `${GRANTS}/cgr_unknown`, { as, body: { scope: [] } })).status, 404)
    })
  })

  it('a deleted grant is gone, ends the tokens of its client, and may be deleted again', async () => {
    const as = await tokenFor({})
    const client_id = (await call('POST', '/api/v2/clients', { as, body: { name: 'x' } })).body.client_id
    const { body } = await call('POST', GRANTS, { as, body: { client_id, audience: API } })
    const start = await generation(client_id)
    for (let time = 0; time < 2; time += 1) {
      assert.equal((await call('DELETE', `${GRANTS}/${body.id}`, { as })).status, 204)
      assert.equal(await generation(client_id), start + 1)
    }
    const { status, body: answer } = await call('GET', `${GRANTS}/${body.id}`, { as })
    assert.equal(status, 404)
    assert.deepEqual(answer, {
      statusCode: 404,
      error: 'Not Found',
      message: 'The client grant does not exist.',
      errorCode: 'inexistent_client_grant',
    })
  })

  it('every operation is closed to a token without its scope, and to one bound to an organization', async () => {
    const mine = await db.selectFrom('client_grants').selectAll().orderBy('id').execute()
    const id = mine[0]?.id
    const operations: [string, string, object?][] = [
      ['GET', GRANTS],
      ['POST', GRANTS, { client_id: CLIENT_ID, audience: API }],
      ['GET', `${GRANTS}/${id}`],
      ['PATCH', `${GRANTS}/${id}`, { scope: [] }],
      ['DELETE', `${GRANTS}/${id}`],
      ['GET', `${GRANTS}/${id}/organizations`],
    ]
    const wrong = await tokenFor({ scopes: ['read:clients'] })
    const bound = await tokenFor({ organizationId: 'org_0123456789abcdef' })
    for (const [method, url, body] of operations) {
      assert.equal((await call(method, url, { as: wrong, body })).status, 403, `${method} ${url}`)
      assert.equal((await call(method, url, { as: bound, body })).status, 403, `${method} ${url}`)
    }
    assert.deepEqual(await db.selectFrom('client_grants').selectAll().orderBy('id').execute(), mine)
  })

  it('each change has its event', async () => {
    const events = await db
      .selectFrom('events')
      .select(['description', 'target_kind', 'person'])
      .where('target_kind', '=', 'client_grant')
      .where('type', '=', 'sapi')
      .execute()
    const descriptions = new Set(events.map((event) => event.description))
    assert.deepEqual([...descriptions].sort(), [
      'Create a client grant',
      'Delete a client grant',
      'Update a client grant',
    ])
    const update = events.find((event) => event.description === 'Update a client grant')
    assert.ok(update?.person && 'before' in update.person && 'after' in update.person)
  })
})
