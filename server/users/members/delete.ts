import type { OrganizationActor } from '../../authorization/visible-to.ts'
import type { Tx } from '../../db/database.ts'
import type { RequestInfo } from '../../http/request-info.ts'
import { keepingAdministrator } from '../../organizations/protection.ts'
import { lockOrganization } from '../../organizations/store.ts'
import { deleteUser } from '../delete.ts'
import { holdManagedAccount } from './change.ts'

/**
 * Deletes the account of a member, which the organization manages.
 * @throws ApiError inexistent_member, own_membership, member_above, own_account, last_administrator
 */
export async function deleteMember(
  tx: Tx,
  actor: OrganizationActor,
  userId: string,
  request: RequestInfo,
): Promise<void> {
  await lockOrganization(tx, actor.organizationId)
  await holdManagedAccount(tx, actor, userId)
  await keepingAdministrator(tx, actor, () => deleteUser(tx, actor, userId, request))
}
