import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { sql } from 'kysely'
import { join } from '../organizations/organizations.testing.ts'
import { startOrganizationJobs } from './within-organization.testing.ts'

const NEVER = 'job_nevernevernever1'
const NO_JOB = { statusCode: 404, error: 'Not Found', message: 'The job does not exist.' }

describe("an organization's jobs", async () => {
  const test = await startOrganizationJobs()
  const { call, db, runner, acme, beta, ada, bea, send, readAs } = test
  const exportBy = (as: string, body: object = {}) => call('POST', '/api/v2/jobs/users-exports', { body, as })

  it('are to another organization as jobs that never were, whatever is asked of them', async () => {
    const { body: waiting } = await send(ada.as, [{ email: 'one@acme.example' }], { dry_run: 'true' })
    const { body: exported } = await exportBy(ada.as)
    const before = await db.selectFrom('jobs').selectAll().orderBy('id').execute()
    for (const id of [waiting.id, exported.id, NEVER]) {
      for (const path of [id, `${id}/errors`, `${id}/rows`]) {
        const { status, body } = await readAs(bea.as, path)
        assert.deepEqual([status, body], [404, NO_JOB], path)
      }
      const cancelled = await call('POST', `/api/v2/jobs/${id}/cancel`, { as: bea.as })
      assert.deepEqual([cancelled.status, cancelled.body], [404, NO_JOB])
    }
    assert.deepEqual((await readAs(bea.as, '')).body, { jobs: [] })
    assert.deepEqual(await db.selectFrom('jobs').selectAll().orderBy('id').execute(), before)
    // The same ids, asked by those whose they are, and by the tenant.
    for (const as of [ada.as, undefined]) {
      for (const id of [waiting.id, exported.id]) {
        const { status } = await call('GET', `/api/v2/jobs/${id}`, as === undefined ? {} : { as })
        assert.equal(status, 200)
      }
    }
    await runner.runOnce()
  })

  it('are listed newest first, page by page, with who began them', async () => {
    const { body: all } = await readAs(ada.as, '')
    assert.deepEqual(
      all.jobs.map(({ type }: { type: string }) => type),
      ['users_export', 'users_import'],
    )
    for (const job of all.jobs) {
      assert.deepEqual(job.started_by, { user_id: ada.userId, name: 'ada' })
      assert.equal(job.location, undefined)
    }
    const { body: first } = await readAs(ada.as, '?take=1')
    const { body: second } = await readAs(ada.as, `?take=1&from=${first.next}`)
    assert.deepEqual([...first.jobs, ...second.jobs], all.jobs)
    assert.deepEqual((await readAs(ada.as, `?from=${second.next}`)).body, { jobs: [] })
    assert.equal((await readAs(ada.as, '?from=bm9uc2Vuc2U')).status, 400)
  })

  it('are listed to the tenant with its own, and its own are to no organization', async () => {
    const { body: own } = await call('POST', '/api/v2/jobs/users-exports', { body: {} })
    const ids = async (as?: string) =>
      (await call('GET', '/api/v2/jobs', as === undefined ? {} : { as })).body.jobs.map(
        ({ id, organization_id }: { id: string; organization_id?: string }) => [id, organization_id],
      )
    const [[id, organizationId], ...others] = await ids()
    assert.deepEqual([id, organizationId], [own.id, undefined])
    assert.deepEqual(
      others.map(([, of]: string[]) => of),
      [acme.id, acme.id],
    )
    assert.equal((await ids(ada.as)).length, 2)
    const { status, body } = await readAs(ada.as, own.id)
    assert.deepEqual([status, body], [404, NO_JOB])
    await runner.runOnce()
  })

  it('name nobody who is no member any more', async () => {
    const gone = await test.member(acme.id, 'gone', 'auditor')
    const { body: job } = await exportBy(gone.as)
    await runner.runOnce()
    await db.deleteFrom('memberships').where('user_id', '=', gone.userId).execute()
    assert.deepEqual((await readAs(ada.as, job.id)).body.started_by, { user_id: gone.userId })
    assert.equal((await readAs(gone.as, job.id)).status, 401)
  })

  it('are counted for themselves: what others do neither holds them up nor is told', async () => {
    const row = [{ email: 'count@beta.example' }]
    const into = { connection_id: beta.connection.id, dry_run: 'true' }
    for (const status of [202, 202, 429]) assert.equal((await send(bea.as, row, into)).status, status)
    for (const status of [200, 200, 200, 429]) assert.equal((await exportBy(bea.as)).status, status)
    assert.equal((await send(ada.as, [{ email: 'count@acme.example' }], { dry_run: 'true' })).status, 202)
    assert.equal((await exportBy(ada.as)).status, 200)
    assert.equal((await call('POST', '/api/v2/jobs/users-exports', { body: {} })).status, 200)
    await runner.runOnce()
    const states = await db.selectFrom('jobs').select('state').distinct().execute()
    assert.deepEqual(states, [{ state: 'completed' }])
  })

  it('are cancelled by their organization', async () => {
    const { body: job } = await send(ada.as, [{ email: 'two@acme.example' }])
    const { status, body } = await call('POST', `/api/v2/jobs/${job.id}/cancel`, { as: ada.as })
    assert.deepEqual([status, body.status], [202, 'failed'])
    await runner.runOnce()
    assert.deepEqual(
      await test.membersOf(acme.id).then((rows) => rows.filter(({ email }) => email === 'two@acme.example')),
      [],
    )
  })

  it('are recorded in its log, and in no other', async () => {
    const { body: job } = await exportBy(ada.as)
    const about = async (as: string) =>
      (await call('GET', `/api/v2/logs?q=type:sapi&per_page=100`, { as })).body.filter(
        ({ details }: { details?: { request?: { path?: string } } }) =>
          JSON.stringify(details ?? {}).includes('/jobs/users-exports'),
      ).length
    const own = await about(ada.as)
    assert.ok(own > 0)
    const { organization_id } = await db
      .selectFrom('events')
      .select('organization_id')
      .where('target_id', '=', job.id)
      .executeTakeFirstOrThrow()
    assert.equal(organization_id, acme.id)
    await runner.runOnce()
  })
})

