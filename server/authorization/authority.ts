/**
 * What a person's token lets him do at this moment. A token names scopes; roles are withdrawn and memberships blocked
 * while it lives. So for everybody who acts by a role, or for an organization, the stored roles and the membership are
 * read at each request, and what is held no more counts no more (DESIGN: a demotion needs no new token).
 */
import type { Database } from '../db/database.ts'
import { type Actor, organizationOf } from './actor.ts'
import { isManagementScope, OWN_ACCOUNT_SCOPES } from './scopes.ts'
import type { TokenClaims } from './standing.ts'

/** What has to be known of a token. */
export type AuthorizedToken = TokenClaims & { actor: Actor }

type HeldRow = {
  held: string[]
  user_generation: number
  membership_generation: number | null
  organization_generation: number | null
}

// No row: the user is gone or blocked.
const HELD_TENANT_WIDE = `
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
const HELD_WITHIN = `
  select array(
    select distinct p.permission from membership_roles r join role_permissions p on p.role_id = r.role_id
      join resource_servers a on a.id = p.resource_server_id
    where r.organization_id = m.organization_id and r.user_id = m.user_id and a.system_name = 'management') as held,
    u.token_generation as user_generation,
    m.token_generation as membership_generation, o.token_generation as organization_generation
  from memberships m join organizations o on o.id = m.organization_id join users u on u.user_id = m.user_id
  where m.user_id = $1 and u.blocked is not true and m.organization_id = $2 and m.blocked_at is null
    and (m.ends_at is null or m.ends_at > $3) and o.suspended_at is null`

/**
 * The token's actor with the scopes that he still holds; undefined when the token counts no more. Applications, and
 * people at their own accounts outside any organization, are as their tokens say and cost no statement.
 *
 * @param at the present, for memberships that end
 */
export async function presentActor(database: Database, token: AuthorizedToken, at: Date): Promise<Actor | undefined> {
  const { actor } = token
  const organizationId = organizationOf(actor)
  if (actor.kind !== 'user' || (organizationId === undefined && ![...actor.scopes].some(isAdministrative))) return actor
  const [row] =
    organizationId === undefined
      ? await database.query<HeldRow>({ name: 'held-tenant-wide', text: HELD_TENANT_WIDE }, [actor.userId])
      : await database.query<HeldRow>({ name: 'held-within', text: HELD_WITHIN }, [actor.userId, organizationId, at])
  if (!row || !isOfGeneration(token, row)) return undefined
  const held = new Set(row.held)
  return {
    ...actor,
    held,
    scopes: new Set([...actor.scopes].filter((name) => !isAdministrative(name) || held.has(name))),
  }
}

function isOfGeneration(token: TokenClaims, row: HeldRow): boolean {
  return (
    token.userGeneration === row.user_generation &&
    (token.membershipGeneration ?? null) === row.membership_generation &&
    (token.organizationGeneration ?? null) === row.organization_generation
  )
}

/** A scope that a role gives; not one for one's own account, nor one of another API. */
function isAdministrative(name: string): boolean {
  return isManagementScope(name) && !OWN_ACCOUNT_SCOPES.has(name)
}
