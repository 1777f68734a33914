/**
 * The pages under /u: what a person sees who comes with a link. Rendered here, whole without JavaScript; every
 * form carries a token and has to come from a page of ours (`form-guard.ts`). Opening a page changes nothing.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { hashToken } from '../base/secrets.ts'
import { addressBlock } from '../http/address-block.ts'
import { prepareError } from '../http/error-handler.ts'
import type { ApiError, ErrorCode } from '../http/errors.ts'
import { rateLimiter } from '../http/rate-limit.ts'
import { applyRateLimit } from '../http/rate-limit-headers.ts'
import { requestInfoOf } from '../http/request-info.ts'
import type { Server } from '../http/server.ts'
import type { PasswordRefusal } from '../passwords/policy.ts'
import { TICKET_PURPOSES } from '../tickets/ticket.ts'
import { formTokenOf, guardForm } from './form-guard.ts'
import { chooseLanguage } from './language.ts'
import { sendPage } from './render.ts'
import { openResetLink, type ResetLink, resetPassword } from './reset-password.ts'
import { resetPasswordPage } from './reset-password-page.ts'
import { fill, LANGUAGES, type Language, type TextKey } from './texts.ts'

type Notice = readonly [title: TextKey, ...paragraphs: TextKey[]]

const { path } = TICKET_PURPOSES.password_change
const CHANGED: Notice = ['changed_title', 'changed_1', 'changed_2']
const DEAD: Notice = ['dead_title', 'dead_1', 'dead_2', 'dead_3']
const BUSY: Notice = ['busy_title', 'busy_1', 'busy_2']
const FORGED: Notice = ['forged_title', 'forged_1', 'forged_2']
const FAULT: Notice = ['fault_title', 'fault_1']

/** TABLE: what a page says about an error, by its code. About others: the link is no link, or the fault is ours. */
const PROBLEMS: Partial<Record<ErrorCode, Notice>> = {
  too_many_requests: ['tries_title', 'tries_1', 'tries_2'],
  busy: BUSY,
  database_unavailable: BUSY,
  form_refused: FORGED,
  payload_too_large: FORGED,
  unsupported_media_type: FORGED,
  malformed_json: FORGED,
}

/** How often one link may be tried: twenty times in a row, then once in three seconds. */
const TRIES = { size: 20, perSecond: 1 / 3 }

/** Mounts them. */
export function loginRoutes(app: FastifyInstance, server: Server): void {
  const { config, database, secrets } = server
  const tries = rateLimiter(true, TRIES)

  function sendForm(request: FastifyRequest, reply: FastifyReply, link: ResetLink, refusal?: PasswordRefusal) {
    const form = { action: actionOf(request, link), formToken: formTokenOf(secrets, path, link.token) }
    const language = languageOf(request)
    return sendPage(reply, refusal ? 400 : 200, language, resetPasswordPage(link, language, form, refusal))
  }

  app.register(async (pages) => {
    pages.setErrorHandler((error, request, reply) => {
      return sendProblem(prepareError(server, error, request, reply), request, reply)
    })
    pages.addHook('onRequest', async (request, reply) => {
      applyRateLimit(server.rateLimiter, `page|${addressBlock(request.ip)}`, reply)
    })
    pages.get(path, async (request, reply) => {
      return await sendForm(request, reply, await openResetLink(database.db, fieldsOf(request.query).ticket))
    })
    pages.post(path, async (request, reply) => {
      const { ticket } = fieldsOf(request.query)
      const { form_token, password } = fieldsOf(request.body)
      guardForm(request, config.publicUrl, form_token, formTokenOf(secrets, path, String(ticket)))
      const link = await openResetLink(database.db, ticket)
      applyRateLimit(tries, hashToken(link.token), reply)
      const sent = typeof password === 'string' ? password : ''
      const refusal = await resetPassword(database.db, link, sent, requestInfoOf(request))
      if (refusal) return await sendForm(request, reply, link, refusal)
      return await sendNotice(reply, 200, languageOf(request), CHANGED)
    })
  })
}

function sendProblem(error: ApiError, request: FastifyRequest, reply: FastifyReply) {
  const notice = PROBLEMS[error.code] ?? (error.status < 500 ? DEAD : FAULT)
  const reference = notice === FAULT ? request.id : undefined
  return sendNotice(
    reply,
    error.status,
    languageOf(request),
    notice,
    { seconds: error.retryAfterSeconds ?? 1 },
    reference,
  )
}

function sendNotice(
  reply: FastifyReply,
  status: number,
  language: Language,
  [title, ...paragraphs]: Notice,
  values: Record<string, number> = {},
  reference?: string,
) {
  const texts = LANGUAGES[language]
  return sendPage(reply, status, language, {
    template: 'notice',
    title: texts[title],
    paragraphs: paragraphs.map((key) => fill(texts[key], values)),
    reference,
  })
}

/** Back to the same address, so that the page after a refusal is in the same language. */
function actionOf(request: FastifyRequest, link: ResetLink): string {
  const { ui_locales } = fieldsOf(request.query)
  return `${path}?${new URLSearchParams({ ticket: link.token, ...(typeof ui_locales === 'string' && { ui_locales }) })}`
}

function languageOf(request: FastifyRequest): Language {
  const { ui_locales } = fieldsOf(request.query)
  return chooseLanguage(typeof ui_locales === 'string' ? ui_locales : undefined, request.headers['accept-language'])
}

/** Fields of a query or a form: texts, or lists of them where a name came twice. */
function fieldsOf(fields: unknown): Readonly<Record<string, unknown>> {
  return fields !== null && typeof fields === 'object' ? { ...fields } : {}
}
