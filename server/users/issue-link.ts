/** Issues a link for a user that whoever asked for it hands over himself; no mail is sent. */
import { isAbove } from '../authorization/above.ts'
import type { Actor } from '../authorization/actor.ts'
import { requireClient } from '../clients/store.ts'
import { findConnection } from '../connections/store.ts'
import type { Tx } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import { requireMemberInForce } from '../organizations/members.ts'
import { issueTicket } from '../tickets/issue.ts'
import { type TicketDetails, ticketUrl } from '../tickets/ticket.ts'
import { requireDatabaseIdentity, requireEmail } from './database-identity.ts'
import { findAccount } from './find-account.ts'
import type { IdentityReference } from './schemas.ts'
import { findUser } from './store.ts'
import type { User } from './user.ts'

/** Whom a link is for, and by which identity where one is named. */
export type LinkTarget = {
  user: { userId: string } | { connectionId: string; email: string }
  identity?: IdentityReference | undefined
}

/** A link to be. */
export type NewLink = {
  purpose: 'password_change' | 'email_verification'
  target: LinkTarget
  clientId?: string | undefined
  /** In whose name its page speaks; the user has to belong to it. */
  organizationId?: string | undefined
  details: TicketDetails
  marksEmailVerified: boolean
  /** Auth0's five days where it is 0 or not said. */
  lifetimeSeconds?: number | undefined
}

const FIVE_DAYS = 432_000

/**
 * Issues it, bound to the address that the identity has now: it dies with the address.
 *
 * @throws ApiError inexistent_user, inexistent_connection, inexistent_client, inexistent_organization, inexistent_member,
 *   operation_not_supported, member_above
 */
export async function issueLink(
  tx: Tx,
  actor: Actor,
  publicUrl: string,
  { purpose, target, clientId, organizationId, details, marksEmailVerified, lifetimeSeconds }: NewLink,
): Promise<{ url: string; user: User }> {
  if (clientId !== undefined) await requireClient(tx, clientId)
  const found = await findTarget(tx, target)
  const user = await findUser(tx, actor, found.userId)
  if (!user) throw new ApiError('inexistent_user')
  if (await isAbove(tx, actor, user.user_id)) throw new ApiError('member_above')
  if (organizationId !== undefined) await requireMemberInForce(tx, organizationId, user.user_id)
  const { connection, identityId, attributes } = await requireDatabaseIdentity(tx, user, found.identity)
  if (purpose === 'email_verification') requireEmail(attributes)
  const token = await issueTicket(tx, {
    purpose,
    userId: user.user_id,
    connectionId: connection.id,
    identityId,
    address: attributes.email,
    marksEmailVerified: marksEmailVerified && attributes.email !== undefined,
    clientId,
    details: { ...details, ...(organizationId === undefined ? {} : { organizationId }) },
    lifetimeSeconds: lifetimeSeconds || FIVE_DAYS,
  })
  return { url: ticketUrl(publicUrl, purpose, token), user }
}

/** An address stands for the identity that has it. */
async function findTarget(
  tx: Tx,
  { user, identity }: LinkTarget,
): Promise<{ userId: string; identity: IdentityReference | undefined }> {
  if ('userId' in user) return { userId: user.userId, identity }
  const { connectionId, email } = user
  if (!(await findConnection(tx, connectionId))) throw new ApiError('inexistent_connection')
  const account = await findAccount(tx, connectionId, 'email', email)
  if (!account) throw new ApiError('inexistent_user')
  const { userId, identityId } = account
  return { userId, identity: { user_id: identityId, provider: 'auth0', connection_id: connectionId } }
}
