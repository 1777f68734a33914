import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CLIENT_ID, startTestServer } from '../../test/harness.ts'
import { now } from '../base/clock.ts'

const PATH = '/api/v2/resource-servers'

describe('resource servers', async () => {
  const { call, db, server } = await startTestServer()

  async function create(identifier: string, more: object = {}) {
    const { status, body, text } = await call('POST', PATH, { body: { identifier, ...more } })
    assert.equal(status, 201, text)
    return body
  }

  async function eventsOf(description: string) {
    return await db
      .selectFrom('events')
      .select(['type', 'target_kind', 'target_id', 'person'])
      .where('description', '=', description)
      .orderBy('log_id')
      .execute()
  }

  it('are created with the recorded defaults, and without what nobody said', async () => {
    const created = await create('https://api.example/')
    assert.match(created.id, /^[0-9a-f]{24}$/)
    assert.deepEqual(created, {
      id: created.id,
      identifier: 'https://api.example/',
      allow_offline_access: false,
      skip_consent_for_verifiable_first_party_clients: false,
      token_lifetime: 86400,
      token_lifetime_for_web: 7200,
      signing_alg: 'RS256',
    })
    const [event] = await eventsOf('Create a resource server')
    assert.deepEqual([event?.type, event?.target_kind, event?.target_id], ['sapi', 'resource_server', created.id])
  })

  it('are read by id and by encoded identifier, also where one reads like the id of another', async () => {
    const first = await create('https://read.example/path?x=1&y=ä')
    const second = await create(first.id)
    const byIdentifier = await call('GET', `${PATH}/${encodeURIComponent(first.identifier)}`)
    assert.equal(byIdentifier.status, 200)
    assert.deepEqual(byIdentifier.body, first)
    assert.equal((await call('GET', `${PATH}/${first.id}`)).body.identifier, first.identifier)
    assert.equal((await call('GET', `${PATH}/${second.id}`)).body.identifier, first.id)
  })

  it('are listed bare or with totals, the Management API among them with all its scopes', async () => {
    const bare = await call('GET', PATH)
    assert.equal(bare.status, 200)
    const [management, myAccount] = bare.body
    assert.equal(management.is_system, true)
    assert.equal(management.identifier, server.config.managementAudience)
    assert.ok(management.scopes.some(({ value }: { value: string }) => value === 'update:resource_servers'))
    assert.deepEqual([myAccount.is_system, myAccount.identifier], [true, server.config.myAccountAudience])
    assert.ok(bare.body.slice(2).every((api: object) => !('is_system' in api)))

    const totals = (await call('GET', `${PATH}?include_totals=true&per_page=1&page=1`)).body
    assert.deepEqual(Object.keys(totals).sort(), ['limit', 'resource_servers', 'start', 'total'])
    assert.deepEqual([totals.start, totals.limit, totals.total], [1, 1, bare.body.length])
    assert.equal(totals.resource_servers.length, 1)
    const beyond = await call('GET', `${PATH}?page=900000000000000000`)
    assert.deepEqual(beyond.body, [])
  })

  it('are narrowed down by identifiers and cut down by fields', async () => {
    await create('https://filter.example/a')
    await create('https://filter.example/b')
    const wanted = encodeURIComponent('https://filter.example/b')
    const one = await call('GET', `${PATH}?identifiers=${wanted}&fields=identifier`)
    assert.deepEqual(one.body, [{ identifier: 'https://filter.example/b' }])
    const both = await call('GET', `${PATH}?identifiers=${wanted}&identifiers=${wanted.replace(/b$/, 'a')}`)
    assert.equal(both.body.length, 2)
    assert.deepEqual((await call('GET', `${PATH}?identifiers=unknown`)).body, [])
  })

  it('with an identifier that is taken are refused, at the same moment too, and nothing is stored', async () => {
    await create('https://taken.example')
    const again = await call('POST', PATH, { body: { identifier: 'https://taken.example', name: 'Second' } })
    assert.equal(again.status, 409)
    assert.equal(again.body.errorCode, 'resource_server_conflict')
    const race = await Promise.all(
      Array.from({ length: 5 }, () => call('POST', PATH, { body: { identifier: 'https://race.example' } })),
    )
    assert.deepEqual(race.map((answer) => answer.status).sort(), [201, 409, 409, 409, 409])
  })

  it('cannot pose as a part of this server', async () => {
    const audience = server.config.managementAudience
    assert.equal((await call('POST', PATH, { body: { identifier: audience } })).status, 409)
    const base = server.config.publicUrl.replace(/\/$/, '')
    for (const path of ['/userinfo', '/me/', '/my-org/', '/mfa/']) {
      const refused = await call('POST', PATH, { body: { identifier: `${base}${path}` } })
      assert.equal(refused.status, 400, path)
      assert.equal(refused.body.errorCode, 'invalid_body')
    }
  })

  it('take a change of what was named alone, answered with 200', async () => {
    const { id } = await create('https://change.example', { name: 'Before', scopes: [{ value: 'read:x' }] })
    const { status, body } = await call('PATCH', `${PATH}/${encodeURIComponent('https://change.example')}`, {
      body: { name: 'After', token_lifetime: 3600, enforce_policies: true, token_dialect: 'access_token_authz' },
    })
    assert.equal(status, 200)
    assert.deepEqual(body, (await call('GET', `${PATH}/${id}`)).body)
    assert.deepEqual([body.name, body.token_lifetime, body.token_lifetime_for_web], ['After', 3600, 3600])
    assert.deepEqual(body.scopes, [{ value: 'read:x' }])
    const nought = await create('https://nought.example', { token_lifetime: 0 })
    assert.deepEqual([nought.token_lifetime, nought.token_lifetime_for_web], [0, 7200])
    const event = (await eventsOf('Update a resource server')).at(-1)
    const person = event?.person as { before: { name: string }; after: { name: string } }
    assert.deepEqual([person.before.name, person.after.name], ['Before', 'After'])
    const longer = await call('PATCH', `${PATH}/${id}`, { body: { token_lifetime: 7000 } })
    assert.deepEqual([longer.body.token_lifetime, longer.body.token_lifetime_for_web], [7000, 7000])
    const back = await call('PATCH', `${PATH}/${id}`, { body: { token_lifetime: 86400 } })
    assert.deepEqual([back.body.token_lifetime, back.body.token_lifetime_for_web], [86400, 7200])
  })

  it('lose a scope together with the grants and roles that held it', async () => {
    const scopes = ['read:a', 'write:a', 'delete:a'].map((value) => ({ value, description: `May ${value}` }))
    const { id } = await create('https://scopes.example', { scopes })
    const other = await create('https://other-scopes.example', { scopes })
    const granted = { client_id: CLIENT_ID, settings: '{}', created_at: now(), subject_type: 'client' }
    await db
      .insertInto('client_grants')
      .values([
        { ...granted, id: 'cgr_scopes1', resource_server_id: id, scope: ['write:a', 'delete:a', 'read:a'] },
        { ...granted, id: 'cgr_scopes2', resource_server_id: other.id, scope: ['delete:a'] },
      ])
      .execute()
    await db.insertInto('roles').values({ id: 'rol_scopes', name: 'S', description: null, created_at: now() }).execute()
    await db
      .insertInto('role_permissions')
      .values([
        { role_id: 'rol_scopes', resource_server_id: id, permission: 'read:a' },
        { role_id: 'rol_scopes', resource_server_id: id, permission: 'delete:a' },
        { role_id: 'rol_scopes', resource_server_id: other.id, permission: 'delete:a' },
      ])
      .execute()

    const kept = scopes.filter(({ value }) => value !== 'delete:a')
    assert.equal((await call('PATCH', `${PATH}/${id}`, { body: { scopes: kept } })).status, 200)
    const grants = await db
      .selectFrom('client_grants')
      .select(['id', 'scope'])
      .where('id', 'like', 'cgr_scopes%')
      .execute()
    assert.deepEqual(
      grants.sort((a, b) => a.id.localeCompare(b.id)).map((grant) => grant.scope),
      [['write:a', 'read:a'], ['delete:a']],
    )
    const permissions = await db
      .selectFrom('role_permissions')
      .select(['resource_server_id', 'permission'])
      .where('role_id', '=', 'rol_scopes')
      .execute()
    assert.equal(permissions.length, 2)
    assert.ok(!permissions.some((row) => row.resource_server_id === id && row.permission === 'delete:a'))
    // It does not come back with a later scope of the same name.
    await call('PATCH', `${PATH}/${id}`, { body: { scopes } })
    const later = await db
      .selectFrom('client_grants')
      .select('scope')
      .where('id', '=', 'cgr_scopes1')
      .executeTakeFirst()
    assert.deepEqual(later?.scope, ['write:a', 'read:a'])
  })

  it('are deleted with their grants and permissions; an unknown one answers the same', async () => {
    const { id } = await create('https://gone.example', { scopes: [{ value: 'x' }] })
    await db
      .insertInto('client_grants')
      .values({
        id: 'cgr_gone',
        client_id: CLIENT_ID,
        resource_server_id: id,
        scope: ['x'],
        settings: '{}',
        created_at: now(),
      })
      .execute()
    const gone = await call('DELETE', `${PATH}/${encodeURIComponent('https://gone.example')}`)
    assert.deepEqual([gone.status, gone.text], [204, ''])
    assert.equal((await call('GET', `${PATH}/${id}`)).status, 404)
    const grant = await db.selectFrom('client_grants').select('id').where('id', '=', 'cgr_gone').executeTakeFirst()
    assert.equal(grant, undefined)
    assert.equal((await call('DELETE', `${PATH}/${id}`)).status, 204)
  })

  it('unknown ones answer 404 with Auth0 code', async () => {
    for (const method of ['GET', 'PATCH']) {
      const { status, body } = await call(method, `${PATH}/unknown`, method === 'PATCH' ? { body: {} } : {})
      assert.equal(status, 404)
      assert.equal(body.errorCode, 'inexistent_resource_server')
    }
  })
})

