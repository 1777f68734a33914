/** All SQL about tickets. */
import { type ExpressionBuilder, type SqlBool, sql } from 'kysely'
import { now } from '../base/clock.ts'
import { type Db, runHotSql, type Tx } from '../db/database.ts'
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
  /** Used up, or replaced by a newer one. */
  isUsed: boolean
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
      sql<boolean>`exists (select ${OF_TICKET} and ${EMAIL} = tickets.address and ${EMAIL_VERIFIED})`.as(
        'is_address_verified',
      ),
    )
    .where('token_hash', '=', key.tokenHash)
    .where('purpose', '=', key.purpose)
    .executeTakeFirst()
  return (
    row && {
      ticket: ticketOf(row),
      isOpen: row.is_open === true,
      isUsed: row.consumed_at !== null,
      isAddressVerified: row.is_address_verified,
    }
  )
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
  const rows = tickets.map(({ ticket, tokenHash, consumedAt }) => ({
    token_hash: tokenHash,
    purpose: ticket.purpose,
    user_id: ticket.userId,
    connection_id: ticket.connectionId,
    identity_id: ticket.identityId,
    address: ticket.address ?? null,
    marks_email_verified: ticket.marksEmailVerified,
    client_id: ticket.clientId ?? null,
    details: JSON.stringify(ticket.details),
    expires_at: ticket.expiresAt,
    consumed_at: consumedAt,
  }))
  // However many there are, it is one text, so that it is prepared once.
  const insert = sql`
    insert into tickets (token_hash, purpose, user_id, connection_id, identity_id, address, marks_email_verified, client_id,
      details, created_at, expires_at, consumed_at)
    select token_hash, purpose, user_id, connection_id, identity_id, address, marks_email_verified, client_id,
      details::jsonb, ${at}, expires_at, consumed_at
    from json_to_recordset(${JSON.stringify(rows)}::json) as ticket (token_hash text, purpose text, user_id text,
      connection_id text, identity_id text, address text, marks_email_verified boolean, client_id text, details text,
      expires_at timestamptz, consumed_at timestamptz)`
  await runHotSql(tx, 'tickets-insert', insert)
}

/** Makes every open ticket of this kind that the user has, or that one identity of his has, unusable. */
export async function closeTickets(
  tx: Tx,
  purpose: TicketPurpose,
  userId: string,
  at: Date,
  identity?: { connectionId: string; identityId: string },
): Promise<void> {
  await tx
    .updateTable('tickets')
    .set({ consumed_at: at })
    .where('user_id', '=', userId)
    .where('purpose', '=', purpose)
    .where('consumed_at', 'is', null)
    .$if(identity !== undefined, (query) =>
      query
        .where('connection_id', '=', identity?.connectionId ?? '')
        .where('identity_id', '=', identity?.identityId ?? ''),
    )
    .execute()
}

/** Makes the open tickets of many kinds unusable, each of one identity. */
export async function closeTicketsOfMany(
  tx: Tx,
  kinds: readonly Pick<Ticket, 'purpose' | 'userId' | 'connectionId' | 'identityId'>[],
  at: Date,
): Promise<void> {
  const column = (name: keyof (typeof kinds)[number]) => kinds.map((kind) => kind[name])
  const close = sql`update tickets set consumed_at = ${at}
    from unnest(${column('purpose')}::text[], ${column('userId')}::text[], ${column('connectionId')}::text[],
        ${column('identityId')}::text[]) as kind (purpose, user_id, connection_id, identity_id)
    where tickets.user_id = kind.user_id and tickets.purpose = kind.purpose
      and tickets.connection_id = kind.connection_id and tickets.identity_id = kind.identity_id
      and consumed_at is null`
  await runHotSql(tx, 'tickets-close', close)
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

// The ticket's identity, as long as it is its user's. One that was linked to another has an address of its own.
const OF_TICKET = sql`from users u join identities i on i.user_id = u.user_id
  where u.user_id = tickets.user_id and i.connection_id = tickets.connection_id and i.identity_id = tickets.identity_id`
const EMAIL = sql`case when i.profile_data is null then u.email else i.profile_data->>'email' end`
const EMAIL_VERIFIED = sql<boolean>`case when i.profile_data is null then u.email_verified
  else (i.profile_data->>'email_verified')::boolean end`

/** Open: of this purpose, unused, in time, and the identity is the user's and has the address it was sent to. */
function isOpen(row: ExpressionBuilder<Tables, 'tickets'>, { purpose, tokenHash, at }: TicketKey) {
  return row.and([
    row('token_hash', '=', tokenHash),
    row('purpose', '=', purpose),
    row('consumed_at', 'is', null),
    row('expires_at', '>', at),
    sql<SqlBool>`exists (select ${OF_TICKET} and (tickets.address is null or tickets.address = ${EMAIL}))`,
  ])
}
