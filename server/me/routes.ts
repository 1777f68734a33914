import type { FastifyInstance } from 'fastify'
import { mountRoutes } from '../http/mount-routes.ts'
import type { Server } from '../http/server.ts'
import { activityRoutes } from './activity-routes.ts'
import { applicationRoutes } from './application-routes.ts'
import { deletionRoutes } from './deletion-routes.ts'
import { openMyAccountGate } from './gate.ts'
import { MY_ACCOUNT_PREFIX, type MyAccountRoute } from './my-account.ts'
import { organizationRoutes } from './organization-routes.ts'
import { passwordRoutes } from './password-routes.ts'
import { personalDataRoutes } from './personal-data-routes.ts'
import { profileRoutes } from './profile-routes.ts'
import { sessionRoutes } from './session-routes.ts'
import { termsRoutes } from './terms-routes.ts'
import { verificationRoutes } from './verification-routes.ts'

/** Every route of the My Account API. */
export const MY_ACCOUNT_ROUTES: readonly MyAccountRoute[] = [
  ...profileRoutes,
  ...verificationRoutes,
  ...passwordRoutes,
  ...sessionRoutes,
  ...activityRoutes,
  ...organizationRoutes,
  ...applicationRoutes,
  ...termsRoutes,
  ...personalDataRoutes,
  ...deletionRoutes,
]

/** Mounts them. */
export function mountMyAccount(app: FastifyInstance, server: Server): void {
  mountRoutes(app, server, openMyAccountGate(app, server), MY_ACCOUNT_PREFIX, MY_ACCOUNT_ROUTES)
}