describe('the Management API among the resource servers', async () => {
  const { call, server } = await startTestServer()
  const url = `${PATH}/${encodeURIComponent(server.config.managementAudience)}`

  it('cannot be deleted, renamed, or have scopes added or taken', async () => {
    const before = (await call('GET', url)).body
    for (const body of [
      { scopes: [] },
      { scopes: [...before.scopes, { value: 'read:everything' }] },
      { name: 'Mine' },
      { signing_alg: 'HS256' },
      { signing_secret: 'x'.repeat(32) },
      { token_lifetime: 60, scopes: [] },
    ]) {
      const refused = await call('PATCH', url, { body })
      assert.equal(refused.status, 403, JSON.stringify(body).slice(0, 80))
      assert.match(refused.body.message, /Management API cannot be changed/)
    }
    const deleted = await call('DELETE', url)
    assert.equal(deleted.status, 403)
    assert.deepEqual((await call('GET', url)).body, before)
  })

  it('takes another token lifetime, and back what a deployment tool has read', async () => {
    const { id: _id, identifier: _identifier, is_system: _system, ...rest } = (await call('GET', url)).body
    const changed = await call('PATCH', url, { body: { ...rest, token_lifetime: 7200 } })
    assert.equal(changed.status, 200, changed.text)
    assert.equal(changed.body.token_lifetime, 7200)
    assert.equal((await call('GET', url)).body.scopes.length, rest.scopes.length)
  })
})

