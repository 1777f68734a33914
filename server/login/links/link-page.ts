/** The page of a ticket: where it lives, its form, and where the browser goes when it is done. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { now } from '../../base/clock.ts'
import { hashToken } from '../../base/secrets.ts'
import type { Db } from '../../db/database.ts'
import { ApiError } from '../../http/errors.ts'
import { rateLimiter } from '../../http/rate-limit.ts'
import { applyRateLimit } from '../../http/rate-limit-headers.ts'
import { fieldsOf, textOf } from '../../http/sent-fields.ts'
import { perServer, type Server } from '../../http/server.ts'
import { formTokenOf, guardForm } from '../../pages/form-guard.ts'
import { findOpenTicket } from '../../tickets/store.ts'
import { isTicketToken, TICKET_PURPOSES, type Ticket, type TicketPurpose } from '../../tickets/ticket.ts'

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

/** The address that a ticket's form leads to in the end, if not a page of ours (`page-headers.ts`). */
export function formTargetsOf({ details }: Ticket): string[] {
  return details.resultUrl === undefined ? [] : [details.resultUrl]
}
