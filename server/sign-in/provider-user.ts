/**
 * The user of somebody who has proved at a provider who he is: found by the provider's id of him, or made. What the provider
 * tells of him is taken into his profile by the rules of the attributes table and of the connection.
 */
import { sql } from 'kysely'
import { personActor } from '../authorization/actor.ts'
import { now } from '../base/clock.ts'
import type { Connection } from '../connections/connection.ts'
import { normalize, type ProviderClaims, type ProviderProfile } from '../connections/strategies/normalize.ts'
import { oidcOptionsOf } from '../connections/strategies/oidc.ts'
import { addToCounter } from '../db/counters.ts'
import { type Database, isUniqueViolation, type Tx, transact } from '../db/database.ts'
import { indexUsers } from '../db/search-tables.ts'
import type { JsonObject } from '../db/tables.ts'
import type { RequestInfo } from '../http/request-info.ts'
import { isStorable } from '../http/unstorable.ts'
import { checkerOf } from '../http/validation.ts'
import { recordEvent } from '../logs/record.ts'
import { closeAllTickets } from '../tickets/store.ts'
import { ATTRIBUTE_ROWS } from '../users/attribute-rules.ts'
import { storedEmail, withDefaults } from '../users/user.ts'
import { columnsOf, insertIdentity, insertUserRow, timestamp } from '../users/write.ts'
import { lockUser, manageBy } from './account-store.ts'

/** Somebody at a provider. */
export type ProviderPerson = {
  connection: Connection
  subject: string
  claims: ProviderClaims
  clientId: string
  request: RequestInfo
}

/** Who it is here, under which generation of his tokens. */
export type ProviderUser = { userId: string; generation: number }

/** Names and picture: an operator says when they are taken from the provider. */
const NAMES: ReadonlySet<string> = new Set(['name', 'given_name', 'family_name', 'nickname', 'picture'])
const ROWS = new Map(ATTRIBUTE_ROWS)
const CHECKERS = new Map(ATTRIBUTE_ROWS.map(([name, row]) => [name as string, checkerOf(row.schema)]))
/** Auth0's limit of ids. */
const LONGEST_ID = 255

/** Whether an id of the provider's can be one here. */
export function isUsableSubject({ connection, subject }: Pick<ProviderPerson, 'connection' | 'subject'>): boolean {
  return /^\S+$/.test(subject) && isStorable(subject) && userIdOf(connection, subject).length <= LONGEST_ID
}

/**
 * Finds or makes him. Of two returns at once, one makes him and the other finds him. Undefined where his id is that of
 * somebody who was here by a former connection of this name: nothing of that one's is his.
 */
export async function signInProviderUser({ db }: Database, person: ProviderPerson): Promise<ProviderUser | undefined> {
  try {
    return await transact(db, (tx) => findOrMake(tx, person))
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
  }
  try {
    return await transact(db, (tx) => findOrMake(tx, person))
  } catch (error) {
    if (!isUniqueViolation(error, 'users_pkey')) throw error
    return undefined
  }
}

async function findOrMake(tx: Tx, person: ProviderPerson): Promise<ProviderUser> {
  const { connection, subject, claims } = person
  const profile = checked(normalize(oidcOptionsOf(connection), claims))
  const identityId = `${connection.name}|${subject}`
  const identity = await tx
    .selectFrom('identities')
    .select(['user_id', 'profile_data'])
    .where('connection_id', '=', connection.id)
    .where('identity_id', '=', identityId)
    .executeTakeFirst()
  if (!identity) return await make(tx, person, identityId, profile)
  const userId = identity.user_id
  const generation = await lockUser(tx, userId)
  // Deleted a moment ago.
  if (generation === undefined) return await make(tx, person, identityId, profile)
  await tx
    .updateTable('identities')
    .set({ synced_at: now() })
    .where('connection_id', '=', connection.id)
    .where('identity_id', '=', identityId)
    .execute()
  // What was linked to somebody else says nothing of him.
  if (identity.profile_data === null) await synchronize(tx, person, userId, profile)
  return { userId, generation }
}

function userIdOf({ name, strategy }: Connection, subject: string): string {
  return `${strategy}|${name}|${subject}`
}

/** What does not fit an attribute's shape is left out, as if the provider had not told it. */
function checked({ attributes, ...profile }: ProviderProfile): ProviderProfile {
  const fitting = Object.entries(attributes).filter(([name, value]) => CHECKERS.get(name)?.(value))
  return { ...profile, attributes: Object.fromEntries(fitting) }
}