describe('the secret of an HS256 resource server', async () => {
  const { call, db, logged } = await startTestServer()

  it('is made when none is given, shown to who may read it, and stored and recorded unreadable', async () => {
    const own = 'marked-secret-of-more-than-sixteen-characters'
    const made = await call('POST', PATH, { body: { identifier: 'urn:made', signing_alg: 'HS256' } })
    assert.equal(made.status, 201)
    assert.match(made.body.signing_secret, /^[A-Za-z0-9]{64}$/)
    const given = await call('POST', PATH, {
      body: { identifier: 'urn:given', signing_alg: 'HS256', signing_secret: own },
    })
    assert.equal((await call('GET', `${PATH}/${given.body.id}`)).body.signing_secret, own)
    const changed = await call('PATCH', `${PATH}/${made.body.id}`, { body: { signing_secret: `${own}-2` } })
    assert.equal(changed.body.signing_secret, `${own}-2`)

    const rows = await db.selectFrom('resource_servers').selectAll().execute()
    const events = await db.selectFrom('events').selectAll().execute()
    for (const secret of [own, made.body.signing_secret]) {
      assert.ok(!JSON.stringify([rows, events]).includes(secret))
      assert.ok(!logged().includes(secret))
    }
    assert.ok(JSON.stringify(events).includes('"signing_secret":"*****"'))
  })

  it('is not shown while tokens are signed with the tenant key', async () => {
    const { body } = await call('POST', PATH, {
      body: { identifier: 'urn:rs', signing_secret: 'a-secret-nobody-needs-now' },
    })
    assert.ok(!('signing_secret' in body))
  })
})

