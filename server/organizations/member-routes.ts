import { Type } from 'typebox'
import { holdsAny } from '../authorization/actor.ts'
import { checkpointKeys } from '../http/checkpoint.ts'
import { type Route, route } from '../http/define-route.ts'
import { ApiError } from '../http/errors.ts'
import { fieldNames, pickFields } from '../http/fields.ts'
import { listReplyOf } from '../http/list-reply.ts'
import { CheckpointQuery, FieldsQuery, listReply, pagingOf } from '../http/paging.ts'
import { addMembers, removeMembers } from './member-change.ts'
import { MemberIds } from './member-schemas.ts'
import { listMembers, MemberReply } from './members.ts'
import { OrganizationId } from './organization.ts'
import { requireOrganization } from './store.ts'

const ListQuery = Type.Object({ ...CheckpointQuery.properties, ...FieldsQuery.properties })

/** `/api/v2/organizations/{id}/members`. */
export const memberRoutes: readonly Route[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/organizations/:id/members',
    operationId: 'get_organization_members',
    summary: 'Get the members of an organization',
    scope: ['read:organization_members'],
    withinOrganization: 'organization',
    params: OrganizationId,
    query: ListQuery,
    reply: { 200: listReplyOf('members', MemberReply) },
    handler: async ({ db, actor, params, query }) => {
      await requireOrganization(db, params.id)
      const withRoles = query.include_fields !== false && fieldNames(query.fields).has('roles')
      if (withRoles && !holdsAny(actor, ['read:organization_member_roles'])) {
        throw new ApiError('insufficient_scope', { with: { rule: 'any', scopes: 'read:organization_member_roles' } })
      }
      const paging = pagingOf(query)
      const { rows, total } = await listMembers(db, params.id, paging, { withRoles })
      const last = rows.at(-1)
      const shown = rows.map(({ created_at: _, ...member }) => pickFields(member, query))
      return listReply('members', paging, { rows: shown, total }, () =>
        last ? checkpointKeys(last, last.user_id) : [],
      )
    },
  }),
  route({
    kind: 'change',
    method: 'POST',
    url: '/organizations/:id/members',
    operationId: 'post_members',
    summary: 'Add members to an organization',
    scope: ['create:organization_members'],
    // Who acts for an organization invites people: users beyond it are not known to him.
    withinOrganization: 'refused',
    event: 'sapi',
    params: OrganizationId,
    body: MemberIds,
    reply: { 204: Type.Null() },
    handler: async ({ tx, actor, info, params, body, audit }) => {
      Object.assign(audit, about(params.id))
      await addMembers(tx, { actor, organizationId: params.id, info }, body.members)
      return null
    },
  }),
  route({
    kind: 'change',
    method: 'DELETE',
    url: '/organizations/:id/members',
    operationId: 'delete_members',
    summary: 'Remove members from an organization',
    scope: ['delete:organization_members'],
    withinOrganization: 'organization',
    event: 'sapi',
    params: OrganizationId,
    body: MemberIds,
    reply: { 204: Type.Null() },
    handler: async ({ tx, actor, info, params, body, audit }) => {
      const members = await removeMembers(tx, { actor, organizationId: params.id, info }, body.members)
      Object.assign(audit, about(params.id), { before: { members } })
      return null
    },
  }),
]

function about(id: string) {
  return { target: { kind: 'organization', id }, organizationId: id }
}
