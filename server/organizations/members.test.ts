import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NO_ORGANIZATION, startOrganizations } from './two-organizations.testing.ts'

const NO_MEMBER = { statusCode: 404, error: 'Not Found', message: 'The user is not a member of the organization.' }

describe('members of an organization', async () => {
  const test = await startOrganizations()
  const { call, db, tokenFor, person, acme, bolt, at, memberAt, join, give, role, membersOf, lastEvent } = test
  const members = (...users: { user_id: string }[]) => ({ body: { members: users.map(({ user_id }) => user_id) } })
  const userAt = (id: string, path: string) => `/api/v2/users/${encodeURIComponent(id)}${path}`

  it('are added once, listed in the shapes of Auth0 and let go, as users of the tenant still', async () => {
    const [ada, ben] = [await person({ name: 'Ada' }), await person()]
    for (const body of [members(ada, ben), members(ada), members(ben, ben)]) {
      assert.equal((await call('POST', at(acme, '/members'), body)).status, 204)
    }
    const listed = await call('GET', at(acme, '/members'))
    assert.deepEqual(
      listed.body.toSorted((one: { user_id: string }) => (one.user_id === ada.user_id ? -1 : 1)),
      [
        { user_id: ada.user_id, email: ada.email, name: 'Ada', picture: ada.picture },
        { user_id: ben.user_id, email: ben.email, name: ben.email, picture: ben.picture },
      ],
    )
    const history = await call('GET', userAt(ada.user_id, '/logs'))
    const added = history.body.filter(({ type }: { type: string }) => type === 'organization_member_added')
    assert.equal(added.length, 1, 'once, however often it is asked for')
    assert.deepEqual((await call('GET', userAt(ada.user_id, '/organizations?include_totals=true'))).body, {
      start: 0,
      limit: 50,
      total: 1,
      organizations: [{ id: acme, name: 'acme', display_name: 'Acme' }],
    })
    assert.equal((await call('DELETE', at(acme, '/members'), members(ada, { user_id: 'auth0|none' }))).status, 204)
    assert.deepEqual(await membersOf(acme), [ben.user_id])
    const { organization_id, person: told } = await lastEvent()
    assert.deepEqual([organization_id, told?.before], [acme, { members: [ada.user_id] }])
    assert.deepEqual((await call('GET', userAt(ada.user_id, '/organizations'))).body, [])
    assert.equal((await call('GET', userAt(ada.user_id, ''))).status, 200)
  })

  it('are none of those who do not exist, and of nothing that is no organization', async () => {
    const ada = await person()
    const before = await membersOf(acme)
    const unknown = await call('POST', at(acme, '/members'), members(ada, { user_id: 'auth0|none' }))
    assert.deepEqual([unknown.status, unknown.body.errorCode], [400, 'inexistent_user'])
    assert.match(unknown.body.message, /auth0\|none.*Nothing was changed/)
    assert.deepEqual(await membersOf(acme), before)
    for (const method of ['GET', 'POST', 'DELETE']) {
      const answer = await call(method, at('org_0123456789abcdef', '/members'), method === 'GET' ? {} : members(ada))
      assert.deepEqual([answer.status, answer.body], [404, NO_ORGANIZATION])
    }
    for (const body of [{}, { members: [] }, { members: [7] }, { members: 'x' }, { members: Array(101).fill('x') }]) {
      const { status, body: answer } = await call('POST', at(acme, '/members'), { body })
      assert.deepEqual([status, answer.errorCode], [400, 'invalid_body'])
    }
    assert.equal((await call('GET', userAt('auth0|none', '/organizations'))).status, 404)
  })

  it('are each added once though many add them at the same time', async () => {
    const [ada, ben] = [await person(), await person()]
    const racers = Array.from({ length: 12 }, (_, index) =>
      call('POST', at(bolt, '/members'), index % 2 ? members(ada, ben) : members(ben, ada)),
    )
    assert.deepEqual(new Set((await Promise.all(racers)).map(({ status }) => status)), new Set([204]))
    assert.deepEqual((await membersOf(bolt)).toSorted(), [ada.user_id, ben.user_id].toSorted())
    const added = await db
      .selectFrom('events')
      .selectAll()
      .where('type', '=', 'organization_member_added')
      .where('organization_id', '=', bolt)
      .execute()
    assert.equal(added.length, 2)
  })

  it('are listed in pages and by checkpoint, with the fields asked for, and roles for those who may read them', async () => {
    const id = await test.make('pages')
    const people = []
    for (let index = 0; index < 5; index += 1) people.push(await person())
    await join(id, people)
    const roleId = await role()
    const [first] = people
    assert.ok(first)
    await give(id, first, [roleId])
    const all = await membersOf(id)
    assert.deepEqual(all.toSorted(), people.map(({ user_id }) => user_id).toSorted())
    const page = await call('GET', at(id, '/members?include_totals=true&per_page=2&page=1&fields=user_id'))
    const expected = all.slice(2, 4).map((user_id) => ({ user_id }))
    assert.deepEqual(page.body, { start: 2, limit: 2, total: 5, members: expected })
    const seen: string[] = []
    for (let from = ''; ; ) {
      const { body } = await call(
        'GET',
        at(id, `/members?take=2&per_page=50&fields=name,user_id${from && `&from=${from}`}`),
      )
      seen.push(...body.members.map(({ user_id }: { user_id: string }) => user_id))
      if (!body.next) break
      from = body.next
    }
    assert.deepEqual(seen, all)
    const withRoles = (await call('GET', at(id, '/members?fields=user_id,roles'))).body
    const found = withRoles.find(({ user_id }: { user_id: string }) => user_id === first.user_id)
    assert.deepEqual(
      found.roles.map(({ id: given }: { id: string }) => given),
      [roleId],
    )
    assert.ok(!('roles' in (await call('GET', at(id, '/members'))).body[0]))
    assert.ok(!('email' in (await call('GET', at(id, '/members?fields=email&include_fields=false'))).body[0]))
    const as = await tokenFor({ scopes: ['read:organization_members'] })
    assert.equal((await call('GET', at(id, '/members'), { as })).status, 200)
    assert.equal((await call('GET', at(id, '/members?fields=roles'), { as })).status, 403)
    const holders = await call('GET', at(id, `/roles/${roleId}/members`))
    assert.deepEqual(
      holders.body.map(({ user_id }: { user_id: string }) => user_id),
      [first.user_id],
    )
    assert.equal((await call('GET', at(id, '/members?take=2&from=nonsense'))).status, 400)
  })

  it('get the roles that the organization gives to everybody', async () => {
    const id = await test.make('welcoming')
    const [one, two] = [await role(), await role()]
    const said = await call('PATCH', at(id, '/settings'), { body: { default_role_ids: [one, two] } })
    assert.equal(said.status, 200, said.text)
    await call('DELETE', `/api/v2/roles/${two}`)
    const ada = await person()
    await join(id, [ada])
    const given = await call('GET', memberAt(id, ada, '/roles'))
    assert.deepEqual(
      given.body.map((held: { id: string }) => held.id),
      [one],
    )
    await call('DELETE', memberAt(id, ada, '/roles'), { body: { roles: [one] } })
    await join(id, [ada])
    assert.deepEqual((await call('GET', memberAt(id, ada, '/roles'))).body, [])
  })

  it('have roles there, and nowhere else', async () => {
    const ada = await person()
    await join(acme, [ada])
    await join(bolt, [ada])
    const [one, two] = [await role(), await role()]
    assert.equal((await call('POST', memberAt(acme, ada, '/roles'), { body: { roles: [one, two, one] } })).status, 204)
    const event = await lastEvent()
    assert.deepEqual(
      [event.user_id, event.organization_id, event.person?.before, event.person?.after],
      [ada.user_id, acme, { roles: [] }, { roles: [one, two].toSorted() }],
    )
    const ids = async (organization: string, path = '/roles') =>
      (await call('GET', memberAt(organization, ada, path))).body.map(({ id }: { id: string }) => id)
    assert.deepEqual((await ids(acme)).toSorted(), [one, two].toSorted())
    assert.deepEqual(await ids(bolt), [])
    assert.deepEqual((await call('GET', userAt(ada.user_id, '/roles'))).body, [])
    const paged = await call('GET', memberAt(acme, ada, '/roles?include_totals=true&per_page=1&page=1'))
    assert.deepEqual({ ...paged.body, roles: paged.body.roles.length }, { start: 1, limit: 1, total: 2, roles: 1 })
    const effective = await call('GET', memberAt(acme, ada, '/effective-roles'))
    assert.deepEqual(
      effective.body.roles.map(({ id, sources }: { id: string; sources: string[] }) => [id, sources]),
      [one, two].toSorted().map((id) => [id, ['direct']]),
    )
    const groups = await call('GET', memberAt(acme, ada, `/effective-roles/sources/groups?role_id=${one}`))
    assert.deepEqual(groups.body, { groups: [] })
    const taken = await call('DELETE', memberAt(acme, ada, '/roles'), { body: { roles: [one, 'rol_none'] } })
    assert.equal(taken.status, 204)
    assert.deepEqual(await ids(acme), [two])
    await call('DELETE', at(acme, '/members'), members(ada))
    await join(acme, [ada])
    assert.deepEqual(await ids(acme), [], 'who comes back begins anew')
  })

  it('get no unknown role, and no more than fifty; strangers get none', async () => {
    const [ada, stranger] = [await person(), await person()]
    await join(acme, [ada])
    const known = await role()
    const unknown = await call('POST', memberAt(acme, ada, '/roles'), { body: { roles: [known, 'rol_none'] } })
    assert.deepEqual([unknown.status, unknown.body.message], [404, 'The role does not exist.'])
    assert.deepEqual((await call('GET', memberAt(acme, ada, '/roles'))).body, [])
    for (const path of ['/roles', '/effective-roles', '/effective-roles/sources/groups?role_id=x']) {
      assert.deepEqual((await call('GET', memberAt(acme, stranger, path))).body, NO_MEMBER)
    }
    for (const method of ['POST', 'DELETE']) {
      const answer = await call(method, memberAt(acme, stranger, '/roles'), { body: { roles: [known] } })
      assert.deepEqual([answer.status, answer.body], [404, NO_MEMBER])
      const nowhere = await call(method, memberAt('org_0123456789abcdef', ada, '/roles'), { body: { roles: [known] } })
      assert.deepEqual(nowhere.body, NO_ORGANIZATION)
    }
    const many = []
    for (let index = 0; index < 51; index += 1) many.push(await role())
    const most = await call('POST', memberAt(acme, ada, '/roles'), { body: { roles: many } })
    assert.deepEqual([most.status, most.body.errorCode], [400, 'invalid_body'])
    await give(acme, ada, many.slice(1))
    const more = await call('POST', memberAt(acme, ada, '/roles'), { body: { roles: many.slice(0, 1) } })
    assert.deepEqual([more.status, more.body.errorCode], [403, 'too_many_entities'])
  })

  it('whose account another organization managed own it from then on, and those who leave do as well', async () => {
    const [ada, ben] = [await person(), await person()]
    await join(acme, [ada, ben])
    await db
      .updateTable('users')
      .set({ managing_organization_id: acme })
      .where('user_id', 'in', [ada.user_id, ben.user_id])
      .execute()
    const manager = async (user_id: string) =>
      (await db.selectFrom('users').selectAll().where('user_id', '=', user_id).executeTakeFirstOrThrow())
        .managing_organization_id
    await join(acme, [ada])
    assert.equal(await manager(ada.user_id), acme)
    await join(bolt, [ada])
    assert.equal(await manager(ada.user_id), null)
    await call('DELETE', at(acme, '/members'), members(ben))
    assert.equal(await manager(ben.user_id), null)
  })

  it('who come back hold no tokens of the time before', async () => {
    const ada = await person()
    await join(acme, [ada])
    const generation = async () =>
      (await db.selectFrom('memberships').selectAll().where('user_id', '=', ada.user_id).executeTakeFirstOrThrow())
        .token_generation
    const before = await generation()
    await call('DELETE', at(acme, '/members'), members(ada))
    await join(acme, [ada])
    assert.notEqual(await generation(), before)
  })
})
