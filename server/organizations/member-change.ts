/** Brings people into an organization and lets them go. */
import type { Actor } from '../authorization/actor.ts'
import type { Tx } from '../db/database.ts'
import type { RequestInfo } from '../http/request-info.ts'
import type { EventType } from '../logs/event-types.ts'
import { recordEventList } from '../logs/record.ts'
import { assignMemberRoles, giveDefaultRoles, memberRoleIds, withdrawMemberRoles } from './member-roles.ts'
import { deleteMemberships, insertMemberships, lockMembership, lockMemberships } from './members.ts'
import { keepingAdministrator, refuseMembers } from './protection.ts'
import { holdOrganization, lockOrganization } from './store.ts'

/** Who acts on which organization, by which request. */
export type MemberAct = { actor: Actor; organizationId: string; info: RequestInfo }

/**
 * Makes people members, with the roles that the organization gives to everybody; who is one stays as he is.
 * @throws ApiError inexistent_organization, unknown_users
 */
export async function addMembers(tx: Tx, act: MemberAct, userIds: readonly string[]): Promise<void> {
  const added = await makeMembers(tx, act.organizationId, userIds)
  await recordEach(tx, act, added, 'organization_member_added', 'Member added')
}

/**
 * The same for whoever tells of it himself.
 * @returns the ids of those who were none
 * @throws ApiError inexistent_organization, unknown_users
 */
export async function makeMembers(tx: Tx, organizationId: string, userIds: readonly string[]): Promise<string[]> {
  const organization = await holdOrganization(tx, organizationId)
  const added = await insertMemberships(tx, organizationId, userIds)
  if (added.length > 0) await giveDefaultRoles(tx, organization, added)
  return added
}

/**
 * Lets members go; fine for those who are none. They stay users.
 * @throws ApiError inexistent_organization, own_membership, member_above, last_administrator
 */
export async function removeMembers(tx: Tx, act: MemberAct, userIds: readonly string[]): Promise<string[]> {
  const { actor, organizationId } = act
  await lockOrganization(tx, organizationId)
  const members = [...(await lockMemberships(tx, organizationId, userIds)).keys()]
  await refuseMembers(tx, actor, members)
  await keepingAdministrator(tx, actor, () => deleteMemberships(tx, organizationId, members))
  await recordEach(tx, act, members, 'sapi', 'Member removed')
  return members
}

/**
 * Gives a member roles.
 * @returns what he had before, and has now
 * @throws ApiError inexistent_member, inexistent_role, own_membership, member_above, insufficient_scope, too_many_entities
 */
export async function giveMemberRoles(tx: Tx, act: MemberAct, userId: string, roleIds: readonly string[]) {
  return await changingRoles(tx, act, userId, () =>
    assignMemberRoles(tx, act.actor, act.organizationId, [userId], roleIds),
  )
}

/**
 * Takes roles from a member.
 * @returns what he had before, and has now
 * @throws ApiError inexistent_member, own_membership, member_above, insufficient_scope, role_not_open, last_administrator
 */
export async function takeMemberRoles(tx: Tx, act: MemberAct, userId: string, roleIds: readonly string[]) {
  return await changingRoles(tx, act, userId, () =>
    withdrawMemberRoles(tx, act.actor, act.organizationId, userId, roleIds),
  )
}

async function changingRoles(tx: Tx, act: MemberAct, userId: string, work: () => Promise<void>) {
  const { actor, organizationId } = act
  await lockOrganization(tx, organizationId)
  await lockMembership(tx, organizationId, userId)
  await refuseMembers(tx, actor, [userId])
  const before = await memberRoleIds(tx, organizationId, userId)
  await keepingAdministrator(tx, actor, work)
  return { before: { roles: before }, after: { roles: await memberRoleIds(tx, organizationId, userId) } }
}

/** Each of them finds it in his own history. */
export async function recordEach(
  tx: Tx,
  { actor, organizationId, info }: MemberAct,
  userIds: readonly string[],
  type: EventType,
  description: string,
): Promise<void> {
  const { id, method, path, ip } = info
  const target = { kind: 'organization', id: organizationId }
  const request = { id, method, path, ip, query: {} }
  await recordEventList(
    tx,
    userIds.map((userId) => ({ type, description, actor, target, organizationId, request, userId })),
  )
}
