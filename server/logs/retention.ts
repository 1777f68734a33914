/**
 * Forgets what the log has kept for long enough. A day past its time gives way to a table with the acts of
 * administrators alone, a month of such days becomes one table, and a table past the longer time is dropped. What comes
 * late, while a table is copied, is copied at the end; the whole log waits only while one table takes another's place.
 * Seals go with their entries, and what is forgotten stays a link of the chain.
 */
import { sql } from 'kysely'
import { now } from '../base/clock.ts'
import type { Secrets } from '../base/secrets.ts'
import type { LogRetention } from '../config-limits.ts'
import {
  builderOn,
  type Database,
  type Db,
  errorCodeOf,
  hasGivenWay,
  type OwnConnection,
  type Tx,
} from '../db/database.ts'
import {
  attach,
  dayOf,
  drop,
  listPartitions,
  lockPartitions,
  makeTable,
  type Partition,
  sealsOf,
} from './partitions.ts'
import { forgetBatches } from './seals/forget-seals.ts'
import { ADMINISTRATIVE } from './seals/seal.ts'

const DAY_MS = 86_400_000
/** In an hour the time by which the log forgets goes on no further, whatever the clock says. */
const MOST_HOURS_AT_ONCE = 6
const AT_ONCE = 5_000
/** Nothing is added to the log for so long at most. */
const GIVE_WAY_AFTER_MS = 400
const MOST_TRIES = 5
/** From the moment on when the whole log waits, no statement may take longer; it is tried again an hour later then. */
const LOG_WAITS_MS = 10_000

const KEPT = 'events_kept_'

/**
 * Forgets, on a connection without a limit of time: copying the acts of a full day may take minutes. Answers how many single
 * entries were removed, while there may be more of them.
 * @param signal ends it at once: what is under way is done the next time
 * @see docs/decisions/0015-log-by-days.md
 */
export async function forgetEvents(
  database: Database,
  secrets: Secrets,
  retention: LogRetention,
  signal?: AbortSignal,
): Promise<number> {
  const trusted = await trustedTime(database)
  const own = await database.openOwn()
  if (signal?.aborted) {
    await own.close()
    return 0
  }
  // It may be in the middle of a statement, which PostgreSQL rolls back then.
  const cut = () => own.client.connection.stream.destroy()
  signal?.addEventListener('abort', cut)
  try {
    return await forgetBefore(own, secrets, trusted, retention)
  } finally {
    signal?.removeEventListener('abort', cut)
    if (!signal?.aborted) await own.close()
  }
}

async function forgetBefore(
  own: OwnConnection,
  secrets: Secrets,
  trusted: number,
  { days, administrativeDays }: LogRetention,
): Promise<number> {
  // Statements outside of a transaction; it is the same connection.
  const db = builderOn(own.client)
  const end = dayOf(trusted - days * DAY_MS)
  const administrativeEnd = dayOf(trusted - administrativeDays * DAY_MS)
  for (const part of await listPartitions(db)) {
    if (part.to <= administrativeEnd) {
      await changeParts(own, async (tx) => {
        for (const administrative of [true, false]) await forgetBatches(tx, secrets, administrative, part)
        await drop(tx, part)
      })
    } else if (part.to <= end && !part.name.startsWith(KEPT)) await replace(own, secrets, [part], part)
  }
  for (const month of monthsOf(await listPartitions(db), end)) await replace(own, secrets, month.parts, month)
  await changeParts(own, async (tx) => {
    const outside = await listPartitions(tx)
    await forgetBatches(tx, secrets, true, { from: '', to: administrativeEnd, outside })
    await forgetBatches(tx, secrets, false, { from: '', to: end, outside })
  })
  return await forgetOthers(db, end, administrativeEnd)
}

/** By which time each process found the log to be forgotten when it last looked. */
const seenBy = new WeakMap<Database, Date>()

/**
 * The time by which things are forgotten; it follows a clock that jumped ahead only slowly, and back at once. Every process
 * looks once an hour, and moves it only where nobody else has since it last looked: so it moves once an hour, however many
 * processes there are and however often they are started.
 */
async function trustedTime(database: Database): Promise<number> {
  const limit = `${MOST_HOURS_AT_ONCE} hours`
  const seen = seenBy.get(database) ?? null
  const { rows } = await sql<{ trusted_at: Date }>`
    insert into log_retention (id, trusted_at) values (1, ${now()})
    on conflict (id) do update
      set trusted_at = least(excluded.trusted_at, log_retention.trusted_at +
        case when log_retention.trusted_at = ${seen}::timestamptz then ${limit}::interval else '0' end)
    returning trusted_at`.execute(database.db)
  const [row] = rows
  if (!row) throw new Error('An insert without a row.')
  seenBy.set(database, row.trusted_at)
  return row.trusted_at.getTime()
}

/**
 * Whoever reads the log for long, such as a backup, keeps us from it, and every new entry would wait behind us: so we give
 * way soon, and try again a few times.
 */
async function changeParts(own: OwnConnection, work: (tx: Tx) => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await own.transact(async (tx) => {
        await sql`select set_config('lock_timeout', ${String(GIVE_WAY_AFTER_MS)}, true)`.execute(tx)
        await lockPartitions(tx)
        await work(tx)
      })
    } catch (error) {
      // PostgreSQL: lock_not_available.
      if (tries === MOST_TRIES || !(hasGivenWay(error) || errorCodeOf(error) === '55P03')) throw error
    }
  }
}

/** Puts one table with the acts of administrators in the place of others. */
async function replace(
  own: OwnConnection,
  secrets: Secrets,
  parts: readonly Partition[],
  { from, to }: Pick<Partition, 'from' | 'to'>,
): Promise<void> {
  const name = `${KEPT}${to.slice(3)}${parts.length > 1 ? '_month' : ''}`
  await changeParts(own, async (tx) => {
    // Nothing is sealed from here on, so the seals need no second look.
    await forgetBatches(tx, secrets, false, { from, to })
    await makeTable(tx, name)
    for (const part of parts) await copyAdministrative(tx, part.name, name)
    for (const part of parts) await copySeals(tx, sealsOf(part.name), name)
    await sql`lock table only events in access exclusive mode`.execute(tx)
    await sql`select set_config('statement_timeout', ${String(LOG_WAITS_MS)}, true)`.execute(tx)
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

async function copySeals(tx: Tx, from: string, kept: string): Promise<void> {
  await sql`
    insert into ${sql.table(sealsOf(kept))}
    select * from ${sql.table(from)} old where exists (select from ${sql.table(kept)} new where new.log_id = old.log_id)`.execute(
    tx,
  )
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
    with gone as (
      delete from events_other where log_id in (
        select log_id from events_other
        where log_id < ${administrativeEnd} or (log_id < ${end} and type <> all(${ADMINISTRATIVE}::text[]))
        limit ${AT_ONCE})
      returning log_id),
    seals as (delete from event_seals_other where log_id in (select log_id from gone))
    select log_id from gone`.execute(db)
  return rows.length
}
