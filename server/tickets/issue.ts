/** Issues a ticket. */
import { now, secondsFromNow } from '../base/clock.ts'
import { newTicketToken } from '../base/ids.ts'
import { hashToken } from '../base/secrets.ts'
import type { Tx } from '../db/database.ts'
import { closeTicketsOfMany, insertTickets, lockTicketsOf } from './store.ts'
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
export async function issueTicket(tx: Tx, ticket: NewTicket): Promise<string> {
  await lockTicketsOf(tx, ticket.userId)
  // As many tokens come back as tickets were given.
  const [token = ''] = await issueTickets(tx, [ticket])
  return token
}

/**
 * Issues many at once, whose users the caller has locked. Of several of one kind for one identity the last is the newest.
 *
 * @returns the tokens in the order of the tickets
 */
export async function issueTickets(tx: Tx, tickets: readonly NewTicket[]): Promise<string[]> {
  if (tickets.length === 0) return []
  const at = now()
  const newest = new Map(tickets.map((ticket) => [kindOf(ticket), ticket]))
  await closeTicketsOfMany(tx, [...newest.values()], at)
  const tokens = tickets.map(() => newTicketToken())
  const rows = tickets.map((ticket, index) => {
    const { lifetimeSeconds, clientId, details = {}, ...rest } = ticket
    const isNewest = newest.get(kindOf(ticket)) === ticket
    return {
      ticket: { ...rest, clientId, details, expiresAt: secondsFromNow(lifetimeSeconds) },
      tokenHash: hashToken(tokens[index] ?? ''),
      consumedAt: isNewest ? null : at,
    }
  })
  await insertTickets(tx, rows, at)
  return tokens
}

/** Links of the same kind to the same identity follow one another. */
function kindOf({ purpose, userId, connectionId, identityId }: NewTicket): string {
  return `${purpose}|${userId}|${connectionId}|${identityId}`
}
