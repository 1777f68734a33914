/**
 * Hangs routes into Fastify. For each request, in this order: rate limit, bearer token, scope and
 * organization rule, then the shapes of what was sent, then whether the token still counts, then the handler;
 * for changes all of it within the transaction that also records the event.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Actor, isOwnAccountOnly } from '../authorization/actor.ts'
import { transact } from '../db/database.ts'
import { recordEvent } from '../logs/record.ts'
import { type Authenticator, authenticator, type Token } from './authenticate.ts'
import { type Audit, type Call, type Route, rawJsonText, scopesOf, successOf } from './define-route.ts'
import { ApiError } from './errors.ts'
import { applyRateLimit } from './rate-limit-headers.ts'
import { maskSecrets, requestInfoOf } from './request-info.ts'
import type { Server } from './server.ts'
import { refuseUnstorable } from './unstorable.ts'
import { type Validator, validatorOf } from './validation.ts'

type AnyCall = Call<never, never, never>
type Validators = { params: Validator | undefined; query: Validator; body: Validator | undefined }

/** Mounts routes under a prefix such as `/api/v2`. */
export function mountRoutes(app: FastifyInstance, server: Server, prefix: string, routes: readonly Route[]): void {
  const authenticate = authenticator(server)
  for (const definition of routes) mountRoute(app, server, prefix, definition, authenticate)
}

function mountRoute(
  app: FastifyInstance,
  server: Server,
  prefix: string,
  definition: Route,
  authenticate: Authenticator,
): void {
  const { status, schema } = successOf(definition)
  const validators = compile(definition)
  const tokens = new WeakMap<FastifyRequest, Token>()
  app.route({
    method: definition.method,
    url: `${prefix}${definition.url}`,
    schema: { response: { [status]: schema } },
    onRequest: async (request, reply) => {
      const token = await authenticate(request.headers.authorization)
      applyRateLimit(server.rateLimiter, `client|${token.clientId}`, reply)
      authorize(definition, token.actor, request.params)
      tokens.set(request, token)
    },
    handler: async (request, reply) => {
      const token = tokens.get(request)
      if (!token) throw new Error('A request passed without its token.')
      const call = readCall(server, definition, validators, request, token)
      return send(reply, status, await run(definition, call))
    },
  })
}

function compile(definition: Route): Validators {
  const { params, query, body } = definition
  return {
    params: params && validatorOf('params', params),
    query: validatorOf('query', query ?? NO_QUERY),
    body: body && validatorOf('body', body),
  }
}

// Unknown query parameters are ignored, as Auth0 does: SDKs send totals and pages to every list.
const NO_QUERY = { type: 'object' } as const

function authorize(definition: Route, actor: Actor, params: unknown): void {
  if (actor.kind === 'system') throw new Error('The server does not call itself over HTTP.')
  const { scope } = definition
  const scopes = scopesOf(scope)
  const all = 'allOf' in scope
  const granted = all ? scopes.every((name) => actor.scopes.has(name)) : scopes.some((name) => actor.scopes.has(name))
  if (!granted) {
    throw new ApiError('insufficient_scope', { with: { rule: all ? 'all' : 'any', scopes: scopes.join(',') } })
  }
  if (actor.organizationId !== undefined && definition.withinOrganization === 'refused') {
    throw new ApiError('not_within_organization')
  }
  if (actor.kind === 'user' && isOwnAccountOnly(actor, scopes)) {
    // `route` has checked that such a route has the user as :id.
    const { id } = params as { id?: string }
    if (id !== actor.userId) throw new ApiError('not_own_user')
  }
}

function readCall(
  server: Server,
  definition: Route,
  validators: Validators,
  request: FastifyRequest,
  token: Token,
): AnyCall {
  const isForm = (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')
  const params = validators.params?.(request.params, true)
  const query = validators.query(request.query, true)
  let body: unknown
  if (validators.body) {
    body = request.body ?? {}
    refuseUnstorable(body)
    body = validators.body(body, isForm)
  }
  const info = requestInfoOf(request)
  // The validators have just made sure of the types that the handler states.
  return { server, actor: token.actor, token, params, query, body, info, definition } as unknown as AnyCall
}

async function run(definition: Route, call: AnyCall): Promise<unknown> {
  const { server, token } = call
  const { db } = server.database
  if (definition.kind === 'grouped' || (definition.kind === 'read' && definition.standing === 'by handler')) {
    return definition.handler({ ...call, db })
  }
  if (!(await server.standing(token))) throw new ApiError('invalid_token')
  if (definition.kind === 'read') return definition.handler({ ...call, db })
  const prepared = await definition.prepare?.({ ...call, db })
  return transact(db, async (tx) => {
    const audit: Audit = {}
    const answer = await definition.handler({ ...call, tx, prepared, audit })
    await recordEvent(tx, {
      type: definition.event,
      actor: call.actor,
      description: definition.summary,
      operation: definition.operationId,
      request: call.info,
      status: successOf(definition).status,
      ...audit,
      before: maskSecrets(audit.before),
      after: maskSecrets(audit.after ?? answer),
      details: { scopes: [...scopesOf(definition.scope)], ...(token.jti ? { jti: token.jti } : {}) },
    })
    return answer
  })
}

function send(reply: FastifyReply, status: number, answer: unknown): FastifyReply {
  reply.code(status)
  const text = rawJsonText(answer)
  if (text !== undefined) return reply.header('content-type', 'application/json; charset=utf-8').send(text)
  return status === 204 ? reply.send() : reply.send(answer)
}
