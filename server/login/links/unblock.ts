/** The page on which a person opens his account again that was closed after too many wrong passwords. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Actor } from '../../authorization/actor.ts'
import { signInAddressOf } from '../../clients/sign-in-address.ts'
import { requestInfoOf } from '../../http/request-info.ts'
import type { Server } from '../../http/server.ts'
import { sendNotice } from '../../pages/notice.ts'
import { wordsOf } from '../../pages/texts.ts'
import { unblock } from '../../sign-in/unblock.ts'
import { TICKET_PURPOSES, type Ticket } from '../../tickets/ticket.ts'
import { findUser } from '../../users/store.ts'
import { LINK_TEXTS } from '../texts/links.ts'
import {
  formOf,
  formTargetsOf,
  guardLink,
  leadsTo,
  linkSurroundings,
  openTicket,
  orLeadBack,
  tokenOf,
} from './link-page.ts'

const PURPOSE = 'unblock'
const { path } = TICKET_PURPOSES[PURPOSE]
const DONE = { success: true, message: 'Your account has been unblocked.', code: 'success' }
const SERVER: Actor = { kind: 'system', name: 'unblock link' }

/** Mounts it. */
export function unblockRoutes(app: FastifyInstance, server: Server): void {
  const { db } = server.database
  app.get(path, async (request, reply) => {
    return await orLeadBack(server, request, reply, PURPOSE, async () => {
      const token = tokenOf(request)
      return await sendForm(server, request, reply, token, await openTicket(db, PURPOSE, token))
    })
  })
  app.post(path, async (request, reply) => {
    const token = guardLink(server, request, reply, PURPOSE)
    return await orLeadBack(server, request, reply, PURPOSE, async () => {
      const ticket = await unblock(db, token, requestInfoOf(request))
      const address = await leadsTo(server, ticket, DONE)
      return address === undefined ? await sendDone(server, request, reply, ticket) : reply.redirect(address, 303)
    })
  })
}

async function sendDone(server: Server, request: FastifyRequest, reply: FastifyReply, ticket: Ticket) {
  const surroundings = await linkSurroundings(server, request, ticket)
  const texts = wordsOf(LINK_TEXTS, surroundings)
  const address = await signInAddressOf(server.database.db, server.config, ticket.clientId)
  return await sendNotice(reply, 200, surroundings, {
    title: texts.unblocked_title,
    paragraphs: [texts.unblocked_1],
    links: [address === undefined ? undefined : { href: address, label: texts.sign_in_now }],
  })
}

async function sendForm(server: Server, request: FastifyRequest, reply: FastifyReply, token: string, ticket: Ticket) {
  const user = await findUser(server.database.db, SERVER, ticket.userId)
  const surroundings = await linkSurroundings(server, request, ticket)
  const texts = wordsOf(LINK_TEXTS, surroundings)
  return await sendNotice(reply, 200, surroundings, {
    title: texts.unblock_title,
    paragraphs: [texts.unblock_1, texts.unblock_2],
    facts: [{ name: texts.account, value: user?.email ?? user?.username ?? ticket.userId }],
    form: { ...formOf(server, request, PURPOSE, token), label: texts.unblock },
    formTargets: formTargetsOf(ticket),
  })
}
