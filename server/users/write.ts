/** SQL that writes users: inserting a whole one, and changing many in one statement together with their events. */

import { now } from '../base/clock.ts'
import type { Connection } from '../connections/connection.ts'
import type { Db, Statement, Tx } from '../db/database.ts'
import { activitySql, indexUsers, metadataSql } from '../db/search-tables.ts'
import type { JsonObject } from '../db/tables.ts'
import { insertEventsSql } from '../logs/record-batch.ts'
import { USER_DOCUMENT } from './document.ts'
import { fold, type IdentityAttributes, type User } from './user.ts'

/** The kinds of identifiers, each unique within a connection. */
export type IdentifierKind = 'email' | 'username' | 'phone_number'

/** The identifier as it is compared. */
export function identifierValue(kind: IdentifierKind, value: string): string {
  return kind === 'phone_number' ? value : fold(value)
}

/** Inserts a user with his first identity and its identifiers. @throws a unique violation when one is taken */
export async function insertUser(
  tx: Tx,
  user: Omit<User, 'identities'>,
  identity: { connection: Connection; identityId: string; provider: string },
): Promise<void> {
  const { connection } = identity
  await insertUserRow(tx, user)
  await insertIdentity(tx, user.user_id, identity)
  const identifiers = identifiersOf(user)
  if (identifiers.length > 0) {
    const rows = identifiers.map(({ kind, value }) => ({
      connection_id: connection.id,
      kind,
      value,
      user_id: user.user_id,
    }))
    await tx.insertInto('user_identifiers').values(rows).execute()
  }
}

/** Inserts the identity that is a user's own. @param syncedAt when a provider elsewhere told of him */
export async function insertIdentity(
  tx: Tx,
  userId: string,
  { connection, identityId, provider }: { connection: Connection; identityId: string; provider: string },
  syncedAt: Date | null = null,
): Promise<void> {
  await tx
    .insertInto('identities')
    .values({
      connection_id: connection.id,
      identity_id: identityId,
      user_id: userId,
      connection_name: connection.name,
      provider,
      profile_data: null,
      claims: null,
      synced_at: syncedAt,
    })
    .execute()
}

/** Inserts a user alone; his identity is there already, or follows. @throws a unique violation when the id is taken */
export async function insertUserRow(tx: Tx, user: Omit<User, 'identities'>): Promise<void> {
  await tx
    .insertInto('users')
    .values({
      ...columnsOf(user),
      user_id: user.user_id,
      provider_attributes: null,
      created_at: new Date(user.created_at),
      updated_at: new Date(user.updated_at),
      last_login: null,
      last_ip: null,
      logins_count: null,
      last_password_reset: null,
      multifactor: null,
      multifactor_last_modified: null,
      managing_organization_id: null,
    })
    .execute()
  await indexUsers(tx, [user.user_id])
}

/** The identifiers that a user of a database connection signs in with. */
export function identifiersOf(user: Partial<User>): { kind: IdentifierKind; value: string }[] {
  const kinds = ['email', 'username', 'phone_number'] as const
  return kinds.flatMap((kind) => {
    const value = user[kind]
    return value === undefined ? [] : [{ kind, value: identifierValue(kind, value) }]
  })
}

/** Gives an identity's user another identifier of a kind, or none. @throws a unique violation when it is taken */
export async function replaceIdentifier(
  db: Db,
  owner: { connectionId: string; userId: string; linkedIdentityId?: string | undefined },
  kind: IdentifierKind,
  value: string | undefined,
): Promise<void> {
  const { connectionId, userId, linkedIdentityId = null } = owner
  await db
    .deleteFrom('user_identifiers')
    .where('connection_id', '=', connectionId)
    .where('user_id', '=', userId)
    .where('identity_id', 'is not distinct from', linkedIdentityId)
    .where('kind', '=', kind)
    .execute()
  if (value === undefined) return
  const row = { connection_id: connectionId, kind, value: identifierValue(kind, value), user_id: userId }
  await db
    .insertInto('user_identifiers')
    .values({ ...row, identity_id: linkedIdentityId })
    .execute()
}

/** Writes what a linked identity is known by. */
export async function saveProfileData(
  db: Db,
  key: { connectionId: string; identityId: string; userId: string },
  profileData: IdentityAttributes,
): Promise<void> {
  await db
    .updateTable('identities')
    .set({ profile_data: JSON.stringify(profileData) })
    .where('connection_id', '=', key.connectionId)
    .where('identity_id', '=', key.identityId)
    .where('user_id', '=', key.userId)
    .execute()
}

