import assert from 'node:assert/strict'
import { afterEach, describe, it, mock } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { startTestServer } from '../../test/harness.ts'
import { openDatabase } from '../db/database.ts'
import { listPartitions, prepareEventDays } from './partitions.ts'
import { recordEvent } from './record.ts'
import { forgetEvents } from './retention.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const RETENTION = { days: 3, administrativeDays: 100 }

describe('the log by days', async () => {
  const { db, call, server } = await startTestServer()
  const start = Date.now()
  const system = { kind: 'system', name: 'test' } as const

  afterEach(() => mock.timers.reset())

  const at = (time: number) => {
    mock.timers.reset()
    mock.timers.enable({ apis: ['Date'], now: time })
  }
  const record = async (type: 's' | 'sapi', description: string) =>
    await recordEvent(db, { type, actor: system, description })
  const told = async () =>
    (await db.selectFrom('events').select('description').orderBy('log_id').execute()).map((row) => row.description)
  const tableOf = async (description: string) => {
    const { rows } = await sql<{ name: string }>`
      select tableoid::regclass::text as name from events where description = ${description}`.execute(db)
    return rows[0]?.name
  }
  const trust = async (time: number) =>
    await sql`insert into log_retention values (1, ${new Date(time)})
      on conflict (id) do update set trusted_at = excluded.trusted_at`.execute(db)

  it('has tables for today and the next days, made once however many processes make them', async () => {
    await Promise.all(Array.from({ length: 4 }, () => prepareEventDays(db)))
    const before = await listPartitions(db)
    assert.equal(before.length, 4)
    for (const [index, { to }] of before.slice(0, -1).entries()) assert.equal(before[index + 1]?.from, to)
    await prepareEventDays(db)
    assert.deepEqual(await listPartitions(db), before)
  })

  it('keeps what fits no day, as after a jump of the clock, and moves it when its day is made', async () => {
    at(start + 40 * DAY_MS)
    await record('s', 'far ahead')
    assert.equal(await tableOf('far ahead'), 'events_other')
    assert.ok((await told()).includes('far ahead'))
    await prepareEventDays(db)
    assert.match((await tableOf('far ahead')) ?? '', /^events_\d{8}$/)
    at(start)
    await record('s', 'back again')
    assert.ok((await told()).includes('back again'))
    const { body } = await call('GET', '/api/v2/logs?per_page=2&sort=date:-1')
    assert.equal(body.length, 2)
  })

  it('forgets nothing when the clock jumps ahead for a while, however far', async () => {
    await trust(start)
    at(start + 400 * DAY_MS)
    await forgetEvents(server.database, server.secrets, RETENTION)
    await forgetEvents(server.database, server.secrets, RETENTION)
    at(start)
    await forgetEvents(server.database, server.secrets, RETENTION)
    assert.ok((await told()).includes('back again'))
    const { trusted_at } = await db.selectFrom('log_retention').select('trusted_at').executeTakeFirstOrThrow()
    assert.equal(trusted_at.getTime(), start)
  })

  it('is forgotten no faster because several processes look, and as fast as ever when all but one are gone', async () => {
    const others = [1, 2].map(() =>
      openDatabase({
        connectionString: server.config.databaseUrl ?? '',
        maxConnections: 2,
        preparedStatements: true,
        onError: () => {},
      }),
    )
    const trusted = async () =>
      (await db.selectFrom('log_retention').select('trusted_at').executeTakeFirstOrThrow()).trusted_at.getTime()
    const all = [server.database, ...others]
    try {
      at(start)
      await trust(start)
      for (const database of all) await forgetEvents(database, server.secrets, RETENTION)
      at(start + 400 * DAY_MS)
      for (const database of all) await forgetEvents(database, server.secrets, RETENTION)
      const first = await trusted()
      assert.ok(first - start <= 6 * HOUR_MS, `${first - start}`)
      for (const _ of [1, 2, 3]) for (const database of all) await forgetEvents(database, server.secrets, RETENTION)
      assert.equal((await trusted()) - first, 3 * 6 * HOUR_MS)
      for (const _ of [1, 2, 3, 4]) await forgetEvents(server.database, server.secrets, RETENTION)
      assert.ok((await trusted()) - first >= 6 * 6 * HOUR_MS)
    } finally {
      for (const database of others) await database.close()
    }
    await trust(start)
    at(start)
    assert.ok((await told()).includes('back again'))
  })

  it('forgets whole days past their time, but the acts of administrators, and those after the longer time', async () => {
    // Two months and more, whenever this runs.
    const days = Array.from({ length: 8 }, (_, index) => 41 + 8 * index)
    for (const day of days) {
      at(start + day * DAY_MS)
      await prepareEventDays(db)
      await record('s', `sign-in ${day}`)
      await record('sapi', `change ${day}`)
    }
    await trust(start + 97 * DAY_MS)
    assert.equal(await forgetEvents(server.database, server.secrets, RETENTION), 0)
    const left = await told()
    assert.deepEqual(
      left.filter((text) => text?.startsWith('sign-in')),
      ['sign-in 97'],
    )
    assert.deepEqual(
      left.filter((text) => text?.startsWith('change')),
      days.map((day) => `change ${day}`),
    )
    assert.equal(left.includes('back again'), false)
    const names = (await listPartitions(db)).map(({ name }) => name)
    assert.ok(names.some((name) => name.endsWith('_month')))

    at(start + 400 * DAY_MS)
    await trust(start + 400 * DAY_MS)
    await forgetEvents(server.database, server.secrets, RETENTION)
    assert.deepEqual(await told(), [])
    await record('s', 'goes on')
    assert.deepEqual(await told(), ['goes on'])
  })

  it('loses no entry that comes while a day is being replaced, late ones among them', async () => {
    const now = start + 400 * DAY_MS
    at(now)
    await prepareEventDays(db)
    await record('sapi', 'old')
    const day = await tableOf('old')
    at(now + 10 * DAY_MS)
    await trust(now + 10 * DAY_MS)
    const late = Array.from({ length: 20 }, (_, index) => {
      const id = `900${new Date(now).toISOString().replaceAll(/\D/g, '')}${String(index).padStart(34, '7')}`
      return sql`insert into events (log_id, date, type, description, actor_kind)
        values (${id}, ${new Date(now)}, 'sapi', ${`late ${index}`}, 'system')`.execute(db)
    })
    const current = Array.from({ length: 20 }, (_, index) => record('s', `now ${index}`))
    await Promise.all([
      ...late.slice(0, 10),
      forgetEvents(server.database, server.secrets, RETENTION),
      ...current,
      ...late.slice(10),
    ])
    const left = await told()
    assert.equal(left.filter((text) => text?.startsWith('late')).length, 20)
    assert.equal(left.filter((text) => text?.startsWith('now')).length, 20)
    assert.notEqual(await tableOf('old'), day)
  })

  it('stops at once when it is told to, and nothing is half done', async () => {
    const time = start + 500 * DAY_MS
    at(time)
    await prepareEventDays(db)
    await record('sapi', 'kept in the middle')
    const day = await tableOf('kept in the middle')
    at(time + 10 * DAY_MS)
    await trust(time + 10 * DAY_MS)
    const stopping = new AbortController()
    const isWaiting = async () => {
      const { rows } = await sql`select from pg_stat_activity
        where datname = current_database() and application_name = 'tenantry jobs' and wait_event_type = 'Lock'`.execute(
        db,
      )
      return rows.length > 0
    }
    const reading = server.database.transaction(async (connection) => {
      await connection.query({ name: 'reading', text: 'select count(*) from events' }, [])
      const forgetting = forgetEvents(server.database, server.secrets, RETENTION, stopping.signal)
      forgetting.catch(() => {})
      while (!(await isWaiting())) await sleep(5)
      stopping.abort()
      await assert.rejects(forgetting)
    })
    await reading
    assert.equal(await tableOf('kept in the middle'), day)
    await forgetEvents(server.database, server.secrets, RETENTION)
    assert.notEqual(await tableOf('kept in the middle'), day)
    assert.ok((await told()).includes('kept in the middle'))
  })
})
