/**
 * Nobody acts on somebody who has rights that he does not have himself: whoever could reset the password of an
 * administrator, change his address or take his roles would be one. Applications may, as their grants say.
 */
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Db } from '../db/database.ts'
import { type Actor, organizationOf, rightsOf } from './actor.ts'

/**
 * Whether a user holds a right of the Management API that the actor lacks: tenant-wide, or for whoever acts for an
 * organization any right tenant-wide, or one more than he has there. Oneself never is above.
 *
 * @param userId the user's id as an expression
 */
export function isAboveSql(actor: Actor, userId: RawBuilder<unknown>): RawBuilder<SqlBool> {
  const organizationId = organizationOf(actor) ?? null
  if (actor.kind !== 'user' && organizationId === null) return sql`false`
  const own = actor.kind === 'user' ? actor.userId : ''
  return sql`(${userId} <> ${own} and exists (
    select from (
      select p.resource_server_id, p.permission, false as tenant_wide
      from membership_roles r join role_permissions p on p.role_id = r.role_id
      where r.user_id = ${userId} and r.organization_id = ${organizationId}
      union all
      select p.resource_server_id, p.permission, true
      from user_roles r join role_permissions p on p.role_id = r.role_id where r.user_id = ${userId}
      union all
      select resource_server_id, permission, true from user_permissions where user_id = ${userId}
    ) as held join resource_servers a on a.id = held.resource_server_id
    where a.system_name = 'management'
      and (held.permission <> all(${[...rightsOf(actor)]}::text[])
        or (held.tenant_wide and ${organizationId}::text is not null))))`
}

/** Those of these users who are above the actor. */
export async function listAbove(db: Db, actor: Actor, userIds: readonly string[]): Promise<Set<string>> {
  if (userIds.length === 0) return new Set()
  const { rows } = await sql<{ id: string }>`
    select asked.id from unnest(${[...new Set(userIds)]}::text[]) as asked (id)
    where ${isAboveSql(actor, sql`asked.id`)}`.execute(db)
  return new Set(rows.map(({ id }) => id))
}

/** Whether the user is above the actor. */
export async function isAbove(db: Db, actor: Actor, userId: string): Promise<boolean> {
  return (await listAbove(db, actor, [userId])).size > 0
}
