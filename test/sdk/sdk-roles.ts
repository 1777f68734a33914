/** Of each generation of the SDK: roles and permissions, what is open for a user, statistics and the log's search. */
import type { ManagementClient as Management4 } from 'auth0-4'
import type { ManagementClient as Management7 } from 'auth0-7'

/** A permission as it is named. */
export type NamedPermission = { resource_server_identifier: string; permission_name: string }

/** The acts. */
export type RoleActs = {
  create: (body: { name: string; description?: string }) => Promise<unknown>
  get: (id: string) => Promise<unknown>
  update: (id: string, body: { description: string }) => Promise<unknown>
  delete: (id: string) => Promise<unknown>
  list: (query: { name_filter: string }) => Promise<unknown>
  addPermissions: (id: string, permissions: NamedPermission[]) => Promise<unknown>
  takePermissions: (id: string, permissions: NamedPermission[]) => Promise<unknown>
  permissions: (id: string) => Promise<unknown>
  assign: (id: string, users: string[]) => Promise<unknown>
  members: (id: string) => Promise<unknown>
  rolesOf: (user: string) => Promise<unknown>
  giveRoles: (user: string, roles: string[]) => Promise<unknown>
  takeRoles: (user: string, roles: string[]) => Promise<unknown>
  permissionsOf: (user: string) => Promise<unknown>
  givePermissions: (user: string, permissions: NamedPermission[]) => Promise<unknown>
  takePermissionsOf: (user: string, permissions: NamedPermission[]) => Promise<unknown>
}

/** What is open for a user, statistics and the log's search. */
export type UsageActs = {
  sessions: (user: string) => Promise<unknown>
  refreshTokens: (user: string) => Promise<unknown>
  grants: (user_id: string) => Promise<unknown>
  devices: (user_id: string) => Promise<unknown>
  activeUsers: () => Promise<unknown>
  daily: (query: { from: string; to: string }) => Promise<unknown>
  search: (q: string) => Promise<unknown>
}

const data = async (answer: Promise<{ data: unknown }>) => (await answer).data
const response = async (page: Promise<{ response: unknown }>) => (await page).response

/** `auth0` 4. */
export function roles4({ roles, users }: Management4): RoleActs {
  return {
    create: (body) => data(roles.create(body)),
    get: (id) => data(roles.get({ id })),
    update: (id, body) => data(roles.update({ id }, body)),
    delete: (id) => data(roles.delete({ id })),
    list: (query) => data(roles.getAll(query)),
    addPermissions: (id, permissions) => data(roles.addPermissions({ id }, { permissions })),
    takePermissions: (id, permissions) => data(roles.deletePermissions({ id }, { permissions })),
    permissions: (id) => data(roles.getPermissions({ id })),
    assign: (id, ids) => data(roles.assignUsers({ id }, { users: ids })),
    members: (id) => data(roles.getUsers({ id })),
    rolesOf: (id) => data(users.getRoles({ id })),
    giveRoles: (id, ids) => data(users.assignRoles({ id }, { roles: ids })),
    takeRoles: (id, ids) => data(users.deleteRoles({ id }, { roles: ids })),
    permissionsOf: (id) => data(users.getPermissions({ id })),
    givePermissions: (id, permissions) => data(users.assignPermissions({ id }, { permissions })),
    takePermissionsOf: (id, permissions) => data(users.deletePermissions({ id }, { permissions })),
  }
}

/** `auth0` 4. */
export function usage4({ users, grants, deviceCredentials, stats, logs }: Management4): UsageActs {
  return {
    sessions: (user_id) => data(users.getSessions({ user_id })),
    refreshTokens: (user_id) => data(users.getRefreshTokens({ user_id })),
    grants: (user_id) => data(grants.getAll({ user_id })),
    devices: (user_id) => data(deviceCredentials.getAll({ user_id })),
    activeUsers: () => data(stats.getActiveUsersCount()),
    daily: (query) => data(stats.getDaily(query)),
    search: (q) => data(logs.getAll({ q, sort: 'date:-1', per_page: 5 })),
  }
}

/** `auth0` 6 and 7. */
export function roles7({ roles, users }: Management7): RoleActs {
  return {
    create: (body) => roles.create(body),
    get: (id) => roles.get(id),
    update: (id, body) => roles.update(id, body),
    delete: (id) => roles.delete(id),
    list: (query) => response(roles.list(query)),
    addPermissions: (id, permissions) => roles.permissions.add(id, { permissions }),
    takePermissions: (id, permissions) => roles.permissions.delete(id, { permissions }),
    permissions: (id) => response(roles.permissions.list(id)),
    assign: (id, ids) => roles.users.assign(id, { users: ids }),
    members: (id) => response(roles.users.list(id)),
    rolesOf: (id) => response(users.roles.list(id)),
    giveRoles: (id, ids) => users.roles.assign(id, { roles: ids }),
    takeRoles: (id, ids) => users.roles.delete(id, { roles: ids }),
    permissionsOf: (id) => response(users.permissions.list(id)),
    givePermissions: (id, permissions) => users.permissions.create(id, { permissions }),
    takePermissionsOf: (id, permissions) => users.permissions.delete(id, { permissions }),
  }
}

/** `auth0` 6 and 7. */
export function usage7({ users, userGrants, deviceCredentials, stats, logs }: Management7): UsageActs {
  return {
    sessions: (user) => response(users.sessions.list(user)),
    refreshTokens: (user) => response(users.refreshToken.list(user)),
    grants: (user_id) => response(userGrants.list({ user_id })),
    devices: (user_id) => response(deviceCredentials.list({ user_id })),
    activeUsers: () => stats.getActiveUsersCount(),
    daily: (query) => stats.getDaily(query),
    search: (q) => response(logs.list({ search: q, sort: 'date:-1', per_page: 5 })),
  }
}
