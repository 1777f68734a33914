/** What happens behind the page on which a person chooses a new password with the link he was given. */
import { type Actor, personActor } from '../authorization/actor.ts'
import { now } from '../base/clock.ts'
import { hashToken } from '../base/secrets.ts'
import type { Connection } from '../connections/connection.ts'
import { findConnection } from '../connections/store.ts'
import { type Db, transact } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import { type RequestInfo, withoutBody } from '../http/request-info.ts'
import type { Server } from '../http/server.ts'
import { recordEvent } from '../logs/record.ts'
import { hashPassword } from '../passwords/hash.ts'
import { checkPassword, type PasswordRefusal } from '../passwords/policy.ts'
import { passwordRulesOf } from '../passwords/rules.ts'
import { setPassword } from '../passwords/set-password.ts'
import { findPassword } from '../passwords/store.ts'
import { redeemTicket } from '../tickets/redeem.ts'
import { findOpenTicket } from '../tickets/store.ts'
import { isTicketToken, type Ticket } from '../tickets/ticket.ts'
import { findUser } from '../users/store.ts'
import { asIdentity, type User } from '../users/user.ts'
import { endSessions, lockUser, markEmailVerified } from './account-store.ts'
import { refuseBreached } from './breach.ts'

const PURPOSE = 'password_change'
const SERVER: Actor = { kind: 'system', name: 'password link' }

/** A link that is good, and whose it is. */
export type ResetLink = { token: string; ticket: Ticket; user: User; connection: Connection }

/**
 * Looks a link up without using it up.
 *
 * @param token as in the link, whatever was sent there
 * @throws ApiError invalid_ticket for an unknown, a used and an expired one alike
 */
export async function openResetLink(db: Db, token: unknown): Promise<ResetLink> {
  if (!isTicketToken(token)) throw new ApiError('invalid_ticket')
  const ticket = await findOpenTicket(db, { purpose: PURPOSE, tokenHash: hashToken(token), at: now() })
  if (!ticket) throw new ApiError('invalid_ticket')
  const [user, connection] = await Promise.all([
    findUser(db, SERVER, ticket.userId),
    findConnection(db, ticket.connectionId),
  ])
  // Any of them can have been removed since the statement before, and the ticket with it.
  const identity = user?.identities.find(
    (one) => one.user_id === ticket.identityId && one.connection === connection?.name,
  )
  if (!user || !connection || !identity) throw new ApiError('invalid_ticket')
  return { token, ticket, user: asIdentity(user, identity), connection }
}

/**
 * Sets the password, uses the link up, and ends every session and token given before. Of several at once, one wins. A
 * refused password leaves the link good.
 *
 * @returns null when the password was set, otherwise why it was not
 * @throws ApiError invalid_ticket; busy
 */
export async function resetPassword(
  server: Server,
  link: ResetLink,
  password: string,
  request: RequestInfo,
): Promise<PasswordRefusal | null> {
  const { token, ticket, user, connection } = link
  const { db } = server.database
  const former = await findPassword(db, ticket)
  const history = former ? [former.hash, ...former.history] : []
  const refusal = await checkPassword({ password, options: connection.options, person: user, history })
  if (refusal) return refusal
  const event = {
    actor: personActor(ticket.userId, ticket.clientId),
    userId: ticket.userId,
    userName: user.email ?? user.name ?? ticket.userId,
    connection,
    details: { by: 'link' },
  }
  const breached = await refuseBreached(server, 'pre-change-password', password, {
    ...event,
    request: withoutBody(request),
  })
  if (breached) return breached
  const hash = await hashPassword(password)
  const { connectionId, identityId, userId } = ticket
  const keepHistory = passwordRulesOf(connection.options).historySize
  await transact(db, async (tx) => {
    await lockUser(tx, userId)
    const { marksEmailVerified } = await redeemTicket(tx, PURPOSE, token)
    await setPassword(tx, { connectionId, identityId, userId, hash, setBy: 'self', temporary: false, keepHistory })
    await endSessions(tx, userId)
    if (marksEmailVerified) await markEmailVerified(tx, ticket)
    await recordEvent(tx, { ...event, type: 'scp', request })
  })
  return null
}
