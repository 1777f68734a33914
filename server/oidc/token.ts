/**
 * `POST /oauth/token`. What is about a person goes on to `exchange.ts`; `client_credentials` is answered here, since no
 * code, redirect or session is involved and machines ask for tokens all day. One statement reads everything, shared by requests that arrive together; the
 * event is committed while the token is signed, and the answer waits for both.
 */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { clientActor } from '../authorization/actor.ts'
import { addressBlock } from '../http/address-block.ts'
import { isManagementAudience } from '../http/audiences.ts'
import { ApiError } from '../http/errors.ts'
import { applyRateLimit } from '../http/rate-limit-headers.ts'
import { requestInfoOf, withoutParameters } from '../http/request-info.ts'
import type { Server } from '../http/server.ts'
import type { Event } from '../logs/record.ts'
import { eventRecorder } from '../logs/record-batch.ts'
import { authenticateClient } from './authenticate-client.ts'
import { exchange, isExchange } from './exchange.ts'
import { grantClientAccess } from './grant-client-access.ts'
import { planToken, type TokenPlan } from './issue-token.ts'
import { type Access, type AccessReader, accessReader } from './store.ts'
import { readTokenRequest, type TokenRequest } from './token-request.ts'

type Endpoint = {
  server: Server
  readAccess: AccessReader
  record: (event: Event) => Promise<void>
  /** Records nobody waits for; the server finishes them before it closes. */
  unawaited: Set<Promise<void>>
}

type Asked = { request: TokenRequest; audience: string | undefined; access: Access }

/** Mounts the route. */
export function mountToken(app: FastifyInstance, server: Server): void {
  const { database } = server
  const unawaited = new Set<Promise<void>>()
  const endpoint = { server, readAccess: accessReader(database), record: eventRecorder(database), unawaited }
  app.register(async (scope) => {
    scope.addHook('onSend', (_request, reply, _payload, done) => {
      // RFC 6749 §5.2: the challenge names the scheme by which a client can authenticate.
      if (reply.statusCode === 401) reply.header('www-authenticate', 'Basic realm="Token endpoint"')
      reply.header('pragma', 'no-cache')
      done()
    })
    scope.post('/oauth/token', async (request, reply) => await answerTokenRequest(endpoint, request, reply))
    scope.addHook('onClose', async () => {
      await Promise.all(unawaited)
    })
  })
}

async function answerTokenRequest(endpoint: Endpoint, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const { server } = endpoint
  const asked = await authenticate(endpoint, request, reply)
  applyRateLimit(server.rateLimiter, `token|client|${asked.request.clientId}`, reply)
  if (asked.request.grantType !== 'client_credentials') return await exchange(server, request, reply, asked)
  const plan = await planOrRecord(endpoint, asked, request)
  const [token] = await Promise.all([plan.sign(), endpoint.record(successEvent(asked, plan, request))])
  return reply.header('cache-control', 'no-store').send({
    access_token: token,
    ...(plan.scope === undefined ? {} : { scope: plan.scope }),
    expires_in: plan.lifetimeSeconds,
    token_type: 'Bearer',
  })
}

/** Reads the request and makes sure of its client. Whoever fails here counts by his address. */
async function authenticate(endpoint: Endpoint, raw: FastifyRequest, reply: FastifyReply): Promise<Asked> {
  const { server } = endpoint
  let asked: Asked | undefined
  try {
    const request = readTokenRequest(raw)
    if (request.grantType !== 'client_credentials' && !isExchange(request.grantType)) {
      throw new ApiError('unsupported_grant_type', { with: { grantType: request.grantType.slice(0, 100) } })
    }
    asked = { request, ...(await accessOf(endpoint, request)) }
    await authenticateClient(server, asked.access, request)
    return asked
  } catch (error) {
    applyRateLimit(server.rateLimiter, `token|address|${addressBlock(raw.ip)}`, reply)
    // Not waited for: the time of the answer must not tell a known client from an unknown one.
    if (asked) recordUnawaited(endpoint, failureEvent(asked, error, raw))
    throw error
  }
}

/** What the client may get; without an audience, of the tenant's default one. */
async function accessOf({ server, readAccess }: Endpoint, request: TokenRequest): Promise<Omit<Asked, 'request'>> {
  const { clientId, audience: named, organization: of } = request
  const organization = request.grantType === 'client_credentials' ? of : undefined
  // The Management API is stored under the first of its addresses.
  const stored = (audience: string | undefined) =>
    isManagementAudience(server.config, audience ?? '') ? server.config.managementAudience : audience
  const access = await readAccess({ clientId, audience: stored(named), organization })
  const audience = named ?? access.audience ?? undefined
  // The default one can be another address of the Management API.
  if (stored(audience) === (access.audience ?? undefined)) return { audience, access }
  return { audience, access: await readAccess({ clientId, audience: stored(audience), organization }) }
}

async function planOrRecord(endpoint: Endpoint, asked: Asked, raw: FastifyRequest): Promise<TokenPlan> {
  try {
    return planToken(endpoint.server, asked.access, grantClientAccess(asked.access, asked.request, asked.audience))
  } catch (error) {
    const event = failureEvent(asked, error, raw)
    if (event) await endpoint.record(event)
    throw error
  }
}

function recordUnawaited({ server, record, unawaited }: Endpoint, event: Event | undefined): void {
  if (!event) return
  const recorded = record(event)
    .catch((error) => server.log.error({ kind: error.name, code: error.code }, 'a refused token was not recorded'))
    .finally(() => unawaited.delete(recorded))
  unawaited.add(recorded)
}

function successEvent({ request, audience }: Asked, plan: TokenPlan, raw: FastifyRequest): Event {
  return {
    ...commonEvent(request.clientId, raw),
    type: 'seccft',
    ...(plan.organizationId === undefined ? {} : { organizationId: plan.organizationId }),
    ...(audience === undefined ? {} : { audience }),
    ...(plan.scope === undefined ? {} : { scope: plan.scope }),
    ...(plan.tokenId === undefined ? {} : { details: { access_token_jti: plan.tokenId } }),
  }
}

/** Undefined when the client is not known, or when it was our fault. */
function failureEvent({ request, audience, access }: Asked, error: unknown, raw: FastifyRequest): Event | undefined {
  if (access.client_id === null || !(error instanceof ApiError) || error.status >= 500) return undefined
  return {
    ...commonEvent(access.client_id, raw),
    type: 'feccft',
    description: error.message,
    details: { error: error.code },
    ...(access.organization_id === null ? {} : { organizationId: access.organization_id }),
    ...(audience === undefined ? {} : { audience: audience.slice(0, 600) }),
    ...(request.scope === undefined ? {} : { scope: request.scope.slice(0, 1_000) }),
  }
}

function commonEvent(clientId: string, raw: FastifyRequest): Pick<Event, 'actor' | 'request'> {
  // Neither body nor address parameters: this is where secrets travel, also under names nobody expects.
  return { actor: clientActor(clientId), request: withoutParameters(requestInfoOf(raw)) }
}
