/** All SQL about linking and unlinking. */
import { sql } from 'kysely'
import { now } from '../base/clock.ts'
import type { Tx } from '../db/database.ts'
import { indexUsers } from '../db/search-tables.ts'
import { moveLastLogin } from '../stats/store.ts'
import type { IdentityAttributes, User } from '../users/user.ts'
import { insertUserRow } from '../users/write.ts'
import type { IdentityName } from './identity.ts'

/** An identity, and whose it is. */
export type FoundIdentity = { userId: string; connectionId: string; isLinked: boolean; position: number }

/** The identities of this name: one, unless several connections know the same id. */
export async function findIdentities(tx: Tx, { provider, identityId, connectionId }: IdentityName) {
  // By the key, connection by connection: there are few of those, and identities by the million.
  const { rows } = await sql<FoundIdentity>`
    select i.user_id as "userId", i.connection_id as "connectionId", i.position,
      i.profile_data is not null as "isLinked"
    from connections c, lateral (
      select * from identities where connection_id = c.id and identity_id = ${identityId}) i
    where i.provider = ${provider} and (${connectionId ?? null}::text is null or c.id = ${connectionId ?? null})
    order by c.created_at, c.id`.execute(tx)
  return rows
}

/** What has to be known of a user before he is linked. */
export type LockedUser = { user_id: string; blocked: boolean; last_password_reset: Date | null }

/** Keeps users from change by others until the transaction ends, in the order of their ids. Those who are gone are left out. */
export async function lockUsers(tx: Tx, userIds: readonly string[]): Promise<Map<string, LockedUser>> {
  const { rows } = await sql<LockedUser>`
    select user_id, coalesce(blocked, false) as blocked, last_password_reset from users
    where user_id = any(${userIds}::text[]) order by user_id for update`.execute(tx)
  return new Map(rows.map((row) => [row.user_id, row]))
}

// Auth0's fields of `profileData`.
const FROZEN = sql`jsonb_strip_nulls(jsonb_build_object('email', u.email, 'email_verified', u.email_verified,
  'name', u.name, 'username', u.username, 'given_name', u.given_name, 'family_name', u.family_name,
  'phone_number', u.phone_number, 'phone_verified', u.phone_verified, 'nickname', u.nickname, 'picture', u.picture))`

/** The attributes of a user that stay with his identity. */
export async function readFrozen(tx: Tx, userId: string): Promise<IdentityAttributes> {
  const { rows } = await sql<{ frozen: IdentityAttributes }>`
    select ${FROZEN} as frozen from users u where user_id = ${userId}`.execute(tx)
  return rows[0]?.frozen ?? {}
}

/**
 * Makes everything by which one user signs in the other's, with roles, memberships, consents, closed applications, waiting
 * mails and the count of vain tries, and removes him. His sessions, tokens and links go with him: they were given to whom he was. Both are
 * locked.
 */
export async function moveUser(tx: Tx, from: string, to: string): Promise<void> {
  await sql`
    update user_identifiers n set user_id = ${to}, identity_id = coalesce(n.identity_id, i.identity_id)
    from identities i
    where n.user_id = ${from} and i.user_id = ${from} and i.connection_id = n.connection_id
      and (i.identity_id = n.identity_id or (n.identity_id is null and i.profile_data is null))`.execute(tx)
  await sql`
    update emails e set user_id = ${to}, connection_id = i.connection_id, identity_id = i.identity_id
    from (select connection_id, identity_id from identities where user_id = ${from} order by position limit 1) i
    where e.user_id = ${from} and e.identity_id is null`.execute(tx)
  for (const table of ['emails', 'inbox_messages', 'passwords']) {
    await sql`update ${sql.table(table)} set user_id = ${to} where user_id = ${from}`.execute(tx)
  }
  await sql`
    update identities i set user_id = ${to}, profile_data = coalesce(i.profile_data, ${FROZEN}),
      position = i.position + 1 + (select max(position) from identities where user_id = ${to})
    from users u where u.user_id = i.user_id and i.user_id = ${from}`.execute(tx)
  for (const [table, key] of BELONGINGS) {
    const isOthers = sql.join(
      key.map((column) => sql`o.${sql.ref(column)} is not distinct from t.${sql.ref(column)}`),
      sql` and `,
    )
    await sql`
      update ${sql.table(table)} t set user_id = ${to} where t.user_id = ${from}
        and not exists (select from ${sql.table(table)} o where o.user_id = ${to} and ${isOthers})`.execute(tx)
  }
  await moveTries(tx, from, to)
  const removed = await tx.deleteFrom('users').where('user_id', '=', from).returning('last_login').executeTakeFirst()
  if (removed) await moveLastLogin(tx, removed.last_login, null)
  await tx.updateTable('users').set({ updated_at: now() }).where('user_id', '=', to).execute()
  await indexUsers(tx, [to])
}

