import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CLIENT_ID } from '../../../test/harness.ts'
import { hashPassword } from '../../passwords/hash.ts'
import { startJobTest } from '../jobs.testing.ts'

const JOB = /^job_[A-Za-z0-9]{16}$/

describe('an import of users', async () => {
  const test = await startJobTest()
  const { call, connection, db, errorsOf, eventsOf, imported, passwordOf, read, runner, send, tokenFor, userOf } = test

  it('brings them in as POST /users would, with all that the file says', async () => {
    const hash = await hashPassword('the old grey heron')
    const sent = await send(
      [
        {
          email: 'Ada.Lovelace@Import.example',
          user_id: 'ada-1',
          email_verified: true,
          given_name: 'Ada',
          family_name: 'Løvelace\t"\\ü',
          name: 'Ada L',
          picture: 'https://pictures.example/ada.png',
          blocked: true,
          user_metadata: { hobby: 'chess', 'back\\slash': ['\n', { deep: true }] },
          app_metadata: { plan: 'team' },
          phone_number: '+4930123456',
          custom_password_hash: { algorithm: 'argon2', hash: { value: hash } },
          mfa_factors: [{ totp: { secret: 'JBSWY3DPEHPK3PXP' } }, { phone: { value: '+4930123' } }],
        },
        { email: 'bob@import.example' },
      ],
      { external_id: 'run 7' },
    )
    assert.equal(sent.status, 202, sent.text)
    const { id, created_at, ...made } = sent.body
    assert.match(id, JOB)
    assert.deepEqual(made, {
      type: 'users_import',
      status: 'pending',
      connection_id: connection.id,
      connection: connection.name,
      external_id: 'run 7',
      upsert: false,
      send_completion_email: true,
      dry_run: false,
    })
    await runner.runOnce()
    const job = await read(id)
    assert.deepEqual(job, {
      ...made,
      id,
      created_at,
      status: 'completed',
      percentage_done: 100,
      summary: { failed: 0, updated: 0, inserted: 2, total: 2 },
    })
    const ada = await userOf('auth0|ada-1')
    const { created_at: _, updated_at: __, ...shown } = ada
    assert.deepEqual(shown, {
      user_id: 'auth0|ada-1',
      email: 'ada.lovelace@import.example',
      email_verified: true,
      phone_number: '+4930123456',
      phone_verified: false,
      name: 'Ada L',
      given_name: 'Ada',
      family_name: 'Løvelace\t"\\ü',
      nickname: 'ada.lovelace',
      picture: 'https://pictures.example/ada.png',
      blocked: true,
      user_metadata: { hobby: 'chess', 'back\\slash': ['\n', { deep: true }] },
      app_metadata: { plan: 'team' },
      identities: [{ connection: connection.name, user_id: 'ada-1', provider: 'auth0', isSocial: false }],
    })
    assert.deepEqual(
      [(await passwordOf('auth0|ada-1'))?.hash, (await passwordOf('auth0|ada-1'))?.set_by],
      [hash, 'import'],
    )
    const found = await call('GET', '/api/v2/users?q=email:"bob@import.example"&include_totals=true')
    assert.deepEqual([found.body.total, found.body.users[0].email_verified], [1, false])
    const all = await call('GET', '/api/v2/users?include_totals=true')
    assert.equal(all.body.total, 2)
    assert.equal((await errorsOf(id)).status, 204)
    const factors = await db.selectFrom('imported_factors').selectAll().orderBy('position').execute()
    assert.deepEqual(
      factors.map(({ kind }) => kind),
      ['totp', 'phone'],
    )
    assert.ok(!JSON.stringify(factors).includes('JBSWY3DPEHPK3PXP'))
  })

  it('tells the log who asked, each user who came in with whom he became, and nothing secret', async () => {
    const events = await eventsOf('sui')
    const [ada] = events.filter(({ user_id }) => user_id === 'auth0|ada-1')
    assert.deepEqual([ada?.description, ada?.actor_id, ada?.connection_id], ['User imported', CLIENT_ID, connection.id])
    // The log's personal part is whatever was there.
    const { after } = (ada?.person ?? {}) as { after: { email: string } }
    assert.equal(after.email, 'ada.lovelace@import.example')
    const whole = events.filter(({ user_id }) => user_id === null)
    assert.deepEqual(
      whole.map(({ details }) => details?.summary),
      [{ total: 2, inserted: 2, updated: 0, failed: 0 }],
    )
    const [asked] = (await eventsOf('sapi')).filter(({ operation }) => operation === 'post_users-imports')
    assert.equal(asked?.target_kind, 'job')
    assert.ok(!JSON.stringify([...events, asked]).includes('$argon2'))
  })

  it('leaves neither the file nor its hashes behind', async () => {
    const { rows } = await test.server.database.pool.query(
      'select 1 from job_chunks union all select 1 from job_identifiers',
    )
    assert.deepEqual(rows, [])
  })

  it('takes JSON lines as well', async () => {
    const { summary } = await imported('{"email":"l1@import.example"}\n{"email":"l2@import.example"}\n')
    assert.deepEqual(summary, { failed: 0, updated: 0, inserted: 2, total: 2 })
  })

  it('fails as a whole, and changes nothing, when the file is not JSON', async () => {
    const before = await eventsOf('fui')
    for (const file of [
      '[{"email":"x1@import.example"},{"email":"x2@import.example"',
      '[{"email":"x1@import.example"},{x}]',
      'hello',
      '',
    ]) {
      const job = await imported(file)
      assert.equal(job.status, 'failed')
      assert.match(
        job.status_details,
        /^Failed to parse users file JSON when importing users\. Make sure it is valid\./,
      )
      const { status, body } = await errorsOf(job.id)
      assert.deepEqual([status, body.id, body.status], [200, job.id, 'failed'])
    }
    assert.deepEqual((await call('GET', '/api/v2/users-by-email?email=x1@import.example')).body, [])
    assert.equal((await eventsOf('fui')).length - before.length, 4)
  })

  it('is refused without a file, a connection, the right type of content, or the scope', async () => {
    const url = '/api/v2/jobs/users-imports'
    assert.match((await send(undefined)).body.message, /Missing required property: users/)
    const unknown = await send([], { connection_id: 'con_0000000000000000' })
    assert.deepEqual([unknown.status, unknown.body.message], [400, 'The connection does not exist.'])
    assert.match((await send([], { connection_id: 'x' })).body.message, /on property connection_id/)
    assert.match((await send([], { upsert: 'perhaps' })).body.message, /on property upsert/)
    assert.equal((await call('POST', url, { body: {} })).status, 415)
    const headers = { 'content-type': 'multipart/form-data; boundary=x' }
    for (const body of [
      '--x\r\nbroken',
      '',
      '--x\r\nContent-Disposition: form-data; name="users"; filename="a"\r\n\r\n[]',
    ]) {
      assert.equal((await call('POST', url, { body, headers })).status, 400, body)
    }
    assert.equal(
      (await call('POST', url, { body: 'x', headers: { 'content-type': 'multipart/form-data' } })).status,
      415,
    )
    assert.equal((await send([], {}, { as: await tokenFor({ scopes: ['read:users'] }) })).status, 403)
    assert.deepEqual(await db.selectFrom('jobs').selectAll().where('state', '=', 'uploading').execute(), [])
  })

  it('waits its turn: two at a time', async () => {
    const sent = [await send([]), await send([])]
    const third = await send([{ email: 'third@import.example' }])
    assert.equal(third.status, 429)
    assert.equal(
      third.body.message,
      'There are 2 active import users jobs, please wait until some of them are finished and try again',
    )
    await runner.runOnce()
    for (const { body } of sent) assert.equal((await read(body.id)).status, 'completed')
    assert.equal((await send([])).status, 202)
    await runner.runOnce()
  })
})

describe('the size of an import file', async () => {
  const { db, send, imported } = await startJobTest({ IMPORT_FILE_MB: '1' })

  it('has a limit that the operator sets, and an error in the words of Auth0', async () => {
    const row = { email: 'large@import.example', user_metadata: { text: 'x'.repeat(900_000) } }
    assert.equal((await imported([row])).summary.inserted, 1)
    const { status, body } = await send(`${' '.repeat(1_000_001)}[]`)
    assert.deepEqual([status, body.message], [413, 'Payload content length greater than maximum allowed: 1000000'])
    assert.deepEqual(await db.selectFrom('job_chunks').select('job_id').execute(), [])
  })
})
