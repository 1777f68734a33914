import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { sql } from 'kysely'
import { createTestDatabase, startTestServer } from '../../test/harness.ts'
import { openDatabase } from '../db/database.ts'
import { sealEvents } from '../logs/seals/seal-events.ts'
import { recordOne } from '../logs/seals/seals.testing.ts'
import { commands } from './commands.testing.ts'

const VERIFY = ['audit', 'verify']

describe('npx tenantry audit verify', async () => {
  const test = await startTestServer()
  const { db, server } = test
  const { run, asJson } = commands(test)
  const folder = await mkdtemp(join(tmpdir(), 'tenantry-audit-'))
  after(() => rm(folder, { recursive: true, force: true }))
  const ids: string[] = []
  for (const name of ['one', 'two', 'three', 'four']) ids.push(await recordOne(db, name))
  ids.push(await recordOne(db, 'change', 'sapi'))
  await sealEvents(db, server.secrets)
  const { count } = await db.selectFrom('events').select(db.fn.countAll<number>().as('count')).executeTakeFirstOrThrow()

  it('says that a log is whole, with exit code 0, and a mark by which the next check knows that it still is', async () => {
    const { code, out, error } = await run(VERIFY)
    assert.deepEqual([code, error], [0, ''])
    assert.match(out, /^The log is whole\.$/m)
    assert.match(out, new RegExp(`^${count} entries checked; sealed up to .*Z, 0 entries not sealed yet\\.$`, 'm'))
    const [, mark = ''] = /^Mark: (\S+)$/m.exec(out) ?? []
    const { code: again, facts } = await asJson([...VERIFY, '--mark', mark])
    assert.deepEqual([again, facts.whole, facts.fault, facts.checked, facts.mark], [0, true, null, count, mark])
    const foreign = await asJson([...VERIFY, '--mark', mark.replace(/\.[^/]*/, '.somethingElse')])
    assert.deepEqual([foreign.code, foreign.facts.whole], [1, false])
  })

  it('finds it whole in a database that was restored from a backup, where it goes on, and takes the mark of before', async () => {
    const file = join(folder, 'tenant.backup')
    const { facts: before } = await asJson(VERIFY)
    assert.equal((await run(['backup', file])).code, 0)
    const { url: DATABASE_URL, drop } = await createTestDatabase({ isEmpty: true })
    after(drop)
    const restored = await run(['restore', file], { DATABASE_URL })
    assert.equal(restored.code, 0, restored.error)
    const there = await asJson([...VERIFY, '--mark', before.mark], { DATABASE_URL })
    assert.deepEqual(there, { code: 0, facts: before })

    const database = openDatabase({
      connectionString: DATABASE_URL,
      maxConnections: 2,
      preparedStatements: false,
      onError: () => {},
    })
    try {
      await recordOne(database.db, 'after the restore')
      assert.equal(await sealEvents(database.db, server.secrets), 1)
    } finally {
      await database.close()
    }
    const { code, facts } = await asJson([...VERIFY, '--mark', before.mark], { DATABASE_URL })
    assert.deepEqual([code, facts.whole, facts.checked], [0, true, count + 1])
  })

  it('names the first entry that was altered, with exit code 1', async () => {
    const [, first, second] = ids
    assert.ok(first && second)
    await sql`update events set description = 'nothing happened' where log_id in (${second}, ${first})`.execute(db)
    const { code, out, error } = await run(VERIFY)
    assert.deepEqual([code, error], [1, ''])
    assert.match(out, new RegExp(`^THE LOG IS NOT WHOLE\\. ${first} \\(.*Z\\): `, 'm'))
    assert.ok(!out.includes(second), 'the first one alone')
    const { code: asked, facts } = await asJson(VERIFY)
    assert.deepEqual([asked, facts.whole, facts.fault.log_id, facts.fault.kind], [1, false, first, 'altered'])
  })
})
