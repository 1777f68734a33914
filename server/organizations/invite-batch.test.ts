import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NO_ORGANIZATION, startOrganizations } from './two-organizations.testing.ts'

describe('invitations of many', async () => {
  const test = await startOrganizations()
  const { call, db, person, acme, bolt, at, role, join, administrator, queued, lastEvent } = test
  const common = { inviter: { name: 'Ada' }, client_id: 'tenantry-account' }
  const batch = (invitations: object[], more: object = {}, id = acme) =>
    call('POST', at(id, '/invitations/batch'), { body: { ...common, invitations, ...more } })
  const outcomes = ({ body }: { body: { results: { outcome: string }[] } }) =>
    body.results.map(({ outcome }) => outcome)
  const listed = async (id = acme) =>
    (await call('GET', at(id, '/invitations?per_page=100'))).body.map(
      ({ invitee }: { invitee: { email: string } }) => invitee.email,
    )

  it('say of each address what became of it, and mail those who are invited', async () => {
    const member = await person()
    await join(acme, [member])
    const roleId = await role()
    await batch([{ email: 'before@example.com' }])
    const mails = (await queued()).length
    const done = await batch([
      { email: 'new@example.com', roles: [roleId], language: 'de' },
      { email: 'NEW@example.com' },
      { email: String(member.email).toUpperCase() },
      { email: 'Before@Example.com' },
      { email: 'nobody' },
      { email: '' },
      { email: 'role@example.com', roles: ['rol_0123456789abcdef'] },
    ])
    assert.equal(done.status, 200, done.text)
    assert.deepEqual(outcomes(done), [
      'created',
      'already_invited',
      'already_member',
      'already_invited',
      'invalid_address',
      'invalid_address',
      'role_refused',
    ])
    assert.deepEqual([done.body.created, done.body.refused], [1, 6])
    const [{ invitation_id }] = done.body.results
    const made = (await call('GET', at(acme, `/invitations/${invitation_id}`))).body
    assert.deepEqual([made.invitee.email, made.roles], ['new@example.com', [roleId]])
    const event = await lastEvent()
    assert.deepEqual([event.operation, event.organization_id], ['post_invitations_batch', acme])
    assert.ok(!JSON.stringify(event).includes(made.ticket_id))
    const queue = (await queued()).slice(mails)
    assert.deepEqual(
      queue.map(({ template, language, organization_id }) => [template, language, organization_id]),
      [['user_invitation', 'de', acme]],
    )
  })

  it('reach whoever was a member until the membership ended', async () => {
    const member = await person()
    await join(acme, [member])
    const end = (ends_at: Date) =>
      db.updateTable('memberships').set({ ends_at }).where('user_id', '=', String(member.user_id)).execute()
    const tried = async () => outcomes(await batch([{ email: String(member.email) }], { dry_run: true }))
    await end(new Date(Date.now() + 3_600_000))
    assert.deepEqual(await tried(), ['already_member'])
    await end(new Date(Date.now() - 1_000))
    assert.deepEqual(await tried(), ['created'])
  })

  it('change nothing when it is a dry run', async () => {
    const before = [await listed(), (await queued()).length, (await lastEvent()).log_id]
    const done = await batch([{ email: 'dry@example.com' }, { email: 'dry@example.com' }], { dry_run: true })
    assert.deepEqual([done.status, outcomes(done)], [200, ['created', 'already_invited']])
    assert.ok(!('invitation_id' in done.body.results[0]))
    assert.deepEqual([await listed(), (await queued()).length, (await lastEvent()).log_id], before)
  })

  it('are five hundred at most, and nobody is invited twice though two ask at once', async () => {
    const rows = Array.from({ length: 500 }, (_, index) => ({ email: `crowd-${index}@example.com` }))
    assert.equal((await batch([...rows, { email: 'one@more.example' }], {}, bolt)).status, 400)
    const both = await Promise.all([batch(rows, {}, bolt), batch(rows, {}, bolt)])
    assert.deepEqual(both.map(({ body }) => body.created).toSorted(), [0, 500])
    const { count } = await db
      .selectFrom('organization_invitations')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where('organization_id', '=', bolt)
      .executeTakeFirstOrThrow()
    assert.equal(count, 500)
  })

  it('are refused as a whole where the shape is wrong, or the application lets nobody in', async () => {
    for (const [rows, more, status] of [
      [[], {}, 400],
      [[{}], {}, 400],
      [[{ email: 'x@example.com', language: 'tlh' }], {}, 400],
      [[{ email: 'x@example.com', app_metadata: {} }], {}, 400],
      [[{ email: 'x@example.com' }], { client_id: 'none' }, 400],
      [[{ email: 'x@example.com' }], { inviter: {} }, 400],
    ] as const) {
      assert.equal((await batch([...rows], more)).status, status, JSON.stringify([rows, more]))
    }
    assert.deepEqual((await batch([{ email: 'x@example.com' }], {}, 'org_0123456789abcdef')).body, NO_ORGANIZATION)
    assert.ok(!(await listed()).includes('x@example.com'))
  })

  it('by an administrator carry only roles that he may give', async () => {
    const { ask } = await administrator(acme, ['create:organization_invitations', 'create:organization_member_roles'])
    const helper = await administrator(acme, ['create:organization_invitations'])
    const [open, closed] = [await role([], true), await role()]
    const rows = (name: string) => [
      { email: `${name}-1@example.com`, roles: [open] },
      { email: `${name}-2@example.com`, roles: [open, closed] },
      { email: `${name}-3@example.com` },
    ]
    const url = at(acme, '/invitations/batch')
    const own = await ask('POST', url, { body: { ...common, invitations: rows('own') } })
    assert.deepEqual(outcomes(own), ['created', 'role_refused', 'created'])
    const other = await helper.ask('POST', url, { body: { ...common, invitations: rows('other') } })
    assert.deepEqual(outcomes(other), ['role_refused', 'role_refused', 'created'])
    const foreign = await ask('POST', at(bolt, '/invitations/batch'), { body: { ...common, invitations: rows('x') } })
    assert.deepEqual(foreign.body, NO_ORGANIZATION)
  })

  it('by an administrator end where the organization has sent as many as the operator allows in a day', async () => {
    const small = await test.make('small')
    const { ask } = await administrator(small, ['create:organization_invitations', 'delete:organization_invitations'])
    const settings = await call('GET', at(small, '/settings'))
    assert.equal(settings.body.invitations_per_day, 5_000)
    const own = await administrator(small, ['read:organizations', 'update:organizations'])
    const setting = { body: { invitations_per_day: 4 } }
    assert.equal((await own.ask('PATCH', at(small, '/settings'), setting)).status, 403)
    assert.equal((await call('PATCH', at(small, '/settings'), setting)).body.invitations_per_day, 4)

    const one = (email: string) => ({ body: { ...common, invitee: { email } } })
    const first = await ask('POST', at(small, '/invitations'), one('one@example.com'))
    assert.equal(first.status, 201, first.text)
    assert.equal((await ask('POST', at(small, `/invitations/${first.body.id}/resend`))).status, 200)
    // What is withdrawn was sent all the same.
    assert.equal((await ask('DELETE', at(small, `/invitations/${first.body.id}`))).status, 204)
    const rows = ['a', 'b', 'c', 'a'].map((name) => ({ email: `${name}@example.com` }))
    const list = (more: object) =>
      ask('POST', at(small, '/invitations/batch'), { body: { ...common, invitations: rows, ...more } })
    const expected = ['created', 'created', 'limit_reached', 'already_invited']
    assert.deepEqual(outcomes(await list({ dry_run: true })), expected)
    const done = await list({})
    assert.deepEqual([outcomes(done), done.body.created, done.body.refused], [expected, 2, 2])

    const mails = (await queued()).length
    const refused = await ask('POST', at(small, '/invitations'), one('two@example.com'))
    assert.deepEqual([refused.status, refused.body.errorCode], [429, 'invitation_limit'])
    assert.match(refused.body.message, /its 4 invitations of 24 hours/)
    const wait = Number(refused.headers['retry-after'])
    assert.ok(wait > 86_300 && wait <= 86_400, String(wait))
    const [{ invitation_id }] = done.body.results
    assert.equal((await ask('POST', at(small, `/invitations/${invitation_id}/resend`))).status, 429)
    assert.equal((await queued()).length, mails)
    // An operator is not bound, another organization not concerned.
    assert.equal((await call('POST', at(small, '/invitations'), one('three@example.com'))).status, 201)
    const other = await administrator(bolt, ['create:organization_invitations'])
    assert.equal((await other.ask('POST', at(bolt, '/invitations'), one('one@example.com'))).status, 201)
  })

  it('by an administrator take the last place once, though many ask at once', async () => {
    const tiny = await test.make('tiny')
    await call('PATCH', at(tiny, '/settings'), { body: { invitations_per_day: 1 } })
    const { ask } = await administrator(tiny, ['create:organization_invitations'])
    const asked = Array.from({ length: 6 }, (_, index) =>
      ask('POST', at(tiny, '/invitations'), { body: { ...common, invitee: { email: `race-${index}@example.com` } } }),
    )
    const statuses = (await Promise.all(asked)).map(({ status }) => status)
    assert.deepEqual(statuses.toSorted(), [201, 429, 429, 429, 429, 429])
  })

  it('are sent once more with the same link, for as long as a new one, and not without end', async () => {
    const { body } = await call('POST', at(acme, '/invitations'), {
      body: { ...common, invitee: { email: 'again@example.com' }, ttl_sec: 60 },
    })
    const url = at(acme, `/invitations/${body.id}/resend`)
    await db
      .updateTable('organization_invitations')
      .set({ expires_at: new Date(Date.now() - 1000) })
      .where('id', '=', body.id)
      .execute()
    const mails = (await queued()).length
    const again = await call('POST', url)
    assert.equal(again.status, 200, again.text)
    const { expires_at, ...rest } = again.body
    const { expires_at: _, ...before } = body
    assert.deepEqual(rest, before)
    assert.ok(Math.abs(Date.parse(expires_at) - Date.now() - 604_800_000) < 60_000)
    assert.equal((await queued()).length, mails + 1)
    assert.ok(!JSON.stringify(await lastEvent()).includes(body.ticket_id))
    for (let times = 0; times < 4; times += 1) assert.equal((await call('POST', url)).status, 200)
    assert.equal((await call('POST', url)).status, 429)
    assert.equal((await queued()).length, mails + 5)
    assert.equal((await call('POST', at(bolt, `/invitations/${body.id}/resend`))).status, 404)
    await call('DELETE', at(acme, `/invitations/${body.id}`))
    assert.equal((await call('POST', url)).status, 404)
  })
})