describe('what resource servers refuse', async () => {
  const { call, tokenFor, db } = await startTestServer()
  const { body: api } = await call('POST', PATH, { body: { identifier: 'urn:kept', name: 'Kept' } })

  const refused: [string, object, RegExp][] = [
    ['no identifier', { name: 'x' }, /^Payload validation error: 'Missing required property: identifier' on property /],
    ['an empty identifier', { identifier: '' }, /too short/],
    ['an endless identifier', { identifier: 'x'.repeat(601) }, /String is too long \(601 chars\), maximum 600/],
    ['a NUL', { identifier: 'a\0b' }, /U\+0000/],
    ['markup in a name', { identifier: 'urn:m', name: '<b>' }, /does not match pattern/],
    ['an unknown property', { identifier: 'urn:u', is_system: true }, /Additional properties not allowed: is_system/],
    ['a lifetime beyond 30 days', { identifier: 'urn:l', token_lifetime: 2592001 }, /greater than maximum 2592000/],
    [
      'a lifetime as text',
      { identifier: 'urn:t', token_lifetime: '60' },
      /Expected type integer but found type string/,
    ],
    ['longer tokens for browsers', { identifier: 'urn:w', token_lifetime: 60, token_lifetime_for_web: 61 }, /greater/],
    ['an unknown algorithm', { identifier: 'urn:a', signing_alg: 'none' }, /No enum match for: "none"/],
    ['a short secret', { identifier: 'urn:s', signing_alg: 'HS256', signing_secret: 'short' }, /too short/],
    ['a scope twice', { identifier: 'urn:2', scopes: [{ value: 'a' }, { value: 'a' }] }, /more than once: a/],
    ['two scopes in one', { identifier: 'urn:b', scopes: [{ value: 'read admin' }] }, /does not match pattern/],
    ['a scope with more', { identifier: 'urn:p', scopes: [{ value: 'a', admin: true }] }, /not allowed: admin/],
  ]
  for (const [what, body, message] of refused) {
    it(`${what}`, async () => {
      const answer = await call('POST', PATH, { body })
      assert.equal(answer.status, 400, answer.text)
      assert.equal(answer.body.errorCode, 'invalid_body')
      assert.match(answer.body.message, message)
    })
  }

  it('a protection that tokens would not have', async () => {
    for (const body of [
      { proof_of_possession: { mechanism: 'dpop', required: true } },
      { authorization_policy: { policy_id: 'p' } },
      { consent_policy: 'transactional-authorization-with-mfa' },
    ]) {
      const answer = await call('PATCH', `${PATH}/${api.id}`, { body })
      assert.equal(answer.status, 400)
      assert.equal(answer.body.errorCode, 'operation_not_supported')
    }
    const none = { proof_of_possession: null, consent_policy: null, token_encryption: null, authorization_policy: null }
    assert.deepEqual((await call('PATCH', `${PATH}/${api.id}`, { body: none })).body, api)
  })

  it('another identifier, and nothing else of such a request is done', async () => {
    const answer = await call('PATCH', `${PATH}/${api.id}`, { body: { identifier: 'urn:else', name: 'Else' } })
    assert.equal(answer.status, 400)
    assert.match(answer.body.message, /Additional properties not allowed: identifier/)
    assert.deepEqual((await call('GET', `${PATH}/${api.id}`)).body, api)
  })

  it('addresses and queries that cannot be', async () => {
    assert.equal((await call('GET', `${PATH}/%00`)).status, 400)
    assert.equal((await call('GET', `${PATH}?identifiers=%00`)).status, 400)
    assert.equal((await call('GET', `${PATH}?per_page=101`)).status, 400)
    assert.equal((await call('GET', `${PATH}/${encodeURIComponent("' or 1=1 --")}`)).status, 404)
  })

  it('a token without the scope, one of an organization, and none; nothing was changed by any of it', async () => {
    const wrong = await tokenFor({ scopes: ['read:clients'] })
    const bound = await tokenFor({ organizationId: 'org_abcdefghijklmnop' })
    const routes: [string, string, string, object?][] = [
      ['GET', PATH, 'read'],
      ['POST', PATH, 'create', { identifier: 'urn:no' }],
      ['GET', `${PATH}/${api.id}`, 'read'],
      ['PATCH', `${PATH}/${api.id}`, 'update', { name: 'No' }],
      ['DELETE', `${PATH}/${api.id}`, 'delete'],
    ]
    for (const [method, url, verb, body] of routes) {
      const refusal = await call(method, url, { as: wrong, body })
      assert.equal(refusal.status, 403)
      assert.equal(refusal.body.message, `Insufficient scope, expected any of: ${verb}:resource_servers`)
      assert.equal((await call(method, url, { as: bound, body })).status, 403)
      assert.equal((await call(method, url, { as: null, body })).status, 401)
    }
    const rows = await db.selectFrom('resource_servers').select('identifier').execute()
    assert.deepEqual(
      rows.map((row) => row.identifier).filter((name) => name.startsWith('urn:')),
      ['urn:kept'],
    )
    assert.deepEqual((await call('GET', `${PATH}/${api.id}`)).body, api)
  })
})
