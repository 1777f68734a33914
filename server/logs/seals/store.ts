/** All SQL of the seals. */
import { type RawBuilder, sql } from 'kysely'
import type { Db, Tx } from '../../db/database.ts'
import type { EventSealBatchesTable, EventSealsTable, EventsTable } from '../../db/tables-events.ts'
import type { Content } from './seal.ts'

/** A stored seal, and a stored link. */
export type SealRow = EventSealsTable
export type BatchRow = Omit<EventSealBatchesTable, 'sealed_at'> & { sealed_at: Date }

/** Sealers and whoever forgets seals take turns by it, in whichever process. */
const LOCK = 5_184_020

/** TABLE: what of an entry is sealed, in this order; `person` has a digest of its own. */
const SEALED = {
  log_id: sql`e.log_id`,
  date: sql`to_char(e.date at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')`,
  type: sql`e.type`,
  description: sql`e.description`,
  operation: sql`e.operation`,
  actor_kind: sql`e.actor_kind`,
  actor_id: sql`e.actor_id`,
  client_id: sql`e.client_id`,
  client_name: sql`e.client_name`,
  user_id: sql`e.user_id`,
  target_kind: sql`e.target_kind`,
  target_id: sql`e.target_id`,
  connection: sql`e.connection`,
  connection_id: sql`e.connection_id`,
  organization_id: sql`e.organization_id`,
  strategy: sql`e.strategy`,
  strategy_type: sql`e.strategy_type`,
  audience: sql`e.audience`,
  scope: sql`e.scope`,
  details: sql`e.details`,
} as const satisfies Record<Exclude<keyof EventsTable, 'person'>, RawBuilder<unknown>>

/** PostgreSQL makes the digests, so that no content goes over the line. Its text of a `jsonb` value is always the same. */
const CONTENT = sql`
  e.log_id, e.type,
  encode(pg_catalog.sha256(convert_to(jsonb_build_array(${sql.join(Object.values(SEALED))})::text, 'UTF8')), 'hex') as content,
  encode(pg_catalog.sha256(convert_to(e.person::text, 'UTF8')), 'hex') as person`

/** Takes the turn until the end of the transaction; false when another has it. */
export async function takeTurn(tx: Tx): Promise<boolean> {
  const { rows } = await sql<{ taken: boolean }>`select pg_try_advisory_xact_lock(${LOCK}::bigint) as taken`.execute(tx)
  return rows[0]?.taken === true
}

/** Waits for the turn, for as long as the transaction waits for locks. */
export async function awaitTurn(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${LOCK}::bigint)`.execute(tx)
}

/** The ids after one, in order. */
export async function listIds(db: Db, after: string, upTo: string | undefined, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('events')
    .select('log_id')
    .where('log_id', '>', after)
    .$if(upTo !== undefined, (query) => query.where('log_id', '<', upTo ?? ''))
    .orderBy('log_id')
    .limit(limit)
    .execute()
  return rows.map(({ log_id }) => log_id)
}

/** Those of the ids whose entries have no seal, with the digests of what they hold. */
export async function readUnsealed(db: Db, ids: readonly string[]): Promise<Content[]> {
  const { rows: sealed } = await sql<{ log_id: string }>`
    select log_id from event_seals where log_id = any(${ids}::text[])`.execute(db)
  const known = new Set(sealed.map(({ log_id }) => log_id))
  const unsealed = ids.filter((id) => !known.has(id))
  if (unsealed.length === 0) return []
  const { rows } = await sql<Content>`
    select ${CONTENT} from events e where e.log_id = any(${unsealed}::text[]) order by e.log_id`.execute(db)
  return rows
}

/** The digests of the entries after one. */
export async function listContents(db: Db, after: string, limit: number): Promise<Content[]> {
  const { rows } = await sql<Content>`
    select ${CONTENT} from events e where e.log_id > ${after} order by e.log_id limit ${limit}`.execute(db)
  return rows
}

/** The seals after one. */
export async function listSeals(db: Db, after: string, limit: number): Promise<SealRow[]> {
  return await db
    .selectFrom('event_seals')
    .selectAll()
    .where('log_id', '>', after)
    .orderBy('log_id')
    .limit(limit)
    .execute()
}

/**
 * The minutes after an id in which there are more entries than seals, by the beginnings of their ids: what came late.
 * Counting asks the keys alone.
 */
export async function listIncompleteMinutes(db: Db, after: string, upTo: string): Promise<string[]> {
  const { rows } = await sql<{ minute: string }>`
    select e.minute from
      (select left(log_id, 15) as minute, count(*) as count from events
        where log_id > ${after} and log_id < ${upTo} group by 1) e
      left join
      (select left(log_id, 15) as minute, count(*) as count from event_seals
        where log_id > ${after} and log_id < ${upTo} group by 1) s using (minute)
    where e.count > coalesce(s.count, 0) order by e.minute`.execute(db)
  return rows.map(({ minute }) => minute)
}

/** The newest id that has a seal; undefined when nothing is sealed. */
export async function newestSealed(db: Db): Promise<string | undefined> {
  const row = await db.selectFrom('event_seals').select('log_id').orderBy('log_id', 'desc').limit(1).executeTakeFirst()
  return row?.log_id
}

/** The last link of a chain. */
export async function lastBatch(db: Db, administrative: boolean): Promise<BatchRow | undefined> {
  return await db
    .selectFrom('event_seal_batches')
    .selectAll()
    .where('administrative', '=', administrative)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
}

/** The links of a chain after one, in order. */
export async function listBatches(db: Db, administrative: boolean, after: number, limit: number): Promise<BatchRow[]> {
  return await db
    .selectFrom('event_seal_batches')
    .selectAll()
    .where('administrative', '=', administrative)
    .where('number', '>', after)
    .orderBy('number')
    .limit(limit)
    .execute()
}

/** The link that a batch is, or is part of. */
export async function findBatch(db: Db, administrative: boolean, number: number): Promise<BatchRow | undefined> {
  const row = await db
    .selectFrom('event_seal_batches')
    .selectAll()
    .where('administrative', '=', administrative)
    .where('number', '<=', number)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && row.through >= number ? row : undefined
}

/** The first batch none of whose entries has a seal any more. */
export async function findEmptyBatch(db: Db): Promise<BatchRow | undefined> {
  const { rows } = await sql<BatchRow>`
    select * from event_seal_batches b where proof is null and not exists (
      select from event_seals s where s.log_id >= b.first_id and s.log_id <= b.last_id
        and s.batch = b.number and s.administrative = b.administrative)
    order by first_id limit 1`.execute(db)
  return rows[0]
}

/** Stores seals. */
export async function insertSeals(tx: Tx, rows: readonly SealRow[]): Promise<void> {
  const column = <Name extends keyof SealRow>(name: Name) => rows.map((row) => row[name])
  await sql`
    insert into event_seals (log_id, batch, place, administrative, seal, person_digest, person_salt)
    select * from unnest(${column('log_id')}::text[], ${column('batch')}::bigint[], ${column('place')}::integer[],
      ${column('administrative')}::boolean[], ${column('seal')}::bytea[], ${column('person_digest')}::bytea[],
      ${column('person_salt')}::bytea[])`.execute(tx)
}

/** Stores links. */
export async function insertBatches(tx: Tx, rows: readonly BatchRow[]): Promise<void> {
  await tx
    .insertInto('event_seal_batches')
    .values([...rows])
    .execute()
}
