/** What a supervisor asks: does the process live, and can it serve. */
import type { FastifyInstance } from 'fastify'
import { ApiError } from './errors.ts'
import type { Server } from './server.ts'

/** Mounts `/health/live` and `/health/ready`. The latter asks the database and answers 503 while it is away. */
export function healthRoutes(app: FastifyInstance, server: Server): void {
  app.get('/health/live', async (_request, reply) => reply.header('cache-control', 'no-store').send({ status: 'ok' }))
  app.get('/health/ready', async (_request, reply) => {
    try {
      await server.database.query({ name: 'ready', text: 'select 1' }, [])
    } catch (cause) {
      throw new ApiError('database_unavailable', { cause })
    }
    return reply.header('cache-control', 'no-store').send({ status: 'ok' })
  })
}
