/** Issues a link for a user that whoever asked for it hands over himself; no mail is sent. */
import type { Actor } from '../authorization/actor.ts'
import { requireClient } from '../clients/store.ts'
import { findConnection } from '../connections/store.ts'
import type { Tx } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
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
  details: TicketDetails
  marksEmailVerified: boolean
  /** Auth0's five days where it is 0 or not said. */
  lifetimeSeconds?: number | undefined
}

const FIVE_DAYS = 432_000

/**
 * Issues it, bound to the address that the user has now: it dies with the address.
 *
 * @throws ApiError inexistent_user, inexistent_connection, inexistent_client, operation_not_supported
 */
export async function issueLink(
  tx: Tx,
  actor: Actor,
  publicUrl: string,
  { purpose, target, clientId, details, marksEmailVerified, lifetimeSeconds }: NewLink,
): Promise<{ url: string; user: User }> {
  if (clientId !== undefined) await requireClient(tx, clientId)
  const user = await findUser(tx, actor, await userIdOf(tx, target.user))
  if (!user) throw new ApiError('inexistent_user')
  const { connection, identityId } = await requireDatabaseIdentity(tx, user, target.identity)
  if (purpose === 'email_verification') requireEmail(user)
  const token = await issueTicket(tx, {
    purpose,
    userId: user.user_id,
    connectionId: connection.id,
    identityId,
    address: user.email,
    marksEmailVerified: marksEmailVerified && user.email !== undefined,
    clientId,
    details,
    lifetimeSeconds: lifetimeSeconds || FIVE_DAYS,
  })
  return { url: ticketUrl(publicUrl, purpose, token), user }
}

async function userIdOf(tx: Tx, target: LinkTarget['user']): Promise<string> {
  if ('userId' in target) return target.userId
  if (!(await findConnection(tx, target.connectionId))) throw new ApiError('inexistent_connection')
  const account = await findAccount(tx, target.connectionId, 'email', target.email)
  if (!account) throw new ApiError('inexistent_user')
  return account.userId
}
