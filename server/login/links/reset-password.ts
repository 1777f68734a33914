/** The page on which a person chooses a new password with a link. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { signInAddressOf } from '../../clients/sign-in-address.ts'
import { requestInfoOf } from '../../http/request-info.ts'
import { fieldsOf } from '../../http/sent-fields.ts'
import type { Server } from '../../http/server.ts'
import { sendNotice } from '../../pages/notice.ts'
import { fill, type Language, wordsOf } from '../../pages/texts.ts'
import type { PasswordRefusal } from '../../passwords/policy.ts'
import { openResetLink, type ResetLink, resetPassword } from '../../sign-in/reset-password.ts'
import { TICKET_PURPOSES } from '../../tickets/ticket.ts'
import { newPasswordView } from '../password-view.ts'
import { sendFormPage } from '../templates.ts'
import { PASSWORD_TEXTS } from '../texts/password.ts'
import { formOf, formTargetsOf, guardLink, leadsTo, linkSurroundings, orLeadBack } from './link-page.ts'

const PURPOSE = 'password_change'
const { path } = TICKET_PURPOSES[PURPOSE]
/** Auth0's words, which applications show. */
const DONE = { success: true, message: 'You can now login to the application with the new password.', code: 'success' }

/** Mounts it. */
export function resetPasswordRoutes(app: FastifyInstance, server: Server): void {
  const { db } = server.database
  app.get(path, async (request, reply) => {
    return await orLeadBack(server, request, reply, PURPOSE, async () => {
      return await sendForm(server, request, reply, await openResetLink(db, fieldsOf(request.query).ticket))
    })
  })
  app.post(path, async (request, reply) => {
    const token = guardLink(server, request, reply, PURPOSE)
    return await orLeadBack(server, request, reply, PURPOSE, async () => {
      const link = await openResetLink(db, token)
      const { password } = fieldsOf(request.body)
      const sent = typeof password === 'string' ? password : ''
      const refusal = await resetPassword(server, link, sent, requestInfoOf(request))
      if (refusal) return await sendForm(server, request, reply, link, refusal)
      const address = await leadsTo(server, link.ticket, DONE)
      return address === undefined ? await sendChanged(server, request, reply, link) : reply.redirect(address, 303)
    })
  })
}

async function sendForm(
  server: Server,
  request: FastifyRequest,
  reply: FastifyReply,
  link: ResetLink,
  refusal?: PasswordRefusal,
): Promise<FastifyReply> {
  const { user, ticket, connection } = link
  const surroundings = await linkSurroundings(server, request, ticket)
  const texts = wordsOf(PASSWORD_TEXTS, surroundings)
  const username = user.email ?? user.username ?? user.phone_number ?? user.user_id
  return await sendFormPage(reply, refusal ? 400 : 200, surroundings, {
    template: 'new-password',
    title: texts.choose_title,
    text: texts,
    lead: fill(texts.for_account, { account: username }),
    form: formOf(server, request, PURPOSE, link.token),
    username,
    password: newPasswordView(connection.options, surroundings, texts.new_password, { refusal, hasFocus: true }),
    problem: refusal && {
      title: texts.refused_title,
      lines: [{ text: texts[`refused_${refusal.name}`], href: '#password' }, { text: texts.refused_kept }],
    },
    expires: inWords(ticket.expiresAt, surroundings.language, texts.expires),
    formTargets: formTargetsOf(ticket),
  })
}

async function sendChanged(server: Server, request: FastifyRequest, reply: FastifyReply, { ticket }: ResetLink) {
  const surroundings = await linkSurroundings(server, request, ticket)
  const texts = wordsOf(PASSWORD_TEXTS, surroundings)
  const address = await signInAddressOf(server.database.db, server.config, ticket.clientId)
  return await sendNotice(reply, 200, surroundings, {
    title: texts.changed_title,
    paragraphs: [texts.changed_1, address === undefined ? texts.changed_elsewhere : texts.changed_2],
    links: [address === undefined ? undefined : { href: address, label: texts.sign_in }],
  })
}

/** In UTC, and it says so: the server does not know where the reader is. The page's script shows his own time. */
function inWords(at: Date, language: Language, text: string) {
  const [before = '', after = ''] = text.split('{time}')
  const format = { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' } as const
  const shown = `${new Intl.DateTimeFormat(language, format).format(at)} UTC`
  return { before, after, iso: at.toISOString(), shown }
}
