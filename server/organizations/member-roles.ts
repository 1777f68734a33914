/** The roles that people have as members of an organization. */
import { sql } from 'kysely'
import type { Actor } from '../authorization/actor.ts'
import { now } from '../base/clock.ts'
import type { Db, Tx } from '../db/database.ts'
import { idCheckpointOf, offsetOf } from '../http/checkpoint.ts'
import { ApiError } from '../http/errors.ts'
import { type Found, type Paging, withTotal } from '../http/paging.ts'
import { MOST_ROLES_OF_A_USER } from '../roles/role.ts'
import { holdRoles, type Role, rolesThere } from '../roles/store.ts'
import type { Organization } from './organization.ts'
import { refuseRoles } from './protection.ts'
import { settingsOf } from './settings.ts'

/** The roles of a member, by name; in lists by checkpoint, by id. */
export async function listMemberRoles(
  db: Db,
  organizationId: string,
  userId: string,
  paging: Paging,
): Promise<Found<Role>> {
  const held = db
    .selectFrom('membership_roles as mr')
    .innerJoin('roles', 'roles.id', 'mr.role_id')
    .where('mr.organization_id', '=', organizationId)
    .where('mr.user_id', '=', userId)
  const after = idCheckpointOf(paging)
  const rows = await held
    .$if(after !== undefined, (query) => query.where('roles.id', '>', after ?? ''))
    .selectAll('roles')
    .$if(paging.kind === 'page', (query) => query.orderBy('roles.name'))
    .orderBy('roles.id')
    .offset(offsetOf(paging))
    .limit(paging.limit)
    .execute()
  return await withTotal(rows, held, paging)
}

/** The ids of a member's roles. */
export async function memberRoleIds(db: Db, organizationId: string, userId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('membership_roles')
    .select('role_id')
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId)
    .orderBy('role_id')
    .execute()
  return rows.map(({ role_id }) => role_id)
}

/**
 * Gives roles to members who are locked; fine for those they have. Who may give them is asked here, on whom he may act is
 * the caller's to ask.
 * @throws ApiError inexistent_role, insufficient_scope, too_many_entities
 */
export async function assignMemberRoles(
  tx: Tx,
  actor: Actor,
  organizationId: string,
  userIds: readonly string[],
  roleIds: readonly string[],
): Promise<void> {
  const distinct = [...new Set(roleIds)]
  await holdRoles(tx, distinct)
  await refuseRoles(tx, actor, distinct, 'give')
  await insertMemberRoles(tx, organizationId, userIds, distinct)
}

/** The same without asking who gives them. @throws ApiError too_many_entities */
export async function insertMemberRoles(
  tx: Tx,
  organizationId: string,
  userIds: readonly string[],
  roleIds: readonly string[],
): Promise<void> {
  await insertPromisedRoles(tx, organizationId, userIds, roleIds)
  const overfull = await tx
    .selectFrom('membership_roles')
    .select('user_id')
    .where('organization_id', '=', organizationId)
    .where('user_id', 'in', [...userIds])
    .groupBy('user_id')
    .having((eb) => eb(eb.fn.countAll(), '>', MOST_ROLES_OF_A_USER))
    .executeTakeFirst()
  if (!overfull) return
  throw new ApiError('too_many_entities', { with: { most: MOST_ROLES_OF_A_USER, entities: 'roles a member' } })
}

/** The same without asking how many they have then: nobody is kept out for what an organization has promised him. */
export async function insertPromisedRoles(
  tx: Tx,
  organizationId: string,
  userIds: readonly string[],
  roleIds: readonly string[],
): Promise<void> {
  await sql`
    insert into membership_roles (organization_id, user_id, role_id, created_at)
    select ${organizationId}, u, r, ${now()}
    from unnest(${[...new Set(userIds)]}::text[]) as u cross join unnest(${[...new Set(roleIds)]}::text[]) as r
    on conflict do nothing`.execute(tx)
}

/** Gives members the roles that the organization gives to everybody; one that was deleted since is given to nobody. */
export async function giveDefaultRoles(tx: Tx, organization: Organization, userIds: readonly string[]): Promise<void> {
  const { default_role_ids = [] } = settingsOf(organization)
  await insertPromisedRoles(tx, organization.id, userIds, await rolesThere(tx, default_role_ids))
}

/**
 * Takes roles from a locked member; fine for those he does not have.
 * @throws ApiError insufficient_scope, role_not_open
 */
export async function withdrawMemberRoles(
  tx: Tx,
  actor: Actor,
  organizationId: string,
  userId: string,
  roleIds: readonly string[],
): Promise<void> {
  const held = new Set(await memberRoleIds(tx, organizationId, userId))
  const taken = [...new Set(roleIds)].filter((id) => held.has(id))
  if (taken.length === 0) return
  await refuseRoles(tx, actor, taken, 'take')
  await deleteMemberRoles(tx, organizationId, [userId], taken)
}

/** The same without asking who takes them. */
export async function deleteMemberRoles(
  tx: Tx,
  organizationId: string,
  userIds: readonly string[],
  roleIds: readonly string[],
): Promise<void> {
  await tx
    .deleteFrom('membership_roles')
    .where('organization_id', '=', organizationId)
    .where('user_id', 'in', [...userIds])
    .where('role_id', 'in', [...roleIds])
    .execute()
}
