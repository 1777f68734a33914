import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NO_ORGANIZATION, startOrganizations } from './two-organizations.testing.ts'

describe('a member in full', async () => {
  const test = await startOrganizations()
  const { call, db, person, acme, bolt, memberAt, role, join, give, administrator, lastEvent } = test

  it('is read and changed, each organization for itself', async () => {
    const ada = await person({ name: 'Ada' })
    await join(acme, [ada])
    await join(bolt, [ada])
    const roleId = await role()
    await give(acme, ada, [roleId])
    const read = await call('GET', memberAt(acme, ada))
    assert.equal(read.status, 200, read.text)
    const { created_at, roles, ...rest } = read.body
    assert.ok(!Number.isNaN(Date.parse(created_at)))
    assert.deepEqual(
      roles.map(({ id }: { id: string }) => id),
      [roleId],
    )
    assert.deepEqual(rest, {
      user_id: ada.user_id,
      email: ada.email,
      name: 'Ada',
      picture: ada.picture,
      blocked: false,
      attributes: {},
      logins_count: 0,
      managed: false,
    })
    const changed = await call('PATCH', memberAt(acme, ada), {
      body: {
        blocked: true,
        blocked_reason: 'On leave',
        ends_at: '2090-06-30T12:00:00+02:00',
        attributes: { title: 'Captain', department: 'Deck', employee_number: '0042' },
      },
    })
    assert.equal(changed.status, 200, changed.text)
    const { blocked_at, ...after } = changed.body
    assert.ok(blocked_at)
    assert.deepEqual(after, {
      ...read.body,
      blocked: true,
      blocked_reason: 'On leave',
      ends_at: '2090-06-30T10:00:00.000Z',
      attributes: { title: 'Captain', department: 'Deck', employee_number: '0042' },
    })
    const event = await lastEvent()
    assert.deepEqual([event.user_id, event.organization_id, event.target_kind], [ada.user_id, acme, 'member'])
    assert.deepEqual([event.person?.before, event.person?.after], [read.body, changed.body])
    const elsewhere = (await call('GET', memberAt(bolt, ada))).body
    assert.deepEqual([elsewhere.blocked, elsewhere.attributes, elsewhere.ends_at], [false, {}, undefined])

    const back = await call('PATCH', memberAt(acme, ada), {
      body: { blocked: false, ends_at: null, attributes: { title: null, cost_centre: '7' } },
    })
    assert.deepEqual(back.body, {
      ...read.body,
      attributes: { department: 'Deck', employee_number: '0042', cost_centre: '7' },
    })
  })

  it('loses the tokens of the organization by a block and by an end that is past, and by nothing else', async () => {
    const ada = await person()
    await join(acme, [ada])
    const generation = async () =>
      (await db.selectFrom('memberships').selectAll().where('user_id', '=', ada.user_id).executeTakeFirstOrThrow())
        .token_generation
    const first = await generation()
    for (const [body, raised] of [
      [{ attributes: { title: 'x' } }, 0],
      [{ ends_at: '2090-01-01T00:00:00Z' }, 0],
      [{ blocked: true }, 1],
      [{ blocked: true, blocked_reason: 'again' }, 1],
      [{ blocked: false }, 1],
      [{ ends_at: '2020-01-01T00:00:00Z' }, 2],
      [{ ends_at: null }, 2],
    ] as const) {
      const { status, text } = await call('PATCH', memberAt(acme, ada), { body })
      assert.equal(status, 200, text)
      assert.equal((await generation()) - first, raised, JSON.stringify(body))
    }
  })

  it('is not changed by what has the wrong shape', async () => {
    const ada = await person()
    await join(acme, [ada])
    const before = (await call('GET', memberAt(acme, ada))).body
    for (const body of [
      {},
      { blocked: 'yes' },
      { blocked_reason: 'without a block' },
      { ends_at: 'tomorrow' },
      { ends_at: '0000-01-01T00:00:00Z' },
      { attributes: { salary: '1' } },
      { attributes: { title: '' } },
      { attributes: { title: 'x'.repeat(101) } },
      { attributes: null },
      { roles: [] },
    ]) {
      const { status, body: answer } = await call('PATCH', memberAt(acme, ada), { body })
      assert.deepEqual([status, answer.errorCode], [400, 'invalid_body'], JSON.stringify(body))
    }
    assert.deepEqual((await call('GET', memberAt(acme, ada))).body, before)
    const stranger = await person()
    for (const method of ['GET', 'PATCH']) {
      const options = method === 'PATCH' ? { body: { blocked: true } } : {}
      assert.equal((await call(method, memberAt(acme, stranger), options)).status, 404)
      assert.deepEqual((await call(method, memberAt('org_0123456789abcdef', ada), options)).body, NO_ORGANIZATION)
    }
  })

  it('keeps both of two changes that come at once', async () => {
    const ada = await person()
    await join(acme, [ada])
    const changes = [{ title: 'Mate' }, { department: 'Deck' }, { manager: 'Ben' }]
    await Promise.all(changes.map((attributes) => call('PATCH', memberAt(acme, ada), { body: { attributes } })))
    const { attributes } = (await call('GET', memberAt(acme, ada))).body
    assert.deepEqual(attributes, { title: 'Mate', department: 'Deck', manager: 'Ben' })
  })

  it('may say of himself, as an administrator, what the organization says of its members', async () => {
    const { ask, user } = await administrator(acme, ['update:users', 'read:organization_members'])
    const changed = await ask('PATCH', memberAt(acme, user), { body: { attributes: { department: 'Bridge' } } })
    assert.deepEqual([changed.status, changed.body.attributes], [200, { department: 'Bridge' }])
    assert.equal((await ask('GET', memberAt(acme, user))).body.managed, false)
    assert.equal((await ask('PATCH', memberAt(acme, user), { body: { blocked: false } })).status, 403)
  })
})

