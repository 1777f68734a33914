/** Who may do what to whom within an organization, as an attacker tries it: every door, one after the other. */
import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { MANAGEMENT_ROUTES } from '../../server/app.ts'
import { join as joinAs } from '../../server/organizations/organizations.testing.ts'
import { startOrganizations } from '../../server/organizations/two-organizations.testing.ts'
import { BUILT_IN_ROLES, type BuiltInRoleKey } from '../../server/roles/built-in.ts'
import { tries } from '../../server/sign-in/tries.testing.ts'
import type { User } from '../../server/users/user.ts'
import { BODIES, PARAMETERS } from './cases.ts'

const KEYS = Object.keys(BUILT_IN_ROLES) as BuiltInRoleKey[]

describe('an organization', async () => {
  const test = await startOrganizations()
  const { call, db, person, acme, bolt, make, at, memberAt, role, join, give, administrator, tokenFor } = test
  const { wrong, close } = await tries(test)
  const userAt = ({ user_id }: User, path = '') => `/api/v2/users/${encodeURIComponent(user_id)}${path}`
  const builtIn = new Map<BuiltInRoleKey, string>()

  before(async () => {
    const { body } = await call('GET', '/api/v2/roles')
    for (const key of KEYS) {
      builtIn.set(key, body.find(({ name }: { name: string }) => name === BUILT_IN_ROLES[key].name).id)
    }
  })

  /** Somebody with a built-in role in an organization, and how he calls. */
  const staff = async (key: BuiltInRoleKey, organizationId = acme) => {
    const user = await person()
    await joinAs(db, organizationId, user.user_id, key)
    const as = await tokenFor({ userId: user.user_id, organizationId })
    const ask = (method: string, url: string, body?: unknown) => call(method, url, { as, ...(body ? { body } : {}) })
    return { user, as, ask }
  }
  const member = async (organizationId = acme) => {
    const user = await person()
    await join(organizationId, [user])
    return user
  }
  const rolesOf = async (user: User, organizationId = acme): Promise<string[]> =>
    (await call('GET', memberAt(organizationId, user, '/roles'))).body.map(({ id }: { id: string }) => id)
  const rowsOf = async (table: 'organization_invitations' | 'emails' | 'membership_roles') =>
    Number(
      (
        await db
          .selectFrom(table)
          .select((eb) => eb.fn.countAll().as('n'))
          .executeTakeFirstOrThrow()
      ).n,
    )
  const invitation = (roles: string[]) => ({
    inviter: { name: 'Eve' },
    invitee: { email: `eve-${roles.length}@example.com` },
    client_id: 'tenantry-account',
    ...(roles.length > 0 ? { roles } : {}),
  })
  const batch = (roles: string[], dry_run: boolean) => ({
    inviter: { name: 'Eve' },
    client_id: 'tenantry-account',
    dry_run,
    invitations: [{ email: 'eve@example.com', roles }],
  })

  it('D03: gives nobody a role above the giver’s own, by no door', async () => {
    const target = await member()
    const high = await role(['delete:users', 'update:tenant_settings'])
    const above = { auditor: high, helper: high, operator: high, administrator: high } as const
    const [invitations, given] = [await rowsOf('organization_invitations'), await rowsOf('membership_roles')]
    for (const key of KEYS) {
      const { ask } = await staff(key)
      for (const roleId of key === 'administrator' ? [high] : [above[key], builtIn.get('administrator') ?? '']) {
        const roles = [roleId]
        for (const [name, answer] of [
          ['by id', await ask('POST', memberAt(acme, target, '/roles'), { roles })],
          ['invitation', await ask('POST', at(acme, '/invitations'), invitation(roles))],
          [
            'bulk',
            await ask('POST', at(acme, '/members/bulk'), { action: 'assign_roles', members: [target.user_id], roles }),
          ],
          [
            'dry run',
            await ask('POST', at(acme, '/members/bulk'), {
              ...{ action: 'assign_roles', members: [target.user_id], roles, dry_run: true },
            }),
          ],
          ['default roles', await ask('PATCH', at(acme, '/settings'), { default_role_ids: roles })],
        ] as const) {
          assert.equal(answer.status, 403, `${key}, ${name}: ${answer.text}`)
        }
        for (const isDry of [true, false]) {
          const answer = await ask('POST', at(acme, '/invitations/batch'), batch(roles, isDry))
          if (answer.status !== 403)
            assert.equal(answer.body.results[0].outcome, 'role_refused', `${key}: ${answer.text}`)
        }
      }
    }
    assert.deepEqual(await rolesOf(target), [])
    assert.equal(await rowsOf('organization_invitations'), invitations)
    assert.equal(await rowsOf('membership_roles'), given + KEYS.length)
    assert.deepEqual((await call('GET', at(acme, '/settings'))).body.default_role_ids, [])
  })

  it('D03: to give roles to everybody who joins is to give them, and needs the right for it', async () => {
    const held = ['read:organizations', 'update:organizations', 'read:users'] as const
    const { ask } = await administrator(acme, held)
    for (const default_role_ids of [[await role([], true)], [await role(['read:users'])]]) {
      const { status, text } = await ask('PATCH', at(acme, '/settings'), { body: { default_role_ids } })
      assert.equal(status, 403, text)
    }
    assert.equal((await ask('PATCH', at(acme, '/settings'), { body: { language: 'de' } })).status, 200)
    assert.deepEqual((await call('GET', at(acme, '/settings'))).body.default_role_ids, [])
  })

  it('D03: says nothing of a role that nobody has and that is not open', async () => {
    const { ask } = await staff('administrator')
    const target = await member()
    const closed = await role()
    for (const dry_run of [true, false]) {
      const body = (roles: string[]) => ({ action: 'withdraw_roles', members: [target.user_id], roles, dry_run })
      const hidden = await ask('POST', at(acme, '/members/bulk'), body([closed]))
      const never = await ask('POST', at(acme, '/members/bulk'), body(['rol_0123456789abcdef']))
      assert.deepEqual([hidden.status, hidden.text], [200, never.text])
    }
    await give(acme, target, [closed])
    const body = { action: 'withdraw_roles', members: [target.user_id], roles: [closed] }
    assert.equal((await ask('POST', at(acme, '/members/bulk'), body)).status, 403)
    assert.deepEqual(await rolesOf(target), [closed])
  })

  it('D03: a role that is widened later counts as what it is then', async () => {
    const { ask } = await staff('operator')
    const boss = await staff('administrator')
    const target = await member()
    const open = await role([], true)
    assert.equal((await boss.ask('POST', memberAt(acme, target, '/roles'), { roles: [open] })).status, 204)
    assert.equal((await ask('PATCH', memberAt(acme, target), { blocked: true })).status, 200)
    const permission_name = 'update:tenant_settings'
    const permissions = [{ resource_server_identifier: test.server.config.managementAudience, permission_name }]
    assert.equal((await call('POST', `/api/v2/roles/${open}/permissions`, { body: { permissions } })).status, 201)
    assert.equal((await ask('PATCH', memberAt(acme, target), { blocked: false })).status, 403)
    const other = await member()
    for (const one of [boss.ask, ask]) {
      assert.equal((await one('POST', memberAt(acme, other, '/roles'), { roles: [open] })).status, 403)
      assert.equal((await one('POST', at(acme, '/invitations'), invitation([open]))).status, 403)
    }
    assert.deepEqual(await rolesOf(other), [])
  })

  it('D04: lets nobody act on somebody with more rights, in the organization or over the tenant', async () => {
    const boss = (await staff('administrator')).user
    const operator = await member()
    await call('POST', userAt(operator, '/roles'), { body: { roles: [builtIn.get('auditor')] } })
    await call('PATCH', memberAt(acme, boss), { body: { attributes: { department: 'Bridge' } } })
    for (const user of [boss, operator]) {
      await close(user)
      // So that what he refuses is not that the account is the person's own.
      await db
        .updateTable('users')
        .set({ managing_organization_id: acme })
        .where('user_id', '=', user.user_id)
        .execute()
    }
    const watched = async () => ({
      users: await db
        .selectFrom('users')
        .selectAll()
        .where('user_id', 'in', [boss.user_id, operator.user_id])
        .execute(),
      memberships: await db
        .selectFrom('memberships')
        .selectAll()
        .where('organization_id', '=', acme)
        .where('user_id', 'in', [boss.user_id, operator.user_id])
        .orderBy('user_id')
        .execute(),
      blocks: await db.selectFrom('login_failures').selectAll().orderBy('subject').execute(),
    })
    const open = await role([], true)
    const callers = [
      ...[(await staff('helper')).ask, (await staff('operator')).ask],
      (
        await administrator(acme, [
          'update:users',
          'delete:users',
          'create:user_tickets',
          'delete:sessions',
          'delete:anomaly_blocks',
          'delete:organization_members',
          'create:organization_member_roles',
          'delete:organization_member_roles',
          'read:users',
        ])
      ).ask,
    ]
    const administratorAsk = (await staff('administrator')).ask
    const before = { ...(await watched()), mails: await rowsOf('emails') }
    for (const target of [boss, operator]) {
      // Somebody with the same rights may act on the administrator of the organization, and nobody there on the operator.
      for (const ask of target === boss ? callers : [...callers, administratorAsk]) {
        const send = (method: string, url: string, body?: object) =>
          // The helper of the third caller takes options.
          ask === callers[2] ? ask(method, url, body ? { body } : {}) : ask(method, url, body as never)
        const members = [target.user_id]
        for (const [method, url, body] of [
          ['POST', userAt(target, '/emails'), { kind: 'password_reset' }],
          ['POST', userAt(target, '/emails'), { kind: 'email_verification' }],
          ['DELETE', `/api/v2/user-blocks/${encodeURIComponent(target.user_id)}`],
          ['DELETE', userAt(target, '/sessions')],
          ['PATCH', userAt(target), { blocked: true }],
          ['PATCH', userAt(target), { given_name: 'Eve' }],
          ['PATCH', userAt(target), { email: 'eve@example.com' }],
          ['DELETE', userAt(target)],
          ['PATCH', memberAt(acme, target), { blocked: true }],
          ['PATCH', memberAt(acme, target), { ends_at: '2090-01-01T00:00:00Z' }],
          ['PATCH', memberAt(acme, target), { attributes: { department: 'Eve' } }],
          ['POST', memberAt(acme, target, '/roles'), { roles: [open] }],
          ['DELETE', memberAt(acme, target, '/roles'), { roles: [builtIn.get('administrator')] }],
          ['DELETE', at(acme, '/members'), { members }],
        ] as const) {
          const { status, text } = await send(method, url, body)
          assert.equal(status, 403, `${method} ${url} ${JSON.stringify(body)}: ${text}`)
        }
        for (const action of ['block', 'unblock', 'remove', 'send_password_reset', 'assign_roles'] as const) {
          const more = action === 'assign_roles' ? { roles: [open] } : {}
          const answer = await send('POST', at(acme, '/members/bulk'), { action, members, ...more })
          if (answer.status !== 403) {
            assert.deepEqual(
              [answer.body.done, answer.body.results[0].code],
              [0, 'member_above'],
              `${action}: ${answer.text}`,
            )
          }
        }
      }
    }
    assert.deepEqual({ ...(await watched()), mails: await rowsOf('emails') }, before)
    const plain = await member()
    await wrong(plain)
    assert.equal(
      (await administratorAsk('DELETE', `/api/v2/user-blocks/${encodeURIComponent(plain.user_id)}`)).status,
      204,
    )
  })

  it('D05: lets nobody raise himself, and keeps the last who gives roles, whoever goes first', async () => {
    for (const key of KEYS) {
      const { user, ask } = await staff(key)
      const roles = [builtIn.get('administrator'), await role([], true)]
      for (const [method, url, body] of [
        ['POST', memberAt(acme, user, '/roles'), { roles }],
        ['DELETE', memberAt(acme, user, '/roles'), { roles }],
        ['PATCH', memberAt(acme, user), { ends_at: null }],
        ['PATCH', userAt(user), { blocked: false }],
        ['DELETE', at(acme, '/members'), { members: [user.user_id] }],
        ['DELETE', userAt(user), undefined],
        ['DELETE', `/api/v2/user-blocks/${encodeURIComponent(user.user_id)}`, undefined],
      ] as const) {
        const { status, text } = await ask(method, url, body)
        assert.equal(status, 403, `${key}: ${method} ${url} ${text}`)
      }
      assert.deepEqual(await rolesOf(user), [builtIn.get(key)])
    }
    for (let round = 0; round < 3; round += 1) {
      const id = await make(`last-${round}`)
      const [one, two] = [await staff('administrator', id), await staff('administrator', id)]
      await db.updateTable('users').set({ managing_organization_id: id }).execute()
      const demote = (by: typeof one, other: User) =>
        [
          () => by.ask('DELETE', memberAt(id, other, '/roles'), { roles: [builtIn.get('administrator')] }),
          () => by.ask('POST', at(id, '/members/bulk'), { action: 'remove', members: [other.user_id] }),
          () => by.ask('DELETE', userAt(other)),
        ][round]
      const answers = await Promise.all([demote(one, two.user)?.(), demote(two, one.user)?.()])
      assert.equal(
        answers.filter((answer) => answer !== undefined && answer.status < 300).length,
        1,
        JSON.stringify(answers),
      )
      const left = await db
        .selectFrom('membership_roles')
        .selectAll()
        .where('organization_id', '=', id)
        .where('role_id', '=', builtIn.get('administrator') ?? '')
        .execute()
      assert.equal(left.length, 1)
    }
  })

  it('D06: changes of somebody who is in two organizations what is its own, and nothing of the account', async () => {
    const both = await member()
    await join(bolt, [both])
    const accountOf = async () =>
      await db.selectFrom('users').selectAll().where('user_id', '=', both.user_id).executeTakeFirstOrThrow()
    const account = await accountOf()
    const { ask } = await staff('administrator')
    for (const body of [
      { email: 'eve@example.com' },
      { name: 'Eve' },
      { verify_email: true },
      { phone_number: '+4912345' },
    ]) {
      const { status, text } = await ask('PATCH', userAt(both), body)
      assert.equal(status, 403, text)
    }
    for (const body of [
      { password: 'Abendtau-27-Fenster' },
      { email_verified: true },
      { app_metadata: { plan: 'x' } },
    ]) {
      assert.equal((await ask('PATCH', userAt(both), body)).status, 403)
    }
    assert.equal((await ask('DELETE', userAt(both))).status, 403)
    assert.equal((await ask('PATCH', userAt(both), { blocked: true })).status, 200)
    assert.deepEqual(await accountOf(), account)
    const standing = async (id: string) => (await call('GET', memberAt(id, both))).body.blocked
    assert.deepEqual([await standing(acme), await standing(bolt)], [true, false])
    const other = await staff('administrator', bolt)
    assert.equal((await other.ask('PATCH', userAt(both), { blocked: false })).status, 200)
    assert.deepEqual([await standing(acme), await standing(bolt)], [true, false], 'a block is lifted where it is')
    assert.equal((await ask('DELETE', at(acme, '/members'), { members: [both.user_id] })).status, 204)
    assert.equal((await call('GET', memberAt(bolt, both))).status, 200)
    assert.deepEqual(await accountOf(), account)
  })

  it('D07: refuses an auditor whatever changes something', async () => {
    const { ask, user } = await staff('auditor')
    const target = await member()
    const ids: Record<string, string> = { organization: acme, user: target.user_id, role: builtIn.get('auditor') ?? '' }
    let refused = 0
    for (const route of MANAGEMENT_ROUTES) {
      // Who sees everything may take it with him, or stop that; that he did is in the log.
      const isExport = ['post_users-exports', 'cancel_job'].includes(route.operationId)
      if (route.method === 'GET' || isExport) continue
      const [, first] = route.url.split('/')
      const url = route.url.replaceAll(/:\w+/g, (name) => {
        const kind = name === ':id' ? PARAMETERS[`/${first}/:id`] : PARAMETERS[name]
        return encodeURIComponent(ids[kind ?? ''] ?? 'unknown')
      })
      const body = BODIES[`${route.method} ${route.url}`]?.({
        ...{ organization: acme, user: target.user_id, invitation: '', role: ids.role ?? '', log: '', session: '' },
        ...{ connection: '', domain: '', domainName: '', job: '', terms: '', version: '1', client: '' },
      })
      const { status, text } = await ask(route.method, `/api/v2${url}`, body ?? (route.body ? {} : undefined))
      assert.equal(status, 403, `${route.method} ${route.url}: ${text}`)
      refused += 1
    }
    assert.ok(refused > 80)
    assert.deepEqual(await rolesOf(user), [builtIn.get('auditor')])
  })

  it('D09: binds nothing of another organization, by path or body', async () => {
    const { ask } = await staff('administrator')
    const { body: connection } = await call('POST', '/api/v2/connections', {
      body: { name: 'bolt-people', strategy: 'auth0' },
    })
    await call('POST', at(bolt, '/enabled_connections'), { body: { connection_id: connection.id } })
    const tied = async () => ({
      connections: await db.selectFrom('organization_connections').selectAll().execute(),
      domains: await db.selectFrom('organization_discovery_domains').selectAll().execute(),
      invitations: await rowsOf('organization_invitations'),
      users: Number(
        (
          await db
            .selectFrom('users')
            .select((eb) => eb.fn.countAll().as('n'))
            .executeTakeFirstOrThrow()
        ).n,
      ),
    })
    const before = await tied()
    const own = [
      ['POST', at(acme, '/enabled_connections'), { connection_id: connection.id }, 403],
      ['POST', at(acme, '/connections'), { connection_id: connection.id }, 403],
      ['PATCH', at(acme, `/enabled_connections/${connection.id}`), { show_as_button: true }, 403],
      ['POST', at(acme, '/discovery-domains'), { domain: 'bolt.example' }, 403],
      ['POST', at(acme, '/members'), { members: ['auth0|x'] }, 403],
      ['POST', '/api/v2/users', { connection: 'bolt-people', email: 'eve@example.com' }, 403],
      ['POST', '/api/v2/users', { connection: 'never', email: 'eve@example.com' }, 403],
      ['POST', at(acme, '/invitations'), { ...invitation([]), connection_id: connection.id }, 400],
      ['POST', at(acme, '/invitations'), { ...invitation([]), organization_id: bolt }, 400],
      ['PATCH', at(acme), { id: bolt }, 400],
      ['PATCH', at(acme), { name: 'bolt' }, 403],
      ['PATCH', at(acme, '/settings'), { organization_id: bolt }, 400],
      ['PATCH', at(bolt), { display_name: 'Eve' }, 404],
      ['POST', at(bolt, '/invitations'), invitation([]), 404],
    ] as const
    for (const [method, url, body, expected] of own) {
      const { status, text } = await ask(method, url, body)
      assert.equal(status, expected, `${method} ${url} ${JSON.stringify(body)}: ${text}`)
    }
    const unknown = await ask('POST', at(acme, '/invitations'), {
      ...invitation([]),
      connection_id: 'con_0123456789abcdef',
    })
    const foreign = await ask('POST', at(acme, '/invitations'), { ...invitation([]), connection_id: connection.id })
    assert.equal(foreign.text, unknown.text)
    assert.deepEqual(await tied(), before)
  })
})
