import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { startTestServer } from '../../test/harness.ts'
import { transact } from '../db/database.ts'
import { beginExport } from '../jobs/exports/begin-export.ts'
import { jobRunnerOf } from '../jobs/runner.ts'
import { hashPassword } from '../passwords/hash.ts'
import { commands } from './commands.testing.ts'
import { finish } from './user-job.ts'

const MAIN = 'Username-Password-Authentication'

describe('npx tenantry import and export', async () => {
  const test = await startTestServer()
  const { db, call, server } = test
  const folder = await mkdtemp(join(tmpdir(), 'tenantry-users-'))
  after(() => rm(folder, { recursive: true, force: true }))
  const { run, asJson } = commands(test)
  const at = (name: string) => join(folder, name)
  const file = async (name: string, text: string) => {
    await writeFile(at(name), text)
    return at(name)
  }
  const total = async () => (await call('GET', '/api/v2/users?include_totals=true')).body.total
  const jobs = () => db.selectFrom('jobs').select(['id', 'state']).execute()
  const ada = { email: 'ada@cli.example', user_id: 'cli-ada', name: 'Ada', user_metadata: { plan: 'a,"b"\n=1' } }

  it('imports an array or lines, says what came of it, and the log has who and what', async () => {
    const hash = await hashPassword('the old grey heron')
    const row = { ...ada, custom_password_hash: { algorithm: 'argon2', hash: { value: hash } } }
    const first = await asJson(['import', await file('array.json', JSON.stringify([row]))])
    const { job_id, ...facts } = first.facts
    const connection = 'Username-Password-Authentication'
    const summary = { total: 1, inserted: 1, updated: 0, failed: 0 }
    assert.deepEqual([first.code, facts], [0, { connection, dry_run: false, summary, errors: [] }])
    const stored = await db
      .selectFrom('passwords')
      .selectAll()
      .where('user_id', '=', 'auth0|cli-ada')
      .executeTakeFirst()
    assert.equal(stored?.hash, hash)
    const lines = await run(['import', await file('lines', '{"email":"b@cli.example"}\n{"email":"c@cli.example"}\n')])
    assert.deepEqual([lines.code, lines.error], [0, ''])
    assert.equal(lines.out, `2 rows for ${connection}: 2 are new, 0 were updated, 0 were not taken.\n`)
    const one = await run(['import', await file('one', '{"email":"one@cli.example"}'), '--upsert'])
    assert.equal(one.out, `1 row for ${connection}: 1 is new, 0 were updated, 0 were not taken.\n`)
    const events = await db.selectFrom('events').selectAll().where('target_id', '=', job_id).orderBy('log_id').execute()
    assert.deepEqual(
      events.map(({ type, actor_kind, description }) => [type, actor_kind, description]),
      [
        ['sapi', 'system', 'Import users on the command line'],
        ['sui', 'system', 'Users imported'],
      ],
    )
    assert.deepEqual(await db.selectFrom('emails').select('id').execute(), [])
  })

  it('tries first and changes nothing, updates where it is told to, and ends with 1 for rows that are wrong', async () => {
    const before = await total()
    const path = await file(
      'mixed.json',
      JSON.stringify([{ ...ada, name: 'Ada L' }, { email: 'no address' }, { email: 'd@cli.example' }]),
    )
    const tried = await run(['import', path, '--upsert', '--dry-run'])
    assert.equal(tried.code, 1)
    assert.match(tried.out, /3 rows .*: 1 would be new, 1 would be updated, 1 would be not taken\.\n {2}row 2: email: /)
    assert.match(tried.out, /Nothing was changed\.\n$/)
    assert.equal(await total(), before)
    const errors = at('errors.json')
    const without = await asJson(['import', path, '--errors', errors])
    assert.deepEqual([without.code, without.facts.summary], [1, { total: 3, inserted: 1, updated: 0, failed: 2 }])
    assert.deepEqual(
      without.facts.errors.map(({ row }: { row: number }) => row),
      [1, 2],
    )
    const written = JSON.parse(await readFile(errors, 'utf8'))
    assert.deepEqual([written.length, written[1].user], [2, { email: 'no address' }])
    const upserted = await asJson(['import', path, '--upsert'])
    assert.deepEqual(upserted.facts.summary, { total: 3, inserted: 0, updated: 2, failed: 1 })
    assert.equal((await call('GET', '/api/v2/users/auth0|cli-ada')).body.name, 'Ada L')
  })

  it('asks which connection is meant where there are several', async () => {
    const { body } = await call('POST', '/api/v2/connections', { body: { name: 'Sales', strategy: 'auth0' } })
    const path = await file('which', '{"email":"which@cli.example"}')
    const kept = await jobs()
    const { code, out, error } = await run(['import', path])
    assert.deepEqual([code, out], [1, ''])
    assert.equal(
      error,
      'Which connection? Name it with --connection: Username-Password-Authentication, Sales. Nothing was changed.\n',
    )
    assert.deepEqual(await jobs(), kept)
    const named = await run(['import', path, '--connection', 'Sales', '--dry-run'])
    assert.match(named.out, /^1 row for Sales: 1 would be new/)
    assert.equal((await call('DELETE', `/api/v2/connections/${body.id}`)).status, 204)
  })

  it('says in words why it cannot, changes nothing and leaves nothing behind', async () => {
    const [before, kept] = [await total(), await jobs()]
    for (const [words, reason] of [
      [['import', at('nothing')], /nothing cannot be read: there is no such file\. Nothing was changed\./],
      [['import', folder], /cannot be read: it is no file/],
      [
        ['import', await file('ok', '{"email":"e@cli.example"}'), '--connection', 'Sales'],
        /no connection Sales\. There are: Username/,
      ],
      [['export', at('x.csv'), '--connection', 'Sales'], /no connection Sales/],
      [['export', at('x'), '--format', 'xml'], /no format xml\. There are: lines, array, csv/],
      [['export', at('x'), '--fields', 'email,password'], /No such field: password/],
      [['export', join(folder, 'no', 'such')], /cannot be written: there is no such file/],
    ] as const) {
      const { code, out, error } = await run([...words])
      assert.deepEqual([code, out], [1, ''], words.join(' '))
      assert.match(error, reason)
      assert.doesNotMatch(error, /\n\s+at /)
    }
    assert.deepEqual(await jobs(), kept)
    const broken = await asJson(['import', await file('broken', '[{"email":"f@cli.example"}')])
    assert.equal(broken.code, 1)
    assert.match(broken.facts.error, /^Failed to parse users file JSON/)
    assert.equal(await total(), before)
    assert.equal((await run(['import', await file('ok', '[]'), '--loud'])).code, 2)
    assert.equal((await run(['export'])).code, 2)
  })

  it('waits behind two imports as everybody does', async () => {
    const row = { type: 'users_import' as const, state: 'pending' as const, actor: '{}', settings: '{}' }
    const when = { lease_until: new Date(Date.now() + 60_000), created_at: new Date(), touched_at: new Date() }
    const nothing = { connection_id: null, connection_name: null, external_id: null, fault: null, status_details: null }
    const more = { ...nothing, lease: null, started_at: null, ended_at: null }
    const two = ['job_one', 'job_two'].map((id) => ({ id, ...row, ...when, ...more }))
    await db.insertInto('jobs').values(two).execute()
    const { code, error } = await run(['import', await file('third', '[]')])
    assert.equal(code, 1)
    assert.match(error, /There are 2 active import users jobs/)
    await db.deleteFrom('jobs').where('id', 'in', ['job_one', 'job_two']).execute()
  })

  it('exports lines, an array or CSV as the file is named, for its owner alone', async () => {
    const users = await total()
    const jobsBefore = await jobs()
    const lines = await asJson(['export', at('out.jsonl')])
    assert.deepEqual([lines.code, lines.facts.users, lines.facts.format], [0, users, 'lines'])
    const text = await readFile(at('out.jsonl'), 'utf8')
    const parsed = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    assert.equal(parsed.length, users)
    assert.equal((await stat(at('out.jsonl'))).mode & 0o777, 0o600)
    assert.equal(lines.facts.bytes, Buffer.byteLength(text))
    const array = await run(['export', at('out.json'), '--fields', 'user_id, email,user_metadata'])
    assert.match(array.out, new RegExp(`out\\.json: ${users} users\\. It holds personal data`))
    const list = JSON.parse(await readFile(at('out.json'), 'utf8'))
    assert.equal(list.length, users)
    const found = list.find(({ user_id }: { user_id: string }) => user_id === 'auth0|cli-ada')
    assert.deepEqual(found, { user_id: 'auth0|cli-ada', email: ada.email, user_metadata: ada.user_metadata })
    const csv = await asJson(['export', at('out.csv'), '--fields', 'email,user_metadata.plan'])
    assert.deepEqual([csv.facts.users, csv.facts.format], [users, 'csv'])
    assert.ok((await readFile(at('out.csv'), 'utf8')).includes(`"'ada@cli.example","'a,""b""\n=1"`))
    const { body: other } = await call('POST', '/api/v2/connections', { body: { name: 'Empty', strategy: 'auth0' } })
    for (const connection of ['Empty', other.id]) {
      const none = await asJson(['export', at('none.json'), '--connection', connection])
      assert.equal(none.facts.users, 0)
      assert.deepEqual(JSON.parse(await readFile(at('none.json'), 'utf8')), [])
    }
    assert.deepEqual(await jobs(), jobsBefore)
    assert.deepEqual(await db.selectFrom('job_chunks').select('job_id').execute(), [])
    assert.ok(!(await readdir(folder)).some((name) => /\.[0-9a-f]{12}$/.test(name)))
    assert.ok(!existsSync(at('x')))
  })

  it('leaves the work to a server that runs, and tells what came of it', async () => {
    const runner = jobRunnerOf(server)
    runner.start()
    try {
      const rows = Array.from({ length: 30 }, (_, index) => `{"email":"served-${index}@cli.example"}`).join('\n')
      const { code, facts } = await asJson(['import', await file('served', rows), '--connection', MAIN])
      assert.deepEqual([code, facts.summary], [0, { total: 30, inserted: 30, updated: 0, failed: 0 }])
      assert.equal((await asJson(['export', at('served.jsonl')])).facts.users, await total())
    } finally {
      await runner.stop()
    }
  })

  it('goes on with a job that was left in the middle, once it is due', async () => {
    const { id } = await transact(db, (tx) => beginExport(tx, { kind: 'system', name: 'export' }, { format: 'json' }))
    const left = { state: 'processing' as const, lease: 'gone', lease_until: new Date(Date.now() + 600) }
    await db.updateTable('jobs').set(left).where('id', '=', id).execute()
    const states: string[] = []
    const job = await finish(server, id, ({ state }) => states.push(state))
    assert.equal(job.state, 'completed')
    assert.ok(states.length > 1)
    await db.deleteFrom('jobs').where('id', '=', id).execute()
  })

  it('takes in again what it has written', async () => {
    const { code, facts } = await asJson(['export', at('again.json'), '--fields', 'email,name,user_metadata'])
    assert.equal(code, 0)
    const back = await asJson(['import', at('again.json'), '--connection', 'Empty'])
    assert.deepEqual([back.code, back.facts.summary.inserted], [0, facts.users])
  })
})
