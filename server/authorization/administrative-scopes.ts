/**
 * What makes a person an administrator: permissions that are scopes of the Management API. Held tenant-wide they make an
 * operator; held by roles of a membership, an administrator of that organization. The two never mix: a token that
 * is bound to an organization carries what the membership's roles permit and nothing else.
 */
import { now } from '../base/clock.ts'
import { type Db, runHot } from '../db/database.ts'
import { isManagementScope, type Scope } from './scopes.ts'

/** Where somebody holds what he holds: in an organization, or tenant-wide. */
export type Holder = { userId: string; organizationId?: string | undefined }

/** What he holds, and the generations of which his tokens have to be. */
export type Holding = {
  held: string[]
  user_generation: number
  membership_generation: number | null
  organization_generation: number | null
}

// No row: the user is gone or blocked.
const TENANT_WIDE = `
  select array(
    select p.permission from user_permissions p join resource_servers a on a.id = p.resource_server_id
    where p.user_id = $1 and a.system_name = 'management'
    union
    select p.permission from user_roles r join role_permissions p on p.role_id = r.role_id
      join resource_servers a on a.id = p.resource_server_id
    where r.user_id = $1 and a.system_name = 'management') as held,
    u.token_generation as user_generation, null as membership_generation, null as organization_generation
  from users u where u.user_id = $1 and u.blocked is not true`

// No row: the same, or there is no such membership, or it is not in force.
const WITHIN = `
  select array(
    select distinct p.permission from membership_roles r join role_permissions p on p.role_id = r.role_id
      join resource_servers a on a.id = p.resource_server_id
    where r.organization_id = m.organization_id and r.user_id = m.user_id and a.system_name = 'management') as held,
    u.token_generation as user_generation,
    m.token_generation as membership_generation, o.token_generation as organization_generation
  from memberships m join organizations o on o.id = m.organization_id join users u on u.user_id = m.user_id
  where m.user_id = $1 and u.blocked is not true and m.organization_id = $2 and m.blocked_at is null
    and (m.ends_at is null or m.ends_at > $3) and o.suspended_at is null`

/** Reads it as it is at present; undefined for a user who is gone or blocked, and for a membership that is not in force. */
export async function readHolding(db: Db, { userId, organizationId }: Holder): Promise<Holding | undefined> {
  const [row] =
    organizationId === undefined
      ? await runHot<Holding>(db, { name: 'held-tenant-wide', text: TENANT_WIDE }, [userId])
      : await runHot<Holding>(db, { name: 'held-within', text: WITHIN }, [userId, organizationId, now()])
  return row
}

/** The scopes that somebody holds at present. */
export async function listAdministrativeScopes(db: Db, holder: Holder): Promise<Set<Scope>> {
  return new Set((await readHolding(db, holder))?.held.filter(isManagementScope))
}
