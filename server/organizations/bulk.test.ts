import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { mailWorkerOf } from '../jobs/mail-worker.ts'
import type { User } from '../users/user.ts'
import { NO_ORGANIZATION, startOrganizations } from './two-organizations.testing.ts'

describe('an act on many members', async () => {
  const test = await startOrganizations()
  const { call, db, server, person, acme, bolt, at, memberAt, role, join, give, administrator, membersOf, queued } =
    test
  const bulk = (body: object, id = acme) => call('POST', at(id, '/members/bulk'), { body })
  const people = async (count: number) => {
    const found: User[] = []
    for (let index = 0; index < count; index += 1) found.push(await person())
    await join(acme, found)
    return found
  }
  const ids = (users: readonly User[]) => users.map(({ user_id }) => user_id)
  const outcomes = ({ body }: { body: { results: { outcome: string; code?: string }[] } }) =>
    body.results.map(({ outcome, code }) => code ?? outcome)
  const rolesOf = async (user: User) =>
    (await call('GET', memberAt(acme, user, '/roles'))).body.map(({ id }: { id: string }) => id)
  const count = async () =>
    Number(
      (
        await db
          .selectFrom('events')
          .select((eb) => eb.fn.countAll().as('n'))
          .executeTakeFirstOrThrow()
      ).n,
    )

  it('blocks and unblocks, each once, and tells each of them in his history', async () => {
    const [one, two] = await people(2)
    assert.ok(one && two)
    const stranger = await person()
    await join(bolt, [stranger])
    const members = [...ids([one, two, one, stranger]), 'auth0|none']
    const done = await bulk({ action: 'block', members, reason: 'Left' })
    assert.equal(done.status, 200, done.text)
    assert.deepEqual(outcomes(done), ['done', 'done', 'inexistent_member', 'inexistent_member'])
    const { results: _, ...counts } = done.body
    assert.deepEqual(counts, { done: 2, skipped: 0, refused: 2 })
    assert.deepEqual(
      done.body.results.map(({ user_id }: User) => user_id),
      [...ids([one, two, stranger]), 'auth0|none'],
    )
    const { blocked, blocked_reason } = (await call('GET', memberAt(acme, one))).body
    assert.deepEqual([blocked, blocked_reason], [true, 'Left'])
    assert.equal((await call('GET', memberAt(bolt, stranger))).body.blocked, false)
    assert.deepEqual(outcomes(await bulk({ action: 'block', members })).slice(0, 2), ['skipped', 'skipped'])
    const [event] = (await call('GET', `/api/v2/users/${encodeURIComponent(one.user_id)}/logs`)).body
    assert.equal(event.description, 'Membership blocked')
    assert.deepEqual(outcomes(await bulk({ action: 'unblock', members: ids([one]) })), ['done'])
    assert.deepEqual(outcomes(await bulk({ action: 'unblock', members: ids([one]) })), ['skipped'])
    assert.equal((await call('GET', memberAt(acme, one))).body.blocked, false)
  })

  it('gives and takes roles, and removes', async () => {
    const [one, two] = await people(2)
    assert.ok(one && two)
    const roles = [await role(), await role()]
    await give(acme, one, roles)
    const members = ids([one, two])
    assert.deepEqual(outcomes(await bulk({ action: 'assign_roles', members, roles })), ['skipped', 'done'])
    assert.equal((await rolesOf(two)).length, 2)
    const [first = ''] = roles
    await call('DELETE', memberAt(acme, two, '/roles'), { body: { roles: [first] } })
    const taken = await bulk({ action: 'withdraw_roles', members, roles: [first, 'rol_none'] })
    assert.deepEqual(outcomes(taken), ['done', 'skipped'])
    assert.deepEqual(await rolesOf(one), await rolesOf(two))
    assert.deepEqual(outcomes(await bulk({ action: 'remove', members })), ['done', 'done'])
    assert.deepEqual(outcomes(await bulk({ action: 'remove', members })), ['inexistent_member', 'inexistent_member'])
    const left = await membersOf(acme)
    assert.ok(!members.some((id) => left.includes(id)))
  })

  it('refuses a member who has fifty roles, and nobody else', async () => {
    const [full, other] = await people(2)
    assert.ok(full && other)
    const many: string[] = []
    for (let index = 0; index < 50; index += 1) many.push(await role())
    await give(acme, full, many)
    const more = [await role()]
    const done = await bulk({ action: 'assign_roles', members: ids([full, other]), roles: more })
    assert.deepEqual(outcomes(done), ['too_many_entities', 'done'])
    assert.match(done.body.results[0].message, /At most 50 roles a member/)
    assert.equal((await rolesOf(full)).length, 50)
  })

  it('sends links to those who have a password of ours, once the request is committed', async () => {
    const [one, gone] = await people(2)
    assert.ok(one && gone)
    await call('PATCH', `/api/v2/users/${encodeURIComponent(gone.user_id)}`, { body: { blocked: true } })
    const before = (await queued()).length
    const done = await bulk({ action: 'send_password_reset', members: ids([one, gone]) })
    assert.deepEqual(outcomes(done), ['done', 'skipped'])
    const mails = (await queued()).slice(before)
    assert.deepEqual(
      mails.map(({ template, user_id, organization_id }) => [template, user_id, organization_id]),
      [['reset_email', one.user_id, acme]],
    )
  })

  it('refuses links that would not be sent: to whoever got five within the hour, and while they are switched off', async () => {
    const [full, other] = await people(2)
    assert.ok(full && other)
    const links = (more: object = {}) => bulk({ action: 'send_password_reset', members: ids([full, other]), ...more })
    const only = { members: [full.user_id] }
    for (let sent = 0; sent < 5; sent += 1) assert.deepEqual(outcomes(await links(only)), ['done'])
    await mailWorkerOf(server).runOnce()
    const before = (await queued()).length
    assert.deepEqual(outcomes(await links({ dry_run: true })), ['too_many_mails', 'done'])
    assert.deepEqual(outcomes(await links()), ['too_many_mails', 'done'])
    assert.equal((await queued()).length, before + 1)
    const template = { template: 'reset_email', from: 'a@b.example', subject: 'S', body: 'B', syntax: 'liquid' }
    await call('POST', '/api/v2/email-templates', { body: { ...template, enabled: false } })
    const off = await links()
    assert.deepEqual([off.status, off.body.errorCode], [400, 'mail_switched_off'])
    assert.equal((await queued()).length, before + 1)
    await db.deleteFrom('email_templates').execute()
  })

  it('only says what would happen when it is a dry run', async () => {
    const [one] = await people(1)
    assert.ok(one)
    const before = [await membersOf(acme), await rolesOf(one), (await queued()).length]
    const events = await count()
    const roles = [await role()]
    const made = await count()
    for (const body of [
      { action: 'block' },
      { action: 'remove' },
      { action: 'assign_roles', roles },
      { action: 'send_password_reset' },
    ]) {
      const answer = await bulk({ ...body, members: [one.user_id, 'auth0|none'], dry_run: true })
      assert.deepEqual([answer.status, outcomes(answer)], [200, ['done', 'inexistent_member']])
    }
    assert.deepEqual([await membersOf(acme), await rolesOf(one), (await queued()).length], before)
    assert.ok(made > events)
    assert.equal(await count(), made)
    assert.equal((await call('GET', memberAt(acme, one))).body.blocked, false)
  })

  it('asks for the scope of what is done, and for a body that fits it', async () => {
    const [one] = await people(1)
    assert.ok(one)
    const members = [one.user_id]
    const as = await test.tokenFor({ scopes: ['update:users'] })
    const removed = await call('POST', at(acme, '/members/bulk'), { as, body: { action: 'remove', members } })
    assert.deepEqual([removed.status, removed.body.errorCode], [403, 'insufficient_scope'])
    for (const body of [
      { action: 'erase', members },
      { action: 'block' },
      { action: 'block', members: [] },
      { action: 'block', members: Array(1_001).fill('x') },
      { action: 'block', members, roles: ['rol_x'] },
      { action: 'assign_roles', members },
      { action: 'remove', members, reason: 'x' },
    ]) {
      const { status, body: answer } = await bulk(body)
      assert.deepEqual([status, answer.errorCode], [400, 'invalid_body'], JSON.stringify(body).slice(0, 100))
    }
    assert.equal((await bulk({ action: 'assign_roles', members, roles: ['rol_none'] })).status, 404)
    assert.deepEqual((await bulk({ action: 'block', members }, 'org_0123456789abcdef')).body, NO_ORGANIZATION)
    assert.equal((await call('GET', memberAt(acme, one))).body.blocked, false)
  })

  it('leaves out whom its administrator may not act on, and refuses what he may do to nobody', async () => {
    const may = ['update:users', 'create:organization_member_roles', 'delete:organization_members'] as const
    const { ask, user } = await administrator(acme, may)
    const above = await administrator(acme, ['read:logs'])
    const [one] = await people(1)
    const stranger = await person()
    await join(bolt, [stranger])
    assert.ok(one)
    const members = ids([user, above.user, one, stranger])
    const url = at(acme, '/members/bulk')
    const expected = ['own_membership', 'member_above', 'done', 'inexistent_member']
    assert.deepEqual(outcomes(await ask('POST', url, { body: { action: 'block', members } })), expected)
    const roles = [await role(['delete:users'])]
    const gift = await ask('POST', url, { body: { action: 'assign_roles', members, roles } })
    assert.deepEqual([gift.status, gift.body.errorCode], [403, 'insufficient_scope'])
    const open = [await role([], true)]
    assert.deepEqual(
      outcomes(await ask('POST', url, { body: { action: 'assign_roles', members, roles: open } })),
      expected,
    )
    assert.deepEqual(outcomes(await ask('POST', url, { body: { action: 'remove', members } })), expected)
    assert.deepEqual(
      (await ask('POST', at(bolt, '/members/bulk'), { body: { action: 'remove', members } })).body,
      NO_ORGANIZATION,
    )
    assert.ok((await membersOf(bolt)).includes(stranger.user_id))
  })

  it('takes a thousand at once', async () => {
    const id = await test.make('crowd')
    const [one] = await people(1)
    assert.ok(one)
    const row = await test.rowOf(one)
    const { search_text: _, ...columns } = row
    const rows = Array.from({ length: 1_000 }, (_, index) => ({
      ...columns,
      user_id: `auth0|crowd${index}`,
      user_metadata: null,
      app_metadata: null,
      provider_attributes: null,
    }))
    for (let from = 0; from < 1_000; from += 250)
      await db
        .insertInto('users')
        .values(rows.slice(from, from + 250))
        .execute()
    const members = rows.map(({ user_id }) => user_id)
    const created_at = new Date(Date.now())
    await db
      .insertInto('memberships')
      .values(members.map((user_id) => ({ organization_id: id, user_id, created_at })))
      .execute()
    const done = await bulk({ action: 'block', members }, id)
    assert.deepEqual([done.status, done.body.done], [200, 1_000])
    assert.equal((await bulk({ action: 'remove', members }, id)).body.done, 1_000)
    assert.deepEqual(await membersOf(id), [])
  })
})
