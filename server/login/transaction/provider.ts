/** The way to an identity provider elsewhere, and back from it. */
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Actor } from '../../authorization/actor.ts'
import { equalInConstantTime } from '../../base/secrets.ts'
import { errorCodeOf } from '../../db/database.ts'
import { ApiError } from '../../http/errors.ts'
import { requestInfoOf, withoutBody, withoutParameters } from '../../http/request-info.ts'
import { fieldsOf, textOf } from '../../http/sent-fields.ts'
import { recordEvent } from '../../logs/record.ts'
import { keepIdentifier, keepProviderVisit } from '../../oidc/keep-step.ts'
import { type OfferedProvider, providerOfAddress } from '../../oidc/offered-providers.ts'
import { beginProviderVisit, CALLBACK_PATH, endProviderVisit, type ProviderVisit } from '../../oidc/provider-sign-in.ts'
import { completeStep, type Transaction } from '../../oidc/transaction.ts'
import { contactOf, referenceOf } from '../../pages/notice.ts'
import { fill, wordsOf } from '../../pages/texts.ts'
import { failedChecks } from '../../sign-in/checks.ts'
import { isUsableSubject, signInProviderUser } from '../../sign-in/provider-user.ts'
import { findUser } from '../../users/store.ts'
import { SIGN_IN_TEXTS } from '../texts/sign-in.ts'
import { IDENTIFIER } from './identifier.ts'
import { refuseInvitation } from './invitation.ts'
import { isForInvitation, pageOf, tellBlocked } from './password.ts'
import { addressOf, isSigningIn, lead, type Path, type TransactionPage, tell, type Visit } from './visit.ts'

const SERVER: Actor = { kind: 'system', name: 'sign-in page' }
const BACK = '/provider/back'
/** At the address of which connection he came back; said by us, whatever the provider says. */
const CAME_BY = 'came_by'

/** Where somebody is sent on to a provider. */
export function providerPath({ connection }: OfferedProvider): Path {
  return `/provider?connection=${encodeURIComponent(connection.id)}`
}

/**
 * Where somebody is sent on to who has typed an address of a provider's domains, on whichever page: an account with a
 * password, or a new password, would be of no use to him. Undefined where the address is of none.
 */
export async function pathToProvider(visit: Visit, typed: string): Promise<Path | undefined> {
  const { server, request, transaction } = visit
  const provider = providerOfAddress(transaction.providers, typed)
  if (!provider) return undefined
  await keepIdentifier(server, request, transaction, typed)
  return providerPath(provider)
}

/** Sends him there. */
export const providerPage: TransactionPage = {
  path: '/provider',
  isTurn: isSigningIn,
  get: async (visit) => {
    const { server, request, reply, transaction, query, language } = visit
    const wanted = textOf(query, 'connection')
    const provider = transaction.providers.find(({ connection }) => connection.id === wanted)
    if (!provider) return lead(visit, '')
    try {
      const { id, maxAgeSeconds, wasAtProvider: asksAnew } = transaction
      const hints = { id, loginHint: hintFor(transaction, provider), uiLocales: language, asksAnew, maxAgeSeconds }
      const { address, visit: kept } = await beginProviderVisit(server, provider.connection, hints)
      await keepProviderVisit(server, request, transaction, kept)
      return reply.redirect(address, 303)
    } catch (error) {
      if (error instanceof ApiError) throw error
      return await refuse(visit, provider, error)
    }
  },
}

/** What somebody has typed is told to a provider that knows him, not to any whose button he takes instead. */
function hintFor(transaction: Transaction, provider: OfferedProvider): string | undefined {
  const { identifier, loginHint, connections, providers } = transaction
  const hint = identifier ?? loginHint
  const isOnlyWay = connections.length === 0 && providers.length === 1
  return hint !== undefined && (isOnlyWay || providerOfAddress([provider], hint)) ? hint : undefined
}

/** Where he comes back to, of his own waiting request. */
export const providerBackPage: TransactionPage = {
  path: BACK,
  isTurn: isSigningIn,
  get: async (visit) => {
    const { transaction, query } = visit
    const { providerVisit: kept, providers } = transaction
    const state = textOf(query, 'state') ?? ''
    const provider = kept && providers.find(({ connection }) => connection.id === kept.connectionId)
    const isBack = provider && textOf(query, CAME_BY) === provider.connection.name
    if (!kept || !isBack || !equalInConstantTime(state, kept.state)) return lead(visit, IDENTIFIER as Path)
    return await comeBack(visit, provider, kept)
  },
}

