/** Who may do what to whom, by every route that changes members. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { AnyScope } from '../http/define-route.ts'
import type { User } from '../users/user.ts'
import { NO_ORGANIZATION, startOrganizations } from './two-organizations.testing.ts'

const ALL = [
  'read:organization_members',
  'read:organization_member_roles',
  'create:organization_member_roles',
  'delete:organization_member_roles',
  'delete:organization_members',
  'create:organization_members',
  'update:users',
] as const satisfies readonly AnyScope[]
const WITHOUT_ROLES = ['update:users', 'delete:organization_members', 'read:organization_members'] as const

describe('an administrator of an organization', async () => {
  const test = await startOrganizations()
  const { call, db, person, acme, bolt, make, at, memberAt, role, join, give, administrator, membersOf } = test
  const rolesOf = async (id: string, user: User) =>
    (await call('GET', memberAt(id, user, '/roles'))).body.map((held: { id: string }) => held.id).toSorted()
  type Asking = Awaited<ReturnType<typeof administrator>>['ask']

  /** Every way to do something to a member, and its answer. */
  const acts = (ask: Asking, id: string, user: User, roleId: string) =>
    [
      ['assign', () => ask('POST', memberAt(id, user, '/roles'), { body: { roles: [roleId] } })],
      ['withdraw', () => ask('DELETE', memberAt(id, user, '/roles'), { body: { roles: [roleId] } })],
      ['remove', () => ask('DELETE', at(id, '/members'), { body: { members: [user.user_id] } })],
      ['block', () => ask('PATCH', memberAt(id, user), { body: { blocked: true } })],
      ['end', () => ask('PATCH', memberAt(id, user), { body: { ends_at: '2020-01-01T00:00:00Z' } })],
      ['end later', () => ask('PATCH', memberAt(id, user), { body: { ends_at: '2090-01-01T00:00:00Z' } })],
    ] as const
  const standingOf = async (id: string, user: User) =>
    await db
      .selectFrom('memberships')
      .select(['blocked_at', 'ends_at', 'token_generation'])
      .where('organization_id', '=', id)
      .where('user_id', '=', user.user_id)
      .executeTakeFirstOrThrow()

  it('acts on members who have no rights, by every route', async () => {
    const { ask } = await administrator(acme, ALL)
    const member = await person()
    await join(acme, [member])
    const open = await role([], true)
    const [assign, withdraw, remove, block, end] = acts(ask, acme, member, open)
    for (const [name, act] of [assign, withdraw, block, end, remove]) {
      const { status, text } = await act()
      assert.ok(status < 300, `${name}: ${text}`)
    }
    assert.ok(!(await membersOf(acme)).includes(member.user_id))
  })

  it('acts on nobody of another organization, who is to him as if he were not there', async () => {
    const { ask, user } = await administrator(acme, ALL)
    const stranger = await person()
    await join(bolt, [stranger])
    const open = await role([], true)
    const before = await standingOf(bolt, stranger)
    for (const who of [stranger, { user_id: 'auth0|none' } as User]) {
      for (const [name, act] of acts(ask, acme, who, open)) {
        const answer = await act()
        const expected =
          name === 'remove'
            ? [204, undefined]
            : [
                404,
                {
                  statusCode: 404,
                  error: 'Not Found',
                  message: 'The user does not exist.',
                  errorCode: 'inexistent_user',
                },
              ]
        assert.deepEqual([answer.status, answer.body], expected, name)
      }
      for (const [name, act] of acts(ask, bolt, who, open)) {
        const answer = await act()
        assert.deepEqual([answer.status, answer.body], [404, NO_ORGANIZATION], name)
      }
    }
    assert.deepEqual(await standingOf(bolt, stranger), before)
    assert.deepEqual(await rolesOf(bolt, stranger), [])
    const add = await ask('POST', at(acme, '/members'), { body: { members: [stranger.user_id] } })
    assert.equal(add.status, 403)
    assert.ok((await membersOf(acme)).includes(user.user_id))
  })

  it('does nothing to himself', async () => {
    const { ask, user } = await administrator(acme, ALL)
    const open = await role([], true)
    const before = [await standingOf(acme, user), await rolesOf(acme, user)]
    for (const [name, act] of acts(ask, acme, user, open)) {
      const { status, body } = await act()
      assert.deepEqual([status, body.errorCode], [403, 'operation_not_supported'], name)
      assert.match(body.message, /^You cannot change your own roles.*Nothing was changed/)
    }
    assert.deepEqual([await standingOf(acme, user), await rolesOf(acme, user)], before)
  })

  it('does nothing to somebody who has rights that he has not, in the organization or over the tenant', async () => {
    const { ask } = await administrator(acme, ALL)
    const above = await administrator(acme, ['read:logs'])
    const operator = await person()
    await join(acme, [operator])
    await call('POST', `/api/v2/users/${encodeURIComponent(operator.user_id)}/permissions`, {
      body: {
        permissions: [
          { resource_server_identifier: test.server.config.managementAudience, permission_name: 'read:users' },
        ],
      },
    })
    const byRole = await person()
    await join(acme, [byRole])
    await call('POST', `/api/v2/users/${encodeURIComponent(byRole.user_id)}/roles`, {
      body: { roles: [await role(['update:users'])] },
    })
    const open = await role([], true)
    for (const target of [above.user, operator, byRole]) {
      const before = [await standingOf(acme, target), await rolesOf(acme, target)]
      for (const [name, act] of acts(ask, acme, target, open)) {
        const { status, body } = await act()
        assert.equal(status, 403, name)
        assert.match(body.message, /^This person has rights that you do not have.*Nothing was changed/)
      }
      assert.deepEqual([await standingOf(acme, target), await rolesOf(acme, target)], before)
    }
    const one = await person()
    await join(acme, [one])
    const both = await ask('DELETE', at(acme, '/members'), { body: { members: [one.user_id, above.user.user_id] } })
    assert.equal(both.status, 403)
    assert.ok((await membersOf(acme)).includes(one.user_id), 'of several, nobody goes where one may not')
  })

  it('gives and takes roles whose rights he has, and open ones without rights, and no others', async () => {
    const { ask } = await administrator(acme, ALL)
    const member = await person()
    await join(acme, [member])
    const robots = 'https://robots.example.com'
    await call('POST', '/api/v2/resource-servers', {
      body: { identifier: robots, name: 'Robots', scopes: [{ value: 'move:robots' }] },
    })
    const withRobots = async (permissions: readonly AnyScope[], isOpen: boolean) => {
      const id = await role(permissions, isOpen)
      await call('POST', `/api/v2/roles/${id}/permissions`, {
        body: { permissions: [{ resource_server_identifier: robots, permission_name: 'move:robots' }] },
      })
      return id
    }
    for (const [roleId, isOpen, status] of [
      [await role([], true), 'open, without rights', 204],
      [await withRobots([], true), 'open, of another API', 204],
      [await role(['update:users']), 'with a right that he has', 204],
      [await withRobots(['update:users'], true), 'open, with both', 204],
      [await role(), 'closed, without rights', 404],
      [await withRobots([], false), 'closed, of another API', 404],
      [await withRobots(['update:users'], false), 'closed, with both', 404],
      [await role(['delete:users']), 'with a right that he has not', 403],
      [await role(['delete:users'], true), 'open, with a right that he has not', 403],
      ['rol_0123456789abcdef', 'unknown', 404],
    ] as const) {
      const given = await ask('POST', memberAt(acme, member, '/roles'), { body: { roles: [roleId] } })
      assert.equal(given.status, status, `${isOpen}: ${given.text}`)
      if (status === 404) assert.equal(given.body.message, 'The role does not exist.')
      assert.deepEqual(await rolesOf(acme, member), status === 204 ? [roleId] : [], isOpen)
      if (roleId !== 'rol_0123456789abcdef') await give(acme, member, [roleId])
      const taken = await ask('DELETE', memberAt(acme, member, '/roles'), { body: { roles: [roleId] } })
      const expected =
        status === 404 && roleId !== 'rol_0123456789abcdef' ? 403 : roleId === 'rol_0123456789abcdef' ? 204 : status
      assert.equal(taken.status, expected, `${isOpen}: ${taken.text}`)
      await call('DELETE', memberAt(acme, member, '/roles'), { body: { roles: [roleId] } })
    }
  })

  it('who gives roles is not the last one to go, though two send each other away at the same time', async () => {
    for (let round = 0; round < 4; round += 1) {
      const id = await make(`duel-${round}`)
      const [one, two] = [await administrator(id, ALL), await administrator(id, ALL)]
      const away = (ask: Asking, user: User) => [
        () => ask('DELETE', at(id, '/members'), { body: { members: [user.user_id] } }),
        () => ask('PATCH', memberAt(id, user), { body: { blocked: true } }),
        () => ask('DELETE', memberAt(id, user, '/roles'), { body: { roles: [one.roleId, two.roleId] } }),
        () => ask('PATCH', memberAt(id, user), { body: { ends_at: '2090-01-01T00:00:00Z' } }),
      ]
      const [first, second] = [away(one.ask, two.user)[round], away(two.ask, one.user)[round]]
      assert.ok(first && second)
      const statuses = (await Promise.all([first(), second()])).map(({ status }) => status)
      assert.equal(statuses.filter((status) => status < 300).length, 1, `${round}: ${statuses}`)
    }
  })

  it('who was sent away can do nothing more with the token he has', async () => {
    const id = await make('demoted')
    const [boss, other] = [await administrator(id, ALL), await administrator(id, ALL)]
    assert.equal((await other.ask('GET', at(id, '/members'))).status, 200)
    assert.equal((await boss.ask('PATCH', memberAt(id, other.user), { body: { blocked: true } })).status, 200)
    assert.equal((await other.ask('GET', at(id, '/members'))).status, 401)
    assert.equal((await boss.ask('PATCH', memberAt(id, other.user), { body: { blocked: false } })).status, 200)
    assert.equal((await other.ask('GET', at(id, '/members'))).status, 401, 'a token of before stays dead')
  })

  it('without the right to give roles can neither remove the last who has it, nor keep an operator from it', async () => {
    const id = await make('lonely')
    const last = await administrator(id, ['create:organization_member_roles'])
    const helper = await administrator(id, WITHOUT_ROLES)
    const refused = await helper.ask('DELETE', at(id, '/members'), { body: { members: [last.user.user_id] } })
    assert.equal(refused.status, 403)
    const plain = await person()
    await join(id, [plain])
    assert.equal((await helper.ask('PATCH', memberAt(id, plain), { body: { blocked: true } })).status, 200)
    assert.equal((await call('DELETE', at(id, '/members'), { body: { members: [last.user.user_id] } })).status, 204)
    assert.equal((await helper.ask('PATCH', memberAt(id, plain), { body: { blocked: false } })).status, 200)
  })
})