/** TABLE: what else is a user's and becomes the other's, unless he has the same: the table, and what makes it the same. */
const BELONGINGS = [
  ['user_roles', ['role_id']],
  ['user_permissions', ['resource_server_id', 'permission']],
  ['memberships', ['organization_id']],
  ['consents', ['client_id', 'audience']],
  // What either has said to terms stays in the ledger.
  ['acceptances', ['id']],
  ['closed_applications', ['client_id', 'organization_id']],
] as const

/** Of an address that tried both, the higher count stays, so that linking lifts no block. */
async function moveTries(tx: Tx, from: string, to: string): Promise<void> {
  await sql`
    insert into login_failures as f (subject, address_block, user_id, identifier, connection, failures, last_ip,
      last_failed_at, blocked_at, notified_at, passed_at)
    select ${to}, address_block, ${to}, identifier, connection, failures, last_ip, last_failed_at, blocked_at,
      notified_at, passed_at
    from login_failures where subject = ${from}
    on conflict (subject, address_block) do update set
      failures = greatest(f.failures, excluded.failures),
      last_failed_at = greatest(f.last_failed_at, excluded.last_failed_at),
      blocked_at = coalesce(f.blocked_at, excluded.blocked_at),
      passed_at = coalesce(f.passed_at, excluded.passed_at)`.execute(tx)
}

/** A linked identity, as its key has it. */
export type LinkedIdentity = { userId: string; connectionId: string; identityId: string }

/**
 * Makes a linked identity the own one of a user who is made for it. What was closed to the other is closed to him.
 * @throws a unique violation when his id is taken
 */
export async function moveIdentity(tx: Tx, linked: LinkedIdentity, user: Omit<User, 'identities'>): Promise<void> {
  const { userId, connectionId, identityId } = linked
  const { user_id: to } = user
  await insertUserRow(tx, user)
  const key = sql`connection_id = ${connectionId} and identity_id = ${identityId} and user_id = ${userId}`
  await sql`update identities set user_id = ${to}, position = 0, profile_data = null where ${key}`.execute(tx)
  await sql`update user_identifiers set user_id = ${to}, identity_id = null where ${key}`.execute(tx)
  await sql`
    insert into closed_applications (user_id, client_id, organization_id, reason, closed_at)
    select ${to}, client_id, organization_id, reason, closed_at from closed_applications
    where user_id = ${userId}`.execute(tx)
  await sql`update passwords set user_id = ${to} where ${key}`.execute(tx)
  await sql`update emails set user_id = ${to} where ${key}`.execute(tx)
  await sql`update tickets set consumed_at = ${now()} where ${key} and consumed_at is null`.execute(tx)
}

/**
 * Ends whatever was given to the user before, but for one session of his: nobody knows by which identity it came about.
 */
export async function endGivenOut(tx: Tx, userId: string, keptSessionId: string | undefined): Promise<void> {
  const { rows } = await sql<{ generation: number }>`
    update users set token_generation = token_generation + 1, updated_at = ${now()} where user_id = ${userId}
    returning token_generation as generation`.execute(tx)
  await indexUsers(tx, [userId])
  const isKept = sql<boolean>`session_id = ${keptSessionId ?? ''}`
  await sql`delete from sessions where user_id = ${userId} and not ${isKept}`.execute(tx)
  await sql`delete from oidc_artifacts where user_id = ${userId}`.execute(tx)
  await sql`update sessions set user_generation = ${rows[0]?.generation ?? 0}
    where user_id = ${userId} and ${isKept}`.execute(tx)
}
