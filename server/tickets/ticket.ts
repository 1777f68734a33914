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
  email_verification: { path: '/u/email-verification' },
  sign_in: { path: '/u/sign-in' },
  unblock: { path: '/u/unblock' },
} as const satisfies Record<TicketsTable['purpose'], { path: string }>

/** A purpose of the table. */
export type TicketPurpose = keyof typeof TICKET_PURPOSES

/** What a purpose needs besides; never a secret. */
export type TicketDetails = {
  /** Where the browser goes afterwards, with `success`, `message` and `code` added. */
  resultUrl?: string
  /** Whether that has to be registered still when it comes to it; an address of the tenant's own templates has not. */
  isResultRegistered?: true
  includesEmailInRedirect?: boolean
  /** Of a sign-in link: the page of ours that it leads to, such as `/account`. */
  leadsTo?: string
  /** Language of the page where the browser says nothing better. */
  language?: string
  /** In whose name the page speaks. */
  organizationId?: string
}

/** A ticket. `address` is the one it was bound to, undefined for a link handed over in another way than by mail. */
export type Ticket = {
  purpose: TicketPurpose
  userId: string
  connectionId: string
  identityId: string
  address: string | undefined
  /** Whether using it proves that the user reads mail at the address. */
  marksEmailVerified: boolean
  /** The application on whose behalf it was made, which is where its page leads back to. */
  clientId: string | undefined
  details: TicketDetails
  expiresAt: Date
}

/** Whether somebody sent what can be a token, or one of the former, longer ones; nothing else need trouble the database. */
export function isTicketToken(sent: unknown): sent is string {
  return typeof sent === 'string' && /^(?:[A-Za-z0-9]{32}|[\w-]{43})$/.test(sent)
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
    clientId: row.client_id ?? undefined,
    // Only `insertTickets` writes it.
    details: row.details as TicketDetails,
    expiresAt: row.expires_at,
  }
}

/** What came of using a link, in the words and codes by which applications know it from Auth0. */
export type TicketOutcome = { success: boolean; message: string; code?: string }

/** TABLE: the outcomes of a link that is good no more. */
export const DEAD_OUTCOMES = {
  used: { success: false, message: 'This URL can be used only once' },
  expired: { success: false, message: 'Access expired.', code: 'access_expired' },
} as const satisfies Record<string, TicketOutcome>

/**
 * Where the browser goes from the page of a ticket that names such an address, with what came of it in Auth0's words;
 * undefined for one that names none.
 * @param organization in whose name the page spoke
 */
export function resultAddressOf(
  { details, address }: Ticket,
  outcome: TicketOutcome,
  organization?: { id: string; name: string },
): string | undefined {
  if (details.resultUrl === undefined) return undefined
  const url = new URL(details.resultUrl)
  url.searchParams.set('success', String(outcome.success))
  url.searchParams.set('message', outcome.message)
  if (outcome.code !== undefined) url.searchParams.set('code', outcome.code)
  if (details.includesEmailInRedirect && address !== undefined) url.searchParams.set('email', address)
  if (organization) {
    url.searchParams.set('organization_id', organization.id)
    url.searchParams.set('organization_name', organization.name)
  }
  return url.href
}

/** The link with the ticket's token. @param publicUrl from the settings, never from a request */
export function ticketUrl(publicUrl: string, purpose: TicketPurpose, token: string): string {
  return `${publicUrl}${TICKET_PURPOSES[purpose].path}?ticket=${token}`
}
