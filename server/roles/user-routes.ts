/** What a user may do: `/api/v2/users/:id/roles`, `/permissions` and `/effective-*`. */
import { type Static, Type } from 'typebox'
import { type Route, route } from '../http/define-route.ts'
import { listReplyOf } from '../http/list-reply.ts'
import { checkpointPagingOf, listReply, OnlyCheckpointQuery, PageQuery, pagingOf } from '../http/paging.ts'
import { requireUser } from '../users/require-user.ts'
import { UserIdParams } from '../users/schemas.ts'
import { assignRoles, listRolesBehind, listRolesOfUser, lockUsers, withdrawRoles } from './members.ts'
import { noteChange } from './note-change.ts'
import {
  addUserPermissions,
  holdPermissions,
  listEffectivePermissions,
  listUserPermissions,
  removeUserPermissions,
} from './permissions.ts'
import {
  PermissionName,
  PermissionNames,
  PermissionReply,
  RoleIds,
  RoleReply,
  roleWire,
  UserPermissionReply,
} from './role.ts'
import type { Role } from './store.ts'

const { from, take } = OnlyCheckpointQuery.properties
const { resource_server_identifier, permission_name } = PermissionName.properties
const EffectiveRole = Type.Object({
  id: Type.String(),
  name: Type.String(),
  description: Type.String(),
  sources: Type.Array(Type.String()),
})
const EffectivePermission = Type.Object({
  ...PermissionReply.properties,
  sources: Type.Array(Type.Enum(['direct', 'roles'])),
})
const next = Type.Optional(Type.String())

/** Without groups, a role is given to nobody but directly. */
function effectiveRoleWire(role: Role): Static<typeof EffectiveRole> {
  return { ...roleWire(role), description: role.description ?? '', sources: ['direct'] }
}

