/**
 * An authorization request that waits for a person: what the pages under `/u/login/<id>` need to know of it, and how it
 * goes on. It is bound to the browser by a cookie that only its own pages get, so two tabs have two of them and
 * another browser has none. Which page comes next is never a page's decision: it completes its step, and the
 * request is looked at anew (`policy.ts`).
 */

import type { FastifyRequest } from 'fastify'
import { clientBrand } from '../clients/client-brand.ts'
import type { Connection } from '../connections/connection.ts'
import { ApiError } from '../http/errors.ts'
import { filledText } from '../http/sent-fields.ts'
import type { Server } from '../http/server.ts'
import type { SignInOrganization } from '../organizations/sign-in-store.ts'
import type { Brand } from '../pages/theme.ts'
import type { SignInCheckCode } from '../sign-in/checks.ts'
import { findInvited, findInvitedAccount, type Invited } from '../sign-in/invitation-store.ts'
import type { User } from '../users/user.ts'
import { userOfRequest } from './account.ts'
import { clientOfRequest } from './client-metadata.ts'
import { newOidcRequest, oidcDb, withinOidcRequest } from './context.ts'
import { findInteraction, type Interaction, isToSignInAnew, type Missing } from './interaction.ts'
import { offeredConnections } from './offered-connections.ts'
import { type OfferedProvider, offeredProviders } from './offered-providers.ts'
import { type OrganizationUse, organizationOfRequest, organizationUseOf } from './organization.ts'
import { providerOf } from './provider.ts'
import type { ProviderVisit } from './provider-sign-in.ts'
import { apiOf, audienceOf, outwardScope } from './resources.ts'

/** A waiting request. */
export type Transaction = {
  id: string
  /** What it waits for: finding an organization, signing in, choosing one, something the person has to do first, or his consent. */
  step:
    | { name: 'discovery' | 'login' | 'organization' }
    | { name: 'requirement'; check: SignInCheckCode }
    | { name: 'consent'; consent: Consent }
  client: TransactionClient
  /** To which one signs in, and how the application asks for one where none is known yet. */
  organization: SignInOrganization | undefined
  discoveryMethods: OrganizationUse['methods']
  /** By whose link one comes. */
  invitation: TransactionInvitation | undefined
  /** The database connections through which one may sign in here, and the one in which one may make an account. */
  connections: readonly Connection[]
  signUp: Connection | undefined
  /** Providers elsewhere at which one may sign in here, and the one that the application names. */
  providers: readonly OfferedProvider[]
  namedProvider: OfferedProvider | undefined
  /** What is kept of somebody who is at one of them. */
  providerVisit: ProviderVisit | undefined
  /** Whether he has been back from one in vain. */
  wasAtProvider: boolean
  /** As the application asked. */
  uiLocales: string | undefined
  loginHint: string | undefined
  screenHint: string | undefined
  /** What was typed on the first page of signing in. */
  identifier: string | undefined
  /** Who is signed in, in the steps after signing in or while he may sign in as somebody else, and by which session. */
  user: User | undefined
  sessionId: string | undefined
  /** Whether the application wants him to sign in anew. */
  isToSignInAnew: boolean
  /** How old a sign-in the application takes. */
  maxAgeSeconds: number | undefined
}

/** An invitation with its ticket; `found` is undefined for one that is unknown. */
export type TransactionInvitation = {
  ticket: string
  found: Invited | undefined
  /** Whether the address has an account here. */
  hasAccount: boolean
}

/** The application that asks. */
export type TransactionClient = {
  clientId: string
  name: string
  logoUri: string | undefined
  /** In whose name and colour its sign-in is shown. */
  brand: Brand
  metadata: Readonly<Record<string, string>>
  isFirstParty: boolean
}

/** What an application asks a person to allow. `description` is the API's own words. */
export type Consent = { apiName: string | undefined; scopes: ConsentScope[] }

/** A scope to allow. */
export type ConsentScope = { value: string; description: string | undefined }

/**
 * Opens the transaction of a page.
 * @throws ApiError transaction_gone when there is none of this id (any more) that belongs to this browser
 */
export async function openTransaction(server: Server, request: FastifyRequest, id: string): Promise<Transaction> {
  return await withinOidcRequest(newOidcRequest(server, request, undefined), async () => {
    const interaction = await findInteraction(await providerOf(server), request, id)
    const { params, prompt } = interaction
    const clientId = String(params.client_id)
    const client = await clientOfRequest(clientId)
    if (!client) throw new ApiError('transaction_gone')
    const { accountId, uid: sessionId } = interaction.session ?? {}
    const { logo_uri: logoUri, client_metadata: metadata = {} } = client.settings
    const organization = await organizationOf(params)
    const invitation = await invitationOf(params, organization)
    return {
      id,
      step: await stepOf(prompt),
      client: {
        clientId,
        name: client.name,
        logoUri: filledText(logoUri),
        brand: clientBrand(client),
        metadata,
        isFirstParty: client.is_first_party,
      },
      organization,
      discoveryMethods: organizationUseOf(client).methods,
      ...(await placeOf(clientId, organization, invitation, filledText(params.connection))),
      uiLocales: filledText(params.ui_locales),
      loginHint: filledText(params.login_hint),
      screenHint: filledText(params.screen_hint),
      identifier: typedIn(interaction),
      providerVisit: interaction.result?.providerVisit as ProviderVisit | undefined,
      wasAtProvider: interaction.result?.wasAtProvider === true,
      user: accountId === undefined ? undefined : await userOfRequest(accountId),
      sessionId,
      isToSignInAnew: isToSignInAnew(params),
      maxAgeSeconds: maxAgeOf(params),
    }
  })
}

