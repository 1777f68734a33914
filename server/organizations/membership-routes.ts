import { type Route, route } from '../http/define-route.ts'
import { MemberId } from './member-schemas.ts'
import { MembershipReply, MembershipUpdate, readMembership } from './membership.ts'
import { updateMembership } from './membership-change.ts'
import { requireOrganization } from './store.ts'

/** `/api/v2/organizations/{id}/members/{user_id}`, which Auth0 does not have. */
export const membershipRoutes: readonly Route[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/organizations/:id/members/:user_id',
    operationId: 'get_organization_member',
    summary: 'Get a member of an organization',
    ours: true,
    scope: ['read:organization_members'],
    withinOrganization: 'organization',
    params: MemberId,
    reply: { 200: MembershipReply },
    handler: async ({ db, actor, params }) => {
      await requireOrganization(db, params.id)
      return await readMembership(db, actor, params.id, params.user_id)
    },
  }),
  route({
    kind: 'change',
    method: 'PATCH',
    url: '/organizations/:id/members/:user_id',
    operationId: 'patch_organization_member',
    summary: 'Update a member of an organization',
    ours: true,
    scope: ['update:users'],
    withinOrganization: 'organization',
    event: 'sapi',
    params: MemberId,
    body: MembershipUpdate,
    reply: { 200: MembershipReply },
    handler: async ({ tx, actor, params, body, audit }) => {
      const { id: organizationId, user_id: userId } = params
      await requireOrganization(tx, organizationId)
      const before = await readMembership(tx, actor, organizationId, userId)
      await updateMembership(tx, actor, { organizationId, userId }, body)
      Object.assign(audit, { userId, target: { kind: 'member', id: userId }, organizationId, before })
      return await readMembership(tx, actor, organizationId, userId)
    },
  }),
]
