import { type Kysely, sql } from 'kysely'
import { INDEX_ALL_USERS } from '../search-tables.ts'

/**
 * What changes often leaves the indexes of `users`, so that a change of metadata or a sign-in is written in place there.
 * Searches find it in tables of its own, each of which is written when its own part changes.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const name of ['metadata', 'updated_at', 'last_login', 'logins_count', 'last_ip']) {
    await sql`drop index ${sql.id(`users_${name}`)}`.execute(db)
  }
  await sql`
    create table user_activity (
      user_id text collate "C" primary key references users on delete cascade,
      updated_at timestamptz not null,
      last_login timestamptz,
      logins_count integer,
      last_ip text
    ) with (fillfactor = 80)`.execute(db)
  for (const column of ['user_metadata', 'app_metadata']) {
    await sql`
      create table ${sql.table(`search_${column}`)} (
        user_id text collate "C" primary key references users on delete cascade,
        ${sql.id(column)} jsonb
      )`.execute(db)
  }
  // Filled before there are indexes: those are built faster at once.
  for (const statement of INDEX_ALL_USERS) await sql.raw(statement).execute(db)
  for (const column of ['updated_at', 'last_login', 'logins_count']) {
    await sql`create index ${sql.id(`user_activity_${column}`)} on user_activity (${sql.id(column)})`.execute(db)
  }
  await sql`create index user_activity_last_ip on user_activity (last_ip collate "C") where last_ip is not null`.execute(
    db,
  )
  for (const column of ['user_metadata', 'app_metadata']) {
    await sql`
      create index ${sql.id(`search_${column}_value`)} on ${sql.table(`search_${column}`)} using gin (
        ${sql.id(column)} jsonb_path_ops, jsonb_path_query_array(${sql.id(column)}, '$.keyvalue().key'))
        with (gin_pending_list_limit = 1024)`.execute(db)
  }
}
