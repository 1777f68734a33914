/** The second page of signing in asks for the password. Its answers tell nothing about whether there is such an account. */
import type { FastifyReply } from 'fastify'
import type { Actor } from '../../authorization/actor.ts'
import { requestInfoOf, withoutBody } from '../../http/request-info.ts'
import { completeStep } from '../../oidc/transaction.ts'
import { rememberLanguage } from '../../pages/language.ts'
import { contactOf, referenceOf } from '../../pages/notice.ts'
import { fill, wordsOf } from '../../pages/texts.ts'
import { authenticate, type Outcome } from '../../sign-in/authenticate.ts'
import { failedChecks, SIGN_IN_CHECKS, type SignInCheck, type SignInCheckCode } from '../../sign-in/checks.ts'
import { localeOf } from '../../users/profile.ts'
import { findUser } from '../../users/store.ts'
import type { FormProblem } from '../templates.ts'
import { fillNamed } from '../texts/portals.ts'
import { SIGN_IN_TEXTS } from '../texts/sign-in.ts'
import { mayReset } from './forgot.ts'
import { IDENTIFIER } from './identifier.ts'
import { refuseInvitation } from './invitation.ts'
import { blockedWords } from './shut-out.ts'
import { addressOf, formOf, isSigningIn, lead, show, type TransactionPage, tell, type Visit } from './visit.ts'

const SERVER: Actor = { kind: 'system', name: 'sign-in page' }

export const passwordPage: TransactionPage = {
  path: '/password',
  isTurn: isSigningIn,
  get: async (visit) => {
    const { identifier } = visit.transaction
    return identifier === undefined ? lead(visit, '') : await showForm(visit, 200, identifier)
  },
  post: async (visit) => {
    const { server, request, reply, transaction, fields } = visit
    const { identifier, client, connections, organization } = transaction
    if (identifier === undefined) return lead(visit, '')
    const info = withoutBody(requestInfoOf(request))
    const password = typeof fields.password === 'string' ? fields.password : ''
    const place = { clientId: client.clientId, organizationId: organization?.id }
    const attempt = { connections, identifier, password, ...place, request: info }
    const outcome = await authenticate(server, attempt)
    if (outcome.kind !== 'passed') return await refuse(visit, identifier, outcome)
    const { userId, generation } = outcome
    const { db } = server.database
    const failed = (await failedChecks(db, { userId, ...place })).find((code) => !isForInvitation(visit, code))
    // What the person can clear himself is asked of him when he is signed in.
    if (failed && !pageOf(failed)) return await tellBlocked(visit, { identifier, failed, userId })
    rememberLanguage(server.config, reply, localeOf(await findUser(db, SERVER, userId)))
    try {
      return await completeStep(server, request, reply, transaction, {
        kind: 'signed-in',
        userId,
        generation,
        by: 'password',
      })
    } catch (error) {
      return await refuseInvitation(visit, { identifier, userId }, error)
    }
  },
}

/** Whoever is invited is no member yet. */
export function isForInvitation({ transaction }: Visit, code: SignInCheckCode): boolean {
  return transaction.invitation !== undefined && (code === 'not_a_member' || code === 'membership_ended')
}

export function pageOf(code: SignInCheckCode): string | undefined {
  const check: SignInCheck = SIGN_IN_CHECKS[code]
  return check.page
}

async function showForm(
  visit: Visit,
  status: number,
  identifier: string,
  problem?: FormProblem,
): Promise<FastifyReply> {
  const { transaction } = visit
  const texts = wordsOf(SIGN_IN_TEXTS, visit.surroundings)
  const isWrong = problem !== undefined
  return await show(visit, status, {
    template: 'sign-in-password',
    title: texts.password_title,
    text: texts,
    lead: fillNamed(texts.to_continue, { application: transaction.client.name }),
    form: formOf(visit, '/password'),
    identifier,
    change: addressOf(visit, '') + IDENTIFIER,
    password: { label: texts.password, autocomplete: 'current-password', isWrong, hasFocus: !isWrong },
    problem,
    forgot: mayReset(transaction.connections) ? addressOf(visit, '/forgot') : undefined,
  })
}

async function refuse(visit: Visit, identifier: string, outcome: Exclude<Outcome, { kind: 'passed' }>) {
  const texts = wordsOf(SIGN_IN_TEXTS, visit.surroundings)
  if (outcome.kind === 'blocked') {
    return await tellKept(visit, identifier, 429, texts.tries_title, [texts.tries_1, texts.tries_2])
  }
  if (outcome.kind === 'breached') {
    return await tellKept(visit, identifier, 403, texts.breached_title, [texts.breached_1, texts.breached_2])
  }
  if (outcome.kind === 'refused') {
    const text = identifier.includes('@') ? texts.refused_line : texts.refused_plain
    return await showForm(visit, 400, identifier, { title: texts.refused_title, lines: [{ text, href: '#password' }] })
  }
  const seconds = outcome.retryAfterSeconds
  visit.reply.header('retry-after', String(seconds))
  const text = fill(seconds === 1 ? texts.throttled_line_one : texts.throttled_line, { seconds })
  return await showForm(visit, 429, identifier, { title: texts.throttled_title, lines: [{ text }] })
}

/** Of too many tries it says the same whether there is such an account or not. */
async function tellKept(
  visit: Visit,
  identifier: string,
  status: number,
  title: string,
  paragraphs: string[],
): Promise<FastifyReply> {
  const { surroundings, transaction, request } = visit
  const texts = wordsOf(SIGN_IN_TEXTS, surroundings)
  return await tell(visit, status, {
    title,
    paragraphs,
    facts: [
      { name: texts.signed_in_as, value: identifier },
      contactOf(surroundings),
      referenceOf(surroundings, request.id),
    ],
    links: [
      mayReset(transaction.connections) ? { href: addressOf(visit, '/forgot'), label: texts.new_password } : undefined,
      { href: addressOf(visit, '') + IDENTIFIER, label: texts.other_account },
    ],
    isProblem: true,
  })
}

/** Whose password was right, and what stands against him. */
type Shut = { identifier: string; failed: SignInCheckCode; userId: string }

/** Only whoever knows the password is told. */
export async function tellBlocked(visit: Visit, { identifier, failed, userId }: Shut): Promise<FastifyReply> {
  const { surroundings, transaction, request } = visit
  const texts = wordsOf(SIGN_IN_TEXTS, surroundings)
  const subject = new URLSearchParams({ for: failed, user_id: userId })
  return await tell(visit, 403, {
    ...blockedWords(visit, failed),
    facts: [
      { name: texts.signed_in_as, value: identifier },
      contactOf(surroundings),
      referenceOf(surroundings, request.id),
    ],
    form: {
      ...formOf(visit, '/leave', `?${subject}`),
      label: fillNamed(texts.back, { application: transaction.client.name }),
    },
    links: [{ href: addressOf(visit, '') + IDENTIFIER, label: texts.other_account }],
    isProblem: true,
  })
}
