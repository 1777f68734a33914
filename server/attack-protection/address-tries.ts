/**
 * SQL that counts what an address tries. A row says when the bucket of its tries is full again; a try puts that moment off
 * by the time after which another comes in, so that one column says at any moment how many are left. Every count is one
 * statement, whatever the number of processes.
 */
import { sql } from 'kysely'
import { now, secondsFromNow } from '../base/clock.ts'
import type { Database, Db, Statement, Tx } from '../db/database.ts'
import type { Bucket, StageName } from './suspicious-ip.ts'

/** Whose bucket: of an address (IPv6: of its /64) at a stage. */
export type BucketKey = { stage: StageName; block: string }

const TAKE: Statement = {
  name: 'address-tries-take',
  text: `insert into address_tries as t (stage, address_block, full_at) values ($1, $2, $4)
    on conflict (stage, address_block) do update set full_at = greatest(t.full_at, $3) + ($4::timestamptz - $3)
    where greatest(t.full_at, $3) + ($4::timestamptz - $3) <= $5
    returning full_at`,
}

/** Takes a try. Of any number at once, so many get `true` as are left. */
export async function takeTry(database: Database, { stage, block }: BucketKey, bucket: Bucket): Promise<boolean> {
  const at = now().getTime()
  const moments = [at, at + bucket.rate, at + bucket.max_attempts * bucket.rate].map((ms) => new Date(ms))
  return (await database.query(TAKE, [stage, block, ...moments])).length === 1
}

const GIVE_BACK: Statement = {
  name: 'address-tries-give-back',
  text: `update address_tries set full_at = full_at - ($3::integer * interval '1 millisecond')
    where stage = $1 and address_block = $2`,
}

/** Takes a try back that was none. */
export async function giveTryBack(database: Database, { stage, block }: BucketKey, bucket: Bucket): Promise<void> {
  await database.query(GIVE_BACK, [stage, block, bucket.rate])
}

/** After how many seconds the address has a try; 0 when it has one. */
export async function secondsUntilTry(db: Db, { stage, block }: BucketKey, bucket: Bucket): Promise<number> {
  const row = await db
    .selectFrom('address_tries')
    .select('full_at')
    .where('stage', '=', stage)
    .where('address_block', '=', block)
    .executeTakeFirst()
  if (!row) return 0
  const { max_attempts, rate } = bucket
  const wait = row.full_at.getTime() + rate - max_attempts * rate - now().getTime()
  return wait <= 0 ? 0 : Math.ceil(wait / 1_000)
}

const TELL_EVERY_SECONDS = 3_600

/** Whether the log is to tell that the address is blocked: once an hour. */
export async function isToTell(db: Db, { stage, block }: BucketKey): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('address_tries')
    .set({ told_at: now() })
    .where('stage', '=', stage)
    .where('address_block', '=', block)
    .where((row) => row.or([row('told_at', 'is', null), row('told_at', '<=', secondsFromNow(-TELL_EVERY_SECONDS))]))
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** Fills the buckets of an address. */
export async function clearTries(tx: Tx, block: string): Promise<void> {
  await tx.deleteFrom('address_tries').where('address_block', '=', block).execute()
}

/** Removes full buckets, a thousand at once. Answers how many there were. */
export async function deleteFullBuckets(db: Db): Promise<number> {
  const { rows } = await sql<{ stage: string }>`
    delete from address_tries where (stage, address_block) in (
      select stage, address_block from address_tries where full_at < ${secondsFromNow(-TELL_EVERY_SECONDS)}
      order by full_at limit 1000 for update skip locked)
    returning stage`.execute(db)
  return rows.length
}