/** The columns that a change may touch, and the folded ones that follow from them. */
export function columnsOf(user: Partial<User>) {
  const folded = (text: string | undefined) => (text === undefined ? null : fold(text))
  return {
    email: user.email ?? null,
    email_verified: user.email_verified ?? null,
    username: user.username ?? null,
    phone_number: user.phone_number ?? null,
    phone_verified: user.phone_verified ?? null,
    name: user.name ?? null,
    given_name: user.given_name ?? null,
    family_name: user.family_name ?? null,
    nickname: user.nickname ?? null,
    picture: user.picture ?? null,
    blocked: user.blocked ?? null,
    user_metadata: metadataText(user.user_metadata),
    app_metadata: metadataText(user.app_metadata),
    email_folded: folded(user.email),
    name_folded: folded(user.name),
    given_name_folded: folded(user.given_name),
    family_name_folded: folded(user.family_name),
    nickname_folded: folded(user.nickname),
  }
}

function metadataText(metadata: JsonObject | undefined): string | null {
  return metadata === undefined ? null : JSON.stringify(metadata)
}

/** A row for the statement that changes many. */
export type UserChangeRow = ReturnType<typeof columnsOf> & {
  user_id: string
  updated_at: string
  /** Names of root attributes that somebody edited, which a provider's login leaves alone from now on. */
  edited: string[]
  /** Whether tokens given before end. */
  ends_tokens: boolean
}

const TEXTS = Object.keys(columnsOf({})).filter((name) => !/_metadata$|_verified$|^blocked$/.test(name))
const SETS = [
  ...TEXTS.map((name) => `${name} = x.${name}`),
  'email_verified = x.email_verified',
  'phone_verified = x.phone_verified',
  'blocked = x.blocked',
  'user_metadata = x.user_metadata::jsonb',
  'app_metadata = x.app_metadata::jsonb',
  'updated_at = x.updated_at',
  `edited_attributes = case when x.edited = '{}' then u.edited_attributes
     else (select array_agg(distinct name) from unnest(u.edited_attributes || x.edited) as name) end`,
  'token_generation = u.token_generation + x.ends_tokens::int',
].join(', ')

/** Changes the users of `$1` (a JSON array of UserChangeRow) and records the events of `$2` (record-batch.ts). */
export const CHANGE_USERS: Statement = {
  name: 'users-change',
  text: `with changed as (
    update users u set ${SETS}
    from json_to_recordset($1::json) as x(user_id text, ${TEXTS.map((name) => `${name} text`).join(', ')},
      email_verified boolean, phone_verified boolean, blocked boolean, user_metadata text, app_metadata text,
      updated_at timestamptz, edited text[], ends_tokens boolean)
    where u.user_id = x.user_id
    returning u.user_id, u.updated_at, u.user_metadata, u.app_metadata),
  activity as (${activitySql('select user_id, updated_at from changed', ['updated_at'])}),
  user_values as (${metadataSql('user_metadata', 'select user_id, user_metadata from changed')}),
  app_values as (${metadataSql('app_metadata', 'select user_id, app_metadata from changed')})
  ${insertEventsSql('$2')}`,
}

/** A row for the statement that changes metadata alone; a part that stays is left out. */
export type MetadataChangeRow = {
  user_id: string
  updated_at: string
  user?: { metadata: string | null }
  app?: { metadata: string | null }
}

/** The row that changes the parts of metadata that are named. */
export function metadataRowOf(
  user: Pick<User, 'user_id' | 'updated_at' | 'user_metadata' | 'app_metadata'>,
  parts: { user: boolean; app: boolean },
): MetadataChangeRow {
  return {
    user_id: user.user_id,
    updated_at: user.updated_at,
    ...(parts.user ? { user: { metadata: metadataText(user.user_metadata) } } : {}),
    ...(parts.app ? { app: { metadata: metadataText(user.app_metadata) } } : {}),
  }
}

/** As CHANGE_USERS, for changes of metadata alone, which most are: `$1` is a JSON array of MetadataChangeRow. */
export const CHANGE_METADATA: Statement = {
  name: 'users-change-metadata',
  text: `with changed as (
    update users u set updated_at = x.updated_at,
      user_metadata = case when x."user" is null then u.user_metadata else (x."user"->>'metadata')::jsonb end,
      app_metadata = case when x.app is null then u.app_metadata else (x.app->>'metadata')::jsonb end
    from json_to_recordset($1::json) as x(user_id text, updated_at timestamptz, "user" json, app json)
    where u.user_id = x.user_id
    returning u.user_id, u.updated_at, u.user_metadata, u.app_metadata,
      x."user" is not null as has_user, x.app is not null as has_app),
  activity as (${activitySql('select user_id, updated_at from changed', ['updated_at'])}),
  user_values as (${metadataSql('user_metadata', 'select user_id, user_metadata from changed where has_user')}),
  app_values as (${metadataSql('app_metadata', 'select user_id, app_metadata from changed where has_app')})
  ${insertEventsSql('$2')}`,
}

/** Locks users in the order of their ids, and reads their documents and the standing of the callers' tokens. */
export function lockUsersSql(standing: string): string {
  return `with locked as (select * from users where user_id = any((select $4::text[])::text[]) order by user_id for update)
    select 'document' as kind, u.user_id as id, ${USER_DOCUMENT} as value from locked u union all ${standing}`
}

/** The present moment as the wire and the rows have it. */
export function timestamp(): string {
  return now().toISOString()
}
