/**
 * The parts that the log is cut into, by its ids, which begin with the time: a table a day, made ahead, so that a day
 * past its time is dropped rather than deleted row by row. `events_other` takes what fits no part, as after a jump of
 * the clock; it is moved when its day is made.
 */
import { type RawBuilder, sql } from 'kysely'
import { now } from '../base/clock.ts'
import { type Db, type Tx, transact } from '../db/database.ts'

const DAY_MS = 86_400_000
const DAYS_AHEAD = 3

/** A part: a table and the ids in it, from the first to before the second. An empty beginning is before every id. */
export type Partition = { name: string; from: string; to: string }

/** The beginning of the ids of a time's day (UTC). */
export function dayOf(time: number): string {
  return `900${new Date(time).toISOString().slice(0, 10).replaceAll('-', '')}`
}

/** The parts, the oldest first, without `events_other`. */
export async function listPartitions(db: Db): Promise<Partition[]> {
  const { rows } = await sql<{ name: string; bound: string }>`
    select c.relname as name, pg_get_expr(c.relpartbound, c.oid) as bound
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'events'::regclass`.execute(db)
  const parts = rows.flatMap(({ name, bound }) => {
    const [, from = '', to] = /FROM \((?:'(\d+)'|MINVALUE)\) TO \('(\d+)'\)/.exec(bound) ?? []
    return to === undefined ? [] : [{ name, from, to }]
  })
  return parts.sort((left, right) => (left.from < right.from ? -1 : 1))
}

/** Makes the tables of today and the days to come that are not there. Answers 0: there is nothing left to do. */
export async function prepareEventDays(db: Db): Promise<number> {
  const today = now().getTime()
  const wanted = Array.from({ length: DAYS_AHEAD + 1 }, (_, ahead) => today + ahead * DAY_MS)
  const missingOf = (parts: readonly Partition[]) =>
    wanted.filter((time) => !parts.some(({ from, to }) => from <= dayOf(time) && dayOf(time) < to))
  if (missingOf(await listPartitions(db)).length === 0) return 0
  await transact(db, async (tx) => {
    await lockPartitions(tx)
    for (const time of missingOf(await listPartitions(tx))) {
      const day = { name: `events_${dayOf(time).slice(3)}`, from: dayOf(time), to: dayOf(time + DAY_MS) }
      await makeTable(tx, day.name)
      await attach(tx, day)
    }
  })
  return 0
}

/** Keeps others from changing the parts meanwhile. Whoever writes the log waits seconds for it at most. */
export async function lockPartitions(tx: Tx): Promise<void> {
  await sql`set local lock_timeout = '3s'`.execute(tx)
  await sql`lock table log_retention in exclusive mode`.execute(tx)
}

/** The table with the seals of a part. */
export function sealsOf(name: string): string {
  return name.replace(/^events/, 'event_seals')
}

/** Makes the tables for a part and its seals. */
export async function makeTable(tx: Tx, name: string): Promise<void> {
  await sql`create table ${sql.table(name)} (like events including all)`.execute(tx)
  await sql`create table ${sql.table(sealsOf(name))} (like event_seals including all)`.execute(tx)
}

/** Makes a table a part of the log, and moves into it what waits for it elsewhere; the same with its seals. */
export async function attach(tx: Tx, part: Partition): Promise<void> {
  await attachTo(tx, 'events', part)
  await attachTo(tx, 'event_seals', { ...part, name: sealsOf(part.name) })
}

async function attachTo(tx: Tx, whole: 'events' | 'event_seals', { name, from, to }: Partition): Promise<void> {
  const [table, other] = [sql.table(name), sql.table(`${whole}_other`)]
  await sql`lock table ${other} in access exclusive mode`.execute(tx)
  await sql`
    with moved as (delete from ${other} where log_id >= ${from} and log_id < ${to} returning *)
    insert into ${table} select * from moved`.execute(tx)
  await sql`alter table ${sql.table(whole)} attach partition ${table} for values from (${beginning(from)}) to (${sql.lit(to)})`.execute(
    tx,
  )
}

/** Takes a part out of the log and drops it, with its seals. */
export async function drop(tx: Tx, { name }: Partition): Promise<void> {
  for (const [whole, part] of [
    ['events', name],
    ['event_seals', sealsOf(name)],
  ] as const) {
    await sql`alter table ${sql.table(whole)} detach partition ${sql.table(part)}`.execute(tx)
    await sql`drop table ${sql.table(part)}`.execute(tx)
  }
}

function beginning(from: string): RawBuilder<unknown> {
  return from === '' ? sql`minvalue` : sql.lit(from)
}
