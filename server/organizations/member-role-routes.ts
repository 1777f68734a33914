import { type Static, Type } from 'typebox'
import { checkpointKeys } from '../http/checkpoint.ts'
import { type Route, route } from '../http/define-route.ts'
import { listReplyOf } from '../http/list-reply.ts'
import {
  CheckpointQuery,
  checkpointPagingOf,
  listReply,
  OnlyCheckpointQuery,
  PageQuery,
  pagingOf,
} from '../http/paging.ts'
import { STORABLE } from '../http/unstorable.ts'
import { RoleReply, roleWire } from '../roles/role.ts'
import { requireRole } from '../roles/store.ts'
import { giveMemberRoles, takeMemberRoles } from './member-change.ts'
import { listMemberRoles } from './member-roles.ts'
import { MemberId, MemberRoleIds } from './member-schemas.ts'
import { listMembers, MemberReply, requireMembership } from './members.ts'
import { OrganizationId } from './organization.ts'
import { requireOrganization } from './store.ts'

const RoleMembersParams = Type.Object({
  ...OrganizationId.properties,
  role_id: Type.String({ minLength: 1, maxLength: 100, ...STORABLE, description: 'Role id' }),
})
const EffectiveRole = Type.Object({
  id: Type.String(),
  name: Type.String(),
  description: Type.String(),
  sources: Type.Array(Type.String()),
})
const next = Type.Optional(Type.String())

/** `/api/v2/organizations/{id}/members/{user_id}/roles` and what is beside it. */
export const memberRoleRoutes: readonly Route[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/organizations/:id/members/:user_id/roles',
    operationId: 'get_organization_member_roles',
    summary: "Get a member's roles",
    scope: ['read:organization_member_roles'],
    withinOrganization: 'organization',
    params: MemberId,
    query: PageQuery,
    reply: { 200: listReplyOf('roles', RoleReply) },
    handler: async ({ db, params, query }) => {
      await requireOrganization(db, params.id)
      await requireMembership(db, params.id, params.user_id)
      const paging = pagingOf(query)
      const { rows, total } = await listMemberRoles(db, params.id, params.user_id, paging)
      return listReply('roles', paging, { rows: rows.map(roleWire), total }, () => [])
    },
  }),
  route({
    kind: 'change',
    method: 'POST',
    url: '/organizations/:id/members/:user_id/roles',
    operationId: 'post_organization_member_roles',
    summary: 'Assign roles to a member',
    scope: ['create:organization_member_roles'],
    withinOrganization: 'organization',
    event: 'sapi',
    params: MemberId,
    body: MemberRoleIds,
    reply: { 204: Type.Null() },
    handler: async ({ tx, actor, info, params, body, audit }) => {
      const act = { actor, organizationId: params.id, info }
      Object.assign(audit, aboutMember(params), await giveMemberRoles(tx, act, params.user_id, body.roles))
      return null
    },
  }),
  route({
    kind: 'change',
    method: 'DELETE',
    url: '/organizations/:id/members/:user_id/roles',
    operationId: 'delete_organization_member_roles',
    summary: 'Remove roles from a member',
    scope: ['delete:organization_member_roles'],
    withinOrganization: 'organization',
    event: 'sapi',
    params: MemberId,
    body: MemberRoleIds,
    reply: { 204: Type.Null() },
    handler: async ({ tx, actor, info, params, body, audit }) => {
      const act = { actor, organizationId: params.id, info }
      Object.assign(audit, aboutMember(params), await takeMemberRoles(tx, act, params.user_id, body.roles))
      return null
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/organizations/:id/members/:user_id/effective-roles',
    operationId: 'get_organization_member_effective_roles',
    summary: "Get a member's effective roles",
    scope: ['read:organization_member_effective_roles'],
    withinOrganization: 'organization',
    params: MemberId,
    query: OnlyCheckpointQuery,
    reply: { 200: Type.Object({ roles: Type.Array(EffectiveRole), next }) },
    handler: async ({ db, params, query }) => {
      await requireOrganization(db, params.id)
      await requireMembership(db, params.id, params.user_id)
      const paging = checkpointPagingOf(query)
      const { rows } = await listMemberRoles(db, params.id, params.user_id, paging)
      // Without groups, a role is given to nobody but directly.
      const shown = rows.map(
        (role): Static<typeof EffectiveRole> => ({
          ...roleWire(role),
          description: role.description ?? '',
          sources: ['direct'],
        }),
      )
      return listReply('roles', paging, { rows: shown, total: 0 }, ({ id }) => [id])
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/organizations/:id/members/:user_id/effective-roles/sources/groups',
    operationId: 'get_organization_member_role_source_groups',
    summary: 'Get the groups through which a member has a role',
    scope: ['read:organization_member_role_source_groups'],
    withinOrganization: 'organization',
    params: MemberId,
    query: Type.Object({
      role_id: Type.String({ minLength: 1, maxLength: 100, description: 'Role id' }),
      ...OnlyCheckpointQuery.properties,
    }),
    reply: { 200: Type.Object({ groups: Type.Array(Type.Unknown()), next }) },
    partly: 'There are no groups, so the list is empty.',
    handler: async ({ db, params }) => {
      await requireOrganization(db, params.id)
      await requireMembership(db, params.id, params.user_id)
      return { groups: [] }
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/organizations/:id/roles/:role_id/members',
    operationId: 'get_organization_role_members',
    summary: 'Get the members of an organization who have a role',
    scope: ['read:organization_member_roles'],
    withinOrganization: 'organization',
    params: RoleMembersParams,
    query: CheckpointQuery,
    reply: { 200: listReplyOf('members', MemberReply) },
    handler: async ({ db, actor, params, query }) => {
      await requireOrganization(db, params.id)
      await requireRole(db, actor, params.role_id)
      const paging = pagingOf(query)
      const { rows, total } = await listMembers(db, params.id, paging, { roleId: params.role_id })
      const last = rows.at(-1)
      const shown = rows.map(({ created_at: _, ...member }) => member)
      return listReply('members', paging, { rows: shown, total }, () =>
        last ? checkpointKeys(last, last.user_id) : [],
      )
    },
  }),
]

function aboutMember({ id, user_id }: Static<typeof MemberId>) {
  return { userId: user_id, target: { kind: 'member', id: user_id }, organizationId: id }
}
