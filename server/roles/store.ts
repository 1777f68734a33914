/** All SQL about roles. */
import { now } from '../base/clock.ts'
import { newId } from '../base/ids.ts'
import type { Tx } from '../db/database.ts'
import { BUILT_IN_ROLES, type BuiltInRoleKey } from './built-in.ts'

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

/** Gives a user a built-in role tenant-wide; fine if he has it. */
export async function assignBuiltInRole(tx: Tx, userId: string, role: BuiltInRoleKey): Promise<void> {
  const { id } = await tx
    .selectFrom('roles')
    .select('id')
    .where('name', '=', BUILT_IN_ROLES[role].name)
    .executeTakeFirstOrThrow()
  await tx
    .insertInto('user_roles')
    .values({ user_id: userId, role_id: id, created_at: now() })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}
