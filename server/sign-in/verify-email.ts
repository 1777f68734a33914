/** What happens behind the page on which a person confirms that he reads mail at his address. */
import { personActor } from '../authorization/actor.ts'
import { now } from '../base/clock.ts'
import { hashToken } from '../base/secrets.ts'
import { findConnection } from '../connections/store.ts'
import { type Db, type Tx, transact } from '../db/database.ts'
import { enqueueEmail } from '../emails/enqueue.ts'
import { ApiError } from '../http/errors.ts'
import type { RequestInfo } from '../http/request-info.ts'
import type { Server } from '../http/server.ts'
import { mailWorkerOf } from '../jobs/mail-worker.ts'
import { recordEvent } from '../logs/record.ts'
import { redeemTicket } from '../tickets/redeem.ts'
import { findIssuedTicket } from '../tickets/store.ts'
import { isTicketToken, type Ticket } from '../tickets/ticket.ts'
import { lockUser, markEmailVerified } from './account-store.ts'

const PURPOSE = 'email_verification'

/**
 * What a link is good for. `already`: the address it was sent to is verified, by this link or otherwise. `dead` stands
 * for an unknown, a used, a replaced and an expired one alike, and for one to an address that the user has no more.
 */
export type VerificationLink =
  | { state: 'open'; token: string; ticket: Ticket }
  | { state: 'already'; ticket: Ticket; isOpen: boolean }
  | { state: 'dead' }

/** What using a link came to. */
export type Verification = { state: 'verified' | 'already'; ticket: Ticket } | { state: 'dead' }

/** Looks a link up without using it up. @param token as in the link, whatever was sent there */
export async function openVerificationLink(db: Db, token: unknown): Promise<VerificationLink> {
  if (!isTicketToken(token)) return { state: 'dead' }
  const found = await findIssuedTicket(db, { purpose: PURPOSE, tokenHash: hashToken(token), at: now() })
  if (!found) return { state: 'dead' }
  const { ticket, isOpen, isAddressVerified } = found
  if (isAddressVerified) return { state: 'already', ticket, isOpen }
  // Without an address it could verify whatever address the user has by then.
  return isOpen && ticket.address !== undefined ? { state: 'open', token, ticket } : { state: 'dead' }
}

/** Uses the link up and marks the address as verified. Of several at once, one does; the others find it verified. */
export async function verifyEmail(server: Server, token: unknown, request: RequestInfo): Promise<Verification> {
  const { db } = server.database
  const link = await openVerificationLink(db, token)
  if (link.state !== 'open') return link
  try {
    await transact(db, (tx) => redeem(tx, link, request))
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'invalid_ticket') throw error
    const { state, ...rest } = await openVerificationLink(db, token)
    return state === 'already' && 'ticket' in rest ? { state, ticket: rest.ticket } : { state: 'dead' }
  }
  mailWorkerOf(server).wake()
  return { state: 'verified', ticket: link.ticket }
}

async function redeem(tx: Tx, { token, ticket }: { token: string; ticket: Ticket }, request: RequestInfo) {
  const { userId, connectionId, clientId, address } = ticket
  await lockUser(tx, userId)
  await redeemTicket(tx, PURPOSE, token)
  await markEmailVerified(tx, ticket)
  const connection = await findConnection(tx, connectionId)
  await recordEvent(tx, {
    type: 'sv',
    actor: personActor(userId, clientId),
    userId,
    ...(address === undefined ? {} : { userName: address }),
    ...(connection ? { connection } : {}),
    request,
  })
  await enqueueEmail(tx, {
    template: 'welcome_email',
    to: { userId, identity: ticket },
    clientId,
    language: ticket.details.language,
  })
}
