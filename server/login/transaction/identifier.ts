/** The first page of signing in asks what one signs in with; before that, it is where every step of a sign-in begins. */
import type { FastifyReply } from 'fastify'
import type { Connection } from '../../connections/connection.ts'
import { textOf } from '../../http/sent-fields.ts'
import { keepIdentifier } from '../../oidc/keep-step.ts'
import type { Transaction } from '../../oidc/transaction.ts'
import type { Surroundings } from '../../pages/surroundings.ts'
import { fill, wordsOf } from '../../pages/texts.ts'
import { SIGN_IN_CHECKS, type SignInCheck } from '../../sign-in/checks.ts'
import { typedIdentifier } from '../../sign-in/request-reset.ts'
import { identifierRulesOf } from '../../users/identifier-rules.ts'
import { fillNamed } from '../texts/portals.ts'
import { SIGN_IN_TEXTS } from '../texts/sign-in.ts'
import { pathToProvider, providerPath } from './provider.ts'
import {
  addressOf,
  formOf,
  isSigningIn,
  lead,
  type Path,
  show,
  type TransactionPage,
  tell,
  type Visit,
} from './visit.ts'

/** The address that leads to this page even where the application asked for another one first. */
export const IDENTIFIER = '?screen=login'

/** TABLE: the page that an application may ask for first (`screen_hint`). */
const HINTS: Readonly<Record<string, Path>> = { signup: '/signup', 'reset-password': '/forgot' }

export const identifierPage: TransactionPage = {
  path: '',
  isTurn: isSigningIn,
  get: async (visit) => {
    const { transaction, query } = visit
    if (!isSigningIn(transaction)) return lead(visit, pageOfStep(transaction))
    const { connections, providers, namedProvider } = transaction
    if (connections.length === 0 && providers.length === 0) return await tellNowhere(visit)
    // Whoever has one way to go is sent there, unless he has just come back from it.
    const only = namedProvider ?? (connections.length === 0 && providers.length === 1 ? providers[0] : undefined)
    if (only && !transaction.invitation && textOf(query, 'screen') !== 'login') return lead(visit, providerPath(only))
    if (transaction.invitation && textOf(query, 'screen') !== 'login') return lead(visit, '/invitation')
    const hinted = HINTS[transaction.screenHint ?? '']
    if (hinted && textOf(query, 'screen') !== 'login') return lead(visit, hinted)
    return await showForm(visit, 200, transaction.identifier ?? transaction.loginHint ?? '')
  },
  post: async (visit) => {
    const { server, request, transaction, fields } = visit
    if (!isSigningIn(transaction)) return lead(visit, '')
    const identifier = typedIdentifier(textOf(fields, 'username') ?? '')
    if (identifier === '') return await showForm(visit, 400, '')
    const away = await pathToProvider(visit, identifier)
    if (away) return lead(visit, away)
    await keepIdentifier(server, request, transaction, identifier)
    if (transaction.connections.length === 0) return await showForm(visit, 400, identifier, true)
    return lead(visit, '/password')
  },
}

/** The page on which a step after signing in is done. */
function pageOfStep({ step }: Transaction): Path {
  if (step.name === 'consent') return '/consent'
  if (step.name === 'login') return ''
  if (step.name !== 'requirement') return '/organization'
  const check: SignInCheck = SIGN_IN_CHECKS[step.check]
  return `/${check.page}`
}

async function showForm(visit: Visit, status: number, identifier: string, isUnknown = false): Promise<FastifyReply> {
  const { transaction, surroundings } = visit
  const texts = wordsOf(SIGN_IN_TEXTS, surroundings)
  const label =
    transaction.connections.length === 0 ? texts.email : identifierLabel(transaction.connections, surroundings)
  return await show(visit, status, {
    template: 'identifier',
    title: texts.title,
    text: texts,
    lead: fillNamed(texts.to_continue, { application: transaction.client.name }),
    form: formOf(visit, ''),
    label,
    identifier,
    problem:
      status === 200
        ? undefined
        : { title: texts.empty_title, lines: [problemLine(isUnknown ? texts.no_provider : texts.empty_line, label)] },
    asks: transaction.connections.length > 0 || transaction.providers.some(({ domains }) => domains.length > 0),
    providers: transaction.providers
      .filter(({ hasButton }) => hasButton)
      .map((provider) => ({
        href: addressOf(visit, providerPath(provider)),
        label: fill(texts.continue_with, { provider: provider.label }),
      })),
    sign_up: transaction.signUp ? addressOf(visit, '/signup') : undefined,
  })
}

function problemLine(text: string, label: string) {
  return { text: fill(text, { label }), href: '#username' }
}

/** What one signs in with at these connections. */
export function identifierLabel(connections: readonly Connection[], surroundings: Surroundings): string {
  const texts = wordsOf(SIGN_IN_TEXTS, surroundings)
  const rules = connections.map(({ options }) => identifierRulesOf(options))
  const has = (kind: 'email' | 'username' | 'phone_number') => rules.some((rule) => rule[kind] !== 'inactive')
  if (has('phone_number')) return texts.any_identifier
  if (!has('username')) return texts.email
  return has('email') ? texts.email_or_username : texts.username
}

async function tellNowhere(visit: Visit): Promise<FastifyReply> {
  const texts = wordsOf(SIGN_IN_TEXTS, visit.surroundings)
  const { name: application } = visit.transaction.client
  return await tell(visit, 403, {
    title: texts.nowhere_title,
    paragraphs: [fill(texts.nowhere_1, { application })],
    form: { ...formOf(visit, '/leave', '?for=nowhere'), label: fillNamed(texts.back, { application }) },
    isProblem: true,
  })
}
