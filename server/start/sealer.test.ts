import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { startTestServer, TEST_KEY } from '../../test/harness.ts'
import { newLogId } from '../base/ids.ts'
import type { OwnConnection } from '../db/database.ts'
import { sealEvents } from '../logs/seals/seal-events.ts'
import { verifyLog } from '../logs/seals/verify.ts'
import { startSealer } from './sealer.ts'

const LOCK = 4_711
/** The sealer's page. */
const PAGE = 500
const WAITS = { first: 0, next: 5, thoroughSeconds: 0, afterFault: 5 }

describe('a sealer that is ended in the middle of a page', async () => {
  const { db, server } = await startTestServer()
  const { database, secrets } = server
  const children: ChildProcess[] = []
  after(() => {
    for (const child of children) child.kill('SIGKILL')
  })
  const verify = () => verifyLog(database, secrets)
  const until = async (what: string, isSo: () => Promise<boolean>) => {
    for (let tries = 0; tries < 2_000; tries += 1) {
      if (await isSo()) return
      await sleep(10)
    }
    throw new Error(`It did not come to it: ${what}`)
  }

  /** Records many entries at once, as many as three pages hold. */
  async function record(): Promise<number> {
    const ids = Array.from({ length: 3 * PAGE - 100 }, () => newLogId())
    await sql`
      insert into events (log_id, date, type, description, actor_kind, person)
      select id, ${new Date()}, 's', 'one of many', 'system', '{"ip":"203.0.113.7"}'
      from unnest(${ids}::text[]) as id`.execute(db)
    return ids.length
  }

  // Seals are stored before their batch: whoever waits here has done half of a page.
  await sql`create function wait_here() returns trigger language plpgsql as
    'begin perform pg_advisory_xact_lock_shared(4711); return new; end'`.execute(db)
  /** Makes each page of a chain after this one wait in its middle for as long as the connection holds the lock. */
  async function stopAfter(number: number): Promise<OwnConnection> {
    await sql`create or replace trigger waits before insert on event_seal_batches for each row
      when (new.number > ${sql.lit(number)} and not new.administrative) execute function wait_here()`.execute(db)
    const holder = await database.openOwn()
    await holder.client.query('select pg_advisory_lock($1)', [LOCK])
    return holder
  }
  const lastNumber = async () => {
    const { rows } = await sql<{ number: number }>`
      select coalesce(max(through), 0)::int as number from event_seal_batches where not administrative`.execute(db)
    return rows[0]?.number ?? 0
  }
  /** The process of PostgreSQL that waits in the middle of a page. */
  const waitingPid = async () => {
    const { rows } = await sql<{ pid: number }>`
      select pid from pg_locks where locktype = 'advisory' and not granted and objid = ${LOCK}
        and database = (select oid from pg_database where datname = current_database())`.execute(db)
    return rows[0]?.pid
  }

  /** A sealer of this process goes on where the one before was ended; afterwards nothing is left, and all of it fits. */
  async function goesOn(): Promise<void> {
    const stop = startSealer(server, WAITS)
    try {
      await until('everything is sealed', async () => (await verify()).waiting === 0)
    } finally {
      await stop()
    }
    const { whole, fault, waiting, late } = await verify()
    assert.deepEqual([whole, fault, waiting, late], [true, null, 0, 0])
    assert.equal(await sealEvents(db, secrets, true), 0, 'nothing was left out')
  }

  it('has sealed whole pages when its process is killed, and the next one goes on behind them', async () => {
    const recorded = await record()
    const holder = await stopAfter((await lastNumber()) + 1)
    const env = {
      PATH: process.env.PATH,
      DATABASE_URL: server.config.databaseUrl,
      ENCRYPTION_KEY: TEST_KEY.toString('base64'),
    }
    const child = spawn(process.execPath, [join(import.meta.dirname, 'sealer.child.ts')], { env, stdio: 'inherit' })
    children.push(child)
    const ended = once(child, 'exit')
    await until('the second page is half done', async () => (await waitingPid()) !== undefined)
    child.kill('SIGKILL')
    assert.deepEqual(await ended, [null, 'SIGKILL'])
    const { whole, fault, checked, waiting } = await verify()
    assert.deepEqual([whole, fault], [true, null])
    assert.ok(
      checked >= PAGE && waiting >= recorded - PAGE - 1 && waiting > 0,
      `${checked} checked, ${waiting} waiting`,
    )
    await holder.close()
    await goesOn()
  })

  it('is rolled back with its page when PostgreSQL ends its connection, and goes on by itself', async () => {
    await record()
    const holder = await stopAfter((await lastNumber()) + 1)
    const warned: string[] = []
    const log = Object.assign(Object.create(server.log), { warn: (_: object, text: string) => warned.push(text) })
    const stop = startSealer({ database, secrets, log }, WAITS)
    try {
      await until('the second page is half done', async () => (await waitingPid()) !== undefined)
      const before = await verify()
      await sql`select pg_terminate_backend(${await waitingPid()})`.execute(db)
      await until('it has said so', async () => warned.length > 0)
      assert.deepEqual(warned, ['the log could not be sealed'])
      const { whole, fault, checked, waiting } = await verify()
      assert.deepEqual([whole, fault, checked, waiting], [true, null, before.checked, before.waiting])
      await holder.close()
      await until('everything is sealed', async () => (await verify()).waiting === 0)
    } finally {
      await holder.close().catch(() => {})
      await stop()
    }
    await goesOn()
  })

  it('ends the page at hand when it is told to stop, and leaves the rest to the next', async () => {
    const recorded = await record()
    const holder = await stopAfter(await lastNumber())
    const stop = startSealer(server, WAITS)
    await until('the first page is half done', async () => (await waitingPid()) !== undefined)
    const stopped = stop()
    await holder.close()
    await stopped
    const { whole, waiting } = await verify()
    assert.ok(whole && waiting > 0 && waiting < recorded, `${waiting} of ${recorded} waiting`)
    await goesOn()
  })
})
