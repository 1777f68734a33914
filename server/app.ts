/** The table of contents: everything the server answers, in order. */
import formbody from '@fastify/formbody'
import { type FastifyInstance, type FastifyServerOptions, fastify } from 'fastify'
import { newRequestId } from './base/ids.ts'
import { installBodyParsers } from './http/body-parsers.ts'
import type { Route } from './http/define-route.ts'
import { BODY_LIMIT, installErrorHandler } from './http/error-handler.ts'
import { installHeaders } from './http/headers.ts'
import { healthRoutes } from './http/health.ts'
import { mountRoutes } from './http/mount-routes.ts'
import type { Server } from './http/server.ts'
import { keyRoutes } from './keys/routes.ts'

/** Every route of the Management API, under `/api/v2`. The API description and the compatibility page read it too. */
export const MANAGEMENT_ROUTES: readonly Route[] = [...keyRoutes]

/** Builds the application; it listens to nothing yet. */
export async function buildApp(server: Server, options: FastifyServerOptions = {}): Promise<FastifyInstance> {
  const app = fastify({
    ...options,
    bodyLimit: BODY_LIMIT,
    trustProxy: server.config.trustProxy.length > 0 ? server.config.trustProxy : false,
    genReqId: newRequestId,
    requestIdHeader: false,
    // Long enough for an API's identifier, percent-encoded, in one segment of a path.
    routerOptions: { maxParamLength: 2_000 },
    forceCloseConnections: 'idle',
  })
  installErrorHandler(app, server)
  installHeaders(app, server)
  installBodyParsers(app)
  await app.register(formbody, { bodyLimit: BODY_LIMIT })
  healthRoutes(app, server)
  mountRoutes(app, server, '/api/v2', MANAGEMENT_ROUTES)
  return app
}
