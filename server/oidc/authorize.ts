/**
 * `GET /authorize` and its return, `/authorize/:id`: Auth0's parameters are put into those of the standards, the rest is
 * oidc-provider's. Its answer is a redirect to the application, to a page of ours, or the error page.
 */

import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { personOrClient } from '../authorization/actor.ts'
import type { Tx } from '../db/database.ts'
import { addressBlock } from '../http/address-block.ts'
import { applyRateLimit } from '../http/rate-limit-headers.ts'
import { requestInfoOf } from '../http/request-info.ts'
import type { Server } from '../http/server.ts'
import { recordEvent } from '../logs/record.ts'
import { sendErrorPage } from '../pages/error-page.ts'
import { noteMembershipSignIn } from '../sign-in/join-organization.ts'
import { organizationTold } from '../sign-in/organization-told.ts'
import { readTenantSettings } from '../tenants/store.ts'
import { addressesOf, clientOfRequest } from './client-metadata.ts'
import { oidcDb, oidcRequest } from './context.ts'
import { nameOrganization, parameterOf } from './organization.ts'
import { isRegisteredOrigin } from './redirects.ts'
import { inwardScope, resourceOf } from './resources.ts'
import { type Outcome, type ProviderRequest, runProvider } from './run-provider.ts'

/** Mounts both. */
export function mountAuthorize(app: FastifyInstance, server: Server): void {
  const answer = async (request: FastifyRequest, reply: FastifyReply, url: ProviderRequest['url']) => {
    applyRateLimit(server.rateLimiter, `authorize|${addressBlock(request.ip)}`, reply)
    const outcome = await runProvider(server, request, reply, { url }, async (tx, caught) => {
      await recordOutcome(tx, caught, request)
    })
    return await sendOutcome(server, request, reply, outcome)
  }
  app.get('/authorize', async (request, reply) => {
    return await answer(request, reply, () => translate(server, request.query))
  })
  app.get('/authorize/:id', async (request, reply) => await answer(request, reply, request.url))
}

type Parameters = URLSearchParams

/** The request as oidc-provider understands it. The client that is read for it is the one that oidc-provider finds. */
async function translate(server: Server, query: unknown): Promise<string> {
  const parameters = parametersOf(query)
  const settings = await readTenantSettings(oidcDb())
  const client = await clientOfRequest(parameters.get('client_id') ?? '')
  // Auth0: the first callback where none is named.
  const [callback] = addressesOf(client, 'callbacks')
  if (callback !== undefined && !parameters.has('redirect_uri')) parameters.set('redirect_uri', callback)
  const scope = parameters.get('scope')
  if (scope !== null) parameters.set('scope', inwardScope(scope))
  await nameOrganization(parameters)
  nameResource(parameters, settings.default_audience, server.config.issuer)
  leaveOut(parameters)
  if (parameters.get('response_mode') === 'web_message') {
    const origin = originOf(parameters.get('redirect_uri'))
    // The answer goes to a page in a window of that origin; a mode that does not exist is refused in the standard's words.
    if (!isRegisteredOrigin(addressesOf(client, 'web_origins'), origin)) parameters.set('response_mode', 'not_allowed')
  }
  return `/authorize?${parameters}`
}

function parametersOf(query: unknown): Parameters {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query ?? {})) {
    // Twice the same parameter is for oidc-provider to refuse; an empty one counts as none (RFC 6749 §3.1).
    for (const one of [value].flat()) if (String(one) !== '') parameters.append(name, String(one))
  }
  return parameters
}

/** `audience` becomes a resource indicator; what a client sends as one itself is not Auth0's way and is left out. */
function nameResource(parameters: Parameters, defaultAudience: string, issuer: string): void {
  parameters.delete('resource')
  const audience = parameters.get('audience') ?? defaultAudience
  if (audience !== '' && audience !== `${issuer}userinfo`) parameters.set('resource', resourceOf(audience))
}

// OpenID Connect's own parameters; without its scope oidc-provider refuses them and Auth0 ignores them.
const OPENID_ALONE = ['nonce', 'acr_values', 'claims', 'id_token_hint', 'max_age'] as const

