/**
 * The operations of Auth0's Management API that are not here. They answer harmlessly: lists are empty, in the shape
 * in which deployment tools read them, settings that such tools must read and write are off and stay off, and the rest
 * is 403 `feature_not_enabled`, which those tools pass over. Never 404, which some of them take for "there are none of
 * these, make them", and never 5xx, which SDKs repeat.
 */
import { isDeepStrictEqual } from 'node:util'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { isManagementScope, OWN_ACCOUNT_SCOPES } from '../authorization/scopes.ts'
import {
  type Auth0Operation,
  fits,
  MANAGEMENT_OPERATIONS,
  MANAGEMENT_PREFIX,
  matchKey,
  operationAt,
  routeKey,
} from './auth0-operations.ts'
import type { Route } from './define-route.ts'
import { answerError } from './error-handler.ts'
import { ApiError } from './errors.ts'
import type { Gate, Rule } from './gate.ts'
import type { Server } from './server.ts'

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

type Finder = (request: FastifyRequest) => Known | undefined

/** What is known of an operation once it has been asked for. */
type Known = { operation: Auth0Operation; rule: Rule | undefined; refuse: ReturnType<Gate['refuse']> }

/**
 * Mounts what none of the routes answers, most of it as one route: there are hundreds of these, and each one mounted
 * would cost a part of every start.
 */
export function mountNotOffered(app: FastifyInstance, server: Server, gate: Gate, routes: readonly Route[]): void {
  const offered = new Set(routes.map(routeKey))
  const missing = MANAGEMENT_OPERATIONS.filter(({ method, path }) => !offered.has(matchKey(method, path)))
  const find = finderOf(gate, missing)
  mountAt(app, server, gate, find, METHODS, `${MANAGEMENT_PREFIX}/*`)
  for (const { method, path } of missing) {
    // An id of ours would be taken for it: `/resource-servers/search` for the API named `search`.
    const isShadowed = routes.some((route) => route.method === method && fits(`${MANAGEMENT_PREFIX}${route.url}`, path))
    if (isShadowed) mountAt(app, server, gate, find, [method], path.replace(/\{([^}]+)\}/g, ':$1'))
  }
}

function mountAt(app: FastifyInstance, server: Server, gate: Gate, find: Finder, method: string[], url: string): void {
  app.route({
    method,
    url,
    exposeHeadRoute: false,
    errorHandler: async (error, request, reply) => {
      const known = find(request)
      return known ? await known.refuse(error, request, reply) : answerError(server, error, request, reply)
    },
    // Before the body is read: no body is too large or of the wrong kind for an operation that does nothing.
    onRequest: async (request, reply) => {
      const known = find(request)
      if (!known) throw new ApiError('not_found')
      const token = await gate.enter(request, reply, known.rule)
      if (!(await gate.stands(token))) throw new ApiError('invalid_token')
      const { list, off } = known.operation
      if (list === undefined && off === undefined) throw new ApiError('feature_not_enabled')
    },
    // Only lists and settings come this far.
    handler: async (request) => {
      const known = find(request)
      if (!known) throw new ApiError('not_found')
      const { off } = known.operation
      if (off !== undefined) return offSettings(off, request)
      return emptyList(known.operation, request.query as Record<string, string | undefined>)
    },
  })
}

function finderOf(gate: Gate, missing: readonly Auth0Operation[]): Finder {
  const known = new Map<Auth0Operation, Known>()
  return ({ method, url }) => {
    const operation = operationAt(missing, method, url.split('?', 1)[0] ?? '')
    if (!operation) return undefined
    const found = known.get(operation) ?? knownOf(gate, operation)
    known.set(operation, found)
    return found
  }
}

function knownOf(gate: Gate, operation: Auth0Operation): Known {
  const { method, path, operationId = matchKey(method, path) } = operation
  const url = path.slice(MANAGEMENT_PREFIX.length).replace(/\{([^}]+)\}/g, ':$1')
  return {
    operation,
    rule: ruleOf(operation),
    refuse: gate.refuse({ method, url, operationId, summary: `${method} ${path}` }),
  }
}

/**
 * Auth0 names no scope for some of its newest operations, and for others one that only a person can use, on his own
 * account; any token may be told that those are not here.
 */
function ruleOf({ scopes = [] }: Auth0Operation): Rule | undefined {
  const scope = scopes.filter(isManagementScope).filter((name) => !OWN_ACCOUNT_SCOPES.has(name))
  return scope.length === 0 ? undefined : { scope, withinOrganization: 'refused' }
}

/** Settings that are off may be said to be off; nothing else may be said of them. */
function offSettings(off: unknown, { method, body }: FastifyRequest): unknown {
  const isSame = Array.isArray(off)
    ? isDeepStrictEqual(body, off)
    : isDeepStrictEqual({ ...objectOf(off), ...objectOf(body) }, off)
  if (method !== 'GET' && !isSame) throw new ApiError('feature_not_enabled')
  return off
}

function objectOf(value: unknown): object {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : { value }
}

const MOST = 100

function emptyList(operation: Auth0Operation, query: Record<string, string | undefined>): unknown {
  const { list, enveloped } = operation
  if (!list) return []
  // A checkpoint wins over totals where both are asked for.
  if (query.take !== undefined || query.from !== undefined) return { [list]: [] }
  if (query.include_totals !== 'true' && !enveloped) return []
  const limit = Math.min(Number(query.per_page) || 50, MOST)
  return { start: 0, limit, length: 0, total: 0, [list]: [] }
}
