import assert from 'node:assert/strict'
import { afterEach, describe, it, mock } from 'node:test'
import { accounts } from '../../sign-in/accounts.testing.ts'
import { startJobTest } from '../jobs.testing.ts'
import { forgetJobs } from '../store.ts'

const DAY_MS = 86_400_000

describe('an export of users', async () => {
  const test = await startJobTest()
  const { app, call, connection, db, download, exported, otherConnection, read, runner, tokenFor } = test
  const { person } = await accounts(test)
  const ask = (body: object) => call('POST', '/api/v2/jobs/users-exports', { body })
  const get = async (location: string) =>
    (await app.inject({ method: 'GET', url: new URL(location).pathname })).statusCode
  const ada = await person({
    name: '=cmd|"A1"',
    given_name: 'Ada\nB, "C"',
    email_verified: true,
    user_metadata: { hobby: 'chess', deep: { list: [1, 'zwei'] }, on: true, 'back\\slash': "it's" },
    app_metadata: { plan: '@sum' },
  })
  const other = await otherConnection('Elsewhere')
  await call('POST', '/api/v2/users', {
    body: { connection: other.name, email: 'else@harborline.example', password: 'the old grey heron' },
  })

  afterEach(() => mock.timers.reset())

  it('answers the job, and gives the users out as JSON lines, compressed', async () => {
    const { job, text } = await exported({ connection_id: connection.id })
    assert.deepEqual(
      [job.type, job.status, job.connection_id, job.format, job.percentage_done],
      ['users_export', 'completed', connection.id, 'json', 100],
    )
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    const { identities, user_metadata, app_metadata, ...shown } = ada
    assert.deepEqual(lines, [{ ...shown, connection: connection.name }])
  })

  it('gives out the fields that are named, under other names, and paths into metadata and identities', async () => {
    const fields = [
      { name: 'user_id', export_as: 'id"\'\\' },
      { name: 'user_metadata' },
      { name: 'user_metadata.deep.list[1]', export_as: 'second' },
      { name: 'user_metadata.none' },
      { name: 'user_metadata.back\\slash' },
      { name: 'app_metadata.plan' },
      { name: 'identities[0].user_id' },
      { name: 'identities' },
      { name: 'blocked' },
    ]
    const { text } = await exported({ connection_id: connection.id, fields })
    assert.deepEqual(JSON.parse(text), {
      'id"\'\\': ada.user_id,
      user_metadata: ada.user_metadata,
      second: 'zwei',
      'user_metadata.back\\slash': "it's",
      'app_metadata.plan': '@sum',
      'identities[0].user_id': ada.user_id.replace('auth0|', ''),
      identities: ada.identities,
    })
  })

  it('writes CSV in which no spreadsheet finds a formula', async () => {
    const fields = [
      { name: 'email' },
      { name: 'name', export_as: '=1+1' },
      { name: 'given_name', export_as: 'a "b"' },
      { name: 'email_verified' },
      { name: 'user_metadata.on' },
      { name: 'user_metadata.deep.list[0]' },
      { name: 'app_metadata.plan' },
      { name: 'username' },
    ]
    const { job, text } = await exported({ connection_id: connection.id, format: 'csv', fields })
    assert.equal(
      text,
      `"email","'=1+1","a ""b""","email_verified","user_metadata.on","user_metadata.deep.list[0]","app_metadata.plan","username"\n` +
        `"'${ada.email}","'=cmd|""A1""","'Ada\nB, ""C""",true,"true","1","'@sum",\n`,
    )
    assert.equal(job.format, 'csv')
  })

  it('takes the oldest where a limit is set, and everybody where nobody says whom', async () => {
    const fields = [{ name: 'email' }]
    const { text, job } = await exported({ limit: 1, fields })
    assert.deepEqual([JSON.parse(text), job.limit], [{ email: ada.email }, 1])
    assert.equal((await exported({ fields })).text.trimEnd().split('\n').length, 2)
  })

  it('has a link that holds a minute, for this file, and for nobody who guesses', async () => {
    mock.timers.enable({ apis: ['Date'], now: Date.now() })
    const [{ job }, second] = [await exported({}), await exported({})]
    const { location, id, location_expires_at } = job
    assert.equal(Date.parse(location_expires_at) - Math.floor(Date.now() / 1_000) * 1_000, 60_000)
    const [, , , , expires, signature] = location.split('/')
    assert.equal(await get(location), 200)
    for (const wrong of [
      `/exports/${second.job.id}/${expires}/${signature}`,
      `/exports/${id}/${Number(expires) + 1}/${signature}`,
      `/exports/${id}/${expires}/${signature.slice(1)}x`,
      `/exports/${id}/x/y`,
    ]) {
      assert.equal(await get(`http://localhost${wrong}`), 404, wrong)
    }
    mock.timers.setTime(Date.now() + 61_000)
    assert.equal(await get(location), 404)
    assert.ok((await download((await read(id)).location)).length > 0)
  })

  it('is forgotten after a day, with its file', async () => {
    mock.timers.enable({ apis: ['Date'], now: Date.now() })
    const { job } = await exported({})
    assert.equal(await forgetJobs(db), 0)
    mock.timers.setTime(Date.now() + DAY_MS + 1_000)
    while ((await forgetJobs(db)) > 0);
    assert.deepEqual(await db.selectFrom('job_chunks').select('job_id').execute(), [])
    const { status, body } = await call('GET', `/api/v2/jobs/${job.id}`, { as: await tokenFor({}) })
    assert.deepEqual([status, body.message], [404, 'The job does not exist.'])
  })

  it('is refused with fields that there are none of, CSV cannot hold, or are SQL', async () => {
    for (const [body, reason] of [
      [{ fields: [{ name: 'password' }] }, 'No such field: password'],
      [{ fields: [{ name: 'email.x' }] }, 'No such field: email.x'],
      [{ fields: [{ name: "user_metadata') from users; drop table users--" }] }, 'No such field'],
      [{ format: 'csv', fields: [{ name: 'app_metadata' }] }, 'CSV cannot hold app_metadata'],
      [{ format: 'csv', fields: [{ name: 'identities' }] }, 'such as identities[0].connection'],
      [{ fields: [{ name: 'name' }, { name: 'email', export_as: 'name' }] }, 'Two fields are called name;'],
      [{ format: 'csv', fields: Array.from({ length: 31 }, () => ({ name: 'email' })) }, 'at most 30 fields'],
      [{ format: 'xml' }, 'on property format'],
      [{ limit: 0 }, 'on property limit'],
      [{ connection_id: 'con_0000000000000000' }, 'The connection does not exist.'],
    ] as const) {
      const { status, body: answer } = await ask(body)
      assert.equal(status, 400)
      assert.ok(answer.message.includes(reason), answer.message)
    }
    const hostile = { name: "user_metadata.a'); drop table jobs; --", export_as: "x'); drop table jobs; --\\" }
    assert.equal((await exported({ fields: [hostile, { name: 'email' }] })).job.status, 'completed')
    const as = await tokenFor({ scopes: ['create:users'] })
    assert.equal((await call('POST', '/api/v2/jobs/users-exports', { as, body: {} })).status, 403)
  })

  it('begins anew where a process has left it, and is one file', async () => {
    const { body } = await ask({ fields: [{ name: 'email' }] })
    const job = { job_id: body.id, begins_at: 0, ends_at: 3, bytes: Buffer.from('old') }
    await db.insertInto('job_chunks').values(job).execute()
    const left = { state: 'processing' as const, lease: 'another', attempts: 1, lease_until: new Date(Date.now() - 1) }
    await db.updateTable('jobs').set(left).where('id', '=', body.id).execute()
    await runner.runOnce()
    assert.ok((await download((await read(body.id)).location)).length > 20)
  })
})

