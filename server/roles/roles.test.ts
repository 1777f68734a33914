import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sql } from 'kysely'
import { startTestServer } from '../../test/harness.ts'
import { addApi } from '../oidc/oidc.testing.ts'
import { accounts } from '../sign-in/accounts.testing.ts'

const ROBOTS = 'https://robots.example.com'
const NO_ROLE = { statusCode: 404, error: 'Not Found', message: 'The role does not exist.' }
const NO_USER = {
  statusCode: 404,
  error: 'Not Found',
  message: 'The user does not exist.',
  errorCode: 'inexistent_user',
}

describe('roles', async () => {
  const test = await startTestServer()
  const { call, db, tokenFor, server } = test
  const { person } = await accounts(test)
  await addApi(test, { identifier: ROBOTS, scopes: ['read:robots', 'move:robots', 'sell:robots'] })
  await db
    .updateTable('resource_servers')
    .set({
      name: 'Robots',
      scopes: JSON.stringify([
        { value: 'read:robots', description: 'See robots' },
        { value: 'move:robots' },
        { value: 'sell:robots' },
      ]),
    })
    .where('identifier', '=', ROBOTS)
    .execute()
  const at = (path: string) => `/api/v2${path}`
  const userAt = (id: string, path: string) => at(`/users/${encodeURIComponent(id)}${path}`)
  const make = async (name: string, body: object = {}) =>
    (await call('POST', at('/roles'), { body: { name, ...body } })).body.id as string
  const permissions = (...names: string[]) => ({
    permissions: names.map((permission_name) => ({ resource_server_identifier: ROBOTS, permission_name })),
  })
  const lastEvent = async () =>
    await db.selectFrom('events').selectAll().orderBy('log_id', 'desc').limit(1).executeTakeFirstOrThrow()

  it('are made, read, changed, listed and removed in the shapes of Auth0', async () => {
    const made = await call('POST', at('/roles'), { body: { name: 'Pilot', description: 'Moves robots' } })
    assert.equal(made.status, 200)
    const { id } = made.body
    assert.match(id, /^rol_[A-Za-z0-9]{16}$/)
    assert.deepEqual(made.body, { id, name: 'Pilot', description: 'Moves robots' })
    assert.deepEqual((await call('GET', at(`/roles/${id}`))).body, made.body)
    const changed = await call('PATCH', at(`/roles/${id}`), { body: { name: 'Captain' } })
    assert.deepEqual([changed.status, changed.body], [200, { id, name: 'Captain', description: 'Moves robots' }])
    const { target_kind, target_id, person: recorded } = await lastEvent()
    assert.deepEqual([target_kind, target_id], ['role', id])
    assert.deepEqual([recorded?.before, recorded?.after], [made.body, changed.body])

    const all = await call('GET', at('/roles?include_totals=true&per_page=2&page=1'))
    assert.deepEqual({ ...all.body, roles: all.body.roles.length }, { start: 2, limit: 2, total: 5, roles: 2 })
    const named = await call('GET', at('/roles?name_filter=CAPT'))
    assert.deepEqual(named.body, [changed.body])
    assert.deepEqual((await call('GET', at('/roles?name_filter=%25'))).body, [])

    const removed = await call('DELETE', at(`/roles/${id}`))
    assert.deepEqual([removed.status, removed.body], [200, {}])
    for (const [method, path] of [
      ['GET', `/roles/${id}`],
      ['PATCH', `/roles/${id}`],
      ['DELETE', `/roles/${id}`],
      ['GET', `/roles/${id}/permissions`],
      ['GET', `/roles/${id}/users`],
    ] as const) {
      const answer = await call(method, at(path), method === 'PATCH' ? { body: { name: 'x' } } : {})
      assert.deepEqual([answer.status, answer.body], [404, NO_ROLE])
    }
  })

  it('are opened to administrators of organizations, and closed again', async () => {
    const id = await make('Open', { open_to_organizations: true })
    const url = at(`/roles/${id}`)
    assert.deepEqual((await call('GET', url)).body, { id, name: 'Open', open_to_organizations: true })
    assert.deepEqual((await call('PATCH', url, { body: { description: 'x' } })).body.open_to_organizations, true)
    const closed = await call('PATCH', url, { body: { open_to_organizations: false } })
    assert.deepEqual(closed.body, { id, name: 'Open', description: 'x' })
    assert.equal((await call('PATCH', url, { body: { open_to_organizations: null } })).status, 400)
    assert.equal((await call('PATCH', url, { body: { open_to_organizations: true } })).status, 200)
    await call('DELETE', url)
  })

  it('have names of their own, and say in words what is wrong with a body', async () => {
    await make('Once')
    const twice = await call('POST', at('/roles'), { body: { name: 'Once' } })
    assert.deepEqual([twice.status, twice.body.errorCode], [409, 'role_conflict'])
    const other = await make('Other')
    assert.equal((await call('PATCH', at(`/roles/${other}`), { body: { name: 'Once' } })).status, 409)
    for (const body of [{}, { name: '' }, { name: 7 }, { name: 'x', color: 'red' }, [], 'null']) {
      const { status, body: answer } = await call('POST', at('/roles'), { body })
      assert.deepEqual([status, answer.errorCode], [400, 'invalid_body'], JSON.stringify(body))
    }
    const { body } = await call('POST', at('/roles'), { body: { name: 'x', color: 'red' } })
    assert.match(body.message, /^Payload validation error: 'Additional properties not allowed: color'/)
  })

  it('are a thousand at most, however many are made at once', async () => {
    const { rows } = await sql<{ count: number }>`select count(*) from roles`.execute(db)
    const missing = 998 - Number(rows[0]?.count)
    await sql`insert into roles (id, name, is_builtin, created_at)
      select 'rol_filler' || n, 'Filler ' || n, false, ${new Date()} from generate_series(1, ${missing}::int) n`.execute(
      db,
    )
    const answers = await Promise.all(
      [1, 2, 3, 4, 5, 6].map((n) => call('POST', at('/roles'), { body: { name: `At once ${n}` } })),
    )
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 200, 403, 403, 403, 403])
    assert.equal(answers.find(({ status }) => status === 403)?.body.errorCode, 'too_many_entities')
    await db.deleteFrom('roles').where('id', 'like', 'rol_filler%').execute()
  })

  it('changed by two at once keep the changes of both', async () => {
    const id = await make('Both')
    await Promise.all([
      call('PATCH', at(`/roles/${id}`), { body: { name: 'Both of them' } }),
      call('PATCH', at(`/roles/${id}`), { body: { description: 'By two' } }),
    ])
    assert.deepEqual((await call('GET', at(`/roles/${id}`))).body, { id, name: 'Both of them', description: 'By two' })
  })

  it('have a thousand permissions at most, added by however many at once', async () => {
    const scopes = Array.from({ length: 1_000 }, (_, n) => ({ value: `do:${n}` }))
    const body = { identifier: 'https://many.example', name: 'Many', scopes }
    const { body: api } = await call('POST', at('/resource-servers'), { body })
    const id = await make('Much')
    await sql`insert into role_permissions (role_id, resource_server_id, permission)
      select ${id}, ${api.id}, 'do:' || n from generate_series(0, 997) n`.execute(db)
    const add = (resource_server_identifier: string, permission_name: string) =>
      call('POST', at(`/roles/${id}/permissions`), {
        body: { permissions: [{ resource_server_identifier, permission_name }] },
      })
    const answers = await Promise.all([
      add(body.identifier, 'do:998'),
      add(body.identifier, 'do:999'),
      add(ROBOTS, 'read:robots'),
      add(ROBOTS, 'move:robots'),
    ])
    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 201, 403, 403])
    assert.equal((await call('GET', at(`/roles/${id}/permissions?include_totals=true`))).body.total, 1_000)
  })

  it('that are built in keep their name and their permissions, and cannot be deleted', async () => {
    const { body } = await call('GET', at('/roles?name_filter=auditor'))
    const [{ id, name, description }] = body
    assert.equal((await call('PATCH', at(`/roles/${id}`), { body: { name, description } })).status, 200)
    const api = server.config.managementAudience
    const own = { permissions: [{ resource_server_identifier: api, permission_name: 'read:users' }] }
    for (const [method, path, sent] of [
      ['PATCH', '', { name: 'Spy' }],
      ['DELETE', '', undefined],
    ] as const) {
      const answer = await call(method, at(`/roles/${id}${path}`), { body: sent })
      assert.equal(answer.status, 403, answer.text)
      assert.match(answer.body.message, /built-in role Auditor .*Nothing was changed/)
    }
    const path = at(`/roles/${id}/permissions`)
    const held = async () => (await call('GET', `${path}?per_page=100`)).body
    const before = await held()
    assert.equal((await call('POST', path, { body: permissions('read:robots') })).status, 201)
    const all = { permissions: [...own.permissions, ...permissions('read:robots').permissions] }
    assert.equal((await call('DELETE', path, { body: all })).status, 204)
    assert.deepEqual(await held(), before)
    assert.equal((await call('POST', path, { body: own })).status, 201)
    assert.deepEqual(await held(), before)
  })

  it('have permissions, which are added once, listed with their API, and go with the API or its scope', async () => {
    const id = await make('Dealer')
    const path = at(`/roles/${id}/permissions`)
    const added = await call('POST', path, { body: permissions('read:robots', 'sell:robots', 'read:robots') })
    assert.deepEqual([added.status, added.body], [201, {}])
    assert.equal((await call('POST', path, { body: permissions('read:robots') })).status, 201)
    const api = { resource_server_name: 'Robots', resource_server_identifier: ROBOTS }
    const rows = [
      { permission_name: 'read:robots', description: 'See robots', ...api },
      { permission_name: 'sell:robots', ...api },
    ]
    assert.deepEqual((await call('GET', path)).body, rows)
    assert.deepEqual((await call('GET', `${path}?include_totals=true&per_page=1&page=1`)).body, {
      start: 1,
      limit: 1,
      total: 2,
      permissions: [rows[1]],
    })
    for (const wrong of [
      permissions('fly:robots'),
      { permissions: [{ resource_server_identifier: 'https://none.example', permission_name: 'read:robots' }] },
      { permissions: [] },
      {},
    ]) {
      const { status, body } = await call('POST', path, { body: wrong })
      assert.deepEqual([status, body.errorCode], [400, 'invalid_body'])
    }
    assert.equal((await call('DELETE', path, { body: permissions('sell:robots', 'fly:robots') })).status, 204)
    assert.deepEqual((await call('GET', path)).body, [rows[0]])
    await call('POST', path, { body: permissions('sell:robots') })
    const scopes = [{ value: 'read:robots', description: 'See robots' }, { value: 'move:robots' }]
    await call('PATCH', at(`/resource-servers/${encodeURIComponent(ROBOTS)}`), { body: { scopes } })
    assert.deepEqual((await call('GET', path)).body, [rows[0]])
  })

  it('are given to people and taken again, from either side, and each change is in the history of each', async () => {
    const [ada, ben] = [await person({ name: 'Ada' }), await person()]
    const [one, two] = [await make('One'), await make('Two')]
    assert.equal((await call('POST', userAt(ada.user_id, '/roles'), { body: { roles: [two, one, one] } })).status, 204)
    assert.deepEqual(
      (await call('GET', userAt(ada.user_id, '/roles'))).body.map(({ name }: { name: string }) => name),
      ['One', 'Two'],
    )
    const both = await call('POST', at(`/roles/${one}/users`), { body: { users: [ada.user_id, ben.user_id] } })
    assert.deepEqual([both.status, both.body], [200, {}])
    const history = await call('GET', userAt(ben.user_id, '/logs'))
    assert.equal(history.body[0].description, 'Role assigned')
    const members = await call('GET', at(`/roles/${one}/users?include_totals=true`))
    assert.equal(members.body.total, 2)
    assert.deepEqual(
      members.body.users.find(({ user_id }: { user_id: string }) => user_id === ada.user_id),
      { user_id: ada.user_id, name: 'Ada', email: ada.email, picture: ada.picture },
    )
    const effective = await call('GET', userAt(ada.user_id, '/effective-roles'))
    assert.deepEqual(
      effective.body.roles.map(({ sources }: { sources: string[] }) => sources),
      [['direct'], ['direct']],
    )
    assert.equal(
      (await call('DELETE', userAt(ada.user_id, '/roles'), { body: { roles: [one, 'rol_none'] } })).status,
      204,
    )
    assert.deepEqual((await call('GET', userAt(ada.user_id, '/roles?include_totals=true'))).body.total, 1)
    assert.equal((await lastEvent()).user_id, ada.user_id)
    await call('DELETE', userAt(ben.user_id, ''))
    await call('DELETE', at(`/roles/${two}`))
    assert.deepEqual((await call('GET', at(`/roles/${one}/users`))).body, [])
    assert.deepEqual((await call('GET', userAt(ada.user_id, '/roles'))).body, [])
  })

  it('are not given when one of them, or one of the people, is unknown', async () => {
    const ada = await person()
    const role = await make('Given')
    const some = await call('POST', userAt(ada.user_id, '/roles'), { body: { roles: [role, 'rol_none'] } })
    assert.deepEqual([some.status, some.body], [404, NO_ROLE])
    const users = await call('POST', at(`/roles/${role}/users`), { body: { users: [ada.user_id, 'auth0|none'] } })
    assert.deepEqual([users.status, users.body], [404, NO_USER])
    assert.deepEqual((await call('GET', userAt(ada.user_id, '/roles'))).body, [])
    for (const path of [
      '/roles',
      '/permissions',
      '/effective-roles',
      '/effective-roles/sources/groups?role_id=x',
      `/effective-permissions?resource_server_identifier=${ROBOTS}`,
      `/effective-permissions/sources/effective-roles?resource_server_identifier=${ROBOTS}&permission_name=x`,
    ]) {
      const answer = await call('GET', userAt('auth0|none', path))
      assert.deepEqual([answer.status, answer.body], [404, NO_USER], path)
    }
    for (const path of ['/roles', '/permissions']) {
      const body = path === '/roles' ? { roles: [role] } : permissions('read:robots')
      assert.deepEqual((await call('POST', userAt('auth0|none', path), { body })).body, NO_USER)
      assert.deepEqual((await call('DELETE', userAt('auth0|none', path), { body })).body, NO_USER)
    }
  })

  it('stay within their limits: 50 a user, 50 at once', async () => {
    const ada = await person()
    const ids = await Promise.all(Array.from({ length: 51 }, (_, index) => make(`Many ${index}`)))
    const tooMany = await call('POST', userAt(ada.user_id, '/roles'), { body: { roles: ids } })
    assert.deepEqual([tooMany.status, tooMany.body.errorCode], [400, 'invalid_body'])
    assert.equal((await call('POST', userAt(ada.user_id, '/roles'), { body: { roles: ids.slice(1) } })).status, 204)
    const one = await call('POST', at(`/roles/${ids[0]}/users`), { body: { users: [ada.user_id] } })
    assert.deepEqual([one.status, one.body.errorCode], [403, 'too_many_entities'])
    const { body } = await call('GET', userAt(ada.user_id, '/roles?include_totals=true&per_page=1'))
    assert.equal(body.total, 50)
  })

  it('list their members by checkpoint, each once', async () => {
    const role = await make('Crowd')
    const people = await Promise.all(Array.from({ length: 5 }, () => person()))
    const users = people.map(({ user_id }) => user_id)
    await call('POST', at(`/roles/${role}/users`), { body: { users } })
    const seen: string[] = []
    let from = ''
    for (let pages = 0; pages < 5; pages += 1) {
      const { body } = await call(
        'GET',
        at(`/roles/${role}/users?take=2&include_totals=true${from && `&from=${from}`}`),
      )
      seen.push(...body.users.map(({ user_id }: { user_id: string }) => user_id))
      if (!body.next) break
      from = body.next
    }
    assert.deepEqual(seen, users.toSorted())
    assert.equal((await call('GET', at(`/roles/${role}/users?take=2&from=nonsense`))).status, 400)
  })

  it('and direct permissions together are what a user may do, with the sources of each', async () => {
    const ada = await person()
    const role = await make('Mover', { description: 'Moves' })
    await call('POST', at(`/roles/${role}/permissions`), { body: permissions('read:robots', 'move:robots') })
    await call('POST', userAt(ada.user_id, '/roles'), { body: { roles: [role] } })
    const given = await call('POST', userAt(ada.user_id, '/permissions'), { body: permissions('read:robots') })
    assert.deepEqual([given.status, given.body], [201, {}])
    const direct = { source_id: '', source_name: '', source_type: 'DIRECT' }
    const through = { source_id: role, source_name: 'Mover', source_type: 'ROLE' }
    const api = { resource_server_name: 'Robots', resource_server_identifier: ROBOTS }
    const held = await call('GET', userAt(ada.user_id, '/permissions?include_totals=true'))
    assert.deepEqual(held.body, {
      start: 0,
      limit: 50,
      total: 2,
      permissions: [
        { permission_name: 'move:robots', ...api, sources: [through] },
        { permission_name: 'read:robots', description: 'See robots', ...api, sources: [direct, through] },
      ],
    })
    const query = `?resource_server_identifier=${encodeURIComponent(ROBOTS)}`
    const first = await call('GET', userAt(ada.user_id, `/effective-permissions${query}&take=1`))
    assert.deepEqual(first.body.permissions, [{ permission_name: 'move:robots', ...api, sources: ['roles'] }])
    const rest = await call('GET', userAt(ada.user_id, `/effective-permissions${query}&from=${first.body.next}`))
    assert.deepEqual(rest.body.permissions[0].sources, ['direct', 'roles'])
    const roles = await call(
      'GET',
      userAt(ada.user_id, `/effective-permissions/sources/effective-roles${query}&permission_name=read:robots`),
    )
    assert.deepEqual(roles.body, { roles: [{ id: role, name: 'Mover', description: 'Moves', sources: ['direct'] }] })
    assert.equal(
      (await call('DELETE', userAt(ada.user_id, '/permissions'), { body: permissions('move:robots', 'read:robots') }))
        .status,
      204,
    )
    const { body } = await call('GET', userAt(ada.user_id, '/permissions'))
    assert.deepEqual(
      body.map(({ sources }: { sources: object[] }) => sources),
      [[through], [through]],
    )
    await call('POST', userAt(ada.user_id, '/permissions'), { body: permissions('read:robots') })
    await call('DELETE', at(`/resource-servers/${encodeURIComponent(ROBOTS)}`))
    assert.deepEqual((await call('GET', userAt(ada.user_id, '/permissions'))).body, [])
  })

  it('carry no right over the tenant to others that the person who gives them does not hold', async () => {
    const [boss, ada] = [await person(), await person()]
    const { body } = await call('GET', at('/roles?name_filter=Administrator'))
    const role = body[0].id
    const scopes = ['update:users', 'create:role_members', 'update:roles', 'read:users'] as const
    const as = await tokenFor({ userId: boss.user_id, scopes })
    const api = server.config.managementAudience
    const direct = (permission_name: string) => ({
      permissions: [{ resource_server_identifier: api, permission_name }],
    })
    for (const [url, sent] of [
      [userAt(ada.user_id, '/roles'), { roles: [role] }],
      [at(`/roles/${role}/users`), { users: [boss.user_id] }],
      [userAt(boss.user_id, '/permissions'), direct('delete:users')],
      [at(`/roles/${await make('Ladder')}/permissions`), direct('delete:users')],
    ] as const) {
      const answer = await call('POST', url, { as, body: sent })
      assert.deepEqual([answer.status, answer.body.errorCode], [403, 'insufficient_scope'], answer.text)
    }
    assert.equal(
      (await call('POST', userAt(ada.user_id, '/permissions'), { as, body: direct('read:users') })).status,
      201,
    )
    const own = await tokenFor({ userId: ada.user_id, scopes: ['read:current_user'] })
    assert.equal((await call('GET', userAt(ada.user_id, '/roles'), { as: own })).status, 403)
  })
})
