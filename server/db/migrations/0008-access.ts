import { type Kysely, sql } from 'kysely'
import { partitionEvents } from './0008-event-partitions.ts'

/** What people hold and where they are signed in, as the Management API lists it; and the log, cut into days. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table user_permissions (
      user_id text collate "C" not null references users on delete cascade,
      resource_server_id text collate "C" not null references resource_servers on delete cascade,
      permission text collate "C" not null,
      created_at timestamptz not null,
      primary key (user_id, resource_server_id, permission)
    )`.execute(db)
  await sql`create index user_permissions_api on user_permissions (resource_server_id, permission)`.execute(db)
  await sql`create index role_permissions_api on role_permissions (resource_server_id, permission)`.execute(db)
  // A role's members are listed in the order of their ids.
  await sql`drop index user_roles_role`.execute(db)
  await sql`create index user_roles_role on user_roles (role_id, user_id)`.execute(db)
  await sql`create index roles_created on roles (created_at, id)`.execute(db)

  await sql`alter table sessions add column session_metadata jsonb`.execute(db)
  await sql`drop index sessions_user`.execute(db)
  await sql`create index sessions_user on sessions (user_id, created_at, session_id) where user_id is not null`.execute(
    db,
  )

  // One row for each family of refresh tokens: the first one and whatever it is exchanged for share one grant. Whether
  // one of them counts is said by oidc_artifacts alone.
  await sql`
    create table refresh_tokens (
      id text collate "C" primary key,
      grant_id text collate "C" not null unique,
      user_id text collate "C" not null references users on delete cascade,
      client_id text collate "C" not null references clients on delete cascade,
      session_id text collate "C",
      rotating boolean not null,
      -- [{ audience, scopes }], as of the last exchange.
      resource_servers jsonb not null default '[]',
      metadata jsonb,
      created_at timestamptz not null,
      last_exchanged_at timestamptz,
      -- Null where the application's tokens do not end by that; expires_at is the earlier one.
      idle_expires_at timestamptz,
      absolute_expires_at timestamptz,
      expires_at timestamptz not null,
      initial_ip text,
      initial_user_agent text,
      last_ip text,
      last_user_agent text
    ) with (fillfactor = 80)`.execute(db)
  await sql`create index refresh_tokens_user on refresh_tokens (user_id, created_at, id)`.execute(db)
  await sql`create index refresh_tokens_client on refresh_tokens (client_id)`.execute(db)
  await sql`create index refresh_tokens_session on refresh_tokens (session_id) where session_id is not null`.execute(db)
  await sql`create index refresh_tokens_expires on refresh_tokens (expires_at)`.execute(db)
  await sql`
    insert into refresh_tokens (id, grant_id, user_id, client_id, session_id, rotating, created_at, idle_expires_at, expires_at)
    select 'rt_' || substr(md5(random()::text || grant_id), 1, 20), grant_id, min(user_id), min(client_id),
      min(session_id), bool_or(consumed_at is not null), min(created_at),
      max(expires_at), max(expires_at)
    from oidc_artifacts
    where kind = 'RefreshToken' and grant_id is not null and user_id is not null and client_id is not null
    group by grant_id`.execute(db)

  await sql`create index consents_created on consents (created_at, id)`.execute(db)

  // What happened on a day that is over, so that statistics outlive the log and cost nothing.
  await sql`
    create table daily_stats (
      day date primary key,
      logins integer not null,
      signups integer not null,
      leaked_passwords integer not null,
      created_at timestamptz not null,
      updated_at timestamptz not null
    )`.execute(db)
  // How many users signed in last on which day.
  await sql`
    insert into counters (scope, name, slot, value)
    select 'last_login', to_char(last_login at time zone 'UTC', 'YYYYMMDD'), 0, count(*)
    from users where last_login is not null group by 2`.execute(db)

  await partitionEvents(db)
}
