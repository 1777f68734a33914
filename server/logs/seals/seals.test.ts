import assert from 'node:assert/strict'
import { afterEach, describe, it, mock } from 'node:test'
import { sql } from 'kysely'
import { startTestServer } from '../../../test/harness.ts'
import { openSecrets } from '../../base/secrets.ts'
import { transact } from '../../db/database.ts'
import { recordEventList } from '../record.ts'
import { blankPerson } from './blank-person.ts'
import { timeOfId } from './seal.ts'
import { sealEvents } from './seal-events.ts'
import { forge, recordOne } from './seals.testing.ts'
import { verifyLog } from './verify.ts'

const HOUR_MS = 3_600_000
const system = { kind: 'system', name: 'test' } as const

describe('the sealed log', async () => {
  const { db, server } = await startTestServer()
  const { database, secrets } = server
  const start = Date.now()
  const at = (time: number) => {
    mock.timers.reset()
    mock.timers.enable({ apis: ['Date'], now: time })
  }
  afterEach(() => mock.timers.reset())
  const verify = async (mark?: string) => await verifyLog(database, secrets, mark === undefined ? {} : { mark })

  /** Does something to the database, sees what the check finds, and undoes it. */
  async function tampered(act: () => Promise<unknown>) {
    assert.equal((await verify()).fault, null)
    await sql`create table kept_events as table events`.execute(db)
    await sql`create table kept_seals as table event_seals`.execute(db)
    await sql`create table kept_batches as table event_seal_batches`.execute(db)
    await act()
    const found = await verify()
    for (const [name, kept] of [
      ['events', 'kept_events'],
      ['event_seals', 'kept_seals'],
      ['event_seal_batches', 'kept_batches'],
    ]) {
      await sql`delete from ${sql.table(name ?? '')}`.execute(db)
      await sql`insert into ${sql.table(name ?? '')} select * from ${sql.table(kept ?? '')}`.execute(db)
      await sql`drop table ${sql.table(kept ?? '')}`.execute(db)
    }
    assert.equal(found.whole, found.fault === null)
    return found
  }

  it('seals what was recorded, once, and leaves the entries as they are', async () => {
    for (const name of ['one', 'two', 'three']) await recordOne(db, name)
    for (const name of ['change one', 'change two']) await recordOne(db, name, 'sapi')
    const before = await db.selectFrom('events').selectAll().orderBy('log_id').execute()
    assert.ok(before.length >= 5)
    assert.equal((await verify()).waiting, before.length)
    assert.equal(await sealEvents(db, secrets), before.length)
    assert.equal(await sealEvents(db, secrets, true), 0)
    assert.deepEqual(await db.selectFrom('events').selectAll().orderBy('log_id').execute(), before)
    const { whole, fault, checked, waiting, late, sealed_up_to } = await verify()
    assert.deepEqual([whole, fault, checked, waiting, late], [true, null, before.length, 0, 0])
    // The id is made a moment before the date is taken.
    assert.equal(sealed_up_to, new Date(timeOfId(before.at(-1)?.log_id ?? '') ?? 0).toISOString())
  })

  it('is sealed by one process at a time, and completely however many try', async () => {
    const event = { type: 's', actor: system, person: { ip: '203.0.113.9' } } as const
    await recordEventList(
      db,
      Array.from({ length: 1_200 }, () => event),
    )
    const tries = await Promise.all(Array.from({ length: 4 }, () => sealEvents(db, secrets)))
    if (tries.includes(undefined)) await sealEvents(db, secrets)
    const { fault, waiting, checked } = await verify()
    assert.deepEqual([fault, waiting], [null, 0])
    assert.ok(checked >= 1_205)
  })

  it('tells of an entry that was altered, by its id and date', async () => {
    const id = await recordOne(db, 'to be altered')
    await recordOne(db, 'after it')
    await sealEvents(db, secrets)
    for (const change of [
      sql`description = 'as if nothing had been'`,
      sql`actor_id = 'somebody else'`,
      sql`date = date + interval '1 microsecond'`,
      sql`details = '{"a": [1.5, "u"], "b": 1}'`,
      sql`user_id = 'auth0|another'`,
    ]) {
      const { fault } = await tampered(() => sql`update events set ${change} where log_id = ${id}`.execute(db))
      assert.deepEqual([fault?.kind, fault?.log_id], ['altered', id])
      assert.equal(fault?.date?.slice(0, 10), new Date(start).toISOString().slice(0, 10))
    }
    const { fault } = await tampered(() =>
      sql`update events set person = '{"ip": "198.51.100.1"}' where log_id = ${id}`.execute(db),
    )
    assert.deepEqual([fault?.kind, fault?.log_id], ['person', id])
  })

  it('tells of an entry that was removed, with its seal or without, and of two that were swapped', async () => {
    const [first, second] = [await recordOne(db, 'first of two'), await recordOne(db, 'second of two')]
    await recordOne(db, 'behind both')
    await sealEvents(db, secrets)
    const removed = await tampered(() => sql`delete from events where log_id = ${second}`.execute(db))
    assert.deepEqual([removed.fault?.kind, removed.fault?.log_id], ['missing', second])
    const gone = await tampered(async () => {
      await sql`delete from events where log_id = ${second}`.execute(db)
      await sql`delete from event_seals where log_id = ${second}`.execute(db)
    })
    assert.deepEqual([gone.fault?.kind, gone.fault?.log_id], ['gap', first])
    const swapped = await tampered(async () => {
      await sql`update events set log_id = 'aside' where log_id = ${first}`.execute(db)
      await sql`update events set log_id = ${first} where log_id = ${second}`.execute(db)
      await sql`update events set log_id = ${second} where log_id = 'aside'`.execute(db)
    })
    assert.deepEqual([swapped.fault?.kind, swapped.fault?.log_id], ['altered', first])
    const both = await tampered(async () => {
      await sql`update event_seals set log_id = 'aside' where log_id = ${first}`.execute(db)
      await sql`update event_seals set log_id = ${first}, place = place - 1 where log_id = ${second}`.execute(db)
      await sql`update event_seals set log_id = ${second}, place = place + 1 where log_id = 'aside'`.execute(db)
      await sql`update events set log_id = 'aside' where log_id = ${first}`.execute(db)
      await sql`update events set log_id = ${first} where log_id = ${second}`.execute(db)
      await sql`update events set log_id = ${second} where log_id = 'aside'`.execute(db)
    })
    assert.equal(both.fault?.log_id, first)
  })

  it('tells of an entry that was put among sealed ones, and of a seal that is none', async () => {
    const added = await tampered(() => forge(db, start - 10 * HOUR_MS))
    assert.equal(added.fault?.kind, 'added')
    assert.equal(added.fault?.date, new Date(start - 10 * HOUR_MS).toISOString())
    const id = await recordOne(db, 'with a seal')
    await sealEvents(db, secrets)
    const altered = await tampered(() =>
      sql`update event_seals set seal = sha256(seal) where log_id = ${id}`.execute(db),
    )
    assert.deepEqual([altered.fault?.kind, altered.fault?.log_id], ['altered', id])
    const forged = await tampered(async () => {
      const forgery = await forge(db, start - 10 * HOUR_MS)
      await sql`insert into event_seals select ${forgery}, 100000, 0, false, seal from event_seals where log_id = ${id}`.execute(
        db,
      )
    })
    assert.equal(forged.fault?.kind, 'seal')
  })

  it('tells of a batch that was removed, moved or rewritten, even whole with its entries', async () => {
    const id = await recordOne(db, 'alone in its batch')
    await sealEvents(db, secrets)
    await recordOne(db, 'in the next')
    await sealEvents(db, secrets)
    const { batch } = await db
      .selectFrom('event_seals')
      .select('batch')
      .where('log_id', '=', id)
      .executeTakeFirstOrThrow()
    const own = sql`not administrative and number = ${batch}`
    const rewritten = await tampered(() =>
      sql`update event_seal_batches set entries = entries + 1 where ${own}`.execute(db),
    )
    assert.equal(rewritten.whole, false)
    const whole = await tampered(async () => {
      await sql`delete from events where log_id = ${id}`.execute(db)
      await sql`delete from event_seals where log_id = ${id}`.execute(db)
      await sql`delete from event_seal_batches where ${own}`.execute(db)
    })
    assert.equal(whole.fault?.kind, 'batch')
    const empty = await tampered(async () => {
      await sql`delete from events where log_id = ${id}`.execute(db)
      await sql`delete from event_seals where log_id = ${id}`.execute(db)
    })
    assert.deepEqual([empty.fault?.kind, empty.fault?.log_id], ['missing', id])
    const claimed = await tampered(async () => {
      await sql`delete from events where log_id = ${id}`.execute(db)
      await sql`delete from event_seals where log_id = ${id}`.execute(db)
      await sql`update event_seal_batches set root = null, proof = sha256('forgotten') where ${own}`.execute(db)
    })
    assert.equal(claimed.fault?.kind, 'batch')
  })

  it('cannot be cut at its end where an earlier mark is known, and a mark outlives what comes later', async () => {
    const { mark } = await verify()
    await recordOne(db, 'later')
    await sealEvents(db, secrets)
    assert.equal((await verify(mark)).whole, true)
    const later = (await verify()).mark
    const { batch } = await db
      .selectFrom('event_seals')
      .select('batch')
      .orderBy('log_id', 'desc')
      .limit(1)
      .executeTakeFirstOrThrow()
    await sql`delete from events where description = 'later'`.execute(db)
    await sql`delete from event_seals where batch = ${batch} and not administrative`.execute(db)
    await sql`delete from event_seal_batches where number = ${batch} and not administrative`.execute(db)
    assert.equal((await verify()).whole, true)
    assert.equal((await verify(later)).fault?.kind, 'mark')
    assert.equal((await verify(mark)).whole, true)
  })

  it('stays whole when what is personal is blanked, and keeps nothing by which it could be guessed', async () => {
    const id = await recordOne(db, 'to be blanked')
    const other = await recordOne(db, 'to be kept')
    await sealEvents(db, secrets)
    const before = await verify()
    await transact(db, async (tx) => await blankPerson(tx, sql`log_id = ${id}`))
    const after = await verify()
    assert.deepEqual([after.whole, after.blanked - before.blanked], [true, 1])
    const saltOf = async (log_id: string) =>
      (await db.selectFrom('event_seals').select('person_salt').where('log_id', '=', log_id).executeTakeFirstOrThrow())
        .person_salt
    assert.equal(await saltOf(id), null)
    assert.notEqual(await saltOf(other), null)
    const restored = await tampered(() =>
      sql`update events set person = '{"ip": "203.0.113.7"}' where log_id = ${id}`.execute(db),
    )
    assert.equal(restored.fault?.kind, 'person')
  })

  it('says so when the encryption key is another one', async () => {
    const { whole, fault } = await verifyLog(database, openSecrets(Buffer.alloc(32, 9)))
    assert.deepEqual([whole, fault?.kind], [false, 'key'])
  })

  it('takes what comes late, tells how much that was, and goes on through a clock that is wrong', async () => {
    const before = await verify()
    await forge(db, Date.now() - HOUR_MS)
    await forge(db, Date.now() - HOUR_MS, 'sapi')
    assert.equal(await sealEvents(db, secrets), 0)
    assert.equal((await verify()).waiting, 2)
    assert.equal(await sealEvents(db, secrets, true), 2)
    const late = await verify()
    assert.deepEqual([late.whole, late.late - before.late, late.waiting], [true, 2, 0])
    for (const hours of [26, 0, -1, 0]) {
      at(start + hours * HOUR_MS)
      // As a process that starts then: ids of one that runs never go back.
      await forge(db, Date.now())
      await sealEvents(db, secrets)
      at(start + hours * HOUR_MS + 60_000)
      await sealEvents(db, secrets, true)
      const { fault, waiting } = await verify()
      assert.deepEqual([fault, waiting], [null, 0], `${hours} hours`)
    }
  })
})
