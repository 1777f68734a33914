/**
 * What a person's token lets him do at this moment. A token names scopes; roles are withdrawn and memberships blocked
 * while it lives. So for everybody who acts by a role, or for an organization, the stored roles and the membership are
 * read at each request, and what is held no more counts no more (DESIGN: a demotion needs no new token).
 */
import type { Db } from '../db/database.ts'
import { type Actor, organizationOf } from './actor.ts'
import { type Holding, readHolding } from './administrative-scopes.ts'
import { isManagementScope, OWN_ACCOUNT_SCOPES } from './scopes.ts'
import type { TokenClaims } from './standing.ts'

/** What has to be known of a token. */
export type AuthorizedToken = TokenClaims & { actor: Actor }

/**
 * The token's actor with the scopes that he still holds; undefined when the token counts no more. Applications, and
 * people at their own accounts outside any organization, are as their tokens say and cost no statement.
 */
export async function presentActor(db: Db, token: AuthorizedToken): Promise<Actor | undefined> {
  const { actor } = token
  const organizationId = organizationOf(actor)
  if (actor.kind !== 'user' || (organizationId === undefined && ![...actor.scopes].some(isAdministrative))) return actor
  const holding = await readHolding(db, { userId: actor.userId, organizationId })
  if (!holding || !isOfGeneration(token, holding)) return undefined
  const held = new Set(holding.held)
  return {
    ...actor,
    held,
    scopes: new Set([...actor.scopes].filter((name) => !isAdministrative(name) || held.has(name))),
  }
}

function isOfGeneration(token: TokenClaims, holding: Holding): boolean {
  return (
    token.userGeneration === holding.user_generation &&
    (token.membershipGeneration ?? null) === holding.membership_generation &&
    (token.organizationGeneration ?? null) === holding.organization_generation
  )
}

/** A scope that a role gives; not one for one's own account, nor one of another API. */
function isAdministrative(name: string): boolean {
  return isManagementScope(name) && !OWN_ACCOUNT_SCOPES.has(name)
}
