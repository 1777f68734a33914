/**
 * The page of an invitation: what it is to, for whom, and how it is accepted. Whoever holds the link reads mail at the
 * address, so he may know whether it has an account. No other account can accept it, and trying does not use it up.
 */
import type { FastifyReply } from 'fastify'
import { ApiError } from '../../http/errors.ts'
import { requestInfoOf, withoutBody } from '../../http/request-info.ts'
import { keepIdentifier } from '../../oidc/keep-step.ts'
import { providerOfAddress } from '../../oidc/offered-providers.ts'
import { completeStep, type Transaction } from '../../oidc/transaction.ts'
import { contactOf, type Notice, referenceOf } from '../../pages/notice.ts'
import { fill, type Language, wordsOf } from '../../pages/texts.ts'
import { INVITATION_REFUSALS, recordRefusedInvitation } from '../../sign-in/accept-invitation.ts'
import type { Invited } from '../../sign-in/invitation-store.ts'
import { fold } from '../../users/user.ts'
import { INVITATION_TEXTS } from '../texts/invitation.ts'
import { fillNamed } from '../texts/portals.ts'
import { accountOf } from './organization.ts'
import { providerPath } from './provider.ts'
import { addressOf, formOf, isSigningIn, lead, type TransactionPage, tell, type Visit } from './visit.ts'

const PAGE = '/invitation'

export const invitationPage: TransactionPage = {
  path: PAGE,
  isTurn: (transaction) => isSigningIn(transaction) && transaction.invitation !== undefined,
  get: async (visit) => await showPage(visit, 200),
  post: async (visit) => {
    const { server, request, reply, transaction } = visit
    const { found, hasAccount = false } = transaction.invitation ?? {}
    if (!found || whatHolds(transaction, found) === 'gone') {
      await noteRefusal(visit, INVITATION_REFUSALS.gone)
      return await showPage(visit, 403)
    }
    if (whatHolds(transaction, found) === 'own') {
      const userId = transaction.user?.user_id ?? ''
      return await completeStep(server, request, reply, transaction, { kind: 'accepted' }).catch((error) =>
        refuseInvitation(visit, { identifier: accountOf(transaction), userId }, error),
      )
    }
    await keepIdentifier(server, request, transaction, found.email)
    const { providers, connections } = transaction
    const provider = providerOfAddress(providers, found.email) ?? (connections.length === 0 ? providers[0] : undefined)
    if (provider && !hasAccount) return lead(visit, providerPath(provider))
    return lead(visit, hasAccount ? '/password' : '/signup')
  },
}

/** What can be done with it: it is gone, or the one who is signed in accepts it, or another has to sign in. */
function whatHolds({ user, isToSignInAnew }: Transaction, found: Invited): 'gone' | 'own' | 'other' | 'stranger' {
  const isOwn = user?.email !== undefined && fold(user.email) === found.emailFolded
  const isRepeated = found.state === 'accepted' && user !== undefined && found.acceptedBy === user.user_id
  if (found.state !== 'open' && !isRepeated) return 'gone'
  if (!user || (isOwn && isToSignInAnew)) return 'stranger'
  return isOwn ? 'own' : 'other'
}

/** Records that somebody tried to accept it who could not. */
export async function noteRefusal(visit: Visit, description: string, userId?: string): Promise<void> {
  const { server, request, transaction } = visit
  const { invitation, organization, client, user } = transaction
  if (!invitation || !organization) return
  const info = withoutBody(requestInfoOf(request))
  await recordRefusedInvitation(
    server.database.db,
    {
      organizationId: organization.id,
      ticket: invitation.ticket,
      clientId: client.clientId,
      userId: userId ?? user?.user_id,
      request: info,
    },
    description,
  )
}

