/** `/metrics`, for Prometheus: for programs on this machine, or with METRICS_TOKEN. Anybody else finds nothing there. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { equalInConstantTime } from '../base/secrets.ts'
import { ApiError } from '../http/errors.ts'
import type { Server } from '../http/server.ts'
import { isFromThisMachine } from '../http/this-machine.ts'
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

/** Where a token is set it is asked of everybody: a proxy on this machine may pass on what strangers ask. */
function isLetIn({ config: { metricsToken } }: Server, request: FastifyRequest): boolean {
  if (metricsToken === undefined) return isFromThisMachine(request)
  const [, given] = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '') ?? []
  return given !== undefined && equalInConstantTime(given, metricsToken)
}
