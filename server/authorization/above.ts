/**
 * Nobody acts on somebody who has rights that he does not have himself: whoever could reset the password of an
 * administrator, change his address or take his roles would be one. Applications may, as their grants say.
 */
import { sql } from 'kysely'
import type { Db } from '../db/database.ts'
import { type Actor, organizationOf, rightsOf } from './actor.ts'

/**
 * Whether the user holds a right of the Management API that the actor lacks: tenant-wide, or for whoever acts for an
 * organization any right tenant-wide, or one more than he has there. Oneself never is.
 */
export async function isAbove(db: Db, actor: Actor, userId: string): Promise<boolean> {
  if (actor.kind !== 'user' || actor.userId === userId) return false
  const organizationId = organizationOf(actor) ?? null
  const { rows } = await sql`
    select from (
      select p.resource_server_id, p.permission, true as tenant_wide
      from user_roles r join role_permissions p on p.role_id = r.role_id where r.user_id = ${userId}
      union all
      select resource_server_id, permission, true from user_permissions where user_id = ${userId}
      union all
      select p.resource_server_id, p.permission, false
      from membership_roles r join role_permissions p on p.role_id = r.role_id
      where r.user_id = ${userId} and r.organization_id = ${organizationId}
    ) as held join resource_servers a on a.id = held.resource_server_id
    where a.system_name = 'management'
      and (held.permission <> all(${[...rightsOf(actor)]}::text[])
        or (held.tenant_wide and ${organizationId}::text is not null))
    limit 1`.execute(db)
  return rows.length > 0
}
