/** Organizations and their members for tests, straight into the tables. */
import { now } from '../base/clock.ts'
import { newId } from '../base/ids.ts'
import type { Db } from '../db/database.ts'
import type { BuiltInRoleKey } from '../roles/built-in.ts'
import { builtInRoleId } from '../roles/store.ts'

/** Makes an organization. @returns its id */
export async function makeOrganization(db: Db, name: string, id = newId('org')): Promise<string> {
  await db.insertInto('organizations').values({ id, name, created_at: now(), updated_at: now() }).execute()
  return id
}

/** Makes a user a member, with a built-in role or none. */
export async function join(db: Db, organizationId: string, userId: string, role?: BuiltInRoleKey): Promise<void> {
  const membership = { organization_id: organizationId, user_id: userId, created_at: now() }
  await db
    .insertInto('memberships')
    .values(membership)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  if (!role) return
  const id = await builtInRoleId(db, role)
  await db
    .insertInto('membership_roles')
    .values({ ...membership, role_id: id })
    .execute()
}
