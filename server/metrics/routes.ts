/**
 * `/metrics`, for Prometheus: with METRICS_TOKEN, or on a server for this machine alone for whatever runs on it. Anybody else
 * finds nothing there.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { equalInConstantTime } from '../base/secrets.ts'
import { ApiError } from '../http/errors.ts'
import type { Server } from '../http/server.ts'
import { isWithinThisMachine } from '../http/this-machine.ts'
import { collectFromAll } from './collect.ts'
import { metricsOf } from './metrics.ts'

/** Mounts it, and counts every answer. */
export function mountMetrics(app: FastifyInstance, server: Server): void {
  const { count, registry } = metricsOf(server)
  app.addHook('onResponse', async (request, reply) => {
    const { method, routeOptions } = request
    count({ method, route: routeOptions.url, status: reply.statusCode, seconds: reply.elapsedTime / 1_000 })
  })
  app.get('/metrics', async (request, reply) => {
    if (!isLetIn(server, request)) throw new ApiError('not_found')
    return reply.type(registry.contentType).send(await collectFromAll(registry))
  })
}

/** A server that is there for others may have a proxy on its machine that passes on what strangers ask, and does not say so. */
function isLetIn({ config: { isLoopback, metricsToken } }: Server, request: FastifyRequest): boolean {
  if (metricsToken === undefined) return isLoopback && isWithinThisMachine(request)
  const [, given] = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '') ?? []
  return given !== undefined && equalInConstantTime(given, metricsToken)
}
