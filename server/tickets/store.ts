/** All SQL about tickets. */
import { type ExpressionBuilder, type SqlBool, sql } from 'kysely'
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

/** A ticket that was issued, whatever became of it. */
export type IssuedTicket = {
  ticket: Ticket
  isOpen: boolean
  /** Whether the address it was bound to is the user's now, and is verified. */
  isAddressVerified: boolean
}

/** The ticket, open or not; undefined when none was issued with this token. */
export async function findIssuedTicket(db: Db, key: TicketKey): Promise<IssuedTicket | undefined> {
  const row = await db
    .selectFrom('tickets')
    .selectAll()
    .select((row) => isOpen(row, key).as('is_open'))
    .select(
      sql<boolean>`exists (select from users
        where users.user_id = tickets.user_id and users.email = tickets.address and users.email_verified)`.as(
        'is_address_verified',
      ),
    )
    .where('token_hash', '=', key.tokenHash)
    .where('purpose', '=', key.purpose)
    .executeTakeFirst()
  return row && { ticket: ticketOf(row), isOpen: row.is_open === true, isAddressVerified: row.is_address_verified }
}

/** Lets one ticket of a user be issued after the other, so that the newest is the only one that is open. */
export async function lockTicketsOf(tx: Tx, userId: string): Promise<void> {
  await tx.selectFrom('users').select('user_id').where('user_id', '=', userId).forNoKeyUpdate().execute()
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

/** A ticket to add; `consumedAt` is null for one that is open. */
export type TicketToAdd = { ticket: Ticket; tokenHash: string; consumedAt: Date | null }

/** Adds tickets; at least one. */
export async function insertTickets(tx: Tx, tickets: readonly TicketToAdd[], at: Date): Promise<void> {
  await tx
    .insertInto('tickets')
    .values(
      tickets.map(({ ticket, tokenHash, consumedAt }) => ({
        token_hash: tokenHash,
        purpose: ticket.purpose,
        user_id: ticket.userId,
        connection_id: ticket.connectionId,
        identity_id: ticket.identityId,
        address: ticket.address ?? null,
        marks_email_verified: ticket.marksEmailVerified,
        client_id: ticket.clientId ?? null,
        details: JSON.stringify(ticket.details),
        created_at: at,
        expires_at: ticket.expiresAt,
        consumed_at: consumedAt,
      })),
    )
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

/** The same for many users, each with a kind of his own. */
export async function closeTicketsOfMany(
  tx: Tx,
  kinds: readonly Pick<Ticket, 'purpose' | 'userId'>[],
  at: Date,
): Promise<void> {
  const [purposes, userIds] = [kinds.map(({ purpose }) => purpose), kinds.map(({ userId }) => userId)]
  await sql`update tickets set consumed_at = ${at}
    from unnest(${purposes}::text[], ${userIds}::text[]) as kind (purpose, user_id)
    where tickets.user_id = kind.user_id and tickets.purpose = kind.purpose and consumed_at is null`.execute(tx)
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
function isOpen(row: ExpressionBuilder<Tables, 'tickets'>, { purpose, tokenHash, at }: TicketKey) {
  return row.and([
    row('token_hash', '=', tokenHash),
    row('purpose', '=', purpose),
    row('consumed_at', 'is', null),
    row('expires_at', '>', at),
    sql<SqlBool>`(address is null or address = (select email from users where users.user_id = tickets.user_id))`,
  ])
}
