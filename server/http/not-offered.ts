/**
 * The operations of Auth0's Management API that are not here. They answer harmlessly: lists are empty, in the shape
 * in which deployment tools read them, and the rest is 403 `feature_not_enabled`, which those tools pass over. Never
 * 404, which some of them take for "there are none of these, make them", and never 5xx, which SDKs repeat.
 */
import type { FastifyInstance } from 'fastify'
import { isManagementScope } from '../authorization/scopes.ts'
import {
  type Auth0Operation,
  MANAGEMENT_OPERATIONS,
  MANAGEMENT_PREFIX,
  matchKey,
  routeKey,
} from './auth0-operations.ts'
import type { Route } from './define-route.ts'
import { ApiError } from './errors.ts'
import type { Gate, Rule } from './gate.ts'
import type { Server } from './server.ts'

/** Mounts what none of the routes answers. */
export function mountNotOffered(app: FastifyInstance, server: Server, gate: Gate, routes: readonly Route[]): void {
  const offered = new Set(routes.map(routeKey))
  for (const operation of MANAGEMENT_OPERATIONS) {
    if (!offered.has(matchKey(operation.method, operation.path))) mountOperation(app, server, gate, operation)
  }
}

function mountOperation(app: FastifyInstance, server: Server, gate: Gate, operation: Auth0Operation): void {
  const { method, path, list } = operation
  const rule = ruleOf(operation)
  app.route({
    method,
    url: path.replace(/\{([^}]+)\}/g, ':$1'),
    // There are hundreds of these, and each costs a part of every start.
    exposeHeadRoute: false,
    errorHandler: gate.refuse({
      method,
      url: path.slice(MANAGEMENT_PREFIX.length),
      operationId: operation.operationId ?? matchKey(method, path),
      summary: `${method} ${path}`,
    }),
    // Before the body is read: no body is too large or of the wrong kind for an operation that does nothing.
    onRequest: async (request, reply) => {
      const token = await gate.enter(request, reply, rule)
      if (!(await server.standing(token))) throw new ApiError('invalid_token')
      if (list === undefined) throw new ApiError('feature_not_enabled')
    },
    // Only lists come this far.
    handler: async (request) => emptyList(operation, request.query as Record<string, string | undefined>),
  })
}

/** Auth0 names no scope for some of its newest operations; any token may be told that those are not here. */
function ruleOf({ scopes = [] }: Auth0Operation): Rule | undefined {
  const scope = scopes.filter(isManagementScope)
  return scope.length === 0 ? undefined : { scope, withinOrganization: 'refused' }
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
