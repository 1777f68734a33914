import { type Kysely, sql } from 'kysely'
import { StartError } from '../../base/start-error.ts'

/**
 * What searches are found by. `search_text` holds the values that are searched for a text within them, one a line,
 * with an index of trigrams; characters beyond ASCII as escapes, for under the C locale that index knows no other
 * letters. Metadata has an index of paths with values, and one of the names at its root. Short lists of what is not
 * sorted into these two yet keep searches fast, at some cost to changes.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await addTrigrams(db)
  // Declared immutable, which `convert_to` is not only because an operator might define conversions anew.
  await sql`
    create function search_text_of(variadic texts text[]) returns text language plpgsql immutable parallel safe as $$
    begin return encode(convert_to(array_to_string(texts, E'\n'), 'UTF8'), 'escape'); end $$`.execute(db)
  await sql`
    alter table users add column search_text text collate "C" generated always as (search_text_of(
      email_folded, name_folded, given_name_folded, family_name_folded, nickname_folded, username, phone_number)) stored`.execute(
    db,
  )
  await sql`create index users_search_text on users using gin (search_text gin_trgm_ops)
    with (gin_pending_list_limit = 1024)`.execute(db)
  await sql`
    create index users_metadata on users using gin (user_metadata jsonb_path_ops, app_metadata jsonb_path_ops,
      jsonb_path_query_array(user_metadata, '$.keyvalue().key'), jsonb_path_query_array(app_metadata, '$.keyvalue().key'))
      with (gin_pending_list_limit = 1024)`.execute(db)
  for (const column of ['updated_at', 'last_login', 'logins_count', 'email_verified']) {
    await sql`create index ${sql.id(`users_${column}`)} on users (${sql.id(column)})`.execute(db)
  }
  await sql`create index users_phone_verified on users (phone_verified) where phone_verified is not null`.execute(db)
  await sql`create index users_last_ip on users (last_ip collate "C") where last_ip is not null`.execute(db)
  // Addresses of pictures can be longer than an entry of another kind of index.
  await sql`create index users_picture on users using hash (picture collate "C")`.execute(db)

  await sql`create index identities_identity on identities (identity_id)`.execute(db)
  await sql`create index identities_connection_name on identities (connection_name)`.execute(db)
  await sql`create index identities_provider on identities (provider collate "C")`.execute(db)
  await sql`create index identities_social on identities (user_id) where is_social`.execute(db)
  await sql`create index identities_profile_data on identities using gin (profile_data jsonb_path_ops)
    where profile_data is not null`.execute(db)
}

/** pg_trgm comes with PostgreSQL, and may be added by whoever owns the database. */
async function addTrigrams(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql`select 1 from pg_available_extensions where name = 'pg_trgm'`.execute(db)
  if (rows.length === 0) {
    throw new StartError(
      'The extension pg_trgm is missing from PostgreSQL. Install its contrib package and start again.',
    )
  }
  await sql`create extension if not exists pg_trgm`.execute(db)
}
