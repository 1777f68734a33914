import { type Kysely, sql } from 'kysely'

/**
 * The seals of the log, in parts as the log has them, so that a day of it goes with its seals; and the chain of the
 * batches in which they were made, which outlives both.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table event_seals (
      log_id text collate "C" not null,
      batch bigint not null,
      place integer not null,
      administrative boolean not null,
      seal bytea not null,
      person_digest bytea,
      person_salt bytea,
      primary key (log_id)
    ) partition by range (log_id)`.execute(db)
  const { rows } = await sql<{ name: string; bound: string }>`
    select c.relname as name, pg_get_expr(c.relpartbound, c.oid) as bound
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'events'::regclass`.execute(db)
  for (const { name, bound } of rows) {
    const seals = sql.table(name.replace(/^events/, 'event_seals'))
    // The bound is in PostgreSQL's own words.
    await sql`create table ${seals} partition of event_seals ${sql.raw(bound)}`.execute(db)
  }
  await sql`
    create table event_seal_batches (
      administrative boolean not null,
      number bigint not null,
      through bigint not null,
      entries bigint not null,
      first_id text collate "C" not null,
      last_id text collate "C" not null,
      sealed_at timestamptz not null,
      root bytea,
      hash bytea not null,
      proof bytea,
      primary key (administrative, number)
    )`.execute(db)
  // What the log forgets is looked for by its day.
  await sql`create index event_seal_batches_day on event_seal_batches (administrative, first_id) where proof is null`.execute(
    db,
  )
}