describe('a job', async () => {
  const { call, db, read, runner, send, tokenFor, imported, errorsOf } = await startJobTest()
  const cancel = (id: string, as?: string) => call('POST', `/api/v2/jobs/${id}/cancel`, as ? { as } : {})

  it('that waits is cancelled at once, changes nothing, and once only', async () => {
    const { body } = await send([{ email: 'cancelled@r.example' }])
    const reader = await tokenFor({ scopes: ['read:users'] })
    assert.equal((await cancel(body.id, reader)).status, 403)
    const { status, body: job } = await cancel(body.id)
    assert.deepEqual(
      [status, job.status, job.status_details],
      [202, 'failed', 'The job was cancelled. Nothing was changed.'],
    )
    await runner.runOnce()
    assert.equal((await call('GET', '/api/v2/users?include_totals=true')).body.total, 0)
    assert.deepEqual(await db.selectFrom('job_chunks').select('job_id').execute(), [])
    assert.equal((await cancel(body.id)).status, 409)
  })

  it('at work stops at the next batch', async () => {
    const { body } = await send([{ email: 'cancelled@r.example' }])
    const at = { state: 'processing' as const, lease: 'another', lease_until: new Date(Date.now() - 1) }
    await db.updateTable('jobs').set(at).where('id', '=', body.id).execute()
    assert.equal((await cancel(body.id)).body.status, 'processing')
    await runner.runOnce()
    assert.equal((await read(body.id)).status, 'failed')
    assert.equal((await call('GET', '/api/v2/users?include_totals=true')).body.total, 0)
  })

  it('that another process works at is left alone', async () => {
    const { body } = await send([{ email: 'leased@r.example' }])
    const at = { state: 'processing' as const, lease: 'another', lease_until: new Date(Date.now() + 60_000) }
    await db.updateTable('jobs').set(at).where('id', '=', body.id).execute()
    await runner.runOnce()
    assert.equal((await read(body.id)).status, 'processing')
    await db.deleteFrom('jobs').where('id', '=', body.id).execute()
  })

  it('that ends its process again and again is given up', async () => {
    const { body } = await send([{ email: 'poison@r.example' }])
    const left = { state: 'processing' as const, attempts: 5, lease_until: new Date(Date.now() - 1) }
    await db.updateTable('jobs').set(left).where('id', '=', body.id).execute()
    await runner.runOnce()
    const job = await read(body.id)
    assert.deepEqual([job.status, job.status_details], ['failed', 'The job could not be done.'])
  })

  it('is not there for whoever asks for another id, or has no scope', async () => {
    const { id } = await imported([])
    for (const path of ['job_0000000000000000', 'x', "job_'"]) {
      for (const end of ['', '/errors', '/rows']) {
        const { status, body } = await call('GET', `/api/v2/jobs/${path}${end}`)
        assert.deepEqual([status, body.message], [404, 'The job does not exist.'])
      }
      assert.equal((await cancel(path)).status, 404)
    }
    const as = await tokenFor({ scopes: ['read:logs'] })
    assert.equal((await call('GET', `/api/v2/jobs/${id}`, { as })).status, 403)
    assert.equal((await errorsOf(id)).status, 204)
  })
})
