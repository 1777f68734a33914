/** A person becomes a member of an organization by signing in. */
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { personActor } from '../authorization/actor.ts'
import { now } from '../base/clock.ts'
import type { Tx } from '../db/database.ts'
import type { RequestInfo } from '../http/request-info.ts'
import { recordEvent } from '../logs/record.ts'
import { makeMembers } from '../organizations/member-change.ts'
import { giveDefaultRoles } from '../organizations/member-roles.ts'
import { holdOrganization } from '../organizations/store.ts'

/** Who joins what, and by what (Auth0's words). */
export type Joining = {
  userId: string
  organizationId: string
  clientId: string | undefined
  reason: 'invitation' | 'auto_membership'
  request: RequestInfo
}

/**
 * Makes somebody a member, which he may be already; a membership that has ended goes on, one that is blocked stays so. An
 * account that another organization manages becomes the person's own. Answers false where he cannot join: the account is
 * of another organization's own connection.
 *
 * @see docs/decisions/0021-signing-in-to-an-organization.md
 */
export async function joinOrganization(tx: Tx, joining: Joining): Promise<boolean> {
  const { userId, organizationId, clientId, reason, request } = joining
  const user = await tx
    .selectFrom('users as u')
    .select(['u.email', 'u.name'])
    .select(isKeptFrom(organizationId).as('is_kept'))
    .where('u.user_id', '=', userId)
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (!user || user.is_kept) return false
  const [added] = await makeMembers(tx, organizationId, [userId])
  if (added === undefined && !(await renewMembership(tx, userId, organizationId))) return true
  await recordEvent(tx, {
    type: 'organization_member_added',
    actor: personActor(userId, clientId),
    userId,
    userName: user.email ?? user.name ?? userId,
    organizationId,
    target: { kind: 'organization', id: organizationId },
    details: { reason },
    request,
  })
  return true
}

/**
 * Takes the end from a membership that is over. It begins anew: roles and tokens of the time before are none of it, for
 * whoever invites may not be one who may give such roles.
 */
async function renewMembership(tx: Tx, userId: string, organizationId: string): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('memberships')
    .set((eb) => ({ ends_at: null, token_generation: eb('token_generation', '+', 1) }))
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId)
    .where('ends_at', '<=', now())
    .where('blocked_at', 'is', null)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) return false
  await tx
    .deleteFrom('membership_roles')
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId)
    .execute()
  await giveDefaultRoles(tx, await holdOrganization(tx, organizationId), [userId])
  return true
}

/** Makes a member of whoever signs in through a connection of the organization that makes members of its people. */
export async function joinByConnection(tx: Tx, joining: Omit<Joining, 'reason'>): Promise<void> {
  const { userId, organizationId } = joining
  const { rows } = await sql<{ joins: boolean }>`
    select ${joinsByConnection(organizationId)} and not exists (
      select 1 from memberships m where m.organization_id = ${organizationId} and m.user_id = u.user_id) as joins
    from users u where u.user_id = ${userId}`.execute(tx)
  if (rows[0]?.joins) await joinOrganization(tx, { ...joining, reason: 'auto_membership' })
}

/** Whether signing in makes the user a member, as a condition on the users table, known as `u`. */
export function joinsByConnection(organizationId: string): RawBuilder<SqlBool> {
  return sql<SqlBool>`(exists (
    select 1 from identities i
    join organization_connections oc on oc.connection_id = i.connection_id
    where i.user_id = u.user_id and oc.organization_id = ${organizationId}
      and oc.is_enabled and oc.assign_membership_on_login) and not ${isKeptFrom(organizationId)})`
}

/**
 * Whether the account belongs to another organization, which manages it, by that one's own connection: one that no other
 * organization has, and that is no database of the tenant's unless that organization's administrators have it in full.
 */
function isKeptFrom(organizationId: string): RawBuilder<SqlBool> {
  return sql<SqlBool>`(u.managing_organization_id is not null and u.managing_organization_id <> ${organizationId} and exists (
    select 1 from identities i
    join connections c on c.id = i.connection_id
    join organization_connections own on own.connection_id = c.id
      and own.organization_id = u.managing_organization_id
    where i.user_id = u.user_id and (c.strategy <> 'auth0' or own.access_level = 'full')
      and not exists (select 1 from organization_connections other
        where other.connection_id = c.id and other.organization_id <> own.organization_id)))`
}

/** Stamps the sign-in on the membership: `last_login`, `last_ip` and `logins_count` of this organization alone. */
export async function noteMembershipSignIn(
  tx: Tx,
  { userId, organizationId, ip }: { userId: string; organizationId: string; ip: string },
): Promise<void> {
  await tx
    .updateTable('memberships')
    .set({ last_login: now(), last_ip: ip, logins_count: sql<number>`logins_count + 1` })
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId)
    .execute()
}