async function comeBack(visit: Visit, provider: OfferedProvider, kept: ProviderVisit): Promise<FastifyReply> {
  const { server, request, reply, transaction } = visit
  const { connection } = provider
  const { client, organization } = transaction
  // Good for one return, whatever comes of it.
  await keepProviderVisit(server, request, transaction, undefined)
  const info = withoutParameters(withoutBody(requestInfoOf(request)))
  const place = { clientId: client.clientId, organizationId: organization?.id }
  let person: Awaited<ReturnType<typeof endProviderVisit>>
  try {
    person = await endProviderVisit(server, connection, kept, answerIn(request.raw.url))
  } catch (error) {
    return await refuse(visit, provider, error)
  }
  if (!isUsableSubject({ connection, ...person })) return await refuse(visit, provider, { error: 'sub_unusable' })
  const proved = await signInProviderUser(server.database, {
    connection,
    ...person,
    clientId: client.clientId,
    request: info,
  })
  if (!proved) return await refuse(visit, provider, { error: 'user_id_taken' })
  const { userId, generation } = proved
  const { db } = server.database
  const failed = (await failedChecks(db, { userId, ...place })).find((code) => !isForInvitation(visit, code))
  const user = await findUser(db, SERVER, userId)
  const identifier = user?.email ?? user?.name ?? userId
  if (failed && !pageOf(failed)) return await tellBlocked(visit, { identifier, failed, userId })
  try {
    return await completeStep(server, request, reply, transaction, {
      kind: 'signed-in',
      userId,
      generation,
      by: 'provider',
    })
  } catch (error) {
    return await refuseInvitation(visit, { identifier, userId }, error)
  }
}

/** Says that it did not work; what the provider said goes to the log, where an operator finds it by the reference. */
async function refuse(visit: Visit, provider: OfferedProvider, error: unknown): Promise<FastifyReply> {
  const { server, request, transaction, surroundings } = visit
  const texts = wordsOf(SIGN_IN_TEXTS, surroundings)
  const { clientId } = transaction.client
  const reason = reasonOf(error)
  server.log.warn({ connection: provider.connection.id, reason, requestId: request.id }, 'a provider let nobody in')
  await recordEvent(server.database.db, {
    type: 'f',
    actor: { kind: 'client', clientId, scopes: new Set() },
    clientId,
    connection: provider.connection,
    ...(transaction.organization ? { organizationId: transaction.organization.id } : {}),
    description: reason,
    request: withoutParameters(withoutBody(requestInfoOf(request))),
  })
  return await tell(visit, 502, {
    title: fill(texts.provider_title, { provider: provider.label }),
    paragraphs: [texts.provider_1, texts.provider_2],
    facts: [contactOf(surroundings), referenceOf(surroundings, request.id)],
    links: [
      { href: addressOf(visit, providerPath(provider)), label: texts.provider_again },
      { href: addressOf(visit, '') + IDENTIFIER, label: texts.other_account },
    ],
    isProblem: true,
  })
}

/** In words of the protocol alone: a message may have somebody's data in it. */
function reasonOf(error: unknown): string {
  const { error: said } = (error ?? {}) as { error?: unknown }
  const code = typeof said === 'string' && /^[\w-]{1,60}$/.test(said) ? said : errorCodeOf(error)
  const name = error instanceof Error ? error.name : 'unknown'
  return `The identity provider: ${code ?? name}`
}

/** What the provider has answered, without what is ours. */
function answerIn(url = ''): string {
  const answer = new URLSearchParams(url.split('?')[1])
  answer.delete(CAME_BY)
  return String(answer)
}

/** The address that is registered at a provider: it leads on to the waiting request that the state names. */
export function providerCallback(app: FastifyInstance): void {
  app.get(`${CALLBACK_PATH}:connection`, async (request, reply) => {
    const state = textOf(fieldsOf(request.query), 'state') ?? ''
    const [id = '', token] = state.split('.')
    if (!token || !/^[\w-]{10,100}$/.test(id)) throw new ApiError('transaction_gone')
    const answer = new URLSearchParams(request.raw.url?.split('?')[1])
    answer.set(CAME_BY, textOf(fieldsOf(request.params), 'connection') ?? '')
    return reply.redirect(`/u/login/${id}${BACK}?${answer}`, 303)
  })
}
