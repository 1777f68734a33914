/** Uses up a ticket. */
import { now } from '../base/clock.ts'
import { hashToken } from '../base/secrets.ts'
import type { Tx } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import { consumeTicket } from './store.ts'
import type { Ticket, TicketPurpose } from './ticket.ts'

/**
 * Uses up a ticket and says what it was for. A ticket works once: a second call, an expired and an unknown one
 * all throw `invalid_ticket`, so nothing tells them apart. Runs in the caller's transaction: what rolls back
 * leaves the ticket open.
 *
 * @param token as in the link; only its SHA-256 is stored
 * @throws ApiError invalid_ticket
 */
export async function redeemTicket(tx: Tx, purpose: TicketPurpose, token: string): Promise<Ticket> {
  const ticket = await consumeTicket(tx, { purpose, tokenHash: hashToken(token), at: now() })
  if (!ticket) throw new ApiError('invalid_ticket')
  return ticket
}
