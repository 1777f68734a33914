import { type Route, route } from '../http/define-route.ts'
import { OrganizationId } from './organization.ts'
import { requireOrganization } from './store.ts'
import { readSummary, SummaryReply } from './summary.ts'

/** `/api/v2/organizations/{id}/summary`, which Auth0 does not have. */
export const summaryRoutes: readonly Route[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/organizations/:id/summary',
    operationId: 'get_organization_summary',
    summary: 'Get an organization in numbers',
    ours: true,
    scope: { allOf: ['read:organization_members', 'read:stats'] },
    withinOrganization: 'organization',
    params: OrganizationId,
    reply: { 200: SummaryReply },
    handler: async ({ db, actor, params }) => {
      await requireOrganization(db, params.id)
      return await readSummary(db, actor, params.id)
    },
  }),
]
