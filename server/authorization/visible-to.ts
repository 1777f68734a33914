/**
 * What an actor may see, as a condition in SQL. Every statement that reads or locks users for somebody
 * carries it, so what he may not see is to him as if it were not there: the same 404, the same totals.
 */
import { type Expression, type SqlBool, sql } from 'kysely'
import { type Actor, organizationOf, type UserActor } from './actor.ts'
import { isManagementScope, OWN_ACCOUNT_SCOPES } from './scopes.ts'

/** Users the actor may see: all, the members of his organization, or himself. `alias` is the users table's name. */
export function usersVisibleTo(actor: Actor, alias: string): Expression<SqlBool> {
  const userId = sql.ref(`${alias}.user_id`)
  const organizationId = organizationOf(actor)
  if (isAtOwnAccount(actor)) return sql<SqlBool>`${userId} = ${actor.userId}`
  if (organizationId !== undefined) {
    return sql<SqlBool>`exists (select 1 from memberships
      where memberships.user_id = ${userId} and memberships.organization_id = ${organizationId})`
  }
  return sql<SqlBool>`true`
}

/** Whether the actor sees every user, so that his reads may share a statement with others' reads. */
export function seesWholeTenant(actor: Actor): boolean {
  return organizationOf(actor) === undefined && !isAtOwnAccount(actor)
}

/**
 * Whether the actor may see this user, where no condition can be carried: the statement is shared with others. What
 * hangs on memberships is no for now; those actors read by `usersVisibleTo`.
 */
export function maySeeUser(actor: Actor, userId: string): boolean {
  if (seesWholeTenant(actor)) return true
  return isAtOwnAccount(actor) && actor.userId === userId
}

/** Events the actor may see: all, his organization's, or those about himself. */
export function eventsVisibleTo(actor: Actor, alias: string): Expression<SqlBool> {
  const organizationId = organizationOf(actor)
  if (isAtOwnAccount(actor)) return sql<SqlBool>`${sql.ref(`${alias}.user_id`)} = ${actor.userId}`
  if (organizationId !== undefined) return sql<SqlBool>`${sql.ref(`${alias}.organization_id`)} = ${organizationId}`
  return sql<SqlBool>`true`
}

/** Whoever acts for an organization with rights over others: he sees what the organization may know of its members. */
export type OrganizationActor = Exclude<Actor, { kind: 'system' }> & { organizationId: string }

/** Whether the actor acts for an organization, and not at his own account. */
export function actsForOrganization(actor: Actor): actor is OrganizationActor {
  return organizationOf(actor) !== undefined && !isAtOwnAccount(actor)
}

/** Whether the actor is a person without rights over others, in whichever organization he is. */
function isAtOwnAccount(actor: Actor): actor is UserActor {
  // Scopes such as `openid` stand for nothing here.
  return (
    actor.kind === 'user' &&
    ![...actor.scopes].some((scope) => isManagementScope(scope) && !OWN_ACCOUNT_SCOPES.has(scope))
  )
}
