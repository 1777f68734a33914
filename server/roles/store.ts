/** SQL about roles themselves; members.ts and permissions.ts have what hangs on them. */

import { type Expression, type Selectable, type SqlBool, sql } from 'kysely'
import { type Actor, organizationOf } from '../authorization/actor.ts'
import { now } from '../base/clock.ts'
import { newId } from '../base/ids.ts'
import { type Db, isUniqueViolation, type Tx } from '../db/database.ts'
import type { RolesTable } from '../db/tables.ts'
import { offsetOf } from '../http/checkpoint.ts'
import { ApiError } from '../http/errors.ts'
import { type Found, type Paging, withTotal } from '../http/paging.ts'
import { BUILT_IN_ROLES, type BuiltInRoleKey } from './built-in.ts'

/** A stored role. */
export type Role = Selectable<RolesTable>

/** Roles the actor may know of: for an organization those that everybody has, and those that the operator has opened. */
function rolesVisibleTo(actor: Actor): Expression<SqlBool> {
  return organizationOf(actor) === undefined ? sql<SqlBool>`true` : sql<SqlBool>`(is_builtin or open_to_organizations)`
}

/** A page of roles, the oldest first. @param nameFilter what the name has to contain, in any case */
export async function listRoles(
  db: Db,
  actor: Actor,
  nameFilter: string | undefined,
  paging: Paging,
): Promise<Found<Role>> {
  const matching = db
    .selectFrom('roles')
    .where(rolesVisibleTo(actor))
    .$if(nameFilter !== undefined, (query) =>
      query.where(sql<boolean>`position(lower(${nameFilter}) in lower(name)) > 0`),
    )
  const rows = await matching
    .selectAll()
    .orderBy('created_at')
    .orderBy('id')
    .offset(offsetOf(paging))
    .limit(paging.limit)
    .execute()
  return await withTotal(rows, matching, paging)
}

/** @throws ApiError inexistent_role, also for one of which the actor may not know */
export async function requireRole(db: Db, actor: Actor, id: string): Promise<Role> {
  const role = await db
    .selectFrom('roles')
    .selectAll()
    .where('id', '=', id)
    .where(rolesVisibleTo(actor))
    .executeTakeFirst()
  if (!role) throw new ApiError('inexistent_role')
  return role
}

/** The same, locked for a change. @throws ApiError inexistent_role */
export async function lockRole(tx: Tx, id: string): Promise<Role> {
  const role = await tx.selectFrom('roles').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
  if (!role) throw new ApiError('inexistent_role')
  return role
}

/** Lets nobody else add a role until the transaction ends. There is no row of the tenant that all of them hang on. */
export async function lockRoles(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('roles', 0))`.execute(tx)
}

/** How many roles there are. Whoever counts in order to add one holds `lockRoles`. */
export async function countRoles(db: Db): Promise<number> {
  const { count } = await db
    .selectFrom('roles')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
}

/** Stores a new role. @throws ApiError role_exists */
export async function insertRole(
  tx: Tx,
  role: Pick<Role, 'name' | 'description' | 'open_to_organizations'>,
): Promise<Role> {
  const row = { id: newId('rol'), ...role, is_builtin: false, created_at: now() }
  await orRoleExists(tx.insertInto('roles').values(row).execute())
  return row
}

/** Stores a changed role. @throws ApiError role_exists */
export async function saveRole(tx: Tx, { id, name, description, open_to_organizations }: Role): Promise<void> {
  const said = { name, description, open_to_organizations }
  await orRoleExists(tx.updateTable('roles').set(said).where('id', '=', id).execute())
}

async function orRoleExists(work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (isUniqueViolation(error)) throw new ApiError('role_exists', { cause: error })
    throw error
  }
}

/** Removes a role; permissions and members lose it with it. */
export async function deleteRole(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('roles').where('id', '=', id).execute()
}

/** Makes sure that the built-in roles exist, with the permissions of this version. */
export async function ensureBuiltInRoles(tx: Tx, managementApiId: string): Promise<void> {
  for (const { name, description, permissions } of Object.values(BUILT_IN_ROLES)) {
    const known = await tx.selectFrom('roles').select('id').where('name', '=', name).executeTakeFirst()
    const id = known?.id ?? newId('rol')
    if (!known) {
      await tx.insertInto('roles').values({ id, name, description, is_builtin: true, created_at: now() }).execute()
    }
    await tx
      .insertInto('role_permissions')
      .values(permissions.map((permission) => ({ role_id: id, resource_server_id: managementApiId, permission })))
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
}

/** The id of a built-in role, which every tenant has. */
export async function builtInRoleId(db: Db, role: BuiltInRoleKey): Promise<string> {
  const { id } = await db
    .selectFrom('roles')
    .select('id')
    .where('name', '=', BUILT_IN_ROLES[role].name)
    .executeTakeFirstOrThrow()
  return id
}

/** Those of the roles that are there, in the order of their ids; they stay as long as the transaction runs. */
export async function rolesThere(tx: Tx, roleIds: readonly string[]): Promise<string[]> {
  if (roleIds.length === 0) return []
  const rows = await tx
    .selectFrom('roles')
    .select('id')
    .where('id', 'in', [...new Set(roleIds)])
    .orderBy('id')
    .forKeyShare()
    .execute()
  return rows.map(({ id }) => id)
}

/** Makes sure of roles, which stay as long as the transaction runs. @throws ApiError inexistent_role */
export async function holdRoles(tx: Tx, roleIds: readonly string[]): Promise<void> {
  const known = await rolesThere(tx, roleIds)
  if (known.length < new Set(roleIds).size) throw new ApiError('inexistent_role')
}

/** Gives a user a built-in role tenant-wide; fine if he has it. */
export async function assignBuiltInRole(tx: Tx, userId: string, role: BuiltInRoleKey): Promise<void> {
  const id = await builtInRoleId(tx, role)
  await tx
    .insertInto('user_roles')
    .values({ user_id: userId, role_id: id, created_at: now() })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}
