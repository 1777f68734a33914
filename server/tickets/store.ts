/** All SQL about tickets. */
import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely'
import { now } from '../base/clock.ts'
import type { Db, Tx } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'
import { type Ticket, type TicketPurpose, ticketOf } from './ticket.ts'

/** Which ticket, by the hash of its token, and the moment at which it has to be open. */
export type TicketKey = { purpose: TicketPurpose; tokenHash: string; at: Date }

/** The ticket, if it can be used at this moment; undefined for an unknown, a used and an expired one alike. */
export async function findOpenTicket(db: Db, key: TicketKey): Promise<Ticket | undefined> {
  const row = await db
    .selectFrom('tickets')
    .selectAll()
    .where((row) => isOpen(row, key))
    .executeTakeFirst()
  return row && ticketOf(row)
}

/** Uses the ticket up, in one statement: of many that try at once, one gets it and the others undefined. */
export async function consumeTicket(tx: Tx, key: TicketKey): Promise<Ticket | undefined> {
  const row = await tx
    .updateTable('tickets')
    .set({ consumed_at: key.at })
    .where((row) => isOpen(row, key))
    .returningAll()
    .executeTakeFirst()
  return row && ticketOf(row)
}

/** Adds an open ticket. */
export async function insertTicket(tx: Tx, tokenHash: string, ticket: Ticket, at: Date): Promise<void> {
  await tx
    .insertInto('tickets')
    .values({
      token_hash: tokenHash,
      purpose: ticket.purpose,
      user_id: ticket.userId,
      connection_id: ticket.connectionId,
      identity_id: ticket.identityId,
      address: ticket.address ?? null,
      marks_email_verified: ticket.marksEmailVerified,
      created_at: at,
      expires_at: ticket.expiresAt,
      consumed_at: null,
    })
    .execute()
}

/** Makes every open ticket of this kind that the user has unusable. */
export async function closeTickets(tx: Tx, purpose: TicketPurpose, userId: string, at: Date): Promise<void> {
  await tx
    .updateTable('tickets')
    .set({ consumed_at: at })
    .where('user_id', '=', userId)
    .where('purpose', '=', purpose)
    .where('consumed_at', 'is', null)
    .execute()
}

/** Makes every open ticket of the user unusable, whatever it was for. */
export async function closeAllTickets(tx: Tx, userId: string): Promise<void> {
  await tx
    .updateTable('tickets')
    .set({ consumed_at: now() })
    .where('user_id', '=', userId)
    .where('consumed_at', 'is', null)
    .execute()
}

/** Open: of this purpose, unused, in time, and the user still has the address it was sent to. */
function isOpen(row: ExpressionBuilder<Tables, 'tickets'>, { purpose, tokenHash, at }: TicketKey): Expression<SqlBool> {
  return row.and([
    row('token_hash', '=', tokenHash),
    row('purpose', '=', purpose),
    row('consumed_at', 'is', null),
    row('expires_at', '>', at),
    sql<SqlBool>`(address is null or address = (select email from users where users.user_id = tickets.user_id))`,
  ])
}
