/** All SQL about statistics: days that are over are counted once and kept, today is counted from the log. */
import { sql } from 'kysely'
import { now } from '../base/clock.ts'
import { addToCounter } from '../db/counters.ts'
import type { Db, Tx } from '../db/database.ts'
import { dayOf } from '../logs/partitions.ts'

const DAY_MS = 86_400_000
/** Days that are counted again: an event can come late by the clock of another process. */
const DAYS_RECOUNTED = 2
const ACTIVE_DAYS = 30
const LAST_LOGIN = 'last_login'

/** A day, `YYYY-MM-DD`, and what happened on it. */
export type Day = {
  day: string
  logins: number
  signups: number
  leaked_passwords: number
  created_at: Date
  updated_at: Date
}

/** The days from the first to the last, both included, those without an event left out. */
export async function listDays(db: Db, from: string, to: string): Promise<Day[]> {
  const today = isoDay(now().getTime())
  const kept = await db
    .selectFrom('daily_stats')
    .select([sql<string>`day::text`.as('day'), 'logins', 'signups', 'leaked_passwords', 'created_at', 'updated_at'])
    .where('day', '>=', from)
    .where('day', '<=', to)
    .where('day', '<', today)
    .orderBy('day')
    .execute()
  if (today < from || today > to) return kept
  const counts = await countDay(db, now().getTime())
  return [...kept, { day: today, ...counts, created_at: new Date(`${today}T00:00:00.000Z`), updated_at: now() }]
}

/** Counts the days that are over since the last time. Answers 0: there is nothing left to do. */
export async function closeDailyStats(db: Db): Promise<number> {
  const today = Date.parse(isoDay(now().getTime()))
  const last = await db
    .selectFrom('daily_stats')
    .select(sql<string | null>`max(day)::text`.as('day'))
    .where('day', '<', isoDay(today))
    .executeTakeFirst()
  const since = last?.day ? Date.parse(last.day) + DAY_MS : today - ACTIVE_DAYS * DAY_MS
  const first = Math.max(Math.min(since, today - DAYS_RECOUNTED * DAY_MS), today - ACTIVE_DAYS * DAY_MS)
  for (let time = first; time < today; time += DAY_MS) {
    const counts = await countDay(db, time)
    const at = now()
    await db
      .insertInto('daily_stats')
      .values({ day: isoDay(time), ...counts, created_at: at, updated_at: at })
      .onConflict((conflict) =>
        // The log may have forgotten some of it since.
        conflict.column('day').doUpdateSet({
          logins: sql<number>`greatest(daily_stats.logins, excluded.logins)`,
          signups: sql<number>`greatest(daily_stats.signups, excluded.signups)`,
          leaked_passwords: sql<number>`greatest(daily_stats.leaked_passwords, excluded.leaked_passwords)`,
          updated_at: at,
        }),
      )
      .execute()
  }
  return 0
}

/** An index has these types, day by day; what machines do by the thousand is not in it. */
async function countDay(db: Db, time: number): Promise<Pick<Day, 'logins' | 'signups' | 'leaked_passwords'>> {
  const { rows } = await sql<{ type: string; count: number }>`
    select type, count(*) as count from events
    where type in ('s', 'ss', 'pwd_leak', 'signup_pwd_leak', 'reset_pwd_leak') and type not in ('sapi', 'seccft')
      and log_id >= ${dayOf(time)} and log_id < ${dayOf(time + DAY_MS)}
    group by type`.execute(db)
  const counts = new Map(rows.map(({ type, count }) => [type, count]))
  const of = (...types: string[]) => types.reduce((sum, type) => sum + (counts.get(type) ?? 0), 0)
  return {
    logins: of('s'),
    signups: of('ss'),
    leaked_passwords: of('pwd_leak', 'signup_pwd_leak', 'reset_pwd_leak'),
  }
}

/** How many users signed in last within thirty days. */
export async function countActiveUsers(db: Db): Promise<number> {
  const row = await db
    .selectFrom('counters')
    .select((eb) => eb.fn.sum<string>('value').as('total'))
    .where('scope', '=', LAST_LOGIN)
    .where('name', '>', loginDay(new Date(now().getTime() - ACTIVE_DAYS * DAY_MS)))
    .executeTakeFirst()
  return Math.max(0, Number(row?.total ?? 0))
}

/** Moves a user from the day of his last sign-in to that of another; null stands for none. Comes last in a transaction. */
export async function moveLastLogin(tx: Tx, from: Date | null, to: Date | null): Promise<void> {
  const [before, after] = [from && loginDay(from), to && loginDay(to)]
  if (before === after) return
  if (before) await addToCounter(tx, LAST_LOGIN, before, -1)
  if (after) await addToCounter(tx, LAST_LOGIN, after, 1)
}

/** Takes away many users at once, by the days (`YYYYMMDD`) of their last sign-ins. Comes last in a transaction. */
export async function forgetLastLogins(tx: Tx, days: readonly { day: string | null; count: number }[]): Promise<void> {
  const recent = loginDay(new Date(now().getTime() - ACTIVE_DAYS * DAY_MS))
  for (const { day, count } of days.toSorted((left, right) => ((left.day ?? '') < (right.day ?? '') ? -1 : 1))) {
    if (day !== null && day > recent) await addToCounter(tx, LAST_LOGIN, day, -count)
  }
}

function loginDay(time: Date): string {
  return time.toISOString().slice(0, 10).replaceAll('-', '')
}

/** The day of a moment, `YYYY-MM-DD` (UTC). */
export function isoDay(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}