describe('the settings of an organization', async () => {
  const { call, db, acme, bolt, at, role, administrator, lastEvent, tokenFor, person, join } =
    await startOrganizations()
  const BEGIN = {
    language: null,
    support_contact: null,
    session: null,
    invitation_ttl_sec: 604_800,
    default_role_ids: [],
    may_set_passwords: false,
    invitations_per_day: 5_000,
    suspended: false,
  }

  it('are what the tenant says until they are set, and again when they are taken back', async () => {
    const url = at(acme, '/settings')
    assert.deepEqual((await call('GET', url)).body, BEGIN)
    const roleId = await role()
    const said = {
      language: 'de',
      support_contact: { email: 'help@acme.example', url: 'https://acme.example/help' },
      session: { lifetime_minutes: 480, idle_minutes: 30 },
      invitation_ttl_sec: 86_400,
      default_role_ids: [roleId],
      may_set_passwords: true,
      invitations_per_day: 10,
    }
    const set = await call('PATCH', url, { body: said })
    assert.deepEqual([set.status, set.body], [200, { ...said, suspended: false }])
    const { organization_id, person: told } = await lastEvent()
    assert.deepEqual([organization_id, told?.before, told?.after], [acme, BEGIN, set.body])
    assert.deepEqual((await call('PATCH', url, { body: { session: null } })).body, { ...set.body, session: null })
    assert.deepEqual((await call('GET', at(bolt, '/settings'))).body, BEGIN)
    const nulls = Object.fromEntries(Object.keys(said).map((name) => [name, null]))
    assert.deepEqual((await call('PATCH', url, { body: nulls })).body, BEGIN)
    const { rules } = await db.selectFrom('organizations').selectAll().where('id', '=', acme).executeTakeFirstOrThrow()
    assert.deepEqual(rules, {})
  })

  it('refuse what has the wrong shape', async () => {
    for (const body of [
      {},
      { language: 'tlh' },
      { support_contact: { email: 'x' } },
      { support_contact: { url: 'javascript:alert(1)' } },
      { session: { lifetime_minutes: 0 } },
      { invitation_ttl_sec: 2_592_001 },
      { default_role_ids: 'x' },
      { suspended: null },
      { colour: 1 },
    ]) {
      const { status, body: answer } = await call('PATCH', at(acme, '/settings'), { body })
      assert.deepEqual([status, answer.errorCode], [400, 'invalid_body'], JSON.stringify(body))
    }
    assert.equal((await call('PATCH', at(acme, '/settings'), { body: { default_role_ids: ['rol_none'] } })).status, 404)
    assert.deepEqual((await call('GET', at(acme, '/settings'))).body, BEGIN)
    assert.deepEqual((await call('GET', at('org_0123456789abcdef', '/settings'))).body.statusCode, 404)
  })

  it('close an organization: nobody acts for it any more, until it is opened and he signs in anew', async () => {
    const { ask, as, user } = await administrator(acme, ['read:organizations'])
    assert.equal((await ask('GET', at(acme))).status, 200)
    const closed = await call('PATCH', at(acme, '/settings'), { body: { suspended: true, suspended_reason: 'Unpaid' } })
    const { suspended_at, ...rest } = closed.body
    assert.ok(suspended_at)
    assert.deepEqual(rest, { ...BEGIN, suspended: true, suspended_reason: 'Unpaid' })
    assert.equal((await ask('GET', at(acme))).status, 401)
    const again = await call('PATCH', at(acme, '/settings'), { body: { suspended: true } })
    assert.deepEqual(again.body, closed.body)
    const opened = await call('PATCH', at(acme, '/settings'), { body: { suspended: false } })
    assert.deepEqual(opened.body, BEGIN)
    assert.equal((await call('GET', at(acme), { as })).status, 401)
    const anew = await tokenFor({ userId: user.user_id, organizationId: acme, scopes: ['read:organizations'] })
    assert.equal((await call('GET', at(acme), { as: anew })).status, 200)
  })

  it('are its administrators own, but for what an operator decides', async () => {
    const scopes = ['read:organizations', 'update:organizations', 'read:users'] as const
    const { ask } = await administrator(acme, [...scopes, 'create:organization_member_roles'])
    const url = at(acme, '/settings')
    assert.equal((await ask('PATCH', url, { body: { language: 'de' } })).status, 200)
    const [open, held] = [await role([], true), await role(['read:users'])]
    assert.equal((await ask('PATCH', url, { body: { default_role_ids: [open, held] } })).status, 200)
    for (const [body, status] of [
      [{ may_set_passwords: true }, 403],
      [{ suspended: true }, 403],
      [{ suspended_reason: 'x' }, 403],
      [{ default_role_ids: [await role(['delete:users'])] }, 403],
      [{ default_role_ids: [await role()] }, 404],
    ] as const) {
      assert.equal((await ask('PATCH', url, { body })).status, status, JSON.stringify(body))
    }
    const after = (await call('GET', url)).body
    assert.deepEqual([after.language, after.default_role_ids], ['de', [open, held]])
    // What an operator has set stays where an administrator leaves it.
    const closed = await role()
    await call('PATCH', url, { body: { default_role_ids: [open, closed] } })
    assert.equal((await ask('PATCH', url, { body: { default_role_ids: [closed] } })).status, 200)
    assert.deepEqual((await ask('GET', at(bolt, '/settings'))).body.statusCode, 404)
    await join(acme, [await person()])
  })
})
