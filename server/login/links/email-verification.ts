/** The page on which a person confirms, with a link, that he reads mail at his address. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { signInAddressOf } from '../../clients/sign-in-address.ts'
import { ApiError } from '../../http/errors.ts'
import { requestInfoOf, withoutBody } from '../../http/request-info.ts'
import type { Server } from '../../http/server.ts'
import { sendNotice } from '../../pages/notice.ts'
import { wordsOf } from '../../pages/texts.ts'
import { openVerificationLink, verifyEmail } from '../../sign-in/verify-email.ts'
import { TICKET_PURPOSES, type Ticket } from '../../tickets/ticket.ts'
import { MAIL_TEXTS } from '../texts/mail.ts'
import { formOf, formTargetsOf, guardLink, leadsTo, linkSurroundings, orLeadBack, tokenOf } from './link-page.ts'

const PURPOSE = 'email_verification'
const { path } = TICKET_PURPOSES[PURPOSE]

/** TABLE: what the application is told, in Auth0's words, and the page where there is no application to tell it to. */
const OUTCOMES = {
  verified: {
    result: {
      success: true,
      message: 'Your email was verified. You can continue using the application.',
      code: 'success',
    },
    title: 'confirmed_title',
    said: 'confirmed_1',
  },
  already: {
    result: { success: true, message: 'This account is already verified.' },
    title: 'confirmed_already_title',
    said: 'confirmed_already_1',
  },
} as const

/** Mounts it. */
export function emailVerificationRoutes(app: FastifyInstance, server: Server): void {
  app.get(path, async (request, reply) => {
    return await orLeadBack(server, request, reply, PURPOSE, async () => await answerOpened(server, request, reply))
  })
  app.post(path, async (request, reply) => {
    const token = guardLink(server, request, reply, PURPOSE)
    const info = withoutBody(requestInfoOf(request))
    return await orLeadBack(server, request, reply, PURPOSE, async () => {
      const verification = await verifyEmail(server, token, info)
      if (verification.state === 'dead') throw new ApiError('invalid_ticket')
      const { state, ticket } = verification
      const address = await leadsTo(server, ticket, OUTCOMES[state].result)
      if (address !== undefined) return reply.redirect(address, 303)
      return await sendOutcome(server, request, reply, state, ticket)
    })
  })
}

async function answerOpened(server: Server, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const token = tokenOf(request)
  const link = await openVerificationLink(server.database.db, token)
  // A used one that named an address leads there; on a page of ours it is enough to know that the address is verified.
  const namesAddress = link.state === 'already' && link.ticket.details.resultUrl !== undefined
  if (link.state === 'dead' || (namesAddress && !link.isOpen)) throw new ApiError('invalid_ticket')
  if (link.state === 'already') return await sendOutcome(server, request, reply, 'already', link.ticket)
  const { ticket } = link
  const surroundings = await linkSurroundings(server, request, ticket)
  const texts = wordsOf(MAIL_TEXTS, surroundings)
  return await sendNotice(reply, 200, surroundings, {
    title: texts.confirm_title,
    paragraphs: [texts.confirm_1],
    facts: [{ name: texts.address, value: ticket.address ?? '' }],
    form: { ...formOf(server, request, PURPOSE, token), label: texts.confirm },
    formTargets: formTargetsOf(ticket),
  })
}

async function sendOutcome(
  server: Server,
  request: FastifyRequest,
  reply: FastifyReply,
  state: keyof typeof OUTCOMES,
  ticket: Ticket,
): Promise<FastifyReply> {
  const surroundings = await linkSurroundings(server, request, ticket)
  const texts = wordsOf(MAIL_TEXTS, surroundings)
  const { title, said } = OUTCOMES[state]
  const address = await signInAddressOf(server.database.db, server.config, ticket.clientId)
  return await sendNotice(reply, 200, surroundings, {
    title: texts[title],
    paragraphs: [texts[said]],
    links: [address === undefined ? undefined : { href: address, label: texts.continue }],
  })
}
