import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sql } from 'kysely'
import { startOrganizationJobs } from '../within-organization.testing.ts'

// Of the shape that bcrypt gives.
const HASH = '$2b$10$Fgv7eQjpYwUIgKSCBOOIAe/q4TqzR2FnvjSb8FgKDc6pKb5yMBTeC'
const PEOPLE_ARE_INVITED = /^People of this connection are invited/

type Row = {
  row: number
  outcome: string
  user_id?: string
  errors?: { code: string; message: string; path?: string }[]
}

describe("an import by an organization's administrator", async () => {
  const test = await startOrganizationJobs()
  const { call, db, runner, acme, beta, ada, bea, send, importedBy, rowsBy } = test
  const memberOf = async (email: string) => (await test.membersOf(acme.id)).find((member) => member.email === email)
  const faultsOf = (rows: Row[]) => rows.map(({ errors }) => errors?.map(({ code, path }) => `${code} ${path}`).join())

  it('makes accounts that the organization manages, and members with the default roles', async () => {
    const { body: role } = await call('POST', '/api/v2/roles', { body: { name: 'Fitter' } })
    const rules = JSON.stringify({ default_role_ids: [role.id] })
    await db.updateTable('organizations').set({ rules }).where('id', '=', acme.id).execute()
    const job = await importedBy(ada.as, [
      { email: 'one@acme.example', given_name: 'One', user_metadata: { locale: 'de' } },
      { email: 'two@acme.example', blocked: true },
    ])
    assert.deepEqual(job.summary, { total: 2, inserted: 2, updated: 0, failed: 0 })
    assert.deepEqual(job.started_by, { user_id: ada.userId, name: 'ada' })
    const [one, two] = [await memberOf('one@acme.example'), await memberOf('two@acme.example')]
    assert.deepEqual([one?.managing, one?.isBlocked], [acme.id, false])
    // Whom they block does not get in through them; the account is not blocked everywhere.
    assert.deepEqual([two?.managing, two?.isBlocked, two?.blocked], [acme.id, true, null])
    const { body } = await call('GET', `/api/v2/users/${encodeURIComponent(one?.user_id ?? '')}`, { as: ada.as })
    assert.deepEqual(body.membership.roles, [{ id: role.id, name: 'Fitter' }])
    assert.equal(body.membership.managed, true)
    const listed: Row[] = await rowsBy(ada.as, job.id)
    assert.deepEqual(
      listed.map(({ row, outcome, user_id }) => [row, outcome, user_id]),
      [
        [1, 'inserted', one?.user_id],
        [2, 'inserted', two?.user_id],
      ],
    )
    const events = await db
      .selectFrom('events')
      .select(['type', 'organization_id', 'actor_id'])
      .where('user_id', '=', one?.user_id ?? '')
      .orderBy('type')
      .execute()
    assert.deepEqual(events, [
      { type: 'organization_member_added', organization_id: acme.id, actor_id: ada.userId },
      { type: 'sui', organization_id: acme.id, actor_id: ada.userId },
    ])
  })

  it('goes into connections of its own alone, and others are all the same to it', async () => {
    const shared = await test.otherConnection('shared')
    const readable = await test.otherConnection('readable')
    await test.open(acme.id, shared.id)
    await test.open(beta.id, shared.id)
    await test.open(acme.id, readable.id, 'readonly')
    const before = await db.selectFrom('jobs').selectAll().orderBy('id').execute()
    const never = await send(ada.as, [{ email: 'x@acme.example' }], { connection_id: 'con_nevernevernever1' })
    assert.equal(never.status, 403)
    assert.match(never.body.message, PEOPLE_ARE_INVITED)
    for (const { id } of [shared, readable, beta.connection, test.connection]) {
      const { status, text } = await send(ada.as, [{ email: 'x@acme.example' }], { connection_id: id })
      assert.deepEqual([status, text], [403, never.text])
    }
    assert.deepEqual(await db.selectFrom('jobs').selectAll().orderBy('id').execute(), before)
    const { body } = await call('GET', '/api/v2/jobs/import-connections', { as: ada.as })
    assert.deepEqual(body, {
      connections: [acme.connection].map(({ id, name }) => ({ id, name, username: 'inactive' })),
    })
  })

  it('is begun by nobody who may not create people, and by nobody with upsert who may not change them', async () => {
    for (const role of ['auditor', 'helper'] as const) {
      const { as } = await test.member(acme.id, role, role)
      for (const more of [{}, { dry_run: 'true' }]) {
        const { status, body } = await send(as, [{ email: 'no@acme.example' }], more)
        assert.deepEqual([status, body.errorCode], [403, 'insufficient_scope'])
      }
    }
    const { body: role } = await call('POST', '/api/v2/roles', { body: { name: 'Creator' } })
    const permissions = ['create:users', 'read:users'].map((permission_name) => ({
      resource_server_identifier: test.server.config.managementAudience,
      permission_name,
    }))
    await call('POST', `/api/v2/roles/${role.id}/permissions`, { body: { permissions } })
    const creator = await test.member(acme.id, 'creator')
    await db
      .insertInto('membership_roles')
      .values({ organization_id: acme.id, user_id: creator.userId, role_id: role.id, created_at: new Date() })
      .execute()
    const upsert = await send(creator.as, [{ email: 'no@acme.example' }], { upsert: 'true' })
    assert.deepEqual([upsert.status, upsert.body.errorCode], [403, 'insufficient_scope'])
    const job = await importedBy(creator.as, [{ email: 'made@acme.example' }])
    assert.equal(job.summary.inserted, 1)
    assert.equal(await memberOf('no@acme.example'), undefined)
  })

  it('writes nothing that is not an administrator’s to write', async () => {
    const hostile: Record<string, unknown>[] = [
      { email: 'h1@acme.example', app_metadata: { plan: 'gold' } },
      { email: 'h2@acme.example', email_verified: true },
      { email: 'h3@acme.example', user_id: 'chosen' },
      { email: 'h4@acme.example', user_metadata: { diary: 'x' } },
      { email: 'h5@acme.example', password_hash: HASH },
      { email: 'h6@acme.example', mfa_factors: [{ totp: { secret: 'ABCDEFGH' } }] },
      { email: 'h7@acme.example', roles: ['administrator'] },
      { email: 'h8@acme.example', managing_organization_id: beta.id },
      { email: 'h9@acme.example', phone_number: '+491700000000', phone_verified: true },
    ]
    const before = await test.membersOf(acme.id)
    const users = await db.selectFrom('users').select('user_id').execute()
    for (const upsert of ['false', 'true']) {
      const job = await importedBy(ada.as, hostile, { upsert })
      assert.deepEqual(job.summary, { total: 9, inserted: 0, updated: 0, failed: 9 })
      const rows: Row[] = await rowsBy(ada.as, job.id, '?outcome=failed')
      assert.deepEqual(faultsOf(rows).slice(0, 6), [
        'NOT_PASSED app_metadata.plan',
        'NOT_PASSED email_verified',
        'NOT_PASSED user_id',
        'NOT_PASSED user_metadata.diary',
        'NOT_PASSED password_hash',
        'NOT_PASSED mfa_factors',
      ])
      assert.ok(!JSON.stringify(rows).includes(HASH))
    }
    assert.deepEqual(await test.membersOf(acme.id), before)
    assert.deepEqual(await db.selectFrom('users').select('user_id').execute(), users)
  })

  it('sets passwords where the operator has opened that, and only for the first sign-in', async () => {
    await db
      .updateTable('organizations')
      .set({ rules: '{"may_set_passwords":true}' })
      .where('id', '=', acme.id)
      .execute()
    const job = await importedBy(ada.as, [{ email: 'pass@acme.example', password_hash: HASH }])
    await db.updateTable('organizations').set({ rules: '{}' }).where('id', '=', acme.id).execute()
    assert.equal(job.summary.inserted, 1)
    const made = await memberOf('pass@acme.example')
    assert.equal((await test.passwordOf(made?.user_id ?? ''))?.temporary, true)
  })

  it('changes with upsert its own accounts, and refuses all others as rows that are taken', async () => {
    const into = { connection: acme.connection.name, password: 'Morgentau-27-Fenster', verify_email: false }
    await importedBy(ada.as, [{ email: 'own@acme.example', user_metadata: { locale: 'de' } }])
    const own = await memberOf('own@acme.example')
    await sql`update users set user_metadata = user_metadata || '{"diary":"private"}' where user_id = ${own?.user_id}`.execute(
      db,
    )
    const stranger = await test.person('stranger', { ...into, email: 'stranger@acme.example' })
    const elsewhere = await test.person('elsewhere', { ...into, email: 'elsewhere@acme.example' })
    const personal = await test.person('personal', { ...into, email: 'personal@acme.example' })
    const now = new Date()
    for (const user_id of [elsewhere, personal]) {
      await db.insertInto('memberships').values({ organization_id: acme.id, user_id, created_at: now }).execute()
    }
    await db.updateTable('users').set({ managing_organization_id: beta.id }).where('user_id', '=', elsewhere).execute()
    const others = [stranger, elsewhere, personal]
    const before = await db.selectFrom('users').selectAll().where('user_id', 'in', others).orderBy('user_id').execute()
    const file = ['own', 'stranger', 'elsewhere', 'personal'].map((name) => ({
      email: `${name}@acme.example`,
      given_name: 'Changed',
      user_metadata: { locale: 'en' },
    }))
    const job = await importedBy(ada.as, file, { upsert: 'true' })
    assert.deepEqual(job.summary, { total: 4, inserted: 0, updated: 1, failed: 3 })
    const rows: Row[] = await rowsBy(ada.as, job.id, '?outcome=failed')
    for (const { errors } of rows) {
      assert.deepEqual(errors, [{ code: 'CONFLICT_EMAIL', message: 'The user already exists.', path: 'email' }])
    }
    assert.deepEqual(
      await db.selectFrom('users').selectAll().where('user_id', 'in', others).orderBy('user_id').execute(),
      before,
    )
    const changed = await test.userOf(own?.user_id ?? '')
    assert.deepEqual([changed.given_name, changed.user_metadata], ['Changed', { locale: 'en', diary: 'private' }])
    // Without upsert all four are taken, in one and the same way.
    const plain = await importedBy(ada.as, file)
    const refused: Row[] = await rowsBy(ada.as, plain.id)
    assert.equal(new Set(refused.map(({ errors }) => JSON.stringify(errors))).size, 1)
    assert.equal(await memberOf('stranger@acme.example'), undefined)
  })

  it('changes neither whoever asks nor somebody who has more rights than he', async () => {
    await importedBy(ada.as, [{ email: 'boss@acme.example' }, { email: 'opal@acme.example' }])
    const [boss, opal] = [await memberOf('boss@acme.example'), await memberOf('opal@acme.example')]
    const { id: administrator } = await db
      .selectFrom('roles')
      .select('id')
      .where('name', '=', 'Administrator')
      .executeTakeFirstOrThrow()
    const { id: operator } = await db
      .selectFrom('roles')
      .select('id')
      .where('name', '=', 'Operator')
      .executeTakeFirstOrThrow()
    const give = (user_id: string, role_id: string) =>
      db
        .insertInto('membership_roles')
        .values({ organization_id: acme.id, user_id, role_id, created_at: new Date() })
        .execute()
    await give(boss?.user_id ?? '', administrator)
    await give(opal?.user_id ?? '', operator)
    const as = await test.tokenFor({ userId: opal?.user_id ?? '', organizationId: acme.id })
    const job = await importedBy(
      as,
      [
        { email: 'boss@acme.example', given_name: 'Eve' },
        { email: 'opal@acme.example', given_name: 'Eve' },
      ],
      { upsert: 'true' },
    )
    assert.deepEqual(job.summary, { total: 2, inserted: 0, updated: 0, failed: 2 })
    for (const member of [boss, opal]) assert.equal((await test.userOf(member?.user_id ?? '')).given_name, undefined)
  })

  it('has 500 rows of which 50 are bad: 450 come in, and each of the others says why', async () => {
    await importedBy(ada.as, [{ email: 'there@acme.example' }])
    const bad = [
      { email: 'no address' },
      { email: 'there@acme.example' },
      { email: 'u0@acme.example' },
      { email: 'v@acme.example', app_metadata: { a: 1 } },
      { given_name: 'Nobody' },
    ]
    const file = Array.from({ length: 500 }, (_, index) =>
      index % 10 === 9
        ? (bad[((index - 9) / 10) % 5] ?? {})
        : { email: `u${index}@acme.example`, name: `User ${index}` },
    )
    const trial = await importedBy(ada.as, file, { dry_run: 'true' })
    assert.deepEqual(trial.summary, { total: 500, inserted: 450, updated: 0, failed: 50 })
    assert.equal(await memberOf('u0@acme.example'), undefined)
    const job = await importedBy(ada.as, file)
    assert.deepEqual(job.summary, { total: 500, inserted: 450, updated: 0, failed: 50 })
    const rows: Row[] = await rowsBy(ada.as, job.id, '?outcome=failed&take=100')
    assert.equal(rows.length, 50)
    assert.ok(rows.every(({ row, errors = [] }) => row % 10 === 0 && errors.length > 0))
    assert.deepEqual(new Set(faultsOf(rows)).size, 4)
    const { body: failed } = await test.readAs(ada.as, `${job.id}/errors`)
    assert.equal(failed.length, 50)
    const made = (await test.membersOf(acme.id)).filter(({ email }) => /^u\d+@acme/.test(email ?? ''))
    assert.equal(made.length, 450)
    assert.ok(made.every(({ managing }) => managing === acme.id))
  })

  it('stops where whoever began it is demoted; what was done stays and is listed', async () => {
    const dan = await test.member(acme.id, 'dan', 'operator')
    const { body: job } = await send(
      dan.as,
      Array.from({ length: 500 }, (_, index) => ({ email: `d${index}@acme.example` })),
    )
    // As if somebody took his role away at the moment after the first batch.
    await sql`create function demote() returns trigger language plpgsql as $$ begin
      delete from membership_roles where user_id = ${sql.lit(dan.userId)}; return null; end $$`.execute(db)
    await sql`create trigger demoted after update of rows_done on jobs for each row
      when (new.rows_done = 200) execute function demote()`.execute(db)
    await runner.runOnce()
    await sql`drop trigger demoted on jobs`.execute(db)
    const { body: ended } = await test.readAs(ada.as, job.id)
    assert.deepEqual(
      [ended.status, ended.status_details],
      [
        'failed',
        'Whoever started the job may do so no longer, so it was stopped after 200 of 500 users. What was imported stays.',
      ],
    )
    assert.deepEqual(ended.summary, { total: 200, inserted: 200, updated: 0, failed: 0 })
    const rows: Row[] = await rowsBy(ada.as, job.id, '?take=1000')
    assert.deepEqual(
      [rows.length, rows.every(({ outcome, user_id }) => outcome === 'inserted' && user_id)],
      [200, true],
    )
    assert.equal((await test.membersOf(acme.id)).filter(({ email }) => /^d\d+@acme/.test(email ?? '')).length, 200)
    assert.equal(
      await db.selectFrom('emails').select('id').where('template', '=', 'import_failed').executeTakeFirst(),
      undefined,
    )
    const { type } = await db
      .selectFrom('events')
      .select('type')
      .where('target_id', '=', job.id)
      .orderBy('log_id', 'desc')
      .executeTakeFirstOrThrow()
    assert.equal(type, 'fui')
    await runner.runOnce()
    assert.equal((await test.readAs(ada.as, job.id)).body.summary.total, 200)
  })

  it('does nothing for somebody who is blocked, has left, or whose organization is suspended by then', async () => {
    const ends: [string, (userId: string) => Promise<unknown>][] = [
      ['blocked', (id) => db.updateTable('users').set({ blocked: true }).where('user_id', '=', id).execute()],
      [
        'shut',
        (id) => db.updateTable('memberships').set({ blocked_at: new Date() }).where('user_id', '=', id).execute(),
      ],
      ['left', (id) => db.deleteFrom('memberships').where('user_id', '=', id).execute()],
      ['gone', (id) => db.deleteFrom('users').where('user_id', '=', id).execute()],
      [
        'suspended',
        () => db.updateTable('organizations').set({ suspended_at: new Date() }).where('id', '=', acme.id).execute(),
      ],
    ]
    for (const [name, end] of ends) {
      const { userId, as } = await test.member(acme.id, name, 'operator')
      const { body: job } = await send(as, [{ email: `${name}@acme.example` }])
      await end(userId)
      await runner.runOnce()
      const { body } = await call('GET', `/api/v2/jobs/${job.id}`)
      assert.equal(
        body.status_details,
        'Whoever started the job may do so no longer, so it was stopped. Nothing was changed.',
      )
      assert.equal(await memberOf(`${name}@acme.example`), undefined, name)
    }
    await db.updateTable('organizations').set({ suspended_at: null }).where('id', '=', acme.id).execute()
  })

  it('stops when the connection is another organization’s as well by then', async () => {
    const { body: job } = await send(ada.as, [{ email: 'late@acme.example' }])
    await test.open(beta.id, acme.connection.id)
    await runner.runOnce()
    const { body } = await test.readAs(ada.as, job.id)
    assert.equal(
      body.status_details,
      "The connection is no longer the organization's own, so the job was stopped. Nothing was changed.",
    )
    assert.equal(await memberOf('late@acme.example'), undefined)
    assert.equal((await test.readAs(bea.as, job.id)).status, 404)
  })
})