/** Which application asks in a request that may wait for another browser. Undefined when there is none of this id. */
export async function findWaitingClient(
  server: Server,
  request: FastifyRequest,
  id: string,
): Promise<string | undefined> {
  return await withinOidcRequest(newOidcRequest(server, request, undefined), async () => {
    const interaction = await (await providerOf(server)).Interaction.find(id)
    return filledText(interaction?.params.client_id)
  })
}

/** Whoever has to sign in anew has just done so, whatever his provider knows of before. */
function maxAgeOf(params: Interaction['params']): number | undefined {
  if (isToSignInAnew(params)) return 0
  return params.max_age === undefined ? undefined : Number(params.max_age)
}

function typedIn({ result, lastSubmission }: Interaction): string | undefined {
  return filledText(result?.identifier) ?? filledText(result?.typed) ?? filledText(lastSubmission?.identifier)
}

async function stepOf({ name, details }: Interaction['prompt']): Promise<Transaction['step']> {
  if (name === 'login' || name === 'discovery' || name === 'organization') return { name }
  // `policy.ts` put the code there.
  if (name === 'requirement') return { name, check: details.check as SignInCheckCode }
  return { name: 'consent', consent: await consentOf(details) }
}

/** Scopes of OpenID Connect are told in our words, an API's in its own. */
async function consentOf({ missingOIDCScope = [], missingResourceScopes = {} }: Missing): Promise<Consent> {
  const [[resource, names] = []] = Object.entries(missingResourceScopes)
  const own = missingOIDCScope.map(outwardScope)
  const api = resource === undefined ? undefined : await apiOf(audienceOf(resource) ?? '')
  const described = new Map(api?.scopes.map(({ value, description }) => [value, description]))
  const asked = (names ?? []).filter((name) => described.has(name))
  return {
    apiName: asked.length > 0 ? api?.name : undefined,
    scopes: [...own, ...asked].map((value) => ({ value, description: described.get(value) })),
  }
}

async function organizationOf({ organization: id }: Interaction['params']): Promise<SignInOrganization | undefined> {
  return typeof id === 'string' ? await organizationOfRequest(id) : undefined
}

async function invitationOf(
  { invitation: ticket }: Interaction['params'],
  organization: SignInOrganization | undefined,
): Promise<Omit<TransactionInvitation, 'hasAccount'> | undefined> {
  if (typeof ticket !== 'string' || !organization) return undefined
  return { ticket, found: await findInvited(oidcDb(), organization.id, ticket) }
}

type InvitedPlace = Pick<Transaction, 'connections' | 'signUp' | 'invitation' | 'providers' | 'namedProvider'>

/**
 * Of the connections that are offered, the one that the application names, if it names one. Whoever is invited makes his
 * account where the invitation says, or in the first; nobody has to open that one to everybody for it.
 */
async function placeOf(
  clientId: string,
  organization: SignInOrganization | undefined,
  invitation: Omit<TransactionInvitation, 'hasAccount'> | undefined,
  named: string | undefined,
): Promise<InvitedPlace> {
  const offer = await offeredConnections(oidcDb(), { clientId, organizationId: organization?.id })
  const all = await offeredProviders(oidcDb(), { clientId, organizationId: organization?.id })
  if (!invitation?.found) {
    const [one] = offer.connections.filter(({ name }) => name === named)
    const namedProvider = all.find(({ connection }) => connection.name === named)
    const connections = one ? [one] : namedProvider ? [] : offer.connections
    const providers = one ? [] : namedProvider ? [namedProvider] : all
    const signUp = offer.signUp.find((connection) => connections.includes(connection))
    return {
      connections,
      signUp,
      providers,
      namedProvider,
      invitation: invitation && { ...invitation, hasAccount: false },
    }
  }
  const { connectionId, emailFolded } = invitation.found
  const connections = offer.connections.filter(({ id }) => connectionId === undefined || id === connectionId)
  const ids = connections.map(({ id }) => id)
  const hasAccount = (await findInvitedAccount(oidcDb(), ids, emailFolded)) !== undefined
  const providers = all.filter(({ connection: { id } }) => connectionId === undefined || id === connectionId)
  return {
    connections,
    signUp: connections[0],
    providers,
    namedProvider: undefined,
    invitation: { ...invitation, hasAccount },
  }
}

export { completeStep, type StepResult } from './complete-step.ts'
export { startSession } from './start-session.ts'
