/** Makes, changes and removes roles. */
import type { Static } from 'typebox'
import type { Actor } from '../authorization/actor.ts'
import type { Tx } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import { BUILT_IN_ROLES } from './built-in.ts'
import { administrativeScopesOf } from './members.ts'
import { refuseNotHeld, removeRolePermissions } from './permissions.ts'
import { MOST_ROLES, type NewRole, type PermissionName, type RoleUpdate } from './role.ts'
import { countRoles, deleteRole, insertRole, lockRole, lockRoles, type Role, saveRole } from './store.ts'

/** @throws ApiError role_exists, too_many_entities */
export async function createRole(tx: Tx, role: Static<typeof NewRole>): Promise<Role> {
  await lockRoles(tx)
  if ((await countRoles(tx)) >= MOST_ROLES) {
    throw new ApiError('too_many_entities', { with: { most: MOST_ROLES, entities: 'roles a tenant' } })
  }
  const { name, description = null, open_to_organizations = false } = role
  return await insertRole(tx, { name, description, open_to_organizations })
}

/** @throws ApiError inexistent_role, role_exists, system_entity for the name of a built-in role */
export async function updateRole(
  tx: Tx,
  id: string,
  { name, description, open_to_organizations }: Static<typeof RoleUpdate>,
): Promise<{ before: Role; after: Role }> {
  const before = await lockRole(tx, id)
  const after = {
    ...before,
    name: name ?? before.name,
    description: description ?? before.description,
    open_to_organizations: open_to_organizations ?? before.open_to_organizations,
  }
  if (before.is_builtin && after.name !== before.name) refuse(before, 'keeps its name')
  await saveRole(tx, after)
  return { before, after }
}

/** @throws ApiError inexistent_role, system_entity for a built-in role, insufficient_scope */
export async function removeRole(tx: Tx, actor: Actor, id: string): Promise<Role> {
  const role = await lockRole(tx, id)
  refuseNotHeld(actor, await administrativeScopesOf(tx, [id]))
  if (role.is_builtin) refuse(role, 'cannot be deleted')
  await deleteRole(tx, id)
  return role
}

/**
 * Takes permissions from a role; fine for those it does not have. Those that a built-in role began with stay without a word:
 * Auth0's deploy tool takes all from every role, only to give them again.
 * @throws ApiError inexistent_role, insufficient_scope
 */
export async function takeRolePermissions(
  tx: Tx,
  actor: Actor,
  id: string,
  names: readonly PermissionName[],
): Promise<void> {
  const role = await lockRole(tx, id)
  refuseNotHeld(actor, await administrativeScopesOf(tx, [id]))
  const kept = role.is_builtin ? builtInPermissions(role.name) : new Set<string>()
  await removeRolePermissions(tx, id, kept.size > 0 ? await without(tx, names, kept) : names)
}

function builtInPermissions(roleName: string): ReadonlySet<string> {
  const role = Object.values(BUILT_IN_ROLES).find(({ name }) => name === roleName)
  return new Set(role?.permissions)
}

/** The names but for such permissions of the Management API. */
async function without(tx: Tx, names: readonly PermissionName[], kept: ReadonlySet<string>): Promise<PermissionName[]> {
  const { identifier } = await tx
    .selectFrom('resource_servers')
    .select('identifier')
    .where('system_name', '=', 'management')
    .executeTakeFirstOrThrow()
  return names.filter((name) => name.resource_server_identifier !== identifier || !kept.has(name.permission_name))
}

function refuse({ name }: Role, what: string): never {
  throw new ApiError('system_entity', { with: { reason: `The built-in role ${name} ${what}. Nothing was changed.` } })
}
