/**
 * What makes a person an administrator: permissions that are scopes of the Management API. Held tenant-wide they make an
 * operator; held by roles of a membership, an administrator of that organization. The two never mix: a token that
 * is bound to an organization carries what the membership's roles permit and nothing else.
 */
import { sql } from 'kysely'
import { now } from '../base/clock.ts'
import type { Db } from '../db/database.ts'
import { isManagementScope, type Scope } from './scopes.ts'

/** Where somebody holds what he holds: in an organization, or tenant-wide. */
export type Holder = { userId: string; organizationId?: string | undefined }

/**
 * The scopes that somebody holds at present. None for a membership that is blocked, has ended or never was, nor in a
 * suspended organization.
 */
export async function listAdministrativeScopes(db: Db, { userId, organizationId }: Holder): Promise<Set<Scope>> {
  const { rows } = await sql<{ permission: string }>`
    select distinct held.permission
    from ${organizationId === undefined ? heldTenantWide(userId) : heldWithin(userId, organizationId)} as held
    join resource_servers a on a.id = held.resource_server_id
    where a.system_name = 'management'`.execute(db)
  return new Set(rows.map(({ permission }) => permission).filter(isManagementScope))
}

function heldTenantWide(userId: string) {
  return sql`(
    select resource_server_id, permission from user_permissions where user_id = ${userId}
    union
    select p.resource_server_id, p.permission
    from user_roles r join role_permissions p on p.role_id = r.role_id where r.user_id = ${userId})`
}

function heldWithin(userId: string, organizationId: string) {
  return sql`(
    select p.resource_server_id, p.permission
    from memberships m
    join organizations o on o.id = m.organization_id
    join membership_roles r on r.organization_id = m.organization_id and r.user_id = m.user_id
    join role_permissions p on p.role_id = r.role_id
    where m.organization_id = ${organizationId} and m.user_id = ${userId}
      and m.blocked_at is null and (m.ends_at is null or m.ends_at > ${now()}) and o.suspended_at is null)`
}
