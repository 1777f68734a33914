/**
 * Who may do what to whom in an organization, whichever door he came through. Applications of the tenant may do what
 * their scopes say. A person gives and takes no right over the tenant that he does not have himself. Whoever acts for an
 * organization acts neither on himself nor on somebody who has more rights than he, and leaves at least one who gives roles.
 */
import { sql } from 'kysely'
import { listAbove } from '../authorization/above.ts'
import { type Actor, organizationOf, rightsOf } from '../authorization/actor.ts'
import type { Scope } from '../authorization/scopes.ts'
import { now } from '../base/clock.ts'
import type { Db, Tx } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'

/** Who has it in an organization can bring in others who administer it. */
export const GIVES_ROLES = 'create:organization_member_roles' satisfies Scope

/**
 * Refuses roles that the actor may not give, or take: to a person those that carry a permission of the Management API
 * which he does not hold, and to whoever acts for an organization also those that the operator has not opened, unless
 * permissions of the Management API are all that they carry.
 *
 * @param act a role that is not open is unknown to him who gives, and known to him who takes
 * @throws ApiError insufficient_scope, inexistent_role, role_not_open
 */
export async function refuseRoles(
  tx: Db,
  actor: Actor,
  roleIds: readonly string[],
  act: 'give' | 'take',
): Promise<void> {
  if (roleIds.length === 0 || isFree(actor)) return
  const roles = await readRoles(tx, roleIds)
  const lacking = roles.flatMap(({ administrative }) => administrative).filter((scope) => !rightsOf(actor).has(scope))
  if (lacking.length > 0) {
    throw new ApiError('insufficient_scope', { with: { rule: 'all', scopes: [...new Set(lacking)].sort().join(',') } })
  }
  if (organizationOf(actor) === undefined) return
  const closed = roles.find((role) => !role.isOpen && (role.carriesOther || role.administrative.length === 0))
  if (!closed) return
  throw act === 'give'
    ? new ApiError('inexistent_role')
    : new ApiError('role_not_open', { with: { role: closed.name } })
}

/** Whether there are all of these roles, and the actor may give them. */
export async function mayGiveRoles(db: Db, actor: Actor, roleIds: readonly string[]): Promise<boolean> {
  try {
    if ((await readRoles(db, roleIds)).length < new Set(roleIds).size) return false
    await refuseRoles(db, actor, roleIds, 'give')
    return true
  } catch (error) {
    if (error instanceof ApiError) return false
    throw error
  }
}

/**
 * Refuses an act on members, whose memberships and organization are locked, by somebody who acts for the organization: on
 * himself, and on whoever has rights over the tenant or the organization that he has not.
 *
 * @throws ApiError own_membership, member_above
 */
export async function refuseMembers(tx: Db, actor: Actor, userIds: readonly string[]): Promise<void> {
  if (organizationOf(actor) === undefined) return
  if (actor.kind === 'user' && userIds.includes(actor.userId)) throw new ApiError('own_membership')
  if ((await listAbove(tx, actor, userIds)).size > 0) throw new ApiError('member_above')
}

/**
 * Does something to members of an organization that is locked, and refuses it when nobody is left who can give roles there,
 * though somebody could before. Who has an end date is not counted on. Only an operator may leave an organization so.
 *
 * @throws ApiError last_administrator
 */
export async function keepingAdministrator<T>(tx: Tx, actor: Actor, work: () => Promise<T>): Promise<T> {
  const organizationId = organizationOf(actor)
  if (organizationId === undefined || !(await hasAdministrator(tx, organizationId))) return await work()
  const result = await work()
  if (!(await hasAdministrator(tx, organizationId))) throw new ApiError('last_administrator')
  return result
}

/**
 * Whether somebody can give roles in the organization, at present and as far as is known from then on.
 * @param without somebody who is not counted
 */
export async function hasAdministrator(db: Db, organizationId: string, without?: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from memberships m
    join users u on u.user_id = m.user_id and u.blocked is not true
    join membership_roles r on r.organization_id = m.organization_id and r.user_id = m.user_id
    join role_permissions p on p.role_id = r.role_id and p.permission = ${GIVES_ROLES}
    join resource_servers a on a.id = p.resource_server_id and a.system_name = 'management'
    where m.organization_id = ${organizationId} and m.blocked_at is null
      and m.ends_at is null and m.user_id is distinct from ${without ?? null} limit 1`.execute(db)
  return rows.length > 0
}

/** Whether a membership is good at present. */
export function isActive({ blocked_at, ends_at }: { blocked_at: Date | null; ends_at: Date | null }): boolean {
  return blocked_at === null && (ends_at === null || ends_at > now())
}

/** @throws ApiError operator_only, for whoever acts for an organization. @param what such as `the name` */
export function refuseWithinOrganization(actor: Actor, what: string): void {
  if (organizationOf(actor) !== undefined) throw new ApiError('operator_only', { with: { what } })
}

/** Applications of the tenant, and the server itself, give what they like, as with Auth0. */
function isFree(actor: Actor): boolean {
  return actor.kind !== 'user' && organizationOf(actor) === undefined
}

type GivenRole = { name: string; isOpen: boolean; administrative: string[]; carriesOther: boolean }

async function readRoles(db: Db, roleIds: readonly string[]): Promise<GivenRole[]> {
  const { rows } = await sql<{ name: string; open: boolean; administrative: string[]; other: boolean }>`
    select r.name, r.open_to_organizations as open,
      coalesce(array_agg(p.permission) filter (where a.system_name = 'management'), '{}') as administrative,
      coalesce(bool_or(p.permission is not null and a.system_name is distinct from 'management'), false) as other
    from roles r left join role_permissions p on p.role_id = r.id left join resource_servers a on a.id = p.resource_server_id
    where r.id = any(${[...roleIds]}::text[])
    group by r.id order by r.id`.execute(db)
  return rows.map(({ name, open, administrative, other }) => ({
    name,
    isOpen: open,
    administrative,
    carriesOther: other,
  }))
}
