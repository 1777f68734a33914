/**
 * The OAuth 2 and OpenID Connect door. Here stands what machines need: tokens for `client_credentials`
 * (`token.ts`), and the documents by which others check our tokens (`discovery.ts`). A request for a token is read
 * (`token-request.ts`), its client authenticated (`authenticate-client.ts`, `assertion.ts`), its access decided
 * (`grant-client-access.ts`), the token planned (`issue-token.ts`) and signed (`access-token.ts`). Whether a token
 * still counts afterwards is for `authorization/standing.ts`.
 */
import type { FastifyInstance } from 'fastify'
import type { Server } from '../http/server.ts'
import { mountDiscovery } from './discovery.ts'
import { mountToken } from './token.ts'

/** Mounts the door. */
export function mountOidc(app: FastifyInstance, server: Server): void {
  mountToken(app, server)
  mountDiscovery(app, server)
}
