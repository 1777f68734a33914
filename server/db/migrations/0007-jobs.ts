import { type Kysely, sql } from 'kysely'

/** Imports and exports of users: the jobs, their files in pieces, what became of single rows. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table jobs (
      id text collate "C" primary key,
      type text not null check (type in ('users_import', 'users_export')),
      state text not null check (state in ('uploading', 'pending', 'processing', 'completed', 'failed')),
      connection_id text collate "C",
      connection_name text,
      -- Who asked; and what was asked for.
      actor jsonb not null,
      external_id text,
      settings jsonb not null,
      -- Whether the file is an array or lines, and what keeps it from being read: found while it arrived.
      shape text not null default 'unknown' check (shape in ('unknown', 'array', 'lines')),
      fault text,
      size_bytes bigint not null default 0,
      -- How far it is: the place in the file behind the last row that is done, and rows.
      position_bytes bigint not null default 0,
      total_rows integer not null default 0,
      rows_done integer not null default 0,
      inserted integer not null default 0,
      updated integer not null default 0,
      failed integer not null default 0,
      status_details text,
      -- The process that works at it, until when nobody else may, and how often it was begun without getting on.
      lease text,
      lease_until timestamptz not null,
      attempts integer not null default 0,
      cancel_requested boolean not null default false,
      created_at timestamptz not null,
      touched_at timestamptz not null,
      started_at timestamptz,
      ended_at timestamptz
    ) with (fillfactor = 50)`.execute(db)
  await sql`create index jobs_due on jobs (lease_until) where state in ('pending', 'processing')`.execute(db)
  await sql`create index jobs_touched on jobs (touched_at)`.execute(db)

  // An uploaded or a finished file. Compressing it again would cost time and gain nothing.
  await sql`
    create table job_chunks (
      job_id text collate "C" not null references jobs on delete cascade,
      begins_at bigint not null,
      ends_at bigint not null,
      bytes bytea not null,
      primary key (job_id, begins_at)
    )`.execute(db)
  await sql`alter table job_chunks alter column bytes set storage external`.execute(db)

  // Rows that failed, and in a dry run all of them.
  await sql`
    create table job_rows (
      job_id text collate "C" not null references jobs on delete cascade,
      "row" integer not null,
      outcome text not null check (outcome in ('failed', 'inserted', 'updated', 'unchanged')),
      user_id text collate "C",
      document jsonb,
      errors jsonb,
      primary key (job_id, "row")
    )`.execute(db)

  // Identifiers that a file had so far, where the users themselves do not tell: with upsert, and in a dry run.
  await sql`
    create table job_identifiers (
      job_id text collate "C" not null references jobs on delete cascade,
      kind text not null,
      value text collate "C" not null,
      primary key (job_id, kind, value)
    )`.execute(db)

  // Second factors that came with an import, until the person signs in where they are asked for.
  await sql`
    create table imported_factors (
      user_id text collate "C" not null references users on delete cascade,
      position smallint not null,
      kind text not null check (kind in ('totp', 'phone', 'email')),
      value_encrypted text not null,
      created_at timestamptz not null,
      primary key (user_id, position)
    )`.execute(db)
}