describe('an operator who is a person', async () => {
  const { call, tokenFor, person, acme, memberAt, role, join } = await startOrganizations()

  it('gives and takes no right over the tenant in an organization that he does not hold', async () => {
    const [operator, member] = [await person(), await person()]
    await join(acme, [member])
    const as = await tokenFor({
      userId: operator.user_id,
      scopes: ['create:organization_member_roles', 'delete:organization_member_roles', 'read:users'],
    })
    const [above, held, closed] = [await role(['delete:users']), await role(['read:users']), await role()]
    for (const [roleId, status] of [
      [above, 403],
      [held, 204],
      [closed, 204],
    ] as const) {
      const body = { roles: [roleId] }
      assert.equal((await call('POST', memberAt(acme, member, '/roles'), { as, body })).status, status)
      await call('POST', memberAt(acme, member, '/roles'), { body })
      assert.equal((await call('DELETE', memberAt(acme, member, '/roles'), { as, body })).status, status)
    }
  })

  it('may send himself and the last administrator away', async () => {
    const operator = await person()
    await join(acme, [operator])
    const as = await tokenFor({ userId: operator.user_id, scopes: ['delete:organization_members'] })
    const url = `/api/v2/organizations/${acme}/members`
    assert.equal((await call('DELETE', url, { as, body: { members: [operator.user_id] } })).status, 204)
  })
})
