import { type Kysely, sql } from 'kysely'
import { now } from '../../base/clock.ts'

const DAY_MS = 86_400_000

/**
 * Cuts the log into days by its ids, which begin with the time. What is there already is one part, up to the first day;
 * what fits no part, as after a jump of the clock, goes to `events_other`. Days are made ahead by logs/partitions.ts, and
 * those past their time are thinned out or dropped by logs/retention.ts.
 */
export async function partitionEvents(db: Kysely<unknown>): Promise<void> {
  await sql`alter table events rename to events_archive`.execute(db)
  await sql`alter index events_pkey rename to events_archive_pkey`.execute(db)
  for (const name of ['user', 'organization', 'type']) {
    await sql`alter index ${sql.ref(`events_${name}`)} rename to ${sql.ref(`events_archive_${name}`)}`.execute(db)
  }
  await sql`create table events (like events_archive) partition by range (log_id)`.execute(db)
  await sql`alter table events add primary key (log_id)`.execute(db)
  await sql`create index events_user on events (user_id, log_id) where user_id is not null`.execute(db)
  await sql`create index events_organization on events (organization_id, log_id) where organization_id is not null`.execute(
    db,
  )
  await sql`create index events_type on events (type, log_id) where type not in ('sapi', 'seccft')`.execute(db)
  const end = await firstFreeDay(db)
  await sql`alter table events attach partition events_archive for values from (minvalue) to (${sql.lit(end)})`.execute(
    db,
  )
  await sql`create table events_other partition of events default`.execute(db)

  // By how far the log may be forgotten. Time goes on here slowly, so that a clock that jumps ahead forgets nothing.
  await sql`
    create table log_retention (
      id smallint primary key check (id = 1),
      trusted_at timestamptz not null
    )`.execute(db)
}

/** The beginning of tomorrow's ids, or of the day after the newest event where a clock was ahead. */
async function firstFreeDay(db: Kysely<unknown>): Promise<string> {
  const { rows } = await sql<{ newest: string | null }>`select max(log_id) as newest from events_archive`.execute(db)
  const dayAfter = (time: number) => `900${new Date(time + DAY_MS).toISOString().slice(0, 10).replaceAll('-', '')}`
  const tomorrow = dayAfter(now().getTime())
  const [, year, month, day] = /^900(\d{4})(\d\d)(\d\d)/.exec(rows[0]?.newest ?? '') ?? []
  const afterNewest = year === undefined ? tomorrow : dayAfter(Date.parse(`${year}-${month}-${day}T00:00:00Z`))
  return [tomorrow, afterNewest].sort().at(-1) ?? tomorrow
}