describe("an export by an organization's administrator", async () => {
  const test = await startOrganizationJobs()
  const { call, db, runner, acme, beta, ada, bea } = test
  const sam = await test.person('sam', {
    name: '=HYPERLINK("http://evil.example")',
    app_metadata: { secret: 'blue' },
    user_metadata: { locale: 'de', diary: 'private' },
  })
  await join(db, acme.id, sam, 'helper')
  await join(db, beta.id, sam)
  await db.updateTable('users').set({ last_ip: '10.0.0.7', logins_count: 42 }).execute()

  it('has the members and what the organization sees of them, in lines of JSON', async () => {
    const fields = [...['user_id', 'user_metadata', 'membership', 'logins_count', 'last_ip', 'identities']]
    const { job, text } = await test.exportedBy(ada.as, {
      format: 'json',
      fields: fields.map((name) => ({ name })),
    })
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    assert.deepEqual(lines.map(({ user_id }) => user_id).sort(), [ada.userId, sam].sort())
    const found = lines.find(({ user_id }) => user_id === sam)
    const { body: shown } = await call('GET', `/api/v2/users/${encodeURIComponent(sam)}`, { as: ada.as })
    for (const name of fields) assert.deepEqual(found[name], shown[name], name)
    assert.equal(found.logins_count, 0)
    for (const secret of ['blue', 'private', '10.0.0.7', 'bea@example.com']) assert.ok(!text.includes(secret), secret)
    assert.equal(job.percentage_done, 100)
  })

  it('has texts in CSV that no spreadsheet takes for a formula, and roles by their names', async () => {
    const { text } = await test.exportedBy(ada.as, {
      format: 'csv',
      fields: [
        { name: 'name', export_as: '=1+1' },
        { name: 'user_metadata.locale' },
        { name: 'membership.roles', export_as: 'roles' },
        { name: 'logins_count' },
        { name: 'blocked' },
      ],
    })
    const [header, ...lines] = text.trim().split('\n')
    assert.equal(header, `"'=1+1","user_metadata.locale","roles","logins_count","blocked"`)
    assert.deepEqual(lines.sort(), [
      `"'=HYPERLINK(""http://evil.example"")","'de","'Helper","0","false"`,
      `"'ada",,"'Administrator","0","false"`,
    ])
  })

  it('has the usual fields where none are named', async () => {
    const { text } = await test.exportedBy(ada.as, {})
    const [line = ''] = text.split('\n')
    const { roles, managed, email } = JSON.parse(line)
    assert.deepEqual([roles[0].name, managed, email], ['Administrator', false, 'ada@example.com'])
  })

  it('names no field that is not shown, in the words of one that never was', async () => {
    const hidden = ['app_metadata', 'app_metadata.secret', 'user_metadata.diary', 'identities[0].profileData']
    const others = ['never', 'membership.token_generation', 'provider_attributes', 'managing_organization_id']
    const more = ['name.first', 'membership.roles[0].description', 'identities.connection']
    for (const name of [...hidden, ...others, ...more]) {
      for (const format of ['json', 'csv']) {
        const { status, body } = await call('POST', '/api/v2/jobs/users-exports', {
          body: { format, fields: [{ name }] },
          as: ada.as,
        })
        const reason = `Payload validation error: 'No such field: ${name}' on property fields (What is exported).`
        assert.deepEqual([status, body.message], [400, reason])
      }
    }
    assert.equal((await db.selectFrom('jobs').selectAll().where('state', '=', 'pending').execute()).length, 0)
  })

  it('takes no connection that is not open to the organization', async () => {
    const ask = (connection_id: string) =>
      call('POST', '/api/v2/jobs/users-exports', { body: { connection_id }, as: ada.as })
    const never = await ask('con_nevernevernever1')
    assert.equal(never.status, 400)
    for (const id of [beta.connection.id, test.connection.id]) assert.equal((await ask(id)).text, never.text)
    const { text } = await test.exportedBy(ada.as, { connection_id: acme.connection.id })
    assert.equal(text, '')
  })

  it('has a file for actors of that organization alone', async () => {
    const { body: job } = await call('POST', '/api/v2/jobs/users-exports', { body: {}, as: bea.as })
    await runner.runOnce()
    const { body: read } = await test.readAs(bea.as, job.id)
    assert.ok(
      gunzipSync(await test.download(read.location))
        .toString()
        .includes('bea@example.com'),
    )
    const foreign = await test.readAs(ada.as, job.id)
    assert.deepEqual([foreign.status, foreign.body], [404, NO_JOB])
    const other = new URL(read.location).pathname.replace(job.id, NEVER)
    assert.equal((await test.app.inject({ method: 'GET', url: other })).statusCode, 404)
  })

  it('is not made for somebody who may not read members any more', async () => {
    const carl = await test.member(acme.id, 'carl', 'auditor')
    const { body: job } = await call('POST', '/api/v2/jobs/users-exports', { body: {}, as: carl.as })
    await db.deleteFrom('membership_roles').where('user_id', '=', carl.userId).execute()
    await runner.runOnce()
    const { body } = await test.readAs(ada.as, job.id)
    assert.equal(body.status, 'failed')
    assert.equal(
      body.status_details,
      'Whoever started the job may do so no longer, so it was stopped. Nothing was changed.',
    )
    const { rows } = await sql`select from job_chunks where job_id = ${job.id}`.execute(db)
    assert.equal(rows.length, 0)
  })
})
