/**
 * Somebody at a page of a sign-in. Each page belongs to a step; at another step the browser is led to where that one
 * begins, so no page can be reached, or its form sent, before its turn.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Fields, fieldsOf } from '../../http/sent-fields.ts'
import type { Server } from '../../http/server.ts'
import { openTransaction, type Transaction } from '../../oidc/transaction.ts'
import { formTokenOf, guardForm } from '../../pages/form-guard.ts'
import { type Notice, sendNotice } from '../../pages/notice.ts'
import { type Surroundings, surroundingsOf } from '../../pages/surroundings.ts'
import type { Language } from '../../pages/texts.ts'
import { sendFormPage } from '../templates.ts'
import { PORTAL_NAMES, PORTAL_TITLES } from '../texts/portals.ts'
import { rememberApplication } from './again.ts'
import { hintsOf } from './look.ts'

/** Where a page lives below `/u/login/<id>`. */
export type Path = '' | `/${string}`

/** A request for a page. */
export type Visit = {
  server: Server
  request: FastifyRequest
  reply: FastifyReply
  transaction: Transaction
  surroundings: Surroundings
  language: Language
  query: Fields
  /** Of the form that was sent; none were with an address. */
  fields: Fields
}

type Handler = (visit: Visit) => Promise<FastifyReply>

/** A page of a sign-in. */
export type TransactionPage = {
  path: Path
  /** Whether it is this page's turn. */
  isTurn: (transaction: Transaction) => boolean
  get?: Handler
  post?: Handler
}

/** The turn of pages on which nobody is signed in yet. */
export function isSigningIn({ step }: Transaction): boolean {
  return step.name === 'login'
}

/** Mounts a page. */
export function mountPage(app: FastifyInstance, server: Server, { path, isTurn, get, post }: TransactionPage): void {
  const handle = (handler: Handler) => async (request: FastifyRequest, reply: FastifyReply) => {
    const { id } = fieldsOf(request.params)
    const opened = await openTransaction(server, request, String(id))
    const { clientId } = opened.client
    if (request.method === 'GET') rememberApplication(server, request, reply, { id: opened.id, clientId })
    const fields = fieldsOf(request.body)
    if (request.method === 'POST') {
      guardForm(request, server.config.publicUrl, fields.form_token, formToken(server, opened, path))
    }
    const found = await surroundingsOf(server, request, hintsOf(opened))
    const { language } = found
    const surroundings = { ...found, names: { ...found.names, clientName: nameIn(PORTAL_TITLES, opened, language) } }
    const transaction = { ...opened, client: { ...opened.client, name: nameIn(PORTAL_NAMES, opened, language) } }
    const query = fieldsOf(request.query)
    const visit = { server, request, reply, transaction, surroundings, language, query, fields }
    if (path !== '' && !isTurn(transaction)) return lead(visit, '')
    return await handler(visit)
  }
  if (get) app.get(`/u/login/:id${path}`, handle(get))
  if (post) app.post(`/u/login/:id${path}`, handle(post))
}

/** What a page calls the application that asks. */
function nameIn(portals: typeof PORTAL_NAMES, { client: { clientId, name } }: Transaction, language: Language): string {
  const names: Readonly<Record<string, string>> = portals[language]
  return names[clientId] ?? name
}

/** The address of a page of the same sign-in. */
export function addressOf({ transaction }: Visit, path: Path): string {
  return `/u/login/${encodeURIComponent(transaction.id)}${path}`
}

/** Leads to a page of the same sign-in. */
export function lead(visit: Visit, path: Path): FastifyReply {
  return visit.reply.redirect(addressOf(visit, path), 303)
}

/** The form of a page: where it is sent to, and the token that has to come with it. */
export function formOf(visit: Visit, path: Path, query = ''): { action: string; formToken: string } {
  return {
    action: `${addressOf(visit, path)}${query}`,
    formToken: formToken(visit.server, visit.transaction, path),
  }
}

function formToken({ secrets }: Server, { id }: Transaction, path: Path): string {
  return formTokenOf(secrets, `/u/login${path}`, id)
}

/** Sends a page with fields. Its forms lead to the application in the end, wherever that is (`page-headers.ts`). */
export function show(
  { reply, surroundings }: Visit,
  status: number,
  page: Parameters<typeof sendFormPage>[3],
): Promise<FastifyReply> {
  return sendFormPage(reply, status, surroundings, { ...page, formTargets: 'anywhere' })
}

/** Sends a page that says something. */
export function tell({ reply, surroundings }: Visit, status: number, notice: Notice): Promise<FastifyReply> {
  return sendNotice(reply, status, surroundings, { ...notice, formTargets: 'anywhere' })
}
