import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import type { OwnConnection } from '../../db/database.ts'
import { startJobTest } from '../jobs.testing.ts'
import type { Batch } from './batch.ts'
import { batchesUnderWay } from './under-way.ts'

/** So many rows are a batch. */
const BATCH = 2_000

describe('the batches of an import', async () => {
  const test = await startJobTest()
  const fileOf = (name: string, rows: number) =>
    Array.from({ length: rows }, (_, index) => ({ email: `${name}-${index + 1}@example.com` }))

  it('tell of whoever stands in two of them at the later row', async () => {
    const file = fileOf('twice', 3 * BATCH)
    for (const [later, earlier] of [
      [BATCH + 1, BATCH],
      [2 * BATCH + 7, BATCH + 9],
      [3 * BATCH, 1],
    ] as const) {
      file[later - 1] = { email: `Twice-${earlier}@example.com` }
    }
    const { id, summary } = await test.imported(file)
    assert.deepEqual(summary, { failed: 3, updated: 0, inserted: 3 * BATCH - 3, total: 3 * BATCH })
    const rows: { row: number; errors: { code: string }[] }[] = await test.rowsOf(id)
    assert.deepEqual(
      rows.map(({ row, errors }) => [row, errors[0]?.code]),
      [BATCH + 1, 2 * BATCH + 7, 3 * BATCH].map((row) => [row, 'DUPLICATED_USER']),
    )
  })

  it('do not wait in a circle with somebody who adds one user of each', { timeout: 60_000 }, async () => {
    const { db, connection } = test
    const taken = [`circle-1@example.com`, `circle-${BATCH + 1}@example.com`] as const
    const { status, body } = await test.send(fileOf('circle', 2 * BATCH))
    assert.equal(status, 202)
    const { user_id } = await db.selectFrom('users').select('user_id').limit(1).executeTakeFirstOrThrow()
    let importing: Promise<void> | undefined
    await db.transaction().execute(async (tx) => {
      const take = (value: string) =>
        tx
          .insertInto('user_identifiers')
          .values({ connection_id: connection.id, kind: 'email', value, user_id })
          .execute()
      await take(taken[0])
      importing = test.runner.runOnce()
      // The first batch waits for this transaction; the second has its rows written and waits for the first.
      await waits(1)
      await sleep(1_000)
      await take(taken[1])
    })
    await importing
    const { status: state, summary } = await test.read(body.id)
    assert.equal(state, 'completed')
    assert.deepEqual(summary, { failed: 2, updated: 0, inserted: 2 * BATCH - 2, total: 2 * BATCH })
  })

  async function waits(count: number): Promise<void> {
    for (;;) {
      const { rows } = await sql`select from pg_stat_activity
        where wait_event_type = 'Lock' and datname = current_database()`.execute(test.db)
      if (rows.length >= count) return
      await sleep(20)
    }
  }
})

describe('batches under way', () => {
  // None of them is used.
  const connection = () => ({ close: async () => {} }) as unknown as OwnConnection
  const batch = (...keys: string[]): Batch => ({ rows: [], keys: new Set(keys), endsAt: 0 })

  it('are two, and the third begins when the first is done', async () => {
    const underWay = batchesUnderWay([connection(), connection()])
    const first = Promise.withResolvers<boolean>()
    underWay.begin(batch('a'), () => first.promise)
    assert.equal(await underWay.room(batch('b')), true)
    underWay.begin(batch('b'), (_own, before) => before)
    assert.equal(await isSettled(underWay.room(batch('c'))), false)
    first.resolve(true)
    assert.equal(await underWay.room(batch('c')), true)
    assert.equal(await underWay.done(), true)
    await underWay.close()
  })

  it('are one where the next has somebody in common with the last, or there is one connection', async () => {
    for (const [connections, keys] of [
      [
        [connection(), connection()],
        ['a', 'z'],
      ],
      [[connection()], ['z']],
    ] as const) {
      const underWay = batchesUnderWay(connections)
      const first = Promise.withResolvers<boolean>()
      underWay.begin(batch('a'), () => first.promise)
      const room = underWay.room(batch(...keys))
      assert.equal(await isSettled(room), false)
      first.resolve(true)
      assert.equal(await room, true)
    }
  })

  it('end with the first that fails', async () => {
    const underWay = batchesUnderWay([connection(), connection()])
    underWay.begin(batch('a'), async () => await Promise.reject(new Error('The first failed.')))
    underWay.begin(batch('b'), (_own, before) => before)
    await assert.rejects(underWay.room(batch('c')), /The first failed/)
    await assert.rejects(underWay.done(), /The first failed/)
    await underWay.close()
  })

  async function isSettled(promise: Promise<unknown>): Promise<boolean> {
    return await Promise.race([promise.then(() => true), sleep(20, false)])
  }
})
