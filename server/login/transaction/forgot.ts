/** The page that asks for whom a link to choose a new password shall be sent. */
import type { FastifyReply } from 'fastify'
import type { Connection } from '../../connections/connection.ts'
import { requestInfoOf, withoutBody } from '../../http/request-info.ts'
import { textOf } from '../../http/sent-fields.ts'
import { keepIdentifier } from '../../oidc/keep-step.ts'

import { fill, wordsOf } from '../../pages/texts.ts'
import { requestPasswordReset, typedIdentifier } from '../../sign-in/request-reset.ts'
import { MAIL_TEXTS } from '../texts/mail.ts'
import { SIGN_IN_TEXTS } from '../texts/sign-in.ts'
import { IDENTIFIER, identifierLabel } from './identifier.ts'
import { pathToProvider } from './provider.ts'
import { addressOf, formOf, isSigningIn, lead, show, type TransactionPage, tell, type Visit } from './visit.ts'

export const forgotPage: TransactionPage = {
  path: '/forgot',
  isTurn: isSigningIn,
  get: async (visit) => {
    const { connections, identifier, loginHint } = visit.transaction
    if (!mayReset(connections)) return await tellNoReset(visit)
    return await showForm(visit, 200, identifier ?? loginHint ?? '')
  },
  post: async (visit) => {
    const { server, request, transaction, fields } = visit
    if (!mayReset(transaction.connections)) return await tellNoReset(visit)
    const identifier = typedIdentifier(textOf(fields, 'username') ?? '')
    if (identifier === '') return await showForm(visit, 400, '')
    const away = await pathToProvider(visit, identifier)
    if (away) return lead(visit, away)
    await keepIdentifier(server, request, transaction, identifier)
    await sendReset(visit, identifier)
    return lead(visit, '/check-mail?for=reset')
  },
}

/** Whether people choose new passwords by mail at one of these connections at least. */
export function mayReset(connections: readonly Connection[]): boolean {
  return connections.some(canReset)
}

/** Asks for the mail at each connection; which of them knows the identifier is found out when it is sent. */
export async function sendReset(visit: Visit, identifier: string): Promise<void> {
  const { server, request, transaction, language } = visit
  const info = withoutBody(requestInfoOf(request))
  for (const connection of transaction.connections.filter(canReset)) {
    const { clientId } = transaction.client
    const organizationId = transaction.organization?.id
    await requestPasswordReset(server, { connection, identifier, clientId, organizationId, language, request: info })
  }
}

function canReset({ options }: Connection): boolean {
  return options.disable_self_service_change_password !== true
}

async function showForm(visit: Visit, status: number, identifier: string): Promise<FastifyReply> {
  const { transaction, surroundings } = visit
  const texts = wordsOf(MAIL_TEXTS, surroundings)
  const label = identifierLabel(transaction.connections, surroundings)
  const { empty_title, empty_line } = wordsOf(SIGN_IN_TEXTS, surroundings)
  return await show(visit, status, {
    template: 'identifier',
    title: texts.forgot_title,
    text: { ...texts, continue: texts.send_link },
    lead: texts.forgot_1,
    form: formOf(visit, '/forgot'),
    label,
    identifier,
    problem:
      status === 200
        ? undefined
        : { title: empty_title, lines: [{ text: fill(empty_line, { label }), href: '#username' }] },
    back: addressOf(visit, '') + IDENTIFIER,
  })
}

async function tellNoReset(visit: Visit): Promise<FastifyReply> {
  const texts = wordsOf(MAIL_TEXTS, visit.surroundings)
  return await tell(visit, 403, {
    title: texts.no_reset_title,
    paragraphs: [texts.no_reset_1],
    links: [{ href: addressOf(visit, '') + IDENTIFIER, label: texts.back_to_sign_in }],
  })
}