function leaveOut(parameters: Parameters): void {
  const isOpenid = (parameters.get('scope') ?? '').split(' ').includes('openid')
  if (!isOpenid) for (const name of OPENID_ALONE) parameters.delete(name)
  const prompt = parameters.get('prompt')
  // Choosing another account is done on the page to sign in on.
  if (prompt !== null) parameters.set('prompt', prompt.replace('select_account', 'login'))
}

function originOf(address: string | null): string {
  return address !== null && URL.canParse(address) ? new URL(address).origin : ''
}

/** Errors by which somebody who is signed in is refused (`sign-in/checks.ts`). */
const REFUSALS: ReadonlySet<string> = new Set(['access_denied', 'unauthorized'])

async function recordOutcome(tx: Tx, { ctx, status }: Outcome, request: FastifyRequest): Promise<void> {
  const { oidc } = ctx
  // The pages record what happens on them; here is what happens without any.
  if (!oidc?.client || oidc.entities.Interaction) return
  const isSilent = String(oidc.params?.prompt ?? '') === 'none'
  const userId = oidc.session?.accountId
  const hasFailed = status >= 400 || ctx.state.refused !== undefined
  const organization = parameterOf(ctx, 'organization')
  const organizationId = organization === undefined ? undefined : oidcRequest().organizations.get(organization)?.id
  // What is wrong with a request itself is told to the application alone.
  if (hasFailed && !isSilent && !(userId && REFUSALS.has(String(ctx.state.refused)))) return
  // To the organization it is a sign-in: the person comes there, though the session was there before.
  const isVisit = !hasFailed && !isSilent && userId !== undefined && organizationId !== undefined
  if (isVisit) await noteMembershipSignIn(tx, { userId, organizationId, ip: request.ip })
  const failure = isSilent ? 'fsa' : 'f'
  await recordEvent(tx, {
    type: hasFailed ? failure : isVisit ? 's' : 'ssa',
    actor: personOrClient(userId, oidc.client.clientId),
    clientId: oidc.client.clientId,
    ...(userId === undefined ? {} : { userId }),
    ...(await organizationTold(tx, organizationId || undefined, userId)),
    ...(hasFailed ? { description: String(ctx.state.refused ?? 'login_required') } : {}),
    request: { ...requestInfoOf(request), query: {} },
  })
}

async function sendOutcome(server: Server, request: FastifyRequest, reply: FastifyReply, outcome: Outcome) {
  const { problem, status, body } = outcome
  if (!problem) {
    if (typeof body === 'string') protect(reply, body, outcome)
    // What carries the answer on to the application, by script or form, is itself no error: Auth0 answers 200, and the
    // console of a browser would name every silent sign-in that finds nobody.
    return reply.code(status === 400 ? 200 : status).send(body ?? '')
  }
  const { error, error_description: description } = problem
  const { error_page: page } = await readTenantSettings(server.database.db)
  if (!page?.url) return await sendErrorPage(server, request, reply, status, { error, description })
  const address = new URL(page.url)
  const { client_id, state } = request.query as Record<string, unknown>
  const values = { client_id, state, error, error_description: description, tracking: request.id }
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'string') address.searchParams.set(name, value)
  }
  return reply.redirect(address.href, 302)
}

/** What oidc-provider answers as a page consists of one script. Only `web_message` may be framed, by the page that asked. */
function protect(reply: FastifyReply, html: string, { ctx }: Outcome): void {
  const scripts = [...html.matchAll(/<script>(.*?)<\/script>/gs)].map(([, text = '']) => `'sha256-${sha256(text)}'`)
  const { response_mode: mode, redirect_uri: address } = ctx.oidc.params ?? {}
  const ancestors = mode === 'web_message' ? originOf(String(address)) : "'none'"
  const sources = scripts.length > 0 ? scripts.join(' ') : "'none'"
  reply.header(
    'content-security-policy',
    `default-src 'none'; script-src ${sources}; base-uri 'none'; frame-ancestors ${ancestors}`,
  )
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64')
}
