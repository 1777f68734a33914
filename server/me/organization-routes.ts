/** `/me/v1/organizations`. */
import { Type } from 'typebox'
import { transact } from '../db/database.ts'
import { route } from '../http/define-route.ts'
import { operationEvent } from '../http/operation-event.ts'
import { recordEvent } from '../logs/record.ts'
import { leaveOrganization } from '../organizations/leave.ts'
import { OrganizationId } from '../organizations/organization.ts'
import { type MyAccountRoute, ownIdOf } from './my-account.ts'
import { listOwnOrganizations, OwnOrganization } from './organizations.ts'

const LEAVE = {
  operationId: 'post_me_organizations_leave',
  summary: 'Leave an organization',
  event: 'sapi',
  scope: ['delete:me:organizations'],
} as const

export const organizationRoutes: readonly MyAccountRoute[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/organizations',
    operationId: 'get_me_organizations',
    summary: 'List one’s organizations',
    scope: ['read:me:organizations'],
    // A token of one organization is to know nothing of the person's others.
    withinOrganization: 'refused',
    reply: { 200: Type.Object({ organizations: Type.Array(OwnOrganization) }) },
    ours: true,
    handler: async (call) => ({ organizations: await listOwnOrganizations(call.db, ownIdOf(call)) }),
  }),
  route({
    kind: 'use case',
    method: 'POST',
    url: '/organizations/:id/leave',
    ...LEAVE,
    withinOrganization: 'refused',
    params: OrganizationId,
    reply: { 204: Type.Null() },
    ours: true,
    handler: async (call) => {
      const { id: organizationId } = call.params
      const target = { kind: 'organization', id: organizationId }
      await transact(call.db, async (tx) => {
        await leaveOrganization(tx, organizationId, ownIdOf(call))
        const audit = { userId: ownIdOf(call), target, organizationId }
        await recordEvent(tx, operationEvent({ ...LEAVE, status: 204 }, call, audit))
      })
      return null
    },
  }),
]