async function make(
  tx: Tx,
  { connection, subject, clientId, request }: ProviderPerson,
  identityId: string,
  { attributes, isEmailVerified, isPhoneVerified, more }: ProviderProfile,
): Promise<ProviderUser> {
  const userId = userIdOf(connection, subject)
  const at = timestamp()
  const { email, phone_number } = attributes
  const isNameTaken = oidcOptionsOf(connection).set_user_root_attributes !== 'never_on_login'
  const taken = Object.entries(attributes).filter(([name]) => isNameTaken || !NAMES.has(name))
  const user = withDefaults({
    ...Object.fromEntries(taken),
    user_id: userId,
    ...(typeof email === 'string' ? { email: storedEmail(email), email_verified: isEmailVerified } : {}),
    ...(phone_number === undefined ? {} : { phone_verified: isPhoneVerified }),
    created_at: at,
    updated_at: at,
  })
  await insertUserRow(tx, user)
  await insertIdentity(tx, userId, { connection, identityId, provider: connection.strategy }, now())
  await saveMore(tx, userId, more)
  await manageByOwner(tx, userId, connection)
  await recordEvent(tx, {
    type: 'ss',
    actor: personActor(userId, clientId),
    userId,
    userName: user.name ?? userId,
    connection,
    after: user,
    request,
  })
  await addToCounter(tx, 'tenant', 'users', 1)
  return { userId, generation: (await lockUser(tx, userId)) ?? 0 }
}

/** A connection that is one organization's alone brings accounts that are that one's to manage. */
async function manageByOwner(tx: Tx, userId: string, { id }: Connection): Promise<void> {
  const { rows } = await sql<{ organization_id: string }>`
    select min(organization_id) as organization_id from organization_connections where connection_id = ${id}
      and not exists (select from connection_clients where connection_id = ${id})
    having count(*) = 1`.execute(tx)
  const [owner] = rows
  if (owner) await manageBy(tx, userId, owner.organization_id)
}

async function saveMore(tx: Tx, userId: string, more: JsonObject): Promise<boolean> {
  const text = Object.keys(more).length === 0 ? null : JSON.stringify(more)
  const { rows } = await sql`
    update users set provider_attributes = ${text}::jsonb
    where user_id = ${userId} and provider_attributes is distinct from ${text}::jsonb returning 1`.execute(tx)
  return rows.length > 0
}

/** The attributes that the provider decides on, as far as they have changed. */
async function synchronize(
  tx: Tx,
  { connection, clientId, request }: ProviderPerson,
  userId: string,
  { attributes, isEmailVerified, isPhoneVerified, more }: ProviderProfile,
): Promise<void> {
  const { set_user_root_attributes: when = 'on_each_login' } = oidcOptionsOf(connection)
  const row = await tx.selectFrom('users').selectAll().where('user_id', '=', userId).executeTakeFirstOrThrow()
  const edited = new Set(row.edited_attributes)
  const before = new Map<string, unknown>(Object.entries(row))
  const isTaken = (name: string) => {
    const rule = ROWS.get(name as Parameters<typeof ROWS.get>[0])?.fromProvider
    if (rule === 'never' || (rule === 'until edited' && edited.has(name))) return false
    return when === 'on_each_login' || !NAMES.has(name)
  }
  const told: Record<string, unknown> = { ...attributes }
  if (typeof told.email === 'string') {
    told.email = storedEmail(told.email)
    // An address that was confirmed here by an invitation or a mail stays confirmed.
    told.email_verified = isEmailVerified || (row.email_verified === true && row.email === told.email)
  }
  if (told.phone_number !== undefined) {
    told.phone_verified = isPhoneVerified || (row.phone_verified === true && row.phone_number === told.phone_number)
  }
  const changed = Object.entries(told).filter(([name, value]) => isTaken(name) && before.get(name) !== value)
  const hasMore = await saveMore(tx, userId, more)
  if (changed.length === 0 && !hasMore) return
  const after = Object.fromEntries(changed)
  await tx
    .updateTable('users')
    .set({ ...columnsAmong(after), updated_at: now() })
    .where('user_id', '=', userId)
    .execute()
  await indexUsers(tx, [userId])
  // Links that were mailed to an old address must not work for the new one.
  if ('email' in after) await closeAllTickets(tx, userId)
  await recordEvent(tx, {
    type: 'provider_profile',
    actor: personActor(userId, clientId),
    userId,
    connection,
    before: Object.fromEntries(changed.map(([name]) => [name, before.get(name)])),
    after,
    request,
  })
}

/** The columns of these attributes, with the folded ones that follow from them. */
function columnsAmong(attributes: Record<string, unknown>): Partial<ReturnType<typeof columnsOf>> {
  const isOf = (column: string) => Object.hasOwn(attributes, column.replace(/_folded$/, ''))
  return Object.fromEntries(Object.entries(columnsOf(attributes)).filter(([column]) => isOf(column)))
}
