/**
 * People to be imported: the same rows as a file for our server and as lines for COPY, and the table into which the bare
 * one copies them. It is one table where ours are nine, with an index for each search that ours answers.
 */
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** The files of one turn. */
export type PeopleFiles = { json: string; copy: string; rows: number }

const ROWS_AT_ONCE = 500
const COLUMNS = [
  ...['user_id', 'email', 'email_verified', 'name', 'given_name', 'family_name', 'nickname', 'picture'],
  ...['user_metadata', 'app_metadata', 'connection', 'password_hash', 'created_at', 'updated_at'],
]

/** How the bare one takes them in. */
export const COPY_PEOPLE = `copy raw.people (${COLUMNS.join(', ')}) from stdin`

/** Makes the bare one's table, with everybody in it who is there already. */
export const PEOPLE_TABLE = [
  'drop table if exists raw.people',
  `create table raw.people (
    user_id text collate "C" not null, email text collate "C", email_verified boolean, username text collate "C",
    phone_number text collate "C", phone_verified boolean, name text collate "C", given_name text collate "C",
    family_name text collate "C", nickname text collate "C", picture text collate "C", blocked boolean,
    user_metadata jsonb, app_metadata jsonb, connection text collate "C", password_hash text, created_at timestamptz,
    updated_at timestamptz, last_login timestamptz, last_ip text collate "C", logins_count integer,
    -- As ours: what is searched for a text within it, with one index for all of it.
    search_text text collate "C" generated always as (lower(coalesce(email, '') || e'\\n' || coalesce(name, '') || e'\\n' ||
      coalesce(nickname, '') || e'\\n' || coalesce(username, '') || e'\\n' || coalesce(phone_number, ''))) stored)`,
  `insert into raw.people (user_id, email, email_verified, name, given_name, family_name, nickname, picture,
      user_metadata, app_metadata, connection, created_at, updated_at)
    select user_id, email, email_verified, name, given_name, family_name, nickname, picture, user_metadata, app_metadata,
      identities->0->>'connection', created_at, updated_at from raw.users order by created_at`,
  'alter table raw.people add primary key (user_id)',
  'create unique index on raw.people (connection, lower(email))',
  'create unique index on raw.people (connection, lower(username)) where username is not null',
  'create unique index on raw.people (connection, phone_number) where phone_number is not null',
  'create index on raw.people (created_at, user_id)',
  ...['email', 'name', 'given_name', 'family_name', 'nickname'].map(
    (name) => `create index on raw.people (lower(${name}))`,
  ),
  'create index on raw.people (email)',
  ...['updated_at', 'last_login', 'logins_count', 'email_verified', 'connection'].map(
    (name) => `create index on raw.people (${name})`,
  ),
  'create index on raw.people (phone_verified) where phone_verified is not null',
  'create index on raw.people (last_ip) where last_ip is not null',
  'create index on raw.people (user_id) where blocked',
  'create index on raw.people using hash (picture)',
  'create index on raw.people using gin (search_text gin_trgm_ops)',
  ...['user_metadata', 'app_metadata'].map(
    (name) => `create index on raw.people using gin (${name} jsonb_path_ops,
      jsonb_path_query_array(${name}, '$.keyvalue().key'))`,
  ),
  'vacuum analyze raw.people',
  'checkpoint',
]

/** Writes the files of a turn. @param turn a number that was not there before, so that nobody comes twice */
export async function writePeople(folder: string, turn: number, rows: number): Promise<PeopleFiles> {
  const files = { json: join(folder, 'people.json'), copy: join(folder, 'people.copy'), rows }
  await writeLines(files.json, rows, (n) => JSON.stringify(personOf(turn, n)))
  await writeLines(files.copy, rows, (n) => copyLineOf(turn, n))
  return files
}

async function writeLines(file: string, rows: number, lineOf: (n: number) => string): Promise<void> {
  function* parts(): Generator<string> {
    for (let from = 1; from <= rows; from += ROWS_AT_ONCE) {
      const length = Math.min(ROWS_AT_ONCE, rows - from + 1)
      yield Array.from({ length }, (_, index) => `${lineOf(from + index)}\n`).join('')
    }
  }
  await pipeline(Readable.from(parts()), createWriteStream(file))
}

const GIVEN = ['Ada', 'Bola', 'Chen', 'Dana', 'Emre', 'Fay', 'Goran', 'Hana', 'Imani', 'Jonas']
const FAMILY = ['Adler', 'Baker', 'Cruz', 'Diaz', 'Endo', 'Fischer', 'Gray', 'Haddad', 'Ito', 'Jensen']

function personOf(turn: number, n: number) {
  const [given, family] = [GIVEN[n % 10] ?? '', FAMILY[Math.floor(n / 10) % 10] ?? '']
  return {
    email: `person${turn}.${n}@company${n % 500}.example.com`,
    email_verified: true,
    name: `${given} ${family}`,
    given_name: given,
    family_name: family,
    nickname: `person${n}`,
    picture: `https://pictures.example.com/avatars/${digest(`picture${turn}.${n}`)}.png?s=480&r=pg`,
    user_metadata: { language: n % 2 === 0 ? 'de' : 'en', title: `Head of department ${n % 90}`, theme: 'dark' },
    app_metadata: {
      external_id: digest(`external${turn}.${n}`),
      plan: n % 3 === 0 ? 'team' : 'free',
      company: `Company ${n % 500}`,
      roles: ['member', 'editor'],
    },
    custom_password_hash: { algorithm: 'bcrypt', hash: { value: bcryptLike(turn, n) } },
  }
}

function copyLineOf(turn: number, n: number): string {
  const { custom_password_hash, user_metadata, app_metadata, email_verified, ...texts } = personOf(turn, n)
  const { email, name, given_name, family_name, nickname, picture } = texts
  const id = `auth0|${digest(`id${turn}.${n}`).slice(0, 24)}`
  const at = new Date(1_700_000_000_000 + turn * 1_000_000_000 + n).toISOString()
  // None of it holds a sign that COPY would take for its own.
  return [
    ...[id, email, String(email_verified), name, given_name, family_name, nickname, picture],
    ...[JSON.stringify(user_metadata), JSON.stringify(app_metadata), 'Username-Password-Authentication'],
    ...[custom_password_hash.hash.value, at, at],
  ].join('\t')
}

/** The form of a bcrypt hash; nobody signs in with it. */
function bcryptLike(turn: number, n: number): string {
  return `$2b$10$${`${digest(`a${turn}.${n}`)}${digest(`b${turn}.${n}`)}`.slice(0, 53)}`
}

function digest(text: string): string {
  return createHash('md5').update(text).digest('hex')
}
