/**
 * The grants of `POST /oauth/token` that are about a person: code, refresh token, password. The client has proved who it
 * is before (`token.ts`); the exchange itself is oidc-provider's, its words are put into Auth0's.
 */

import type { FastifyReply, FastifyRequest } from 'fastify'
import { personOrClient } from '../authorization/actor.ts'
import type { ApiError } from '../http/errors.ts'
import { type RequestInfo, requestInfoOf, withoutParameters } from '../http/request-info.ts'
import type { Server } from '../http/server.ts'
import type { EventType } from '../logs/event-types.ts'
import type { Event } from '../logs/record.ts'
import { recordHotEvent } from '../logs/record-batch.ts'
import { stampSignIn } from '../sign-in/record-sign-in.ts'
import { PASSWORD_REALM } from './client-metadata.ts'
import { meanwhile, oidcRequest, type ProvedUser } from './context.ts'
import { refusalOf } from './dialect.ts'
import { provePassword } from './prove-password.ts'
import { inwardScope, outwardScope, resourceOf } from './resources.ts'
import { type Outcome, runProvider } from './run-provider.ts'
import type { Access } from './store.ts'
import type { TokenRequest } from './token-request.ts'

type ExchangeRow = { done: EventType; refused: EventType }

/** TABLE: the grants, and how the log names them when they went through and when they did not. */
export const EXCHANGES: Readonly<Record<string, ExchangeRow>> = {
  authorization_code: { done: 'seacft', refused: 'feacft' },
  refresh_token: { done: 'sertft', refused: 'fertft' },
  password: { done: 'sepft', refused: 'fepft' },
  [PASSWORD_REALM]: { done: 'sepft', refused: 'fepft' },
}

/** Whether a grant is one of the table; what every object has a property of is none. */
export function isExchange(grantType: string): boolean {
  return Object.hasOwn(EXCHANGES, grantType)
}

function rowOf(grantType: string): ExchangeRow {
  const row = EXCHANGES[grantType]
  if (!row || !isExchange(grantType)) throw new Error('An exchange that is not in the table.')
  return row
}

/**
 * Answers a request for which `isExchange` is true.
 * @param audience the one that the request names, or the tenant for those that name none
 * @throws ApiError in Auth0's words
 */
export async function exchange(
  server: Server,
  request: FastifyRequest,
  reply: FastifyReply,
  { request: asked, audience, access }: { request: TokenRequest; audience: string | undefined; access: Access },
): Promise<FastifyReply> {
  const proved = rowOf(asked.grantType).done === 'sepft' ? await provePassword(server, request, asked) : undefined
  const body = translate(request, asked, audience)
  let refusal: ApiError | undefined
  const outcome = await runProvider(
    server,
    request,
    reply,
    { url: '/oauth/token', body, proved, keyStates: access.key_states },
    async (tx, caught) => {
      refusal = caught.status < 400 ? undefined : refusalOf(caught, asked.grantType)
      meanwhile(recordHotEvent(tx, eventOf(request, asked, caught, refusal, proved)))
      if (proved && !refusal) meanwhile(stampSignIn(tx, { ...proved, request: infoOf(request, proved) }))
    },
  )
  if (refusal) {
    for (const name of Object.keys(reply.getHeaders())) if (name.startsWith('content-')) reply.removeHeader(name)
    throw refusal
  }
  return reply.header('cache-control', 'no-store').code(200).send(answerOf(outcome, asked.grantType))
}

const SENT_ON = ['grant_type', 'code', 'code_verifier', 'redirect_uri', 'refresh_token', 'username', 'scope'] as const

/** The form as oidc-provider understands it: nothing of how the client has proved who it is, and no password. */
function translate(request: FastifyRequest, asked: TokenRequest, audience: string | undefined): Record<string, string> {
  const sent = (request.body ?? {}) as Record<string, unknown>
  const body: Record<string, string> = { client_id: asked.clientId }
  for (const name of SENT_ON) {
    const value = sent[name]
    if (typeof value === 'string' && value !== '') body[name] = name === 'scope' ? inwardScope(value) : value
  }
  if (!asked.grantType.includes('password')) {
    if (asked.audience !== undefined && asked.grantType === 'refresh_token') body.resource = resourceOf(asked.audience)
    return body
  }
  if (audience !== undefined) body.resource = resourceOf(audience)
  return body
}

function answerOf({ body, ctx }: Outcome, grantType: string): Record<string, unknown> {
  // oidc-provider's answer to a token request is an object.
  const { scope, refresh_token, ...rest } = body as { scope?: string; refresh_token?: string }
  // One that does not rotate is not told again.
  const isNews = grantType !== 'refresh_token' || ctx.oidc.entities.RotatedRefreshToken !== undefined
  return {
    ...rest,
    ...(refresh_token && isNews ? { refresh_token } : {}),
    ...(scope ? { scope: outwardScope(scope) } : {}),
  }
}

function eventOf(
  raw: FastifyRequest,
  asked: TokenRequest,
  { ctx }: Outcome,
  refusal: ApiError | undefined,
  proved: ProvedUser | undefined,
): Event {
  const names = rowOf(asked.grantType)
  const { entities } = ctx.oidc
  const source = entities.AuthorizationCode ?? entities.RefreshToken
  const userId = entities.Account?.accountId ?? source?.accountId ?? proved?.userId
  // Neither body nor address parameters: this is where secrets travel.
  return {
    type: refusal ? refusedType(names.refused, ctx.state.reason) : names.done,
    actor: personOrClient(userId, asked.clientId),
    clientId: asked.clientId,
    ...(userId === undefined ? {} : { userId }),
    ...organizationOfEvent(proved),
    ...(refusal ? { description: refusal.message } : {}),
    ...(asked.audience === undefined ? {} : { audience: asked.audience.slice(0, 600) }),
    ...(asked.scope === undefined ? {} : { scope: asked.scope.slice(0, 1_000) }),
    request: withoutParameters(infoOf(raw, proved)),
  }
}

function infoOf(request: FastifyRequest, proved: ProvedUser | undefined): RequestInfo {
  const info = requestInfoOf(request)
  return proved?.ip === undefined ? info : { ...info, ip: proved.ip }
}

/** Of the code or token that was exchanged, or of the password. */
function organizationOfEvent(proved: ProvedUser | undefined): { organizationId?: string } {
  const organizationId = oidcRequest().membership?.organizationId ?? proved?.organizationId
  return organizationId === undefined ? {} : { organizationId }
}

/** Somebody has a token that he should not have: its family has just been ended. */
function refusedType(refused: EventType, reason: unknown): EventType {
  return reason === 'refresh token already used' ? 'ferrt' : refused
}
