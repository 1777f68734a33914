/**
 * The OAuth 2 and OpenID Connect door. Here stands what machines need: tokens for `client_credentials`
 * (`token.ts`), and the documents by which others check our tokens (`discovery.ts`). A request for a token is read
 * (`token-request.ts`), its client authenticated (`authenticate-client.ts`, `assertion.ts`), its access decided
 * (`grant-client-access.ts`), the token planned (`issue-token.ts`) and signed (`access-token.ts`). Whether a token
 * still counts afterwards is for `authorization/standing.ts`.
 */
import type { FastifyInstance } from 'fastify'
import type { Server } from '../http/server.ts'
import { mountAuthorize } from './authorize.ts'
import { mountDiscovery } from './discovery.ts'
import { mountLogout } from './logout.ts'
import { mountRevoke } from './revoke.ts'
import { mountToken } from './token.ts'
import { mountUserinfo } from './userinfo.ts'

/** Mounts the door. */
export function mountOidc(app: FastifyInstance, server: Server): void {
  mountAuthorize(app, server)
  mountToken(app, server)
  mountRevoke(app, server)
  mountUserinfo(app, server)
  mountLogout(app, server)
  mountDiscovery(app, server)
}
