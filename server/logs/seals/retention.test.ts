import assert from 'node:assert/strict'
import { afterEach, describe, it, mock } from 'node:test'
import { sql } from 'kysely'
import { startTestServer } from '../../../test/harness.ts'
import { openSecrets } from '../../base/secrets.ts'
import { listPartitions, prepareEventDays } from '../partitions.ts'
import { forgetEvents } from '../retention.ts'
import { sealEvents } from './seal-events.ts'
import { forge } from './seals.testing.ts'
import { verifyLog } from './verify.ts'

const DAY_MS = 86_400_000
const RETENTION = { days: 3, administrativeDays: 100 }

describe('the sealed log and retention', async () => {
  const { db, server } = await startTestServer()
  const { database, secrets } = server
  const start = Date.now()
  const at = (time: number) => {
    mock.timers.reset()
    mock.timers.enable({ apis: ['Date'], now: time })
  }
  afterEach(() => mock.timers.reset())

  /** The log forgets up to a time, as a cleaner of that time makes it. */
  async function forgetAt(time: number): Promise<void> {
    at(time)
    await sql`insert into log_retention values (1, ${new Date(time)})
      on conflict (id) do update set trusted_at = excluded.trusted_at`.execute(db)
    await forgetEvents(database, secrets, RETENTION)
  }
  const count = async (table: 'events' | 'event_seals') =>
    (await db.selectFrom(table).select(db.fn.countAll<number>().as('count')).executeTakeFirstOrThrow()).count

  it('is whole after days were thinned out, put together and dropped, and their seals went with them', async () => {
    for (let day = 0; day < 60; day += 5) {
      at(start + day * DAY_MS)
      await prepareEventDays(db)
      for (const type of ['s', 'sapi', 's', 'sapi'] as const) await forge(db, Date.now(), type)
      await sealEvents(db, secrets)
    }
    const before = await verifyLog(database, secrets)
    assert.deepEqual([before.whole, before.forgotten, before.checked], [true, 0, await count('events')])

    await forgetAt(start + 60 * DAY_MS)
    const thinned = await verifyLog(database, secrets)
    assert.deepEqual([thinned.fault, thinned.checked + thinned.forgotten], [null, before.checked])
    assert.ok(thinned.forgotten >= 22 && thinned.checked >= 24)
    assert.equal(await count('event_seals'), await count('events'))
    assert.ok((await listPartitions(db)).some(({ name }) => name.endsWith('_month')))

    await forgetAt(start + 130 * DAY_MS)
    const dropped = await verifyLog(database, secrets, { mark: before.mark })
    assert.deepEqual([dropped.fault, dropped.checked + dropped.forgotten], [null, before.checked])
    assert.ok(dropped.checked < thinned.checked && dropped.checked > 0)
    assert.equal(await count('event_seals'), await count('events'))

    await forgetAt(start + 400 * DAY_MS)
    const nothing = await verifyLog(database, secrets, { mark: before.mark })
    assert.deepEqual([nothing.fault, nothing.checked, nothing.forgotten], [null, 0, before.checked])
  })

  it('goes on behind what was forgotten, and what lies in no day is forgotten with its seal', async () => {
    at(start + 401 * DAY_MS)
    await forge(db, Date.now())
    await sealEvents(db, secrets)
    assert.deepEqual((await verifyLog(database, secrets)).checked, 1)
    await forgetAt(start + 410 * DAY_MS)
    const { fault, checked } = await verifyLog(database, secrets)
    assert.deepEqual([fault, checked, await count('events'), await count('event_seals')], [null, 0, 0, 0])
  })

  it('takes no removal for a forgetting: neither of an entry that is kept, nor of a day, nor a proof of another key', async () => {
    at(start + 420 * DAY_MS)
    await prepareEventDays(db)
    const kept = await forge(db, Date.now(), 'sapi')
    await forge(db, Date.now(), 's')
    await sealEvents(db, secrets)
    await sql`delete from events where log_id = ${kept}`.execute(db)
    await forgetAt(start + 430 * DAY_MS)
    const removed = await verifyLog(database, secrets)
    assert.equal(removed.fault?.log_id, kept)

    at(start + 440 * DAY_MS)
    await prepareEventDays(db)
    await forge(db, Date.now())
    await sealEvents(db, secrets)
    at(start + 450 * DAY_MS)
    await sql`update log_retention set trusted_at = ${new Date()}`.execute(db)
    await forgetEvents(database, openSecrets(Buffer.alloc(32, 9)), RETENTION)
    const forged = await verifyLog(database, secrets)
    assert.equal(forged.whole, false)
  })
})
