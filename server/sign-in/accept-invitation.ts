/** Somebody who was invited becomes a member. */
import { personActor } from '../authorization/actor.ts'
import type { Db, Tx } from '../db/database.ts'
import type { JsonObject } from '../db/tables.ts'
import { ApiError } from '../http/errors.ts'
import type { RequestInfo } from '../http/request-info.ts'
import { recordEvent } from '../logs/record.ts'
import { markAccepted } from '../organizations/invitation-store.ts'
import { applyInvitation, findInvited, type Invited, lockInvited, lockInvitedAccount } from './invitation-store.ts'
import { joinOrganization } from './join-organization.ts'
import { organizationTold } from './organization-told.ts'
import { askerOf } from './request-reset.ts'

/** An invitation by its link, and who accepts it. */
export type Acceptance = {
  organizationId: string
  ticket: string
  userId: string
  clientId: string | undefined
  request: RequestInfo
}

/** Auth0's words. */
export const INVITATION_REFUSALS = {
  other_account: 'the specified account is not allowed to accept the current invitation',
  gone: 'invitation not found or already used',
} as const

/**
 * Uses the invitation up, makes the user a member and gives him what the invitation holds. All of it is the caller's
 * transaction: of any number who try at once one wins, and whoever is refused has changed nothing; the invitation stays
 * open then. Whoever has accepted it himself before is let through.
 *
 * @throws ApiError invitation_refused for an account of another address or connection, or one that may not join;
 *   invitation_gone for an invitation that is not open
 */
export async function acceptInvitation(tx: Tx, acceptance: Acceptance): Promise<void> {
  const { organizationId, ticket, userId, clientId, request } = acceptance
  const seen = await findInvited(tx, organizationId, ticket)
  if (!seen) throw new ApiError('invitation_gone')
  // The account before the invitation, as whoever makes one for it has it.
  const account = await lockInvitedAccount(tx, seen, userId)
  const invitation = await lockInvited(tx, organizationId, ticket)
  if (!invitation) throw new ApiError('invitation_gone')
  const fits = account?.emailFolded === invitation.emailFolded && account.isOfConnection && !account.isShutOut
  if (!fits) throw new ApiError('invitation_refused')
  if (invitation.acceptedBy === userId) return
  if (invitation.state !== 'open') throw new ApiError('invitation_gone')
  await markAccepted(tx, invitation.id, userId)
  if (!(await joinOrganization(tx, { userId, organizationId, clientId, reason: 'invitation', request }))) {
    throw new ApiError('invitation_refused')
  }
  await applyInvitation(tx, invitation, userId)
  await recordEvent(tx, {
    type: 'si',
    actor: personActor(userId, clientId),
    userId,
    userName: invitation.email,
    organizationId,
    target: { kind: 'invitation', id: invitation.id },
    details: { invitation: detailsOf(invitation) },
    request,
  })
}

/** Records that an invitation was not accepted, in a transaction of its own. */
export async function recordRefusedInvitation(
  db: Db,
  { organizationId, ticket, clientId, request, userId }: Omit<Acceptance, 'userId'> & { userId?: string | undefined },
  description: string,
): Promise<void> {
  const invitation = await findInvited(db, organizationId, ticket)
  await recordEvent(db, {
    type: 'fi',
    actor: userId === undefined ? askerOf(clientId, 'invitation page') : personActor(userId, clientId),
    ...(userId === undefined ? {} : { userId }),
    ...(clientId === undefined ? {} : { clientId }),
    ...(userId === undefined ? { organizationId } : await organizationTold(db, organizationId, userId)),
    description,
    ...(invitation ? { userName: invitation.email, target: { kind: 'invitation', id: invitation.id } } : {}),
    ...(invitation ? { details: { invitation: detailsOf(invitation) } } : {}),
    request,
  })
}

/** As Auth0's log has it, without the address, which is the entry's `user_name`, and the ticket, which is a secret. */
function detailsOf({ id, clientId, createdAt, expiresAt, inviterName, organizationId, roles }: Invited): JsonObject {
  return {
    id,
    client_id: clientId,
    created_at: createdAt.toISOString(),
    expires_at: expiresAt.toISOString(),
    inviter: { name: inviterName, organization_id: organizationId },
    roles: roles.map((role) => role.id),
  }
}
