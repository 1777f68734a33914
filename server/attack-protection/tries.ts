/**
 * SQL that counts tries. A row is what is known of one account from one address; it is there for thirty days after the
 * last try, so that it also tells from where its holder has signed in. Every count is one statement.
 */
import { type Kysely, sql } from 'kysely'
import { now, secondsFromNow } from '../base/clock.ts'
import type { Database, Statement, Tx } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'
import { BLOCK_SECONDS, NOTICES, SLOW } from './brute-force.ts'

/** Stands for all addresses where they are counted together. */
export const TOGETHER = '*'
/** Stands for the addresses that have one slow try between them. */
const SLOW_BLOCK = 'slow'

/** Who is tried from where. */
export type Try = {
  /** The user's id, or a digest of what was typed where there is no such user. */
  subject: string
  userId: string | undefined
  /** What was typed, as identifiers are compared. */
  identifier: string
  /** Name of the connection. */
  connection: string
  ip: string
}

/** The row that counts a try, and the count at which it is closed. */
export type Counted = { subject: string; block: string; most: number }

/** What is known of the account before a try; read with the account itself (`sign-in/find-candidate.ts`). */
export type Situation = {
  /** Tries from this address that count. */
  failures: number
  /** Whether the account's holder has signed in from this address. */
  isKnownAddress: boolean
  /** Vain tries of the last day from everywhere, as far as they matter. */
  recentFailures: number
}

/**
 * The part of a statement that reads it, as JSON.
 * @param subject SQL of whom it is about
 * @param parameters such as `$4`, whose values are `situationParameters`
 */
export function situationSql(subject: string, [block, forgotten, lately]: readonly [string, string, string]): string {
  return `(select json_build_object(
      'failures', coalesce(case when own.last_failed_at > ${forgotten} then own.failures end, 0),
      'isKnownAddress', own.passed_at is not null,
      'recentFailures', (select coalesce(sum(failures), 0) from (
        select failures from login_failures
        where subject = ${subject} and last_failed_at > ${lately} and failures > 0
        order by last_failed_at desc limit ${SLOW.afterFailures}) recent))
    from (values (1)) as one
    left join login_failures own on own.subject = ${subject} and own.address_block = ${block})`
}

/** @param block the address as it is counted */
export function situationParameters(block: string): [string, Date, Date] {
  return [block, secondsFromNow(-BLOCK_SECONDS), secondsFromNow(-SLOW.withinSeconds)]
}

/**
 * Counts need not wait for the disk: what the last moment before a crash of the database counted may be lost. For the
 * transaction at hand alone, which is this one statement.
 */
const WITHOUT_WAITING = `with unawaited as materialized (select set_config('synchronous_commit', 'off', true))`

const RESERVE: Statement = {
  name: 'tries-reserve',
  // The user can have been deleted a moment ago, or is being deleted, which is waited for.
  text: `${WITHOUT_WAITING}
    insert into login_failures as f
      (subject, address_block, user_id, identifier, connection, failures, last_ip, last_failed_at)
    select $1::text, $2::text, (select user_id from users where user_id = $3 for key share), $4::text, $5::text, 1, $6::text, $7::timestamptz
    from unawaited
    on conflict (subject, address_block) do update set
      failures = case when f.last_failed_at > $8 then f.failures + 1 else 1 end,
      identifier = excluded.identifier, connection = excluded.connection,
      last_ip = excluded.last_ip, last_failed_at = excluded.last_failed_at, blocked_at = null
    where f.failures < $9 or f.last_failed_at <= $8
    returning failures`,
}

/**
 * Counts a try before the password is looked at: of any number at once, so many get `true` as are left. A try that is
 * turned away changes nothing.
 */
export async function reserveTry(database: Database, attempt: Try, { block, most }: Counted): Promise<boolean> {
  const { subject, userId, identifier, connection, ip } = attempt
  const forgotten = secondsFromNow(-BLOCK_SECONDS)
  const row = [subject, block, userId ?? null, identifier, connection, ip, now()]
  return (await database.query(RESERVE, [...row, forgotten, most])).length === 1
}