async function showPage(visit: Visit, status: number): Promise<FastifyReply> {
  const { transaction, surroundings } = visit
  const { invitation, client, organization } = transaction
  const { found, hasAccount = false } = invitation ?? {}
  const texts = wordsOf(INVITATION_TEXTS, surroundings)
  const holds = found && whatHolds(transaction, found)
  if (!found || holds === 'gone' || holds === undefined) return await tellGone(visit, found)
  const words = { organization: organization?.displayName ?? '', inviter: found.inviterName, email: found.email }
  const labels = {
    own: found.state === 'accepted' ? fillNamed(texts.go_on, { application: client.name }) : texts.accept,
    other: texts.other_account,
    stranger: hasAccount ? texts.continue_known : texts.continue_new,
  }
  const isOther = holds === 'other'
  const notice: Notice = {
    title: fill(isOther ? texts.other_title : texts.title, words),
    paragraphs: (isOther ? [texts.other_1, texts.other_2] : [texts.lead]).map((text) => fill(text, words)),
    facts: [
      isOther ? undefined : { name: texts.for_whom, value: found.email },
      isOther ? { name: texts.signed_in_as, value: accountOf(transaction) } : rolesOf(found, texts),
      isOther || found.state !== 'open'
        ? undefined
        : { name: texts.until, value: inWords(found, surroundings.language), at: found.expiresAt.toISOString() },
    ],
    form: { ...formOf(visit, PAGE), label: labels[holds] },
    isProblem: isOther,
  }
  return await tell(visit, isOther ? 403 : status, notice)
}

function rolesOf({ roles }: Invited, texts: { role: string; roles: string }) {
  if (roles.length === 0) return undefined
  return { name: roles.length === 1 ? texts.role : texts.roles, value: roles.map(({ name }) => name).join(', ') }
}

const LOCALES = { en: 'en-GB', de: 'de-DE' } as const satisfies Record<Language, string>

function inWords({ expiresAt }: Invited, language: Language): string {
  const format = new Intl.DateTimeFormat(LOCALES[language], { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })
  return `${format.format(expiresAt)} UTC`
}

/** TABLE: what is said of an invitation that cannot be accepted any more. */
const GONE = {
  accepted: ['used_title', 'used_1'],
  revoked: ['revoked_title', 'revoked_1'],
  expired: ['expired_title', 'expired_1'],
  unknown: ['unknown_title', 'unknown_1'],
} as const

async function tellGone(visit: Visit, found: Invited | undefined): Promise<FastifyReply> {
  const { transaction, surroundings, request } = visit
  const texts = wordsOf(INVITATION_TEXTS, surroundings)
  const state = found === undefined || found.state === 'open' ? 'unknown' : found.state
  const [title, said] = GONE[state]
  const words = { organization: transaction.organization?.displayName ?? '', application: transaction.client.name }
  return await tell(visit, 403, {
    title: texts[title],
    paragraphs: [texts[said], ...(state === 'accepted' ? [] : [fill(texts.ask_again, words)])],
    facts: [contactOf(surroundings), referenceOf(surroundings, request.id)],
    form: { ...formOf(visit, '/leave', '?for=invitation'), label: fillNamed(texts.back, words) },
    isProblem: true,
  })
}

/** Answers what was thrown because somebody who has proved who he is cannot accept the invitation. It stays open. */
export async function refuseInvitation(
  visit: Visit,
  { identifier, userId }: { identifier: string; userId: string },
  error: unknown,
): Promise<FastifyReply> {
  const code = error instanceof ApiError ? error.code : undefined
  if (code !== 'invitation_refused' && code !== 'invitation_gone') throw error
  await noteRefusal(visit, INVITATION_REFUSALS[code === 'invitation_gone' ? 'gone' : 'other_account'], userId)
  return code === 'invitation_gone' ? lead(visit, PAGE) : await tellRefused(visit, identifier)
}

async function tellRefused(visit: Visit, identifier: string): Promise<FastifyReply> {
  const { transaction, surroundings } = visit
  const texts = wordsOf(INVITATION_TEXTS, surroundings)
  const { email = '', emailFolded } = transaction.invitation?.found ?? {}
  const words = {
    email,
    organization: transaction.organization?.displayName ?? '',
    application: transaction.client.name,
  }
  const said = fold(identifier) === emailFolded ? texts.refused_own : texts.refused_1
  return await tell(visit, 403, {
    title: texts.refused_title,
    paragraphs: [fill(said, words), texts.refused_2],
    facts: [{ name: texts.signed_in_as, value: identifier }],
    form: { ...formOf(visit, '/leave', '?for=other-account'), label: fillNamed(texts.back, words) },
    links: [{ href: addressOf(visit, PAGE), label: texts.other_account }],
    isProblem: true,
  })
}
