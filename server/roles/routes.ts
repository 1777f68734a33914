import { Type } from 'typebox'
import { type Route, route } from '../http/define-route.ts'
import { listReplyOf } from '../http/list-reply.ts'
import { CheckpointQuery, listReply, PageQuery, pagingOf } from '../http/paging.ts'
import { STORABLE } from '../http/unstorable.ts'
import { recordEventList } from '../logs/record.ts'
import { createRole, removeRole, takeRolePermissions, updateRole } from './change.ts'
import { assignRoles, listRoleMembers, lockUsers } from './members.ts'
import { noteChange } from './note-change.ts'
import { addRolePermissions, holdPermissions, listRolePermissions } from './permissions.ts'
import {
  NewRole,
  PermissionNames,
  PermissionReply,
  RoleId,
  RoleReply,
  RoleUpdate,
  RoleUser,
  roleWire,
  UserIds,
} from './role.ts'
import { listRoles, lockRole, requireRole } from './store.ts'

const ListQuery = Type.Object({
  ...PageQuery.properties,
  name_filter: Type.Optional(Type.String({ maxLength: 200, ...STORABLE, description: 'Part of the name' })),
})
const Nothing = Type.Object({})

/** `/api/v2/roles`. */
export const roleRoutes: readonly Route[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/roles',
    operationId: 'get_roles',
    summary: 'Get roles',
    scope: ['read:roles'],
    withinOrganization: 'scoped',
    query: ListQuery,
    reply: { 200: listReplyOf('roles', RoleReply) },
    handler: async ({ db, actor, query }) => {
      const paging = pagingOf(query)
      const { rows, total } = await listRoles(db, actor, query.name_filter, paging)
      return listReply('roles', paging, { rows: rows.map(roleWire), total }, () => [])
    },
  }),
  route({
    kind: 'change',
    method: 'POST',
    url: '/roles',
    operationId: 'post_roles',
    summary: 'Create a role',
    scope: ['create:roles'],
    withinOrganization: 'refused',
    event: 'sapi',
    body: NewRole,
    reply: { 200: RoleReply },
    handler: async ({ tx, body, audit }) => {
      const role = await createRole(tx, body)
      audit.target = { kind: 'role', id: role.id }
      return roleWire(role)
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/roles/:id',
    operationId: 'get_roles_by_id',
    summary: 'Get a role',
    scope: ['read:roles'],
    withinOrganization: 'scoped',
    params: RoleId,
    reply: { 200: RoleReply },
    handler: async ({ db, actor, params }) => roleWire(await requireRole(db, actor, params.id)),
  }),
  route({
    kind: 'change',
    method: 'PATCH',
    url: '/roles/:id',
    operationId: 'patch_roles_by_id',
    summary: 'Update a role',
    scope: ['update:roles'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: RoleId,
    body: RoleUpdate,
    reply: { 200: RoleReply },
    handler: async ({ tx, params, body, audit }) => {
      const { before, after } = await updateRole(tx, params.id, body)
      Object.assign(audit, { target: { kind: 'role', id: after.id }, before: roleWire(before) })
      return roleWire(after)
    },
  }),
  route({
    kind: 'change',
    method: 'DELETE',
    url: '/roles/:id',
    operationId: 'delete_roles_by_id',
    summary: 'Delete a role',
    scope: ['delete:roles'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: RoleId,
    reply: { 200: Nothing },
    handler: async ({ tx, actor, params, audit }) => {
      const removed = await removeRole(tx, actor, params.id)
      Object.assign(audit, { target: { kind: 'role', id: removed.id }, before: roleWire(removed) })
      return {}
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/roles/:id/permissions',
    operationId: 'get_role_permission',
    summary: 'Get permissions granted by role',
    scope: ['read:roles'],
    withinOrganization: 'scoped',
    params: RoleId,
    query: PageQuery,
    reply: { 200: listReplyOf('permissions', PermissionReply) },
    handler: async ({ db, actor, params, query }) => {
      await requireRole(db, actor, params.id)
      const paging = pagingOf(query)
      return listReply('permissions', paging, await listRolePermissions(db, params.id, paging), () => [])
    },
  }),
  route({
    kind: 'change',
    method: 'POST',
    url: '/roles/:id/permissions',
    operationId: 'post_role_permission_assignment',
    summary: 'Associate permissions with a role',
    scope: ['update:roles'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: RoleId,
    body: PermissionNames,
    reply: { 201: Nothing },
    handler: async ({ tx, actor, params, body, audit }) => {
      audit.target = { kind: 'role', id: params.id }
      await lockRole(tx, params.id)
      const held = await holdPermissions(tx, actor, body.permissions)
      await noteChange(tx, audit, { of: 'role', id: params.id, what: 'permissions' }, () =>
        addRolePermissions(tx, params.id, held),
      )
      return {}
    },
  }),
  route({
    kind: 'change',
    method: 'DELETE',
    url: '/roles/:id/permissions',
    operationId: 'delete_role_permission_assignment',
    summary: 'Remove permissions from a role',
    partly: 'those that a built-in role began with stay',
    scope: ['update:roles'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: RoleId,
    body: PermissionNames,
    reply: { 204: Type.Null() },
    handler: async ({ tx, actor, params, body, audit }) => {
      audit.target = { kind: 'role', id: params.id }
      await noteChange(tx, audit, { of: 'role', id: params.id, what: 'permissions' }, () =>
        takeRolePermissions(tx, actor, params.id, body.permissions),
      )
      return null
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/roles/:id/users',
    operationId: 'get_role_user',
    summary: "Get a role's users",
    scope: { allOf: ['read:users', 'read:roles', 'read:role_members'] },
    withinOrganization: 'refused',
    params: RoleId,
    query: CheckpointQuery,
    reply: { 200: listReplyOf('users', RoleUser) },
    handler: async ({ db, actor, params, query }) => {
      await requireRole(db, actor, params.id)
      const paging = pagingOf(query)
      const found = await listRoleMembers(db, actor, params.id, paging)
      return listReply('users', paging, found, ({ user_id }) => [user_id])
    },
  }),
  route({
    kind: 'change',
    method: 'POST',
    url: '/roles/:id/users',
    operationId: 'post_role_users',
    summary: 'Assign users to a role',
    scope: ['update:roles', 'create:role_members'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: RoleId,
    body: UserIds,
    reply: { 200: Nothing },
    handler: async ({ tx, actor, info, params, body, audit }) => {
      const target = { kind: 'role', id: params.id }
      Object.assign(audit, { target, after: { users: body.users } })
      await requireRole(tx, actor, params.id)
      await lockUsers(tx, actor, body.users)
      await assignRoles(tx, actor, body.users, [params.id])
      // Each of them finds it in his own history.
      const { id, method, path, ip } = info
      const request = { id, method, path, ip, query: {} }
      const event = { type: 'sapi', description: 'Role assigned', actor, target, request } as const
      await recordEventList(
        tx,
        [...new Set(body.users)].map((userId) => ({ ...event, userId })),
      )
      return {}
    },
  }),
]
