import { sql } from 'kysely'
import type { OrganizationActor } from '../authorization/visible-to.ts'
import type { Tx } from '../db/database.ts'
import { deleteSessions } from '../sessions/store.ts'
import { lockMembership } from './members.ts'
import { refuseMembers } from './protection.ts'

/**
 * Signs a member out of the organization: no token that he got for it counts any more. An account that the organization
 * manages is signed out everywhere.
 *
 * @throws ApiError inexistent_member, own_membership, member_above
 */
export async function endMemberSessions(tx: Tx, actor: OrganizationActor, userId: string): Promise<void> {
  const { organizationId } = actor
  await lockMembership(tx, organizationId, userId)
  await refuseMembers(tx, actor, [userId])
  await tx
    .updateTable('memberships')
    .set({ token_generation: sql<number>`token_generation + 1` })
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId)
    .execute()
  const user = await tx
    .selectFrom('users')
    .select('managing_organization_id')
    .where('user_id', '=', userId)
    .executeTakeFirst()
  if (user?.managing_organization_id !== organizationId) return
  await deleteSessions(tx, userId, { allBut: undefined }, { keepsRefreshTokens: true })
}
