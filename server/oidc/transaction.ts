/**
 * An authorization request that waits for a person: what the pages under `/u/login/<id>` need to know of it, and how it
 * goes on. It is bound to the browser by a cookie that only its own pages get, so two tabs have two of them and
 * another browser has none. Which page comes next is never a page's decision: it completes its step, and the
 * request is looked at anew (`policy.ts`).
 */

import type { FastifyRequest } from 'fastify'
import { listOpenDatabases } from '../clients/open-databases.ts'
import type { Connection } from '../connections/connection.ts'
import { ApiError } from '../http/errors.ts'
import { filledText } from '../http/sent-fields.ts'
import type { Server } from '../http/server.ts'
import type { SignInCheckCode } from '../sign-in/checks.ts'
import type { User } from '../users/user.ts'
import { userOfRequest } from './account.ts'
import { clientOfRequest } from './client-metadata.ts'
import { newOidcRequest, oidcDb, withinOidcRequest } from './context.ts'
import { findInteraction, type Interaction, type Missing } from './interaction.ts'
import { providerOf } from './provider.ts'
import { apiOf, audienceOf, outwardScope } from './resources.ts'

/** A waiting request. */
export type Transaction = {
  id: string
  /** What it waits for: signing in, something the person has to do first, or his consent. */
  step: { name: 'login' } | { name: 'requirement'; check: SignInCheckCode } | { name: 'consent'; consent: Consent }
  client: TransactionClient
  /** The database connections through which one may sign in here. */
  connections: readonly Connection[]
  /** As the application asked. */
  uiLocales: string | undefined
  loginHint: string | undefined
  screenHint: string | undefined
  /** What was typed on the first page of signing in. */
  identifier: string | undefined
  /** Who is signed in, in the steps after signing in, and by which session. */
  user: User | undefined
  sessionId: string | undefined
}

/** The application that asks. */
export type TransactionClient = {
  clientId: string
  name: string
  logoUri: string | undefined
  /** In whose name and colour its sign-in is shown: `brand_name` and `brand_colour` of its `client_metadata`. */
  brand: { name: string | undefined; colour: string | undefined }
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
    const { brand_name, brand_colour } = metadata
    return {
      id,
      step: await stepOf(prompt),
      client: {
        clientId,
        name: client.name,
        logoUri: filledText(logoUri),
        brand: { name: brand_name, colour: brand_colour },
        metadata,
        isFirstParty: client.is_first_party,
      },
      connections: await connectionsOf(clientId, filledText(params.connection)),
      uiLocales: filledText(params.ui_locales),
      loginHint: filledText(params.login_hint),
      screenHint: filledText(params.screen_hint),
      identifier: filledText(interaction.result?.identifier),
      user: accountId === undefined ? undefined : await userOfRequest(accountId),
      sessionId,
    }
  })
}

async function stepOf({ name, details }: Interaction['prompt']): Promise<Transaction['step']> {
  if (name === 'login') return { name }
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

/** Those that are open to the application; the one it names, if it names one. */
async function connectionsOf(clientId: string, named: string | undefined): Promise<Connection[]> {
  const open = await listOpenDatabases(oidcDb(), clientId)
  const [one] = open.filter(({ name }) => name === named)
  return one ? [one] : open
}

/** Keeps what was typed on the first page for the second. */
export async function keepIdentifier(
  server: Server,
  request: FastifyRequest,
  transaction: Transaction,
  identifier: string,
): Promise<void> {
  await withinOidcRequest(newOidcRequest(server, request, undefined), async () => {
    const interaction = await findInteraction(await providerOf(server), request, transaction.id)
    interaction.result = { identifier }
    await interaction.persist()
  })
}

export { completeStep, type StepResult } from './complete-step.ts'
export { startSession } from './start-session.ts'
