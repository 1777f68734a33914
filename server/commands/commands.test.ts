import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { administer, createTestDatabase, startTestServer } from '../../test/harness.ts'
import { commands } from './commands.testing.ts'

describe('npx tenantry', async () => {
  const test = await startTestServer()
  const { db, call } = test
  const folder = await mkdtemp(join(tmpdir(), 'tenantry-commands-'))
  after(() => rm(folder, { recursive: true, force: true }))
  const { run, asJson } = commands(test)

  it('says what there is, and answers wrong words with what is right and exit code 2', async () => {
    const help = await run(['--help'])
    assert.equal(help.code, 0)
    for (const name of [
      'serve',
      'migrate',
      'create-admin',
      'keys',
      'backup',
      'restore',
      'import',
      'export',
      'audit',
      'doctor',
    ]) {
      assert.match(help.out, new RegExp(`^ {2}${name}\\b.* [a-z]+$`, 'm'))
    }
    for (const words of [[], ['nothing'], ['backup'], ['restore'], ['keys'], ['audit'], ['doctor', '--loud']]) {
      const { code, out, error } = await run(words)
      assert.deepEqual([code, out], [2, ''], words.join(' '))
      assert.match(error, /Usage: tenantry/)
    }
  })

  it('backs up and restores, and says so in words or as JSON', async () => {
    const file = join(folder, 'tenant.backup')
    const { code, facts } = await asJson(['backup', file])
    assert.equal(code, 0)
    assert.ok(facts.rows > 0 && facts.tables > 20 && facts.bytes > 1_000)
    const refused = await run(['restore', file])
    assert.deepEqual([refused.code, refused.out], [1, ''])
    assert.match(refused.error, /not empty/)
    const { url, drop } = await createTestDatabase({ isEmpty: true })
    after(drop)
    const restored = await run(['restore', file], { DATABASE_URL: url })
    assert.deepEqual([restored.code, restored.error], [0, ''])
    assert.match(restored.out, new RegExp(`Restored as it was on .*: ${facts.tables} tables, ${facts.rows} rows\\.`))
    assert.deepEqual(await asJson(['migrate'], { DATABASE_URL: url }), { code: 0, facts: { applied: [] } })
  })

  it('fills no database that cannot hold every letter, or is not its own', async () => {
    const { url, drop } = await createTestDatabase({ isEmpty: true })
    after(drop)
    const [latin, guest] = [new URL(url), new URL(url)]
    latin.pathname += '_latin'
    guest.username = `guest_${latin.pathname.slice(-20)}`
    guest.password = 'of-nothing'
    const sentences = [
      `create database ${latin.pathname.slice(1)} encoding 'LATIN1' template template0 locale 'C'`,
      `create role ${guest.username} login password '${guest.password}'`,
    ]
    for (const sentence of sentences) await administer(url, sentence)
    try {
      const wrong = await run(['migrate'], { DATABASE_URL: latin.href })
      assert.deepEqual([wrong.code, wrong.out], [1, ''])
      assert.match(wrong.error, /^The database of DATABASE_URL has the encoding LATIN1, .* encoding 'UTF8'/)
      const foreign = await run(['migrate'], { DATABASE_URL: guest.href })
      assert.equal(foreign.code, 1)
      assert.match(
        foreign.error,
        /^The user of DATABASE_URL may not make tables in the database\. Make that user the owner/,
      )
    } finally {
      await administer(url, `drop database ${latin.pathname.slice(1)}`)
      await administer(url, `drop role ${guest.username}`)
    }
  })

  it('tells a failure as JSON as well, without a stack', async () => {
    const { code, facts } = await asJson(['restore', join(folder, 'nothing')])
    assert.equal(code, 1)
    assert.match(facts.error, /cannot be read/)
    const wrongKey = await asJson(['keys', 'rotate'], { ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64') })
    assert.equal(wrongKey.code, 1)
    assert.match(wrongKey.facts.error, /encrypted with another key/)
  })

  it('rotates the signing keys, and the log has it', async () => {
    const keys = async () => (await call('GET', '/api/v2/keys/signing')).body
    const { kid: next } = (await keys()).find((key: { next?: boolean }) => key.next)
    const { code, facts } = await asJson(['keys', 'rotate'])
    assert.deepEqual([code, facts], [0, { kid: next }])
    assert.equal((await keys()).find((key: { current?: boolean }) => key.current).kid, next)
    const event = await db.selectFrom('events').selectAll().where('target_id', '=', next).executeTakeFirstOrThrow()
    assert.deepEqual([event.type, event.actor_kind, event.actor_id], ['sapi', 'system', 'keys rotate'])
  })

  it('brings an empty database up to this version', async () => {
    const { url, drop } = await createTestDatabase({ isEmpty: true })
    after(drop)
    const { code, facts } = await asJson(['migrate'], { DATABASE_URL: url })
    assert.equal(code, 0)
    assert.equal(facts.applied[0], '0001-tenant')
  })

  it('examines everything, changes nothing, and fails only for what is wrong', async () => {
    const events = () => db.selectFrom('events').select(db.fn.countAll<number>().as('count')).executeTakeFirst()
    const before = await events()
    const well = await asJson(['doctor'])
    assert.equal(well.code, 0)
    const checks = new Map(
      well.facts.findings.map((each: { check: string; state: string }) => [each.check, each.state]),
    )
    for (const check of ['database', 'clock', 'keys', 'mail', 'mail queue']) assert.equal(checks.get(check), 'fine')
    assert.deepEqual(await events(), before)

    const ill = await run(['doctor'], {
      ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
      SMTP_URL: 'smtp://127.0.0.1:1',
    })
    assert.equal(ill.code, 1)
    assert.match(ill.out, /^✔ database: /m)
    assert.match(ill.out, /^✖ keys: .*another key/m)
    const { url, drop } = await createTestDatabase({ isEmpty: true })
    after(drop)
    const empty = await run(['doctor'], { DATABASE_URL: url })
    assert.match(empty.out, /^✖ database: .*not of this version/m)
    assert.doesNotMatch(empty.out, /relation/)
    await asJson(['migrate'], { DATABASE_URL: url })
    const fresh = await asJson(['doctor'], { DATABASE_URL: url, ENCRYPTION_KEY: '', DATA_DIR: folder })
    assert.equal(fresh.code, 1)
    assert.ok(!existsSync(join(folder, 'encryption-key')))
    const lost = await run(['doctor'], { DATABASE_URL: 'postgres://127.0.0.1:1/none' })
    assert.equal(lost.code, 1)
    assert.match(lost.out, /^✖ database: .*did not answer/m)
    const { out } = await run(['doctor'], { SMTP_URL: 'smtp://127.0.0.1:1' })
    assert.match(out, /^✖ mail: .*ECONNREFUSED/m)
  })
})
