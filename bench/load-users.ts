/**
 * Fills the database that a server has set up: users of about 2 kB in the product's tables, and the same users for
 * the bare server in tables as it would have them, with the best indexes for what it does.
 */
import { createHmac } from 'node:crypto'
import { INDEX_ALL_USERS } from '../server/db/search-tables.ts'
import { hashPassword } from '../server/passwords/hash.ts'
import { type Asker, PASSWORD } from './cases.ts'
import { withClient } from './database.ts'
import { CLIENT_SECRET_KEY, HASH_BEGINS } from './raw-client.ts'

/** Fills it. */
export async function loadUsers(url: string, users: number): Promise<void> {
  const hash = await hashPassword(PASSWORD)
  if (!hash.startsWith(HASH_BEGINS)) throw new Error('The bare server hashes in another way than ours.')
  await withClient(url, async (client) => {
    for (const statement of [USERS, IDENTITIES, IDENTIFIERS]) await client.query(statement, [users])
    await client.query(PASSWORDS, [hash])
    for (const statement of INDEX_ALL_USERS) await client.query(statement)
    await client.query(COUNTER, [users])
    for (const statement of RAW_TABLES) await client.query(statement)
    // So that neither the planner nor the disk finds out during the measurement.
    await client.query('vacuum analyze')
    await client.query('checkpoint')
  })
}

/** Gives the bare server the application that asks for tokens. */
export async function loadRawClient(url: string, { id, secret, audience }: Asker['client']): Promise<void> {
  const digest = createHmac('sha256', CLIENT_SECRET_KEY).update(secret).digest()
  await withClient(url, (client) =>
    client.query('insert into raw.clients values ($1, $2, $3, $4)', [id, digest, audience, 'read:robots move:robots']),
  )
}

// The id as `userIdOf` in cases.ts makes it.
const ID = 'left(md5(n::text), 24)'
const pick = (names: string[], divisor: number) =>
  `(array['${names.join("','")}'])[1 + n / ${divisor} % ${names.length}]`
const GIVEN = pick(['Ada', 'Bola', 'Chen', 'Dana', 'Emre', 'Fay', 'Goran', 'Hana', 'Imani', 'Jonas'], 1)
const FAMILY = pick(['Adler', 'Baker', 'Cruz', 'Diaz', 'Endo', 'Fischer', 'Gray', 'Haddad', 'Ito', 'Jensen'], 10)

const USERS = `
  insert into users (user_id, email, email_verified, name, given_name, family_name, nickname, picture, user_metadata,
    app_metadata, created_at, updated_at, email_folded, name_folded, given_name_folded, family_name_folded, nickname_folded)
  select 'auth0|' || ${ID}, email, true, given || ' ' || family, given, family, nickname,
    'https://pictures.example.com/avatars/' || md5(email) || '.png?s=480&r=pg', user_metadata, app_metadata, at, at,
    email, lower(given || ' ' || family), lower(given), lower(family), nickname
  from (
    select n, ${GIVEN} as given, ${FAMILY} as family, 'user' || n as nickname,
      'user' || n || '@company' || n % 500 || '.example.com' as email,
      timestamptz '2024-01-01' + n * interval '1 minute' as at,
      jsonb_build_object(
        'language', ${pick(['en', 'de', 'es', 'ja'], 7)}, 'time_zone', ${pick(['Europe/Berlin', 'America/Lima', 'Asia/Tokyo'], 3)},
        'title', 'Head of department ' || n % 90, 'phone', '+49 30 ' || 100000 + n,
        'address', jsonb_build_object('street', 'Long Street ' || n % 300, 'city', 'City ' || n % 1000, 'zip', 10000 + n % 80000),
        'preferences', jsonb_build_object('theme', 'dark', 'newsletter', n % 2 = 0, 'digest', 'weekly', 'columns', jsonb_build_array('name', 'email', 'last_login')),
        'about', repeat('Works on things that matter, number ' || n || '. ', 8)) as user_metadata,
      jsonb_build_object(
        'company', 'Company ' || n % 500, 'company_id', md5('company' || n % 500), 'plan', ${pick(['free', 'team', 'enterprise'], 2)},
        'roles', jsonb_build_array('member', 'editor', 'billing'), 'external_id', md5('external' || n),
        'quota', jsonb_build_object('seats', n % 200, 'storage_bytes', n::bigint * 1000003, 'requests_per_day', 10000),
        'features', jsonb_build_array('reports', 'exports', 'single-sign-on', 'audit'),
        'keys', jsonb_build_array(md5('a' || n), md5('b' || n), md5('c' || n), md5('d' || n))) as app_metadata
    from generate_series(1, $1::int) as n) as made`

const CONNECTION = `(select id, name from connections where strategy = 'auth0' order by created_at limit 1) as c`

const IDENTITIES = `
  insert into identities (connection_id, identity_id, user_id, connection_name, provider)
  select c.id, ${ID}, 'auth0|' || ${ID}, c.name, 'auth0' from generate_series(1, $1::int) as n, ${CONNECTION}`

const IDENTIFIERS = `
  insert into user_identifiers (connection_id, kind, value, user_id)
  select c.id, 'email', 'user' || n || '@company' || n % 500 || '.example.com', 'auth0|' || ${ID}
  from generate_series(1, $1::int) as n, ${CONNECTION}`

// One hash for all: making it a hundred thousand times would take half an hour.
const PASSWORDS = `
  insert into passwords (connection_id, identity_id, user_id, hash, set_at, set_by, temporary, history)
  select connection_id, identity_id, user_id, $1, now(), 'import', false, '{}' from identities
  on conflict do nothing`

const COUNTER = `
  insert into counters (scope, name, slot, value) values ('tenant', 'users', 0, $1::int)
  on conflict (scope, name, slot) do update set value = counters.value + excluded.value`

const RAW_TABLES = [
  'create schema raw',
  `create table raw.users (
    user_id text collate "C" primary key, email text collate "C", email_verified boolean, name text, given_name text,
    family_name text, nickname text, picture text, user_metadata jsonb, app_metadata jsonb, identities jsonb,
    created_at timestamptz, updated_at timestamptz) with (fillfactor = 80)`,
  `insert into raw.users select user_id, email, email_verified, name, given_name, family_name, nickname, picture,
    user_metadata, app_metadata, jsonb_build_array(jsonb_build_object('connection', i.connection_name,
      'user_id', i.identity_id, 'provider', i.provider, 'isSocial', i.is_social)), created_at, updated_at
    from users join identities i using (user_id) order by created_at`,
  'create index on raw.users (created_at, user_id)',
  'create extension if not exists pg_trgm',
  'create index on raw.users using gin (app_metadata jsonb_path_ops)',
  'create index on raw.users (email collate "C")',
  'create index on raw.users using gin (email gin_trgm_ops)',
  'create table raw.counters (name text primary key, value bigint)',
  "insert into raw.counters select 'users', count(*) from raw.users",
  'create table raw.clients (client_id text collate "C" primary key, secret_digest bytea, audience text, scope text)',
]
