/**
 * `/inbox`: the mails that the built-in inbox has caught while no provider is set. The links in them work, so it is for
 * the demo and for this machine alone; to everybody else it is not there.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ApiError } from '../http/errors.ts'
import type { Server } from '../http/server.ts'
import { isWithinThisMachine } from '../http/this-machine.ts'
import { switchLanguage } from '../pages/language.ts'
import { sendNotice } from '../pages/notice.ts'
import { pageSender } from '../pages/render.ts'
import { surroundingsOf } from '../pages/surroundings.ts'
import type { Language } from '../pages/texts.ts'
import { INBOX_TEXTS } from './inbox-texts.ts'
import { findCaught, listCaught } from './store.ts'
import { isCaught } from './transport.ts'

const folder = join(import.meta.dirname, 'pages')
const send = pageSender(folder, ['inbox', 'message'])
const own = { style: readFileSync(join(folder, 'inbox.css'), 'utf8') }

/** The mail itself is a page in a sandbox: nothing in it runs, is loaded or sent; its links open in the whole window. */
const MAIL_HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    'img-src data:',
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'self'",
    'sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation',
  ].join('; '),
  'referrer-policy': 'no-referrer',
  'content-type': 'text/html; charset=utf-8',
}

type Params = { Params: { id: string } }

/** Mounts it. */
export function mountInbox(app: FastifyInstance, server: Server): void {
  app.register(async (pages) => {
    pages.addHook('onRequest', async (request, reply) => {
      if (!isWelcome(server, request)) throw new ApiError('not_found')
      if (switchLanguage(server.config, request, reply)) return reply
    })
    pages.get('/inbox', (request, reply) => sendList(server, request, reply))
    pages.get<Params>('/inbox/:id', (request, reply) => sendMessage(server, request, reply, request.params.id))
    pages.get<Params>('/inbox/:id/content', async (request, reply) => {
      const message = await findMessage(server, request.params.id)
      if (!message) throw new ApiError('not_found')
      return await reply.headers(MAIL_HEADERS).send(withLinksToTop(message.html))
    })
  })
}

/** While the demo is on, whoever reaches it: its people are made up. Otherwise a browser on this machine. */
function isWelcome({ config, isDemo }: Server, request: FastifyRequest): boolean {
  return isDemo || (config.isLoopback && isWithinThisMachine(request))
}

async function sendList(server: Server, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const surroundings = await surroundingsOf(server, request)
  const { language } = surroundings
  const text = INBOX_TEXTS[language]
  const mails = (await listCaught(server.database.db)).map(({ id, recipient, subject, created_at }) => ({
    href: `/inbox/${id}`,
    recipient,
    subject,
    at: created_at.toISOString(),
    time: inWords(created_at, language),
  }))
  const note = (await isCaught(server.config, server.database.db)) ? text.note : text.sent
  // Works without JavaScript.
  reply.header('refresh', '5')
  return await send(reply, 200, surroundings, { template: 'inbox', title: text.title, text, own, note, mails })
}

async function sendMessage(server: Server, request: FastifyRequest, reply: FastifyReply, id: string) {
  const surroundings = await surroundingsOf(server, request)
  const text = INBOX_TEXTS[surroundings.language]
  const message = await findMessage(server, id)
  if (!message) {
    return await sendNotice(reply, 404, surroundings, {
      title: text.gone_title,
      paragraphs: [text.gone_1],
      links: [{ href: '/inbox', label: text.back }],
      isProblem: true,
    })
  }
  const { from, recipient, subject, sentAt, text: plain } = message
  return await send(reply, 200, surroundings, {
    template: 'message',
    title: subject,
    text,
    own,
    hasFrame: true,
    facts: [
      { name: text.from, value: from },
      { name: text.to, value: recipient },
      { name: text.at, value: inWords(sentAt, surroundings.language), at: sentAt.toISOString() },
    ],
    content: `/inbox/${id}/content`,
    plain,
  })
}

type Message = { from: string; recipient: string; subject: string; sentAt: Date; html: string; text: string }

async function findMessage({ database, secrets }: Server, id: string): Promise<Message | undefined> {
  const mail = /^[0-9a-f]{24}$/.test(id) ? await findCaught(database.db, id) : undefined
  if (!mail) return undefined
  // Only `deliver` writes it.
  const content = JSON.parse(secrets.decrypt('inbox', mail.id, mail.content_encrypted)) as Record<
    'from' | 'html' | 'text',
    string
  >
  return { ...content, recipient: mail.recipient, subject: mail.subject, sentAt: mail.created_at }
}

/** Before anything else in the head: the first of these tags counts. */
function withLinksToTop(html: string): string {
  const base = '<base target="_top">'
  return /<head>/i.test(html) ? html.replace(/<head>/i, `<head>${base}`) : `${base}${html}`
}

function inWords(at: Date, language: Language): string {
  return new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    dateStyle: 'medium',
    timeStyle: 'medium',
  }).format(at)
}
