/** `/`: the start page while the demo is on, otherwise the way to one's account; and the demo's own pages. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { BUILT_IN_CLIENTS } from '../clients/built-in.ts'
import { transact } from '../db/database.ts'
import { addressBlock } from '../http/address-block.ts'
import { prepareError } from '../http/error-handler.ts'
import { ApiError } from '../http/errors.ts'
import { applyRateLimit } from '../http/rate-limit-headers.ts'
import type { Server } from '../http/server.ts'
import { isFromThisMachine } from '../http/this-machine.ts'
import { sendErrorPage } from '../pages/error-page.ts'
import { guardForm } from '../pages/form-guard.ts'
import { switchLanguage } from '../pages/language.ts'
import { sendNotice } from '../pages/notice.ts'
import { bareSurroundingsOf } from '../pages/surroundings.ts'
import { sendApplicationPage } from './application-page.ts'
import { DEMO_APPLICATIONS } from './applications.ts'
import { issuePersonaLink, PERSONAS } from './personas.ts'
import { PERSONA_PATH, personaFormToken, sendStartPage } from './start-page.ts'
import { DEMO_TEXTS } from './texts.ts'

/** Mounts them. */
export function demoRoutes(app: FastifyInstance, server: Server): void {
  if (!server.isDemo) {
    app.get('/', (_request, reply) => reply.redirect(BUILT_IN_CLIENTS['tenantry-account'].path, 302))
    return
  }
  app.register(async (pages) => {
    pages.setErrorHandler((thrown, request, reply) => sendRefusal(server, thrown, request, reply))
    pages.addHook('onRequest', async (request, reply) => {
      applyRateLimit(server.rateLimiter, `page|${addressBlock(request.ip)}`, reply)
      if (leadHome(server, request, reply) || switchLanguage(server.config, request, reply)) return reply
    })
    pages.get('/', (request, reply) => sendStartPage(server, request, reply))
    for (const [id, application] of Object.entries(DEMO_APPLICATIONS)) {
      pages.get(application.path, (request, reply) => sendApplicationPage(server, request, reply, id, application))
    }
    pages.post(PERSONA_PATH, (request, reply) => becomePersona(server, request, reply))
  })
}

/** Cookies, forms and callbacks belong to one address: whoever came by another one of this machine is led there. */
function leadHome({ config }: Server, request: FastifyRequest, reply: FastifyReply): boolean {
  if (request.method !== 'GET' || request.headers.host === new URL(config.publicUrl).host) return false
  reply.redirect(new URL(request.url.replace(/^\/+/, '/'), config.publicUrl).href, 302)
  return true
}

async function becomePersona(server: Server, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { publicUrl } = server.config
  // The parser of forms makes an object of names and texts, or nothing.
  const { form_token, person: mailbox } = (request.body ?? {}) as { form_token?: unknown; person?: unknown }
  guardForm(request, publicUrl, form_token, personaFormToken(server))
  if (!isFromThisMachine(request)) throw new ApiError('form_refused')
  const person = PERSONAS.find((one) => one.mailbox === mailbox)
  const link =
    person && (await transact(server.database.db, async (tx) => await issuePersonaLink(tx, publicUrl, person)))
  if (link === undefined) throw new ApiError('inexistent_user')
  return reply.redirect(link, 303)
}

async function sendRefusal(server: Server, thrown: unknown, request: FastifyRequest, reply: FastifyReply) {
  const error = prepareError(server, thrown, request, reply)
  if (error.status >= 500) return await sendErrorPage(server, request, reply, error.status, { error: 'server_error' })
  const surroundings = await bareSurroundingsOf(server, request)
  const texts = DEMO_TEXTS[surroundings.language]
  const isAboutPerson = error.code === 'inexistent_user'
  return await sendNotice(reply, error.status, surroundings, {
    title: isAboutPerson ? texts.no_link_title : texts.refused_title,
    paragraphs: [isAboutPerson ? texts.no_link_1 : texts.refused_1],
    links: [{ href: '/', label: texts.back }],
    isProblem: true,
  })
}
