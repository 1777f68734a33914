/** Issues a ticket. */
import { now, secondsFromNow } from '../base/clock.ts'
import { newTicketToken } from '../base/ids.ts'
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
 * Issues a ticket; links of the same kind to the same identity are good no more, the newest one counts.
 *
 * @returns the token for the link, 32 letters and digits; it cannot be had a second time
 */
export async function issueTicket(
  tx: Tx,
  { lifetimeSeconds, clientId, details = {}, ...ticket }: NewTicket,
): Promise<string> {
  const at = now()
  const token = newTicketToken()
  await lockTicketsOf(tx, ticket.userId)
  await closeTickets(tx, ticket.purpose, ticket.userId, at, ticket)
  await insertTicket(
    tx,
    hashToken(token),
    { ...ticket, clientId, details, expiresAt: secondsFromNow(lifetimeSeconds) },
    at,
  )
  return token
}
