/**
 * What every operation of the Management API passes before anything else is looked at: bearer token, rate limit,
 * scope, organization rule. Whatever is refused there or later is recorded on the way out.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Actor, isOwnAccountOnly } from '../authorization/actor.ts'
import { OWN_ACCOUNT_SCOPES, type Scope } from '../authorization/scopes.ts'
import { authenticator, type Token } from './authenticate.ts'
import { type Route, scopesOf } from './define-route.ts'
import { answerError, asApiError } from './error-handler.ts'
import { ApiError } from './errors.ts'
import { applyRateLimit } from './rate-limit-headers.ts'
import { isRecorded, type Operation, refusalRecorder } from './refusals.ts'
import type { Server } from './server.ts'

/** Who may pass. */
export type Rule = Pick<Route, 'scope' | 'withinOrganization'>

/** The gate of one process. */
export type Gate = {
  /** Lets a request in; without a rule whoever has a token. @throws ApiError what it lacks */
  enter: (request: FastifyRequest, reply: FastifyReply, rule: Rule | undefined) => Promise<Token>
  /** The token with which a request came in. */
  tokenOf: (request: FastifyRequest) => Token
  /** The route's error handler: records the refusal, then answers. */
  refuse: (
    operation: Operation,
  ) => (error: unknown, request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>
}

/** Opens the gate. */
export function openGate(app: FastifyInstance, server: Server): Gate {
  const authenticate = authenticator(server)
  const refusals = refusalRecorder(server)
  const tokens = new WeakMap<FastifyRequest, Token>()
  app.addHook('onClose', () => refusals.flush())
  return {
    async enter(request, reply, rule) {
      const token = await authenticate(request.headers.authorization)
      tokens.set(request, token)
      applyRateLimit(server.rateLimiter, `client|${token.clientId}`, reply)
      if (rule) authorize(rule, token.actor, request.params)
      return token
    },
    tokenOf(request) {
      const token = tokens.get(request)
      if (!token) throw new Error('A request passed without its token.')
      return token
    },
    refuse: (operation) => async (thrown, request, reply) => {
      const error = asApiError(thrown, request)
      const token = tokens.get(request)
      if (token && isRecorded(operation.method, error)) await refusals.record({ operation, token, request, error })
      return answerError(server, thrown, request, reply)
    },
  }
}

function authorize(rule: Rule, actor: Actor, params: unknown): void {
  if (actor.kind === 'system') throw new Error('The server does not call itself over HTTP.')
  const scopes = scopesOf(rule.scope)
  const all = 'allOf' in rule.scope
  // An application has no account of its own, so a scope for the holder's own account opens nothing to it.
  const isHeld = (name: Scope) => actor.scopes.has(name) && (actor.kind === 'user' || !OWN_ACCOUNT_SCOPES.has(name))
  const granted = all ? scopes.every(isHeld) : scopes.some(isHeld)
  if (!granted) {
    throw new ApiError('insufficient_scope', { with: { rule: all ? 'all' : 'any', scopes: scopes.join(',') } })
  }
  if (actor.organizationId !== undefined && rule.withinOrganization === 'refused') {
    throw new ApiError('not_within_organization')
  }
  if (actor.kind === 'user' && isOwnAccountOnly(actor, scopes)) {
    // `route` has checked that such a route has the user as :id.
    const { id } = params as { id?: string }
    if (id !== actor.userId) throw new ApiError('not_own_user')
  }
}
