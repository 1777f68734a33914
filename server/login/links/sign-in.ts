/** The page on which a person signs in with a link that works once, after it has said who will be signed in. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Actor, personActor } from '../../authorization/actor.ts'
import { BUILT_IN_CLIENTS } from '../../clients/built-in.ts'
import { type Tx, transact } from '../../db/database.ts'
import { ApiError } from '../../http/errors.ts'
import { type RequestInfo, requestInfoOf, withoutBody } from '../../http/request-info.ts'
import type { Server } from '../../http/server.ts'
import { recordEvent } from '../../logs/record.ts'
import { startSession } from '../../oidc/transaction.ts'
import { rememberLanguage } from '../../pages/language.ts'
import { contactOf, referenceOf, sendNotice } from '../../pages/notice.ts'
import { wordsOf } from '../../pages/texts.ts'
import { lockUser, markEmailVerified } from '../../sign-in/account-store.ts'
import { failedCheck, SIGN_IN_CHECKS, type SignInCheck } from '../../sign-in/checks.ts'
import { recordSignIn } from '../../sign-in/record-sign-in.ts'
import { redeemTicket } from '../../tickets/redeem.ts'
import { TICKET_PURPOSES, type Ticket } from '../../tickets/ticket.ts'
import { localeOf } from '../../users/profile.ts'
import { findUser } from '../../users/store.ts'
import type { User } from '../../users/user.ts'
import { LINK_TEXTS } from '../texts/links.ts'
import { formOf, guardLink, linkSurroundings, openTicket, tokenOf } from './link-page.ts'

const PURPOSE = 'sign_in'
const { path } = TICKET_PURPOSES[PURPOSE]
const SERVER: Actor = { kind: 'system', name: 'sign-in link' }
const ACCOUNT = 'tenantry-account'

/** Mounts it. */
export function signInLinkRoutes(app: FastifyInstance, server: Server): void {
  const { db } = server.database
  app.get(path, async (request, reply) => {
    const token = tokenOf(request)
    return await sendForm(server, request, reply, token, await openTicket(db, PURPOSE, token))
  })
  app.post(path, async (request, reply) => {
    const token = guardLink(server, request, reply, PURPOSE)
    const ticket = await openTicket(db, PURPOSE, token)
    const user = await holderOf(server, ticket)
    const info = withoutBody(requestInfoOf(request))
    const generation = await transact(db, (tx) => redeem(tx, token, ticket, info))
    if (generation === undefined) return await sendBlocked(server, request, reply, ticket)
    rememberLanguage(server.config, reply, localeOf(user))
    const { leadsTo = BUILT_IN_CLIENTS[ACCOUNT].path } = ticket.details
    return await startSession(server, request, reply, { userId: ticket.userId, generation }, leadsTo)
  })
}

/**
 * Uses the link up and records the sign-in. Answers the generation of the user's tokens; undefined when he may not sign in,
 * and then nothing is used up.
 */
async function redeem(tx: Tx, token: string, ticket: Ticket, request: RequestInfo): Promise<number | undefined> {
  const { userId, clientId = ACCOUNT } = ticket
  const generation = await lockUser(tx, userId)
  if (generation === undefined) throw new ApiError('invalid_ticket')
  const failed = await failedCheck(tx, { userId, clientId })
  const check: SignInCheck | undefined = failed && SIGN_IN_CHECKS[failed]
  if (check && !check.page) return undefined
  await redeemTicket(tx, PURPOSE, token)
  if (ticket.marksEmailVerified) await markEmailVerified(tx, ticket)
  if (check) {
    // Something has to be done first, which the next page asks for: only that he proved who he is can be said yet.
    const actor = personActor(userId, clientId)
    await recordEvent(tx, { type: 'scv', actor, userId, clientId, request })
  } else await recordSignIn(tx, { userId, clientId, by: 'link', request })
  return generation
}

async function holderOf(server: Server, { userId }: Ticket): Promise<User> {
  const user = await findUser(server.database.db, SERVER, userId)
  if (!user) throw new ApiError('invalid_ticket')
  return user
}

async function sendForm(server: Server, request: FastifyRequest, reply: FastifyReply, token: string, ticket: Ticket) {
  const user = await holderOf(server, ticket)
  const surroundings = await linkSurroundings(server, request, ticket)
  const texts = wordsOf(LINK_TEXTS, surroundings)
  const { name, email, username } = user
  const known = name ?? username
  return await sendNotice(reply, 200, surroundings, {
    title: texts.sign_in_title,
    paragraphs: [texts.sign_in_1],
    facts: [
      // Whoever gave no name has his address in its place.
      known === undefined || known === email ? undefined : { name: texts.person, value: known },
      email === undefined && known !== undefined ? undefined : { name: texts.email, value: email ?? user.user_id },
    ],
    form: { ...formOf(server, request, PURPOSE, token), label: texts.sign_in },
  })
}

async function sendBlocked(server: Server, request: FastifyRequest, reply: FastifyReply, ticket: Ticket) {
  const surroundings = await linkSurroundings(server, request, ticket)
  const texts = wordsOf(LINK_TEXTS, surroundings)
  return await sendNotice(reply, 403, surroundings, {
    title: texts.blocked_title,
    paragraphs: [texts.blocked_1],
    facts: [contactOf(surroundings), referenceOf(surroundings, request.id)],
    isProblem: true,
  })
}
