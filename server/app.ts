/** The table of contents: everything the server answers, in order. */

import { type FastifyInstance, type FastifyServerOptions, fastify } from 'fastify'
import { mountApiDocs } from './api-docs/routes.ts'
import { applicationAccessRoutes } from './application-access/routes.ts'
import { attackProtectionRoutes } from './attack-protection/routes.ts'
import { mountAuthenticationApi } from './authentication-api/routes.ts'
import { authenticationMethodRoutes } from './authentication-methods/routes.ts'
import { newRequestId } from './base/ids.ts'
import { brandingRoutes } from './branding/routes.ts'
import { clientGrantRoutes } from './client-grants/routes.ts'
import { clientRoutes } from './clients/routes.ts'
import { connectionClientRoutes } from './connections/client-routes.ts'
import { connectionRoutes } from './connections/routes.ts'
import { demoRoutes } from './demo/routes.ts'
import { deviceCredentialRoutes } from './device-credentials/routes.ts'
import { mountInbox } from './emails/inbox-routes.ts'
import { emailRoutes } from './emails/routes.ts'
import { grantRoutes } from './grants/routes.ts'
import { MANAGEMENT_PREFIX } from './http/auth0-operations.ts'
import { installBodyParsers } from './http/body-parsers.ts'
import { installCors } from './http/cors.ts'
import type { Route } from './http/define-route.ts'
import { answerError, BODY_LIMIT, installErrorHandler } from './http/error-handler.ts'
import { installForwardedFor } from './http/forwarded-for.ts'
import { openGate } from './http/gate.ts'
import { installHeaders } from './http/headers.ts'
import { healthRoutes } from './http/health.ts'
import { mountRoutes } from './http/mount-routes.ts'
import { mountNotOffered } from './http/not-offered.ts'
import { mountOpenapi } from './http/openapi.ts'
import type { Server } from './http/server.ts'
import { identityRoutes } from './identities/routes.ts'
import { exportRoutes, mountExportedFiles } from './jobs/export-routes.ts'
import { importRoutes } from './jobs/import-routes.ts'
import { jobRoutes } from './jobs/routes.ts'
import { keyRoutes } from './keys/routes.ts'
import { loginRoutes } from './login/routes.ts'
import { logExportRoutes } from './logs/export-routes.ts'
import { logRoutes } from './logs/routes.ts'
import { mountMyAccount } from './me/routes.ts'
import { mountMetrics } from './metrics/routes.ts'
import { mountOidc } from './oidc/oidc.ts'
import { bulkRoutes } from './organizations/bulk-routes.ts'
import { organizationClientRoutes } from './organizations/client-routes.ts'
import { organizationConnectionRoutes } from './organizations/connection-routes.ts'
import { domainRoutes } from './organizations/domain-routes.ts'
import { enabledConnectionRoutes } from './organizations/enabled-connection-routes.ts'
import { organizationGrantRoutes } from './organizations/grant-routes.ts'
import { invitationBatchRoutes } from './organizations/invitation-batch-routes.ts'
import { invitationRoutes } from './organizations/invitation-routes.ts'
import { memberRoleRoutes } from './organizations/member-role-routes.ts'
import { memberRoutes } from './organizations/member-routes.ts'
import { membershipRoutes } from './organizations/membership-routes.ts'
import { organizationRoutes } from './organizations/routes.ts'
import { organizationSettingsRoutes } from './organizations/settings-routes.ts'
import { summaryRoutes } from './organizations/summary-routes.ts'
import { userOrganizationRoutes } from './organizations/user-routes.ts'
import { mountPortals } from './portals.ts'
import { privacyRoutes } from './privacy/routes.ts'
import { promptRoutes } from './prompts/routes.ts'
import { refreshTokenRoutes } from './refresh-tokens/routes.ts'
import { resourceServerRoutes } from './resource-servers/routes.ts'
import { roleRoutes } from './roles/routes.ts'
import { userRoleRoutes } from './roles/user-routes.ts'
import { sessionRoutes } from './sessions/routes.ts'
import { statsRoutes } from './stats/routes.ts'
import { tenantRoutes } from './tenants/routes.ts'
import { acceptanceRoutes } from './terms/acceptance-routes.ts'
import { termsRoutes } from './terms/routes.ts'
import { ticketRoutes } from './tickets/routes.ts'
import { userBlockRoutes } from './user-blocks/routes.ts'
import { userEmailRoutes } from './users/email-routes.ts'
import { userRoutes } from './users/routes.ts'

/** Every route of the Management API, under `/api/v2`. The API description and the compatibility page read it too. */
export const MANAGEMENT_ROUTES: readonly Route[] = [
  ...keyRoutes,
  ...logExportRoutes,
  ...logRoutes,
  ...clientRoutes,
  ...clientGrantRoutes,
  ...resourceServerRoutes,
  ...connectionRoutes,
  ...connectionClientRoutes,
  ...tenantRoutes,
  ...brandingRoutes,
  ...promptRoutes,
  ...userRoutes,
  ...userEmailRoutes,
  ...identityRoutes,
  ...userBlockRoutes,
  ...roleRoutes,
  ...userRoleRoutes,
  ...sessionRoutes,
  ...refreshTokenRoutes,
  ...grantRoutes,
  ...deviceCredentialRoutes,
  ...authenticationMethodRoutes,
  ...organizationRoutes,
  ...memberRoutes,
  ...memberRoleRoutes,
  ...membershipRoutes,
  ...bulkRoutes,
  ...invitationRoutes,
  ...invitationBatchRoutes,
  ...summaryRoutes,
  ...organizationSettingsRoutes,
  ...enabledConnectionRoutes,
  ...organizationConnectionRoutes,
  ...domainRoutes,
  ...organizationGrantRoutes,
  ...organizationClientRoutes,
  ...userOrganizationRoutes,
  ...termsRoutes,
  ...acceptanceRoutes,
  ...privacyRoutes,
  ...applicationAccessRoutes,
  ...statsRoutes,
  ...attackProtectionRoutes,
  ...ticketRoutes,
  ...emailRoutes,
  ...importRoutes,
  ...exportRoutes,
  ...jobRoutes,
]

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
    // An address that cannot be decoded is refused before there is a route or a hook.
    frameworkErrors: (error, request, reply) => answerError(server, error, request, reply),
  })
  installForwardedFor(app, server)
  installErrorHandler(app, server)
  installHeaders(app, server)
  installCors(app, server)
  installBodyParsers(app)
  mountMetrics(app, server)
  healthRoutes(app, server)
  const gate = openGate(app, server)
  mountRoutes(app, server, gate, MANAGEMENT_PREFIX, MANAGEMENT_ROUTES)
  mountNotOffered(app, server, gate, MANAGEMENT_ROUTES)
  mountOpenapi(app, MANAGEMENT_ROUTES)
  mountApiDocs(app, server, MANAGEMENT_ROUTES)
  mountOidc(app, server)
  mountAuthenticationApi(app, server)
  mountMyAccount(app, server)
  loginRoutes(app, server)
  mountPortals(app, server)
  mountInbox(app, server)
  mountExportedFiles(app, server)
  demoRoutes(app, server)
  return app
}
