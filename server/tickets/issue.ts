/** Issues a ticket. */
import { now, secondsFromNow } from '../base/clock.ts'
import { newToken } from '../base/ids.ts'
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
 * Issues a ticket; links of the same kind that the user has are good no more, the newest one counts.
 *
 * @returns the token for the link, 43 characters base64url; it cannot be had a second time
 */
export async function issueTicket(tx: Tx, ticket: NewTicket): Promise<string> {
  await lockTicketsOf(tx, ticket.userId)
  // As many tokens come back as tickets were given.
  const [token = ''] = await issueTickets(tx, [ticket])
  return token
}

/**
 * Issues many at once, whose users the caller has locked. Of several of one kind for one user the last is the newest.
 *
 * @returns the tokens in the order of the tickets
 */
export async function issueTickets(tx: Tx, tickets: readonly NewTicket[]): Promise<string[]> {
  if (tickets.length === 0) return []
  const at = now()
  const newest = new Map(tickets.map((ticket) => [`${ticket.purpose}|${ticket.userId}`, ticket]))
  await closeTicketsOfMany(tx, [...newest.values()], at)
  const tokens = tickets.map(() => newToken())
  const rows = tickets.map((ticket, index) => {
    const { lifetimeSeconds, clientId, details = {}, ...rest } = ticket
    const isNewest = newest.get(`${ticket.purpose}|${ticket.userId}`) === ticket
    return {
      ticket: { ...rest, clientId, details, expiresAt: secondsFromNow(lifetimeSeconds) },
      tokenHash: hashToken(tokens[index] ?? ''),
      consumedAt: isNewest ? null : at,
    }
  })
  await insertTickets(tx, rows, at)
  return tokens
}
