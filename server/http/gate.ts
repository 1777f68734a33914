/**
 * What every operation of the Management API, and of the My Account API, passes before anything else is looked at:
 * bearer token, rate limit, scope, organization rule. Whatever is refused there or later is recorded on the way out.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Actor, isOwnAccountOnly } from '../authorization/actor.ts'
import { presentActor } from '../authorization/authority.ts'
import { OWN_ACCOUNT_SCOPES } from '../authorization/scopes.ts'
import { addressBlock } from './address-block.ts'
import { managementAudiences } from './audiences.ts'
import { authenticator, type Token } from './authenticate.ts'
import { type AnyScope, type Route, scopesOf } from './define-route.ts'
import { answerError, asApiError } from './error-handler.ts'
import { ApiError } from './errors.ts'
import { applyRateLimit } from './rate-limit-headers.ts'
import { isRecorded, type Operation, refusalRecorder } from './refusals.ts'
import { refuseAbove } from './refuse-above.ts'
import type { Server } from './server.ts'
import { refuseForeign } from './within-organization.ts'

/** Who may pass. */
export type Rule = Pick<Route<AnyScope>, 'scope' | 'withinOrganization'>

/** What tells the gates of our APIs apart. */
export type GateRules = {
  /** As the limit of requests is called in the log. */
  api: string
  audiences: string[]
  /** Whose requests are counted together. */
  callerOf: (token: Token) => string
  /** @throws ApiError when the API is not for holders of such a token */
  admit?: (token: Token) => void
  /** Whether the token still counts. */
  stands: (token: Token) => Promise<boolean>
}

/** The gate of one process. */
export type Gate = {
  /** Lets a request in; without a rule whoever has a token. @throws ApiError what it lacks */
  enter: (request: FastifyRequest, reply: FastifyReply, rule: Rule | undefined) => Promise<Token>
  /** Whether the token still counts, which is asked again at each request. */
  stands: (token: Token) => Promise<boolean>
  /**
   * The token with what its holder may still do, asked again at each request of an administrator.
   * @throws ApiError invalid_token, insufficient_scope, member_above, and whatever says that the path names nothing of
   *   his organization
   */
  confirm: (token: Token, definition: Route<AnyScope>, params: unknown) => Promise<Token>
  /** The token with which a request came in. */
  tokenOf: (request: FastifyRequest) => Token
  /** The route's error handler: records the refusal, then answers. */
  refuse: (
    operation: Operation,
  ) => (error: unknown, request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>
}

/** Opens the gate of an API: of the Management API, unless other rules are given. */
export function openGate(app: FastifyInstance, server: Server, rules = managementRules(server)): Gate {
  const { callerOf, admit, stands } = rules
  const authenticate = authenticator(server, rules.audiences)
  const refusals = refusalRecorder(server, rules.api)
  const tokens = new WeakMap<FastifyRequest, Token>()
  app.addHook('onClose', () => refusals.flush())

  async function readToken(request: FastifyRequest, reply: FastifyReply): Promise<Token> {
    try {
      return await authenticate(request.headers.authorization, request.socket)
    } catch (error) {
      // Who is not known is counted by his address.
      applyRateLimit(server.rateLimiter, `stranger|${addressBlock(request.ip)}`, reply)
      throw error
    }
  }

  return {
    async enter(request, reply, rule) {
      const token = await readToken(request, reply)
      tokens.set(request, token)
      applyRateLimit(server.rateLimiter, callerOf(token), reply)
      admit?.(token)
      if (rule) authorize(rule, token.actor, request.params)
      return token
    },
    stands,
    async confirm(token, definition, params) {
      const { database } = server
      const actor = await presentActor(database.db, token)
      if (!actor) throw new ApiError('invalid_token')
      if (actor !== token.actor) authorize(definition, actor, params)
      // The route's schema has made texts of them.
      const named = params as Record<string, string> | undefined
      await refuseForeign(database, definition, actor, named)
      await refuseAbove(database.db, definition, actor, named)
      return actor === token.actor ? token : { ...token, actor }
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

function managementRules(server: Server): GateRules {
  return {
    api: 'management',
    audiences: managementAudiences(server.config),
    // Everybody who administers comes through the same portal, so a person is counted alone.
    callerOf: ({ userId, clientId }) => (userId === undefined ? `client|${clientId}` : `user|${userId}`),
    stands: server.standing,
  }
}

function authorize(rule: Rule, actor: Actor, params: unknown): void {
  if (actor.kind === 'system') throw new Error('The server does not call itself over HTTP.')
  const scopes = scopesOf(rule.scope)
  const all = 'allOf' in rule.scope
  // An application has no account of its own, so a scope for the holder's own account opens nothing to it.
  const isHeld = (name: AnyScope) => actor.scopes.has(name) && (actor.kind === 'user' || !OWN_ACCOUNT_SCOPES.has(name))
  const granted = all ? scopes.every(isHeld) : scopes.some(isHeld)
  if (!granted) {
    throw new ApiError('insufficient_scope', { with: { rule: all ? 'all' : 'any', scopes: scopes.join(',') } })
  }
  // Applications act for no organization: a right of theirs is a grant, which is the tenant's.
  const isOpen = actor.kind === 'user' && rule.withinOrganization !== 'refused'
  if (actor.organizationId !== undefined && !isOpen) {
    throw new ApiError('not_within_organization')
  }
  if (actor.kind === 'user' && isOwnAccountOnly(actor, scopes)) {
    // `route` has checked that such a route has the user as :id.
    const { id } = params as { id?: string }
    if (id !== actor.userId) throw new ApiError('not_own_user')
  }
}
