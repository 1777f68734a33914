/** The part of a journey that is about roles, what is open for a user, statistics and the log's search. */
import type { Travel } from './journey.ts'

const CONNECTION = 'Username-Password-Authentication'
const PASSWORD = 'Morgentau-27-Fenster'

/** Goes it. */
export async function rolesAndUsage({ own, name, step, make }: Travel): Promise<void> {
  const { users, resourceServers, roles, usage } = own
  const identifier = `https://roles.${name}.example/`
  const scopes = ['read:x', 'write:x'].map((value) => ({ value, description: `May ${value}` }))
  const api = await make('API of roles created', () => resourceServers.create({ identifier, name: 'Roles', scopes }))
  const { user_id } = await make('member created', () =>
    users.create({ connection: CONNECTION, email: `member@${name}.example`, password: PASSWORD }),
  )
  const permission = (permission_name: string) => [{ resource_server_identifier: identifier, permission_name }]
  const { id } = await make('role created', () => roles.create({ name: `Role ${name}`, description: 'First' }))
  await step('role created twice', () => roles.create({ name: `Role ${name}` }))
  await step('role changed', () => roles.update(id, { description: 'Second' }))
  await step('role read', () => roles.get(id))
  await step('roles listed', () => roles.list({ name_filter: `Role ${name}` }))
  await step('permission of a role added', () => roles.addPermissions(id, permission('read:x')))
  await step('unknown permission of a role added', () => roles.addPermissions(id, permission('fly:x')))
  await step('permissions of the role', () => roles.permissions(id))
  await step('role assigned', () => roles.assign(id, [user_id]))
  await step('members of the role', () => roles.members(id))
  await step('roles of the user', () => roles.rolesOf(user_id))
  await step('permission given', () => roles.givePermissions(user_id, permission('write:x')))
  await step('permissions of the user', () => roles.permissionsOf(user_id))
  await step('permission taken', () => roles.takePermissionsOf(user_id, permission('write:x')))
  await step('role taken', () => roles.takeRoles(user_id, [id]))
  await step('no permissions of the user', () => roles.permissionsOf(user_id))
  await step('role given', () => roles.giveRoles(user_id, [id]))
  await step('permission of a role taken', () => roles.takePermissions(id, permission('read:x')))
  await step('no permissions of the role', () => roles.permissions(id))
  await step('role deleted', () => roles.delete(id))
  await step('deleted role read', () => roles.get(id))
  await step('no roles of the user', () => roles.rolesOf(user_id))
  await step('sessions', () => usage.sessions(user_id))
  await step('refresh tokens', () => usage.refreshTokens(user_id))
  await step('grants of the user', () => usage.grants(user_id))
  await step('device credentials', () => usage.devices(user_id))
  await step('active users', () => usage.activeUsers())
  const today = new Date().toISOString().slice(0, 10).replaceAll('-', '')
  await step('daily', () => usage.daily({ from: today, to: today }))
  await step('log searched', () => usage.search('type:sapi AND description:*role*'))
  await step('log searched unreadably', () => usage.search('type:('))
  await users.delete(user_id)
  await resourceServers.delete(api.id)
}
