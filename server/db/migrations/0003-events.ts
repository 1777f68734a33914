import { type Kysely, sql } from 'kysely'

/**
 * The one event table behind the tenant log, profile history and audit. Whatever is personal stands in
 * `person` alone, so that erasure blanks one column and leaves the rest.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table events (
      log_id text collate "C" primary key,
      date timestamptz not null,
      type text not null,
      description text,
      operation text,
      actor_kind text not null,
      actor_id text,
      client_id text,
      client_name text,
      user_id text collate "C",
      target_kind text,
      target_id text,
      connection text,
      connection_id text,
      organization_id text collate "C",
      strategy text,
      strategy_type text,
      audience text,
      scope text,
      details jsonb,
      person jsonb
    )`.execute(db)
  await sql`create index events_user on events (user_id, log_id) where user_id is not null`.execute(db)
  await sql`create index events_organization on events (organization_id, log_id) where organization_id is not null`.execute(
    db,
  )
  // The rare kinds are what people look for. The two that machines make by the thousand are not in it: no insert pays.
  await sql`create index events_type on events (type, log_id) where type not in ('sapi', 'seccft')`.execute(db)
}
