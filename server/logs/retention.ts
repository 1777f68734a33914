/**
 * Forgets what the log has kept for long enough. A day past its time gives way to a table with the acts of
 * administrators alone, a month of such days becomes one table, and a table past the longer time is dropped. What comes
 * late, while a table is copied, is copied at the end; the whole log waits only while one table takes another's place.
 */
import { sql } from 'kysely'
import { now } from '../base/clock.ts'
import type { LogRetention } from '../config-limits.ts'
import { type Db, errorCodeOf, type Tx, transact } from '../db/database.ts'
import { EVENT_TYPES } from './event-types.ts'
import { attach, dayOf, drop, listPartitions, lockPartitions, makeTable, type Partition } from './partitions.ts'

const DAY_MS = 86_400_000
/** In an hour the time by which the log forgets goes on no further, whatever the clock says. */
const MOST_HOURS_AT_ONCE = 6
const AT_ONCE = 5_000
/** Nothing is added to the log for so long at most. */
const GIVE_WAY_AFTER_MS = 400
const MOST_TRIES = 5

const ADMINISTRATIVE = Object.entries(EVENT_TYPES).flatMap(([type, { category }]) =>
  /^(?:management|scim)\./.test(category) ? [type] : [],
)
const KEPT = 'events_kept_'

/**
 * Forgets. Answers how many single entries were removed, while there may be more of them.
 * @see docs/decisions/0015-log-by-days.md
 */
export async function forgetEvents(db: Db, { days, administrativeDays }: LogRetention): Promise<number> {
  const trusted = await trustedTime(db)
  const end = dayOf(trusted - days * DAY_MS)
  const administrativeEnd = dayOf(trusted - administrativeDays * DAY_MS)
  for (const part of await listPartitions(db)) {
    if (part.to <= administrativeEnd) await changeParts(db, async (tx) => await drop(tx, part))
    else if (part.to <= end && !part.name.startsWith(KEPT)) await replace(db, [part], part)
  }
  for (const month of monthsOf(await listPartitions(db), end)) await replace(db, month.parts, month)
  return await forgetOthers(db, end, administrativeEnd)
}

/** The time by which things are forgotten; it follows a clock that jumped ahead only slowly, and back at once. */
async function trustedTime(db: Db): Promise<number> {
  const limit = `${MOST_HOURS_AT_ONCE} hours`
  const { rows } = await sql<{ trusted_at: Date }>`
    insert into log_retention (id, trusted_at) values (1, ${now()})
    on conflict (id) do update
      set trusted_at = least(excluded.trusted_at, log_retention.trusted_at + ${limit}::interval)
    returning trusted_at`.execute(db)
  return rows[0]?.trusted_at.getTime() ?? 0
}

/**
 * Whoever reads the log for long, such as a backup, keeps us from it, and every new entry would wait behind us: so we give
 * way soon, and try again a few times.
 */
async function changeParts(db: Db, work: (tx: Tx) => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await transact(db, async (tx) => {
        await sql`select set_config('lock_timeout', ${String(GIVE_WAY_AFTER_MS)}, true)`.execute(tx)
        await lockPartitions(tx)
        await work(tx)
      })
    } catch (error) {
      // PostgreSQL: lock_not_available.
      if (tries === MOST_TRIES || errorCodeOf(error) !== '55P03') throw error
    }
  }
}

/** Puts one table with the acts of administrators in the place of others. */
async function replace(
  db: Db,
  parts: readonly Partition[],
  { from, to }: Pick<Partition, 'from' | 'to'>,
): Promise<void> {
  const name = `${KEPT}${to.slice(3)}${parts.length > 1 ? '_month' : ''}`
  await changeParts(db, async (tx) => {
    await makeTable(tx, name)
    for (const part of parts) await copyAdministrative(tx, part.name, name)
    await sql`lock table only events in access exclusive mode`.execute(tx)
    // What came late, while the others were copied.
    for (const part of parts) await copyAdministrative(tx, part.name, name)
    for (const part of parts) await drop(tx, part)
    await attach(tx, { name, from, to })
  })
}

async function copyAdministrative(tx: Tx, from: string, to: string): Promise<void> {
  await sql`
    insert into ${sql.table(to)} select * from ${sql.table(from)} old where type = any(${ADMINISTRATIVE}::text[])
      and not exists (select from ${sql.table(to)} new where new.log_id = old.log_id)`.execute(tx)
}

type Month = { parts: Partition[]; from: string; to: string }

/** Months that are past their time as a whole and still lie in several tables. */
function monthsOf(parts: readonly Partition[], end: string): Month[] {
  const months = new Map<string, Month>()
  for (const part of parts) {
    const month = part.from.slice(3, 9)
    if (part.from === '' || !part.name.startsWith(KEPT) || month >= end.slice(3, 9)) continue
    const known = months.get(month)
    if (known) Object.assign(known, { parts: [...known.parts, part], to: part.to })
    else months.set(month, { parts: [part], from: part.from, to: part.to })
  }
  return [...months.values()].filter(({ parts: several }) => several.length > 1)
}

/** What fits no day is removed by the row. */
async function forgetOthers(db: Db, end: string, administrativeEnd: string): Promise<number> {
  const { rows } = await sql<{ log_id: string }>`
    delete from events_other where log_id in (
      select log_id from events_other
      where log_id < ${administrativeEnd} or (log_id < ${end} and type <> all(${ADMINISTRATIVE}::text[]))
      limit ${AT_ONCE})
    returning log_id`.execute(db)
  return rows.length
}
