import { type Kysely, sql } from 'kysely'

/** What belongs to the tenant as a whole: settings, keys, applications, APIs, grants, connections. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table tenant_settings (
      id smallint primary key check (id = 1),
      settings jsonb not null,
      key_probe text not null,
      -- Whether this database holds the demo tenant; null until the first start has decided.
      demo boolean,
      updated_at timestamptz not null
    )`.execute(db)

  await sql`
    create table signing_keys (
      kid text collate "C" primary key,
      certificate text not null,
      public_jwk jsonb not null,
      private_key_encrypted text not null,
      state text not null check (state in ('next', 'current', 'previous')),
      created_at timestamptz not null,
      current_since timestamptz,
      current_until timestamptz,
      revoked_at timestamptz
    )`.execute(db)
  await sql`create unique index signing_keys_one_current on signing_keys (state) where state in ('next', 'current')`.execute(
    db,
  )

  await sql`
    create table resource_servers (
      id text collate "C" primary key,
      identifier text collate "C" not null unique,
      name text not null,
      is_system boolean not null default false,
      scopes jsonb not null default '[]',
      settings jsonb not null default '{}',
      signing_secret_encrypted text,
      created_at timestamptz not null
    )`.execute(db)

  await sql`
    create table clients (
      client_id text collate "C" primary key,
      name text not null,
      is_first_party boolean not null default true,
      is_global boolean not null default false,
      token_endpoint_auth_method text not null,
      grant_types text[] not null,
      settings jsonb not null default '{}',
      secret_encrypted text,
      secret_digest text,
      -- Begins anywhere, so that tokens of a deleted client do not count for a later one of the same id.
      token_generation integer not null default floor(random() * 1000000000),
      created_at timestamptz not null
    )`.execute(db)
  await sql`create index clients_created on clients (created_at, client_id)`.execute(db)

  await sql`
    create table client_credentials (
      id text collate "C" primary key,
      client_id text collate "C" not null references clients on delete cascade,
      name text,
      kid text not null,
      credential_type text not null,
      alg text not null,
      public_key_pem text not null,
      expires_at timestamptz,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      unique (client_id, kid)
    )`.execute(db)

  await sql`
    create table used_assertions (
      digest text collate "C" primary key,
      expires_at timestamptz not null
    )`.execute(db)
  await sql`create index used_assertions_expires on used_assertions (expires_at)`.execute(db)

  await sql`
    create table client_grants (
      id text collate "C" primary key,
      client_id text collate "C" not null references clients on delete cascade,
      resource_server_id text collate "C" not null references resource_servers on delete cascade,
      scope text[] not null,
      subject_type text not null default 'client',
      settings jsonb not null default '{}',
      created_at timestamptz not null,
      unique (client_id, resource_server_id, subject_type)
    )`.execute(db)
  await sql`create index client_grants_created on client_grants (created_at, id)`.execute(db)

  await sql`
    create table connections (
      id text collate "C" primary key,
      name text collate "C" not null unique,
      strategy text not null,
      display_name text,
      options jsonb not null default '{}',
      settings jsonb not null default '{}',
      realms text[] not null,
      metadata jsonb,
      created_at timestamptz not null
    )`.execute(db)
  await sql`create index connections_created on connections (created_at, id)`.execute(db)

  await sql`
    create table connection_clients (
      connection_id text collate "C" not null references connections on delete cascade,
      client_id text collate "C" not null references clients on delete cascade,
      primary key (connection_id, client_id)
    )`.execute(db)
  await sql`create index connection_clients_client on connection_clients (client_id)`.execute(db)

  await sql`
    create table organizations (
      id text collate "C" primary key,
      name text collate "C" not null unique,
      display_name text,
      created_at timestamptz not null
    )`.execute(db)

  await sql`
    create table roles (
      id text collate "C" primary key,
      name text not null unique,
      description text,
      is_builtin boolean not null default false,
      created_at timestamptz not null
    )`.execute(db)
  await sql`
    create table role_permissions (
      role_id text collate "C" not null references roles on delete cascade,
      resource_server_id text collate "C" not null references resource_servers on delete cascade,
      permission text not null,
      primary key (role_id, resource_server_id, permission)
    )`.execute(db)
}
