/**
 * Tickets: links that let somebody do one thing once. A ticket is open, or used, or past its time; it is bound to
 * a purpose, to a user and, where it was sent to one, to the address the user had then. Its token stands in the
 * link alone, the database keeps the token's SHA-256. Opening a link uses nothing up: mail scanners do that.
 * What happens with a ticket is its purpose's matter (`login/`); the page of a purpose stands in the table below.
 */
import type { Selectable } from 'kysely'
import type { TicketsTable } from '../db/tables.ts'

/** TABLE: what tickets are for, and the page their links lead to. */
export const TICKET_PURPOSES = {
  password_change: { path: '/u/reset-password' },
} as const satisfies Record<TicketsTable['purpose'], { path: string }>

/** A purpose of the table. */
export type TicketPurpose = keyof typeof TICKET_PURPOSES

/** A ticket. `address` is the one it was bound to, undefined for a link handed over in another way than by mail. */
export type Ticket = {
  purpose: TicketPurpose
  userId: string
  connectionId: string
  identityId: string
  address: string | undefined
  /** Whether using it proves that the user reads mail at the address. */
  marksEmailVerified: boolean
  expiresAt: Date
}

/** Reads a row. */
export function ticketOf(row: Selectable<TicketsTable>): Ticket {
  return {
    purpose: row.purpose,
    userId: row.user_id,
    connectionId: row.connection_id,
    identityId: row.identity_id,
    address: row.address ?? undefined,
    marksEmailVerified: row.marks_email_verified,
    expiresAt: row.expires_at,
  }
}

/** The link with the ticket's token. @param publicUrl from the settings, never from a request */
export function ticketUrl(publicUrl: string, purpose: TicketPurpose, token: string): string {
  return `${publicUrl}${TICKET_PURPOSES[purpose].path}?ticket=${token}`
}
