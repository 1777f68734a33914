/** The page of a ticket: where it lives, its form, and where the browser goes when it is done. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { now } from '../../base/clock.ts'
import { hashToken } from '../../base/secrets.ts'
import { clientBrand } from '../../clients/client-brand.ts'
import { findClient } from '../../clients/store.ts'
import type { Db } from '../../db/database.ts'
import { ApiError } from '../../http/errors.ts'
import { rateLimiter } from '../../http/rate-limit.ts'
import { applyRateLimit } from '../../http/rate-limit-headers.ts'
import { fieldsOf, textOf } from '../../http/sent-fields.ts'
import { perServer, type Server } from '../../http/server.ts'
import { isResultAddress } from '../../oidc/result-address.ts'
import { organizationBrand } from '../../organizations/organization-theme.ts'
import { findOrganization } from '../../organizations/store.ts'
import { formTokenOf, guardForm } from '../../pages/form-guard.ts'
import { type Surroundings, surroundingsOf } from '../../pages/surroundings.ts'
import { findIssuedTicket, findOpenTicket } from '../../tickets/store.ts'
import {
  DEAD_OUTCOMES,
  isTicketToken,
  resultAddressOf,
  TICKET_PURPOSES,
  type Ticket,
  type TicketOutcome,
  type TicketPurpose,
} from '../../tickets/ticket.ts'

/** How often one link may be tried: twenty times in a row, then once in three seconds. */
const TRIES = { size: 20, perSecond: 1 / 3 }

const triesOf = perServer(() => rateLimiter(true, TRIES))

/** A ticket's token as it was sent. @throws ApiError invalid_ticket when it can be none */
export function tokenOf(request: FastifyRequest): string {
  const { ticket } = fieldsOf(request.query)
  if (!isTicketToken(ticket)) throw new ApiError('invalid_ticket')
  return ticket
}

/** The form of a ticket's page. Sent to the same address, so that the page after it is in the same language. */
export function formOf({ secrets }: Server, request: FastifyRequest, purpose: TicketPurpose, token: string) {
  const { path } = TICKET_PURPOSES[purpose]
  const locales = textOf(fieldsOf(request.query), 'ui_locales')
  const query = new URLSearchParams({ ticket: token, ...(locales === undefined ? {} : { ui_locales: locales }) })
  return { action: `${path}?${query}`, formToken: formTokenOf(secrets, path, token) }
}

/**
 * The surroundings of a ticket's page: as its mail, in the name of the organization for which it was asked, else of the
 * application.
 */
export async function linkSurroundings(
  server: Server,
  request: FastifyRequest,
  { clientId, details: { language, organizationId } }: Pick<Ticket, 'clientId' | 'details'>,
): Promise<Surroundings> {
  const { db } = server.database
  const organization = organizationId === undefined ? undefined : await findOrganization(db, organizationId)
  const client = organization || clientId === undefined ? undefined : await findClient(db, clientId)
  const brand = organization ? organizationBrand(organization) : clientBrand(client)
  return await surroundingsOf(server, request, { otherwise: language, brand })
}

/** Lets the form of a ticket's own page pass. @throws ApiError form_refused; invalid_ticket */
export function guardLink(
  server: Server,
  request: FastifyRequest,
  reply: FastifyReply,
  purpose: TicketPurpose,
): string {
  const { ticket } = fieldsOf(request.query)
  const expected = formTokenOf(server.secrets, TICKET_PURPOSES[purpose].path, String(ticket))
  guardForm(request, server.config.publicUrl, fieldsOf(request.body).form_token, expected)
  const token = tokenOf(request)
  applyRateLimit(triesOf(server), hashToken(token), reply)
  return token
}

/** The ticket, which stays as it is. @throws ApiError invalid_ticket */
export async function openTicket(db: Db, purpose: TicketPurpose, token: string): Promise<Ticket> {
  const ticket = await findOpenTicket(db, { purpose, tokenHash: hashToken(token), at: now() })
  if (!ticket) throw new ApiError('invalid_ticket')
  return ticket
}

/**
 * Where the browser goes from the page of a ticket that names an address, with what came of it; undefined for one that
 * names none, or one that is registered no more.
 */
export async function leadsTo(
  { database, config }: Server,
  ticket: Ticket,
  outcome: TicketOutcome,
): Promise<string | undefined> {
  const { resultUrl, isResultRegistered, organizationId } = ticket.details
  if (resultUrl === undefined) return undefined
  if (isResultRegistered && !(await isResultAddress(database.db, config, resultUrl))) return undefined
  const organization = organizationId === undefined ? undefined : await findOrganization(database.db, organizationId)
  return resultAddressOf(ticket, outcome, organization)
}

/**
 * Answers a link with what `work` makes of it. One that is good no more leads to the address that it named, which is told
 * why, as Auth0 does; else our own page says so.
 */
export async function orLeadBack(
  server: Server,
  request: FastifyRequest,
  reply: FastifyReply,
  purpose: TicketPurpose,
  work: () => Promise<FastifyReply>,
): Promise<FastifyReply> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'invalid_ticket') throw error
    const { ticket: token } = fieldsOf(request.query)
    const address = isTicketToken(token) ? await deadLinkLeadsTo(server, purpose, token) : undefined
    if (address === undefined) throw error
    return reply.redirect(address, 303)
  }
}

async function deadLinkLeadsTo(server: Server, purpose: TicketPurpose, token: string): Promise<string | undefined> {
  const key = { purpose, tokenHash: hashToken(token), at: now() }
  const found = await findIssuedTicket(server.database.db, key)
  if (!found || found.isOpen) return undefined
  return await leadsTo(server, found.ticket, found.isUsed ? DEAD_OUTCOMES.used : DEAD_OUTCOMES.expired)
}

/** The address that a ticket's form leads to in the end, if not a page of ours (`page-headers.ts`). */
export function formTargetsOf({ details }: Ticket): string[] {
  return details.resultUrl === undefined ? [] : [details.resultUrl]
}
