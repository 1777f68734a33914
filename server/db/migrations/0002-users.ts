import { type Kysely, sql } from 'kysely'

/**
 * People. `*_folded` are what search compares (NFKC, lower case, made by our code: a database under the C
 * collation folds ASCII only). The fill factor leaves room for updates in place: none of the columns that a
 * change of metadata touches has an index.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table users (
      user_id text collate "C" primary key,
      email text,
      email_verified boolean,
      username text,
      phone_number text,
      phone_verified boolean,
      name text,
      given_name text,
      family_name text,
      nickname text,
      picture text,
      blocked boolean,
      user_metadata jsonb,
      app_metadata jsonb,
      provider_attributes jsonb,
      edited_attributes text[] not null default '{}',
      created_at timestamptz not null,
      updated_at timestamptz not null,
      last_login timestamptz,
      last_ip text,
      logins_count integer,
      last_password_reset timestamptz,
      multifactor text[],
      multifactor_last_modified timestamptz,
      email_folded text collate "C",
      name_folded text collate "C",
      given_name_folded text collate "C",
      family_name_folded text collate "C",
      nickname_folded text collate "C",
      -- Begins anywhere, so that tokens of a deleted user do not count for a later one of the same id.
      token_generation integer not null default floor(random() * 1000000000),
      managing_organization_id text collate "C" references organizations on delete set null
    ) with (fillfactor = 80)`.execute(db)
  await sql`create index users_created on users (created_at, user_id)`.execute(db)
  for (const column of ['email_folded', 'name_folded', 'given_name_folded', 'family_name_folded', 'nickname_folded']) {
    await sql`create index ${sql.id(`users_${column}`)} on users (${sql.id(column)})`.execute(db)
  }
  for (const column of ['email', 'username', 'phone_number']) {
    await sql`create index ${sql.id(`users_${column}`)} on users (${sql.id(column)} collate "C") where ${sql.id(column)} is not null`.execute(
      db,
    )
  }
  await sql`create index users_blocked on users (user_id) where blocked`.execute(db)

  await sql`
    create table user_identifiers (
      connection_id text collate "C" not null references connections on delete cascade,
      kind text not null check (kind in ('email', 'username', 'phone_number')),
      value text collate "C" not null,
      user_id text collate "C" not null references users on delete cascade,
      primary key (connection_id, kind, value)
    )`.execute(db)
  await sql`create index user_identifiers_user on user_identifiers (user_id)`.execute(db)

  // connection_name never changes, so it is kept here to save a join on every read of a user.
  await sql`
    create table identities (
      connection_id text collate "C" not null references connections on delete cascade,
      identity_id text collate "C" not null,
      user_id text collate "C" not null references users on delete cascade,
      position smallint not null default 0,
      connection_name text collate "C" not null,
      provider text not null,
      is_social boolean not null default false,
      profile_data jsonb,
      claims jsonb,
      synced_at timestamptz,
      primary key (connection_id, identity_id)
    )`.execute(db)
  await sql`create index identities_user on identities (user_id, position)`.execute(db)

  await sql`
    create table passwords (
      connection_id text collate "C" not null,
      identity_id text collate "C" not null,
      user_id text collate "C" not null references users on delete cascade,
      hash text not null,
      set_at timestamptz not null,
      set_by text not null check (set_by in ('self', 'administrator', 'application', 'import', 'system')),
      temporary boolean not null default false,
      history text[] not null default '{}',
      primary key (connection_id, identity_id),
      foreign key (connection_id, identity_id) references identities on delete cascade
    )`.execute(db)
  await sql`create index passwords_user on passwords (user_id)`.execute(db)

  await sql`
    create table memberships (
      organization_id text collate "C" not null references organizations on delete cascade,
      user_id text collate "C" not null references users on delete cascade,
      created_at timestamptz not null,
      primary key (organization_id, user_id)
    )`.execute(db)
  await sql`create index memberships_user on memberships (user_id)`.execute(db)

  await sql`
    create table user_roles (
      user_id text collate "C" not null references users on delete cascade,
      role_id text collate "C" not null references roles on delete cascade,
      created_at timestamptz not null,
      primary key (user_id, role_id)
    )`.execute(db)
  await sql`create index user_roles_role on user_roles (role_id)`.execute(db)

  // A link is good for one purpose, one user and one address; only the hash of its token is kept.
  await sql`
    create table tickets (
      token_hash text collate "C" primary key,
      purpose text not null check (purpose in ('password_change')),
      user_id text collate "C" not null references users on delete cascade,
      connection_id text collate "C" not null references connections on delete cascade,
      identity_id text collate "C" not null,
      address text,
      marks_email_verified boolean not null default false,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      consumed_at timestamptz
    )`.execute(db)
  await sql`create index tickets_user on tickets (user_id)`.execute(db)

  // Exact totals without a scan: the sum over a name's slots. Several slots keep writers out of each other's way.
  await sql`
    create table counters (
      scope text collate "C" not null,
      name text collate "C" not null,
      slot smallint not null,
      value bigint not null default 0,
      primary key (scope, name, slot)
    ) with (fillfactor = 50)`.execute(db)
}