export const userRoleRoutes: readonly Route[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/users/:id/roles',
    operationId: 'get_user_roles',
    summary: "Get a user's roles",
    scope: { allOf: ['read:users', 'read:roles', 'read:role_members'] },
    withinOrganization: 'refused',
    params: UserIdParams,
    query: PageQuery,
    reply: { 200: listReplyOf('roles', RoleReply) },
    handler: async ({ db, actor, params, query }) => {
      await requireUser(db, actor, params.id)
      const paging = pagingOf(query)
      const { rows, total } = await listRolesOfUser(db, params.id, paging)
      return listReply('roles', paging, { rows: rows.map(roleWire), total }, () => [])
    },
  }),
  route({
    kind: 'change',
    method: 'POST',
    url: '/users/:id/roles',
    operationId: 'post_user_roles',
    summary: 'Assign roles to a user',
    scope: ['update:users', 'create:role_members'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: UserIdParams,
    body: RoleIds,
    reply: { 204: Type.Null() },
    handler: async ({ tx, actor, params, body, audit }) => {
      Object.assign(audit, { userId: params.id, target: { kind: 'user', id: params.id } })
      await lockUsers(tx, actor, [params.id])
      await noteChange(tx, audit, { of: 'user', id: params.id, what: 'roles' }, () =>
        assignRoles(tx, actor, [params.id], body.roles),
      )
      return null
    },
  }),
  route({
    kind: 'change',
    method: 'DELETE',
    url: '/users/:id/roles',
    operationId: 'delete_user_roles',
    summary: 'Removes roles from a user',
    scope: ['update:users', 'delete:role_members'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: UserIdParams,
    body: RoleIds,
    reply: { 204: Type.Null() },
    handler: async ({ tx, actor, params, body, audit }) => {
      Object.assign(audit, { userId: params.id, target: { kind: 'user', id: params.id } })
      await lockUsers(tx, actor, [params.id])
      await noteChange(tx, audit, { of: 'user', id: params.id, what: 'roles' }, () =>
        withdrawRoles(tx, actor, params.id, body.roles),
      )
      return null
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/users/:id/permissions',
    operationId: 'get_permissions',
    summary: "Get a User's Permissions",
    scope: ['read:users'],
    withinOrganization: 'refused',
    params: UserIdParams,
    query: PageQuery,
    reply: { 200: listReplyOf('permissions', UserPermissionReply) },
    handler: async ({ db, actor, params, query }) => {
      await requireUser(db, actor, params.id)
      const paging = pagingOf(query)
      return listReply('permissions', paging, await listUserPermissions(db, params.id, paging), () => [])
    },
  }),
  route({
    kind: 'change',
    method: 'POST',
    url: '/users/:id/permissions',
    operationId: 'post_permissions',
    summary: 'Assign Permissions to a User',
    scope: ['update:users'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: UserIdParams,
    body: PermissionNames,
    reply: { 201: Type.Object({}) },
    handler: async ({ tx, actor, params, body, audit }) => {
      Object.assign(audit, { userId: params.id, target: { kind: 'user', id: params.id } })
      await lockUsers(tx, actor, [params.id])
      const held = await holdPermissions(tx, actor, body.permissions)
      await noteChange(tx, audit, { of: 'user', id: params.id, what: 'permissions' }, () =>
        addUserPermissions(tx, params.id, held),
      )
      return {}
    },
  }),
  route({
    kind: 'change',
    method: 'DELETE',
    url: '/users/:id/permissions',
    operationId: 'delete_permissions',
    summary: 'Remove Permissions from a User',
    scope: ['update:users'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: UserIdParams,
    body: PermissionNames,
    reply: { 204: Type.Null() },
    handler: async ({ tx, actor, params, body, audit }) => {
      Object.assign(audit, { userId: params.id, target: { kind: 'user', id: params.id } })
      await lockUsers(tx, actor, [params.id])
      await noteChange(tx, audit, { of: 'user', id: params.id, what: 'permissions' }, () =>
        removeUserPermissions(tx, params.id, body.permissions),
      )
      return null
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/users/:id/effective-roles',
    operationId: 'get_user_effective_roles',
    summary: "Get a user's effective roles",
    scope: ['read:user_effective_roles'],
    withinOrganization: 'refused',
    params: UserIdParams,
    query: OnlyCheckpointQuery,
    reply: { 200: Type.Object({ roles: Type.Array(EffectiveRole), next }) },
    handler: async ({ db, actor, params, query }) => {
      await requireUser(db, actor, params.id)
      const paging = checkpointPagingOf(query)
      const { rows, total } = await listRolesOfUser(db, params.id, paging)
      return listReply('roles', paging, { rows: rows.map(effectiveRoleWire), total }, ({ id }) => [id])
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/users/:id/effective-roles/sources/groups',
    operationId: 'get_user_role_source_groups',
    summary: 'Get the groups through which a user has a role',
    scope: ['read:user_role_source_groups'],
    withinOrganization: 'refused',
    params: UserIdParams,
    query: Type.Object({ role_id: Type.String({ minLength: 1, maxLength: 100, description: 'Role id' }), from, take }),
    reply: { 200: Type.Object({ groups: Type.Array(Type.Unknown()), next }) },
    partly: 'There are no groups, so the list is empty.',
    handler: async ({ db, actor, params }) => {
      await requireUser(db, actor, params.id)
      return { groups: [] }
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/users/:id/effective-permissions',
    operationId: 'get_user_effective_permissions',
    summary: "Get a user's effective permissions at an API",
    scope: ['read:user_effective_permissions'],
    withinOrganization: 'refused',
    params: UserIdParams,
    query: Type.Object({ resource_server_identifier, from, take }),
    reply: { 200: Type.Object({ permissions: Type.Array(EffectivePermission), next }) },
    handler: async ({ db, actor, params, query }) => {
      await requireUser(db, actor, params.id)
      const paging = checkpointPagingOf(query)
      const rows = await listEffectivePermissions(db, params.id, query.resource_server_identifier, paging)
      return listReply('permissions', paging, { rows, total: 0 }, (row) => [row.permission_name])
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/users/:id/effective-permissions/sources/effective-roles',
    operationId: 'get_user_permission_source_roles',
    summary: 'Get the roles through which a user has a permission',
    scope: ['read:user_permission_source_roles'],
    withinOrganization: 'refused',
    params: UserIdParams,
    query: Type.Object({ resource_server_identifier, permission_name, from, take }),
    reply: { 200: Type.Object({ roles: Type.Array(EffectiveRole), next }) },
    handler: async ({ db, actor, params, query }) => {
      await requireUser(db, actor, params.id)
      const paging = checkpointPagingOf(query)
      const asked = { api: query.resource_server_identifier, permission: query.permission_name }
      const found = await listRolesBehind(db, params.id, asked, paging)
      return listReply('roles', paging, { rows: found.map(effectiveRoleWire), total: 0 }, ({ id }) => [id])
    },
  }),
]
