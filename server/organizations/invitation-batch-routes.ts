import { type Route, route } from '../http/define-route.ts'
import { ApiError } from '../http/errors.ts'
import { mailWorkerOf } from '../jobs/mail-worker.ts'
import { InvitationId, InvitationReply, invitationRecord, invitationWire, ticketOf } from './invitation.ts'
import { refuseBeyondLimit } from './invitation-limit.ts'
import { shownTo } from './invitation-shown.ts'
import { lockInvitation } from './invitation-store.ts'
import { invitationUrl } from './invitation-url.ts'
import { beginInviting, resendInvitation } from './invite.ts'
import { BatchBody, BatchReply, inviteMany } from './invite-batch.ts'
import { OrganizationId } from './organization.ts'
import { lockOrganization } from './store.ts'

/** Of `/api/v2/organizations/{id}/invitations` what Auth0 does not have. */
export const invitationBatchRoutes: readonly Route[] = [
  route({
    kind: 'change',
    method: 'POST',
    url: '/organizations/:id/invitations/batch',
    operationId: 'post_invitations_batch',
    summary: 'Invite many people to an organization',
    ours: true,
    scope: ['create:organization_invitations'],
    withinOrganization: 'organization',
    event: 'sapi',
    params: OrganizationId,
    body: BatchBody,
    reply: { 200: BatchReply },
    handler: async ({ server, tx, actor, info, params, body, audit }) => {
      const organization = await lockOrganization(tx, params.id)
      const act = await beginInviting(tx, { server, actor, info, organization }, body.client_id)
      const answer = await inviteMany(tx, act, body)
      Object.assign(audit, { target: { kind: 'organization', id: params.id }, organizationId: params.id })
      if (body.dry_run) audit.isDryRun = true
      return answer
    },
    afterCommit: ({ server, body }) => {
      if (!body.dry_run) mailWorkerOf(server).wake()
    },
  }),
  route({
    kind: 'change',
    method: 'POST',
    url: '/organizations/:id/invitations/:invitation_id/resend',
    operationId: 'post_invitation_resend',
    summary: 'Send an invitation to an organization once more',
    ours: true,
    scope: ['create:organization_invitations'],
    withinOrganization: 'organization',
    event: 'sapi',
    params: InvitationId,
    reply: { 200: InvitationReply },
    handler: async ({ server, tx, actor, info, params, audit }) => {
      const organization = await lockOrganization(tx, params.id)
      const before = await lockInvitation(tx, params.id, params.invitation_id)
      if (!before) throw new ApiError('inexistent_invitation')
      const act = await beginInviting(tx, { server, actor, info, organization }, before.clientId)
      await refuseBeyondLimit(tx, actor, organization)
      const after = await resendInvitation(tx, act, before)
      Object.assign(audit, {
        target: { kind: 'invitation', id: after.id },
        organizationId: params.id,
        before: invitationRecord(before),
        after: invitationRecord(after),
      })
      const ticket = ticketOf(server.secrets, after)
      const wire = invitationWire(after, { ticket, url: invitationUrl(server.config, ticket, act.parts) })
      const [shown = wire] = await shownTo(tx, actor, [wire])
      return shown
    },
    afterCommit: ({ server }) => mailWorkerOf(server).wake(),
  }),
]
