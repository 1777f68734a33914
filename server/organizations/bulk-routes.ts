import { type Route, route } from '../http/define-route.ts'
import { mailWorkerOf } from '../jobs/mail-worker.ts'
import { actOnMembers, BULK_SCOPES, BulkBody, BulkReply } from './bulk.ts'
import { OrganizationId } from './organization.ts'

/** `/api/v2/organizations/{id}/members/bulk`, which Auth0 does not have. */
export const bulkRoutes: readonly Route[] = [
  route({
    kind: 'change',
    method: 'POST',
    url: '/organizations/:id/members/bulk',
    operationId: 'post_organization_members_bulk',
    summary: 'Act on many members of an organization',
    ours: true,
    scope: BULK_SCOPES,
    withinOrganization: 'organization',
    event: 'sapi',
    params: OrganizationId,
    body: BulkBody,
    reply: { 200: BulkReply },
    handler: async ({ tx, actor, info, params, body, audit }) => {
      const act = { actor, organizationId: params.id, info }
      const answer = await actOnMembers(tx, act, body)
      Object.assign(audit, { target: { kind: 'organization', id: params.id }, organizationId: params.id })
      if (body.dry_run) audit.isDryRun = true
      return answer
    },
    afterCommit: ({ server, body }) => {
      if (body.action === 'send_password_reset' && !body.dry_run) mailWorkerOf(server).wake()
    },
  }),
]
