/**
 * Asking for a link to choose a new password without an application having asked for a sign-in. Its address may name the
 * application (`client_id`) and the connection (`connection`).
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { clientBrand } from '../clients/client-brand.ts'
import { listOpenDatabases } from '../clients/open-databases.ts'
import { signInAddressOf } from '../clients/sign-in-address.ts'
import { findClient } from '../clients/store.ts'
import type { Connection } from '../connections/connection.ts'
import { ApiError } from '../http/errors.ts'
import { requestInfoOf, withoutBody } from '../http/request-info.ts'
import { fieldsOf, textOf } from '../http/sent-fields.ts'
import type { Server } from '../http/server.ts'
import { formTokenOf, guardForm } from '../pages/form-guard.ts'
import { sendNotice } from '../pages/notice.ts'
import { type Surroundings, surroundingsOf } from '../pages/surroundings.ts'
import { fill, wordsOf } from '../pages/texts.ts'
import type { Brand } from '../pages/theme.ts'
import { requestPasswordReset, typedIdentifier } from '../sign-in/request-reset.ts'
import { sendFormPage } from './templates.ts'
import { MAIL_TEXTS } from './texts/mail.ts'
import { SIGN_IN_TEXTS } from './texts/sign-in.ts'
import { identifierLabel } from './transaction/identifier.ts'

const PATH = '/u/reset-password/request'

/** For whom a mail is asked for. */
type Target = { connection: Connection; clientId: string | undefined; brand: Brand; query: string }

/** Mounts it. */
export function requestResetRoutes(app: FastifyInstance, server: Server): void {
  app.get(PATH, async (request, reply) => {
    const target = await targetOf(server, request)
    const surroundings = await surroundingsOf(server, request, target)
    if (isClosed(target)) return await sendClosed(reply, surroundings)
    return await sendForm(server, reply, 200, surroundings, target)
  })
  app.post(PATH, async (request, reply) => {
    const target = await targetOf(server, request)
    const { form_token, username } = fieldsOf(request.body)
    guardForm(request, server.config.publicUrl, form_token, formTokenOf(server.secrets, PATH, target.query))
    const surroundings = await surroundingsOf(server, request, target)
    if (isClosed(target)) return await sendClosed(reply, surroundings)
    const identifier = typedIdentifier(typeof username === 'string' ? username : '')
    if (identifier === '') return await sendForm(server, reply, 400, surroundings, target)
    const info = withoutBody(requestInfoOf(request))
    const { connection, clientId } = target
    const { language } = surroundings
    await requestPasswordReset(server, { connection, identifier, clientId, language, request: info })
    return await sendDone(server, reply, surroundings, target, identifier)
  })
}

/** The connection that is named, else the first that is open to the application, else the first there is. */
async function targetOf(server: Server, request: FastifyRequest): Promise<Target> {
  const { db } = server.database
  const fields = fieldsOf(request.query)
  const [named, wanted] = [textOf(fields, 'client_id'), textOf(fields, 'connection')]
  const client = named === undefined ? undefined : await findClient(db, named)
  const clientId = client?.client_id
  const open = await listOpenDatabases(db, clientId)
  const connection = open.find(({ name }) => name === wanted) ?? open[0]
  if (!connection) throw new ApiError('not_found')
  const query = new URLSearchParams()
  for (const name of ['client_id', 'connection', 'ui_locales']) {
    const value = textOf(fields, name)
    if (value !== undefined) query.set(name, value)
  }
  return { connection, clientId, brand: clientBrand(client), query: String(query) }
}

function isClosed({ connection }: Target): boolean {
  return connection.options.disable_self_service_change_password === true
}

async function sendForm(
  { secrets }: Server,
  reply: FastifyReply,
  status: number,
  surroundings: Surroundings,
  { connection, query }: Target,
): Promise<FastifyReply> {
  const texts = wordsOf(MAIL_TEXTS, surroundings)
  const { empty_title, empty_line } = wordsOf(SIGN_IN_TEXTS, surroundings)
  const label = identifierLabel([connection], surroundings)
  return await sendFormPage(reply, status, surroundings, {
    template: 'identifier',
    title: texts.forgot_title,
    text: { ...texts, continue: texts.send_link },
    lead: texts.forgot_1,
    form: { action: query === '' ? PATH : `${PATH}?${query}`, formToken: formTokenOf(secrets, PATH, query) },
    label,
    identifier: '',
    problem:
      status === 200
        ? undefined
        : { title: empty_title, lines: [{ text: fill(empty_line, { label }), href: '#username' }] },
  })
}

async function sendClosed(reply: FastifyReply, surroundings: Surroundings): Promise<FastifyReply> {
  const texts = wordsOf(MAIL_TEXTS, surroundings)
  return await sendNotice(reply, 403, surroundings, { title: texts.no_reset_title, paragraphs: [texts.no_reset_1] })
}

async function sendDone(
  server: Server,
  reply: FastifyReply,
  surroundings: Surroundings,
  { clientId }: Target,
  identifier: string,
): Promise<FastifyReply> {
  const texts = wordsOf(MAIL_TEXTS, { ...surroundings, names: { ...surroundings.names, email: identifier } })
  const address = await signInAddressOf(server.database.db, server.config, clientId)
  return await sendNotice(reply, 200, surroundings, {
    title: texts.check_title,
    paragraphs: [texts.reset_1, texts.check_spam],
    facts: [{ name: texts.asked_for, value: identifier }],
    links: [address === undefined ? undefined : { href: address, label: texts.continue_to_sign_in }],
  })
}
