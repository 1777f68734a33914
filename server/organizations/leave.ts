/** A person leaves an organization by himself. */
import type { Tx } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import { deleteMemberships, lockMembership } from './members.ts'
import { hasAdministrator, isActive } from './protection.ts'
import { lockOrganization } from './store.ts'

/**
 * Ends the membership with its roles and every token that was given for it. Whoever is blocked there cannot leave: he could
 * come back unblocked. Undefined organizations answer as those in which he is no member.
 *
 * @throws ApiError inexistent_organization; managed_account where the organization manages the account;
 *   leaves_no_administrator for the last one who can give roles there
 */
export async function leaveOrganization(tx: Tx, organizationId: string, userId: string): Promise<void> {
  await lockOrganization(tx, organizationId)
  const membership = await lockMembership(tx, organizationId, userId).catch((error) => {
    if (error instanceof ApiError) throw new ApiError('inexistent_organization')
    throw error
  })
  if (!isActive(membership)) throw new ApiError('inexistent_organization')
  const { managing_organization_id: manager } = await tx
    .selectFrom('users')
    .select('managing_organization_id')
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow()
  if (manager === organizationId) throw new ApiError('managed_account')
  const hadAdministrator = await hasAdministrator(tx, organizationId)
  await deleteMemberships(tx, organizationId, [userId])
  if (hadAdministrator && !(await hasAdministrator(tx, organizationId))) {
    throw new ApiError('leaves_no_administrator')
  }
}
