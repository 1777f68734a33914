/** `/docs`: the Management API for people to read, and what is refused. It says nothing about a tenant, so anybody may. */
import type { FastifyInstance } from 'fastify'
import type { Route } from '../http/define-route.ts'
import { ERRORS } from '../http/error-table.ts'
import type { Server } from '../http/server.ts'
import { pageHeaders } from '../pages/page-headers.ts'
import { errorsPageOf } from './errors-page.ts'
import { groupsOf } from './operations.ts'
import { pageOf, STYLE } from './page.ts'

/** Mounts it. A page is drawn when it is first asked for. */
export function mountApiDocs(app: FastifyInstance, server: Server, routes: readonly Route[]): void {
  let page: string | undefined
  let errors: string | undefined
  const headers = pageHeaders({ styles: [STYLE], scripts: [], targets: [] })
  app.get('/docs', async (_request, reply) => {
    page ??= pageOf(groupsOf(routes), server.config.issuer)
    return reply.headers(headers).send(page)
  })
  app.get('/docs/errors', async (_request, reply) => {
    errors ??= errorsPageOf(ERRORS)
    return reply.headers(headers).send(errors)
  })
}
