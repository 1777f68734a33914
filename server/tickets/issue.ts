/** Issues a ticket. */
import { now, secondsFromNow } from '../base/clock.ts'
import { newToken } from '../base/ids.ts'
import { hashToken } from '../base/secrets.ts'
import type { Tx } from '../db/database.ts'
import { closeTickets, insertTicket, lockTicketsOf } from './store.ts'
import type { Ticket, TicketDetails } from './ticket.ts'

/** What to issue. */
export type NewTicket = Omit<Ticket, 'expiresAt' | 'clientId' | 'details'> & {
  clientId?: string | undefined
  details?: TicketDetails
  lifetimeSeconds: number
}

/**
 * Issues a ticket; links of the same kind that the user has are good no more, the newest one counts.
 *
 * @returns the token for the link, 43 characters base64url; it cannot be had a second time
 */
export async function issueTicket(
  tx: Tx,
  { lifetimeSeconds, clientId, details = {}, ...ticket }: NewTicket,
): Promise<string> {
  const at = now()
  const token = newToken()
  await lockTicketsOf(tx, ticket.userId)
  await closeTickets(tx, ticket.purpose, ticket.userId, at)
  await insertTicket(
    tx,
    hashToken(token),
    { ...ticket, clientId, details, expiresAt: secondsFromNow(lifetimeSeconds) },
    at,
  )
  return token
}
