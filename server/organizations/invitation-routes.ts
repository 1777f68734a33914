import { Type } from 'typebox'
import type { Actor } from '../authorization/actor.ts'
import { findClients } from '../clients/store.ts'
import type { Db } from '../db/database.ts'
import { type Route, route } from '../http/define-route.ts'
import { ApiError } from '../http/errors.ts'
import { pickFields } from '../http/fields.ts'
import { listReplyOf } from '../http/list-reply.ts'
import { FieldsQuery, listReply, PageQuery, pagingOf } from '../http/paging.ts'
import type { Server } from '../http/server.ts'
import { STORABLE } from '../http/unstorable.ts'
import { mailWorkerOf } from '../jobs/mail-worker.ts'
import { readTenantSettings } from '../tenants/store.ts'
import { refuseMetadataNames } from '../users/metadata-names.ts'
import {
  type Invitation,
  InvitationId,
  InvitationReply,
  invitationRecord,
  invitationWire,
  NewInvitation,
  ticketOf,
} from './invitation.ts'
import { refuseBeyondLimit } from './invitation-limit.ts'
import { shownTo } from './invitation-shown.ts'
import { findInvitation, listInvitations, lockInvitation, revokeInvitation } from './invitation-store.ts'
import { invitationUrl } from './invitation-url.ts'
import { beginInviting, invite, refuseGifts } from './invite.ts'
import { type Organization, OrganizationId } from './organization.ts'
import { holdOrganization, lockOrganization, requireOrganization } from './store.ts'

const ListQuery = Type.Object({
  ...PageQuery.properties,
  ...FieldsQuery.properties,
  email_filter: Type.Optional(Type.String({ maxLength: 320, ...STORABLE, description: 'Part of the address' })),
  sort: Type.Optional(Type.String({ pattern: '^created_at:-?1$', description: 'created_at:1 or created_at:-1' })),
})
const OneQuery = Type.Object({ ...FieldsQuery.properties })

/** `/api/v2/organizations/{id}/invitations`. */
export const invitationRoutes: readonly Route[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/organizations/:id/invitations',
    operationId: 'get_invitations',
    summary: 'Get the invitations to an organization',
    scope: ['read:organization_invitations'],
    withinOrganization: 'organization',
    params: OrganizationId,
    query: ListQuery,
    reply: { 200: listReplyOf('invitations', InvitationReply) },
    handler: async ({ server, db, actor, params, query }) => {
      const organization = await requireOrganization(db, params.id)
      const paging = pagingOf(query)
      const { rows, total } = await listInvitations(db, params.id, paging, {
        isDescending: query.sort !== 'created_at:1',
        emailFilter: query.email_filter,
      })
      const shown = (await wires(server, db, actor, organization, rows)).map((invitation) =>
        pickFields(invitation, query),
      )
      // Auth0 counts everything but these; whoever expects no number does not read it.
      return listReply('invitations', paging, { rows: shown, total }, () => [])
    },
  }),
  route({
    kind: 'change',
    method: 'POST',
    url: '/organizations/:id/invitations',
    operationId: 'post_invitations',
    summary: 'Invite somebody to an organization',
    scope: ['create:organization_invitations'],
    withinOrganization: 'organization',
    event: 'sapi',
    params: OrganizationId,
    body: NewInvitation,
    reply: { 201: InvitationReply },
    handler: async ({ server, tx, actor, info, params, body, audit }) => {
      const { inviter, invitee, client_id, ...rest } = body
      const organization = await lockOrganization(tx, params.id)
      refuseMetadataNames(body)
      const one = { ...rest, email: invitee.email, inviterName: inviter.name }
      await refuseGifts(tx, actor, one)
      const act = await beginInviting(tx, { server, actor, info, organization }, client_id)
      await refuseBeyondLimit(tx, actor, organization)
      const { invitation, ticket } = await invite(tx, act, one)
      Object.assign(audit, about(invitation), { after: invitationRecord(invitation) })
      return invitationWire(invitation, { ticket, url: invitationUrl(server.config, ticket, act.parts) })
    },
    afterCommit: ({ server }) => mailWorkerOf(server).wake(),
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/organizations/:id/invitations/:invitation_id',
    operationId: 'get_invitations_by_invitation_id',
    summary: 'Get an invitation to an organization',
    scope: ['read:organization_invitations'],
    withinOrganization: 'organization',
    params: InvitationId,
    query: OneQuery,
    reply: { 200: InvitationReply },
    handler: async ({ server, db, actor, params, query }) => {
      const organization = await requireOrganization(db, params.id)
      const invitation = await findInvitation(db, params.id, params.invitation_id)
      if (!invitation) throw new ApiError('inexistent_invitation')
      const [wire = {}] = await wires(server, db, actor, organization, [invitation])
      return pickFields(wire, query)
    },
  }),
  route({
    kind: 'change',
    method: 'DELETE',
    url: '/organizations/:id/invitations/:invitation_id',
    operationId: 'delete_invitations_by_invitation_id',
    summary: 'Withdraw an invitation to an organization',
    scope: ['delete:organization_invitations'],
    withinOrganization: 'organization',
    event: 'sapi',
    params: InvitationId,
    reply: { 204: Type.Null() },
    handler: async ({ tx, params, audit }) => {
      await holdOrganization(tx, params.id)
      const invitation = await lockInvitation(tx, params.id, params.invitation_id)
      if (!invitation) throw new ApiError('inexistent_invitation')
      await revokeInvitation(tx, invitation.id)
      Object.assign(audit, about(invitation), { before: invitationRecord(invitation) })
    },
  }),
]

function about({ id, organizationId }: Invitation) {
  return { target: { kind: 'invitation', id }, organizationId }
}

async function wires(
  server: Server,
  db: Db,
  actor: Actor,
  organization: Organization,
  invitations: readonly Invitation[],
) {
  const [tenant, clients] = await Promise.all([
    readTenantSettings(db),
    findClients(db, [...new Set(invitations.map(({ clientId }) => clientId))]),
  ])
  const all = invitations.map((invitation) => {
    const ticket = ticketOf(server.secrets, invitation)
    const client = clients.get(invitation.clientId)
    const url = client && invitationUrl(server.config, ticket, { client, tenant, organization })
    return invitationWire(invitation, { ticket, url })
  })
  return await shownTo(db, actor, all)
}
