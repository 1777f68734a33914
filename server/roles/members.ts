/** SQL about who has which role. */
import { sql } from 'kysely'
import type { Actor } from '../authorization/actor.ts'
import { usersVisibleTo } from '../authorization/visible-to.ts'
import { now } from '../base/clock.ts'
import type { Db, Tx } from '../db/database.ts'
import { idCheckpointOf, offsetOf } from '../http/checkpoint.ts'
import { ApiError } from '../http/errors.ts'
import { type Found, type Paging, withTotal } from '../http/paging.ts'
import { refuseNotHeld } from './permissions.ts'
import { MOST_ROLES_OF_A_USER } from './role.ts'
import { holdRoles, type Role } from './store.ts'

/** A role's member as he is listed. */
export type RoleMember = { user_id: string; picture?: string; name?: string; email?: string }

/** Members of a role whom the actor may see, in the order of their ids. */
export async function listRoleMembers(
  db: Db,
  actor: Actor,
  roleId: string,
  paging: Paging,
): Promise<Found<RoleMember>> {
  const after = idCheckpointOf(paging)
  const members = db
    .selectFrom('user_roles as r')
    .innerJoin('users as u', 'u.user_id', 'r.user_id')
    .where('r.role_id', '=', roleId)
    .where(usersVisibleTo(actor, 'u'))
  const rows = await members
    .$if(after !== undefined, (query) => query.where('r.user_id', '>', after ?? ''))
    .select(['u.user_id', 'u.picture', 'u.name', 'u.email'])
    .orderBy('r.user_id')
    .offset(offsetOf(paging))
    .limit(paging.limit)
    .execute()
  const found = rows.map((row) => ({
    user_id: row.user_id,
    ...(row.picture === null ? {} : { picture: row.picture }),
    ...((row.name ?? row.email) === null ? {} : { name: row.name ?? row.email ?? '' }),
    ...(row.email === null ? {} : { email: row.email }),
  }))
  return await withTotal(found, members, paging)
}

/** Hardly a tenant has more holders of a role of ours who are to be told something. */
const MOST_HOLDERS = 100

/** The ids of those who hold a role of this name tenant-wide, the first hundred. For mails of the server itself. */
export async function listHolders(db: Db, roleName: string): Promise<string[]> {
  const rows = await db
    .selectFrom('user_roles')
    .innerJoin('roles', 'roles.id', 'user_roles.role_id')
    .select('user_roles.user_id')
    .where('roles.name', '=', roleName)
    .orderBy('user_roles.created_at')
    .orderBy('user_roles.user_id')
    .limit(MOST_HOLDERS)
    .execute()
  return rows.map(({ user_id }) => user_id)
}

/** The roles of a user, by name. The total is counted only where the answer has one. */
export async function listRolesOfUser(db: Db, userId: string, paging: Paging): Promise<Found<Role>> {
  const held = db
    .selectFrom('user_roles')
    .innerJoin('roles', 'roles.id', 'user_roles.role_id')
    .where('user_roles.user_id', '=', userId)
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

/** The roles through which a user holds a permission, in the order of their ids. */
export async function listRolesBehind(
  db: Db,
  userId: string,
  { api, permission }: { api: string; permission: string },
  paging: Paging,
): Promise<Role[]> {
  return await db
    .selectFrom('user_roles')
    .innerJoin('roles', 'roles.id', 'user_roles.role_id')
    .innerJoin('role_permissions as p', 'p.role_id', 'roles.id')
    .innerJoin('resource_servers as a', 'a.id', 'p.resource_server_id')
    .selectAll('roles')
    .where('user_roles.user_id', '=', userId)
    .where('a.identifier', '=', api)
    .where('p.permission', '=', permission)
    .where('roles.id', '>', idCheckpointOf(paging) ?? '')
    .orderBy('roles.id')
    .limit(paging.limit)
    .execute()
}

/**
 * Holds a user still for a change of what he has.
 * @throws ApiError inexistent_user, also for one whom the actor may not see
 */
export async function lockUsers(tx: Tx, actor: Actor, userIds: readonly string[]): Promise<void> {
  const distinct = [...new Set(userIds)]
  const rows = await tx
    .selectFrom('users')
    .select('user_id')
    .where('user_id', 'in', distinct)
    .where(usersVisibleTo(actor, 'users'))
    // In one order, so that two who do this at once wait for each other and not in a circle.
    .orderBy('user_id')
    .forNoKeyUpdate()
    .execute()
  if (rows.length < distinct.length) throw new ApiError('inexistent_user')
}

/**
 * Gives roles to users who are locked; fine for those who have them.
 * @throws ApiError inexistent_role, insufficient_scope, too_many_entities
 */
export async function assignRoles(
  tx: Tx,
  actor: Actor,
  userIds: readonly string[],
  roleIds: readonly string[],
): Promise<void> {
  const distinct = [...new Set(roleIds)]
  await holdRoles(tx, distinct)
  refuseNotHeld(actor, await administrativeScopesOf(tx, distinct))
  await sql`
    insert into user_roles (user_id, role_id, created_at)
    select u, r, ${now()}
    from unnest(${[...new Set(userIds)]}::text[]) as u cross join unnest(${distinct}::text[]) as r
    on conflict do nothing`.execute(tx)
  const overfull = await tx
    .selectFrom('user_roles')
    .select('user_id')
    .where('user_id', 'in', [...new Set(userIds)])
    .groupBy('user_id')
    .having((eb) => eb(eb.fn.countAll(), '>', MOST_ROLES_OF_A_USER))
    .executeTakeFirst()
  if (!overfull) return
  throw new ApiError('too_many_entities', { with: { most: MOST_ROLES_OF_A_USER, entities: 'roles a user' } })
}

/** The permissions of the Management API that these roles carry. */
export async function administrativeScopesOf(tx: Tx, roleIds: readonly string[]): Promise<string[]> {
  const rows = await tx
    .selectFrom('role_permissions')
    .innerJoin('resource_servers', 'resource_servers.id', 'role_permissions.resource_server_id')
    .select('role_permissions.permission')
    .distinct()
    .where('role_id', 'in', [...roleIds])
    .where('resource_servers.is_system', '=', true)
    .execute()
  return rows.map(({ permission }) => permission)
}

/** Takes roles from a user; fine for those he does not have. @throws ApiError insufficient_scope */
export async function withdrawRoles(tx: Tx, actor: Actor, userId: string, roleIds: readonly string[]): Promise<void> {
  refuseNotHeld(actor, await administrativeScopesOf(tx, roleIds))
  await tx
    .deleteFrom('user_roles')
    .where('user_id', '=', userId)
    .where('role_id', 'in', [...roleIds])
    .execute()
}
