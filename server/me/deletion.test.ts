import assert from 'node:assert/strict'
import { afterEach, describe, it, mock } from 'node:test'
import { sql } from 'kysely'
import { transact } from '../db/database.ts'
import type { RequestInfo } from '../http/request-info.ts'
import { startSignInServer } from '../oidc/sign-in.testing.ts'
import { join, makeOrganization } from '../organizations/organizations.testing.ts'
import { eraseDue, requestDeletion } from '../privacy/deletion.ts'
import type { User } from '../users/user.ts'
import { signInToAccount } from './me.testing.ts'

const DAY = 86_400_000

describe('giving up one’s account', async () => {
  const test = await startSignInServer({ ACCOUNT_DELETION_DAYS: '7' })
  const { db, newUser } = test
  const acme = await makeOrganization(db, 'acme')
  const isThere = async ({ user_id }: User) =>
    (await db.selectFrom('users').select('user_id').where('user_id', '=', user_id).execute()).length === 1
  const mailsTo = async ({ user_id }: User) =>
    (await db.selectFrom('emails').select('template').where('user_id', '=', user_id).execute()).map(
      ({ template }) => template,
    )
  const later = (days: number) => {
    mock.timers.reset()
    mock.timers.enable({ apis: ['Date'], now: Date.now() + days * DAY + 1_000 })
  }
  const eraseAll = async () => {
    let count = 0
    while ((await eraseDue(db, (error) => reported.push(String(error)))) > 0) count += 1
    return count
  }
  const reported: string[] = []

  afterEach(() => mock.timers.reset())

  it('waits some days, tells so by mail, and erases then', async () => {
    const [user, other] = [await newUser(), await newUser()]
    const { call } = await signInToAccount(test, user)
    assert.deepEqual((await call('GET', '/deletion')).body, { offered: true, days: 7 })
    const { status, body } = await call('POST', '/deletion', { confirm: ` ${user.email?.toUpperCase()} ` })
    assert.equal(status, 202)
    assert.equal(Date.parse(body.due_at) - Date.parse(body.requested_at), 7 * DAY)
    assert.deepEqual((await call('POST', '/deletion', { confirm: user.email ?? '' })).body, body, 'once is enough')
    assert.deepEqual((await call('GET', '/deletion')).body, body)
    assert.deepEqual(await mailsTo(user), ['account_deletion'])
    assert.equal(await eraseAll(), 0)
    later(7)
    assert.equal(await eraseAll(), 1)
    assert.deepEqual([await isThere(user), await isThere(other)], [false, true])
    const { person } = await db
      .selectFrom('events')
      .select('person')
      .where('user_id', '=', user.user_id)
      .where('type', '=', 'account_deletion_requested')
      .executeTakeFirstOrThrow()
    assert.equal(person, null)
  })

  it('can be called off until then', async () => {
    const user = await newUser()
    const { call } = await signInToAccount(test, user)
    await call('POST', '/deletion', { confirm: user.email ?? '' })
    assert.equal((await call('DELETE', '/deletion')).status, 204)
    assert.equal((await call('DELETE', '/deletion')).status, 204)
    assert.deepEqual((await call('GET', '/deletion')).body, { offered: true, days: 7 })
    const { body } = await call('GET', '/activity')
    assert.deepEqual(
      body.activity.map(({ kind }: { kind: string }) => kind).filter((kind: string) => /deletion/.test(kind)),
      ['deletion_cancelled', 'deletion_requested'],
    )
    later(8)
    await eraseAll()
    assert.equal(await isThere(user), true)
  })

  it('does not keep others waiting where one cannot be erased, and tries that one again the day after', async () => {
    const [stuck, other] = [await newUser(), await newUser()]
    for (const user of [stuck, other]) {
      const { call } = await signInToAccount(test, user)
      await call('POST', '/deletion', { confirm: user.email ?? '' })
    }
    await sql`create function refuse() returns trigger language plpgsql as 'begin raise exception ''stuck''; end'`.execute(
      db,
    )
    await sql`create trigger stuck before delete on users for each row when (old.user_id = ${sql.lit(stuck.user_id)})
      execute function refuse()`.execute(db)
    later(7)
    assert.equal(await eraseAll(), 2)
    assert.deepEqual([await isThere(stuck), await isThere(other)], [true, false])
    assert.deepEqual(reported.splice(0), ['error: stuck'])
    await sql`drop trigger stuck on users`.execute(db)
    assert.equal(await eraseAll(), 0)
    later(8)
    assert.equal(await eraseAll(), 1)
    assert.equal(await isThere(stuck), false)
  })

  it('is nothing to whoever was deleted a moment ago', async () => {
    const user = await newUser()
    await db.deleteFrom('users').where('user_id', '=', user.user_id).execute()
    const info = { id: 'x', ip: '203.0.113.7', method: 'POST', path: '/me/v1/deletion', query: {} }
    const wish = { user, clientId: undefined, typed: user.email ?? '', request: info as RequestInfo }
    await assert.rejects(
      transact(db, (tx) => requestDeletion(tx, { isOffered: true, days: 7 }, wish)),
      { code: 'invalid_token' },
    )
  })

  it('waits while he is blocked: it may have been somebody else who wished it; an operator calls it off', async () => {
    const user = await newUser()
    const { call } = await signInToAccount(test, user)
    await call('POST', '/deletion', { confirm: user.email ?? '' })
    const at = `/api/v2/users/${encodeURIComponent(user.user_id)}`
    await test.call('PATCH', at, { body: { blocked: true } })
    const { body: report } = await test.call('GET', `${at}/personal-data`)
    assert.equal(report.deletion.length, 1)
    later(8)
    await eraseAll()
    assert.equal(await isThere(user), true)
    mock.timers.reset()
    assert.equal((await test.call('DELETE', `${at}/deletion`)).status, 204)
    await test.call('PATCH', at, { body: { blocked: false } })
    later(8)
    await eraseAll()
    assert.equal(await isThere(user), true)
  })

  it('needs a sign-in of the last minutes', async () => {
    const user = await newUser()
    const { call, token } = await signInToAccount(test, user)
    mock.timers.enable({ apis: ['Date'], now: Date.now() + 601_000 })
    const { status, body } = await call('POST', '/deletion', { confirm: user.email ?? '' })
    assert.equal(status, 403)
    assert.match(body.type, /#sign_in_anew$/)
    mock.timers.reset()
    assert.equal((await call('GET', '/deletion', undefined, { as: token })).body.due_at, undefined)
  })

  it('needs the address typed, and the scope', async () => {
    const user = await newUser()
    const { call } = await signInToAccount(test, user)
    for (const confirm of ['somebody@else.example', user.user_id, ' ']) {
      const { status, body } = await call('POST', '/deletion', { confirm })
      assert.equal(status, 400)
      assert.match(body.type, /#deletion_not_confirmed$/)
    }
    assert.equal((await call('POST', '/deletion', {})).status, 400)
    const reader = await signInToAccount(test, user, { scope: 'read:me:profile' })
    assert.equal((await reader.call('POST', '/deletion', { confirm: user.email ?? '' })).status, 403)
    assert.deepEqual(await mailsTo(user), [])
  })

  it('is refused where an organization manages the account', async () => {
    const user = await newUser()
    await join(db, acme, user.user_id)
    const { call } = await signInToAccount(test, user)
    const manage = async (managing_organization_id: string | null) =>
      await db.updateTable('users').set({ managing_organization_id }).where('user_id', '=', user.user_id).execute()
    assert.equal((await call('GET', '/deletion')).body.managed_by, undefined)
    await manage(acme)
    assert.deepEqual((await call('GET', '/deletion')).body.managed_by, { id: acme, name: 'acme' })
    const { status, body } = await call('POST', '/deletion', { confirm: user.email ?? '' })
    assert.equal(status, 403)
    assert.match(body.detail, /acme manages this account/)
    await manage(null)
    assert.equal((await call('POST', '/deletion', { confirm: user.email ?? '' })).status, 202)
    await manage(acme)
    later(8)
    await eraseAll()
    assert.equal(await isThere(user), true, 'it is somebody else’s to delete by now')
  })

  it('is refused to the last one who gives roles in an organization, also when the day has come', async () => {
    const bolt = await makeOrganization(db, 'bolt')
    const [user, second] = [await newUser(), await newUser()]
    await join(db, bolt, user.user_id, 'administrator')
    const { call } = await signInToAccount(test, user)
    const { status, body } = await call('POST', '/deletion', { confirm: user.email ?? '' })
    assert.equal(status, 409)
    assert.match(body.detail, /Nobody else can give roles in bolt/)
    await join(db, bolt, second.user_id, 'administrator')
    assert.equal((await call('POST', '/deletion', { confirm: user.email ?? '' })).status, 202)
    await db.deleteFrom('membership_roles').where('user_id', '=', second.user_id).execute()
    later(8)
    await eraseAll()
    assert.equal(await isThere(user), true)
    await join(db, bolt, (await newUser()).user_id, 'administrator')
    later(10)
    await eraseAll()
    assert.equal(await isThere(user), false)
  })
})

describe('giving up one’s account where that is not offered', async () => {
  const test = await startSignInServer({ ACCOUNT_DELETION: 'off' })

  it('is refused', async () => {
    const user = await test.newUser()
    const { call } = await signInToAccount(test, user)
    assert.equal((await call('GET', '/deletion')).body.offered, false)
    assert.equal((await call('POST', '/deletion', { confirm: user.email ?? '' })).status, 403)
  })
})

describe('a copy of one’s data', async () => {
  const test = await startSignInServer()
  const { db, newUser } = test

  it('has everything that the portal shows, nothing of others, and nothing that is not one’s own to read', async () => {
    const acme = await makeOrganization(db, 'acme')
    const [user, other] = [await newUser({ given_name: 'Ada', user_metadata: { pet: 'Bruno' } }), await newUser()]
    await db
      .updateTable('users')
      .set({ app_metadata: '{"plan":"SECRET"}' })
      .where('user_id', '=', user.user_id)
      .execute()
    await join(db, acme, user.user_id, 'auditor')
    await db
      .updateTable('memberships')
      .set({ attributes: JSON.stringify({ title: 'Pilot', cost_centre: 'SECRET' }) })
      .where('user_id', '=', user.user_id)
      .execute()
    const { call } = await signInToAccount(test, user)
    const { status, body, text, headers } = await call('GET', '/personal-data')
    assert.equal(status, 200, text)
    assert.match(String(headers['content-disposition']), /attachment; filename="my-data\.json"/)
    assert.deepEqual([body.profile.email, body.profile.user_metadata.pet], [user.email, 'Bruno'])
    assert.deepEqual(body.organizations[0].attributes, { title: 'Pilot' })
    assert.equal(body.sessions.length, 1)
    assert.equal(body.sessions[0].current, true)
    assert.ok(body.activity.length > 0)
    assert.ok(!text.includes('SECRET') && !text.includes(other.email ?? '?') && !text.includes('$argon2'))
    const again = await call('GET', '/activity')
    assert.equal(again.body.activity[0].kind, 'data_copied')
  })

  it('needs its scope', async () => {
    const { call } = await signInToAccount(test, await newUser(), { scope: 'read:me:profile read:me:activity' })
    assert.equal((await call('GET', '/personal-data')).status, 403)
  })
})