const RELEASE: Statement = {
  name: 'tries-release',
  text: `${WITHOUT_WAITING}
    update login_failures set failures = failures - 1 from unawaited
    where subject = $1 and address_block = $2 and failures > 0`,
}

/** Takes a try back that was not made: nobody looked at the password. */
export async function releaseTry(database: Database, { subject, block }: Counted): Promise<void> {
  await database.query(RELEASE, [subject, block])
}

const PASS: Statement = {
  name: 'tries-pass',
  text: `${WITHOUT_WAITING}
    update login_failures set failures = 0, blocked_at = null, passed_at = $3 from unawaited
    where subject = $1 and address_block = $2`,
}

/** Notes that the password was right, which clears the count. */
export async function passTry(database: Database, { subject, block }: Counted): Promise<void> {
  await database.query(PASS, [subject, block, now()])
}

/** Whether a vain try was the one that closed the account, and whether its holder is to be told. */
export type Closing = { closed: boolean; notify: boolean }

/**
 * Notes that the password was wrong: the one that makes the count full closes the account. Rows past their time are
 * removed on the way, a few with each.
 */
export async function failTry(tx: Tx, { subject, block, most }: Counted): Promise<Closing> {
  const at = now()
  await removeForgotten(tx)
  const lately = secondsFromNow(-NOTICES.withinSeconds)
  const { rows } = await sql<{ notify: boolean }>`
    update login_failures set blocked_at = ${at}, notified_at = case
        when (notified_at is null or notified_at <= ${lately}) and (
          select count(*) from login_failures other
          where other.subject = ${subject} and other.notified_at > ${lately}) < ${NOTICES.mostOfAll}
        then ${at} else notified_at end
    where subject = ${subject} and address_block = ${block} and failures >= ${most} and blocked_at is null
    returning notified_at is not distinct from ${at} as notify`.execute(tx)
  const [row] = rows
  return { closed: row !== undefined, notify: row?.notify === true }
}

async function removeForgotten(tx: Kysely<Tables>): Promise<void> {
  await sql`delete from login_failures where (subject, address_block) in (
    select subject, address_block from login_failures where last_failed_at <= ${secondsFromNow(-BLOCK_SECONDS)}
    order by last_failed_at limit 10 for update skip locked)`.execute(tx)
}

const TAKE_SLOW: Statement = {
  name: 'tries-take-slow',
  text: `with taken as (
      insert into login_failures as f
        (subject, address_block, user_id, identifier, connection, failures, last_ip, last_failed_at, blocked_at)
      values ($1, '${SLOW_BLOCK}', (select user_id from users where user_id = $2), $3, $4, 0, $5, $6, $6)
      on conflict (subject, address_block) do update set last_failed_at = excluded.last_failed_at,
        blocked_at = case when f.blocked_at > $8 then f.blocked_at else excluded.blocked_at end
      where f.last_failed_at <= $7
      returning blocked_at = $6 as is_first)
    select (select is_first from taken) as is_first,
      (select last_failed_at from login_failures where subject = $1 and address_block = '${SLOW_BLOCK}') as last_try`,
}

/** Whether the one try that a slow account has in a while was still there, and whether it was the first of a day. */
export type SlowTry = { taken: true; isFirst: boolean } | { taken: false; retryAfterSeconds: number }

/** Takes that try. Of any number at once, one gets it. */
export async function takeSlowTry(database: Database, attempt: Try): Promise<SlowTry> {
  const { subject, userId, identifier, connection, ip } = attempt
  const row = [subject, userId ?? null, identifier, connection, ip, now()]
  const since = [secondsFromNow(-SLOW.everySeconds), secondsFromNow(-SLOW.withinSeconds)]
  const [found] = await database.query<{ is_first: boolean | null; last_try: Date | null }>(TAKE_SLOW, [
    ...row,
    ...since,
  ])
  if (found && found.is_first !== null) return { taken: true, isFirst: found.is_first }
  const lastTry = found?.last_try ?? now()
  const wait = SLOW.everySeconds - Math.floor((now().getTime() - lastTry.getTime()) / 1_000)
  return { taken: false, retryAfterSeconds: Math.min(Math.max(wait, 1), SLOW.everySeconds) }
}
