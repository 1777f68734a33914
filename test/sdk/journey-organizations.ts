/** The part of a journey that is about organizations. */
import type { Travel } from './journey.ts'

const CONNECTION = 'Username-Password-Authentication'
const PASSWORD = 'Morgentau-27-Fenster'

/** Goes it. */
export async function organizations({ own, name, step, make }: Travel): Promise<void> {
  const { users, roles, connections, organizations: acts } = own
  const { user_id } = await make('colleague created', () =>
    users.create({ connection: CONNECTION, email: `colleague@${name}.example`, password: PASSWORD }),
  )
  const { id: role } = await make('member role created', () => roles.create({ name: `Member role ${name}` }))
  const { id: connection } = await make('connection of an organization created', () =>
    connections.create({
      name: `staff-${name}`,
      strategy: 'auth0',
      display_name: 'Staff',
      options: { requires_username: false },
    }),
  )
  const body = { name, display_name: 'Customer', metadata: { plan: 'gold' } }
  const { id } = await make('organization created', () => acts.create(body))
  await step('organization created twice', () => acts.create(body))
  await step('organization read', () => acts.get(id))
  await step('organization read by name', () => acts.byName(name))
  await step('organization changed', () => acts.update(id, { display_name: 'Best customer' }))
  await step('organizations listed', () => acts.list())
  await step('member added', () => acts.add(id, [user_id]))
  await step('unknown member added', () => acts.add(id, ['auth0|000000000000000000000000']))
  await step('members listed', () => acts.members(id))
  await step('organizations of the user', () => acts.of(user_id))
  await step('member role given', () => acts.giveRoles(id, user_id, [role]))
  await step('member roles listed', () => acts.rolesOf(id, user_id))
  await step('member role taken', () => acts.takeRoles(id, user_id, [role]))
  await step('no member roles', () => acts.rolesOf(id, user_id))
  await step('connection enabled', () => acts.enable(id, connection))
  await step('enabled connection changed', () => acts.changeConnection(id, connection))
  await step('enabled connections listed', () => acts.connections(id))
  await step('connection disabled', () => acts.disable(id, connection))
  await step('domain added', () => acts.addDomain(id, `${name}.example`))
  await step('domains listed', () => acts.domains(id))
  const invited = await make('somebody invited', () =>
    acts.invite(id, {
      inviter: { name: 'Lena' },
      invitee: { email: `guest@${name}.example` },
      client_id: 'tenantry-account',
      roles: [role],
      send_invitation_email: false,
    }),
  )
  await step('invitation read', () => acts.invitation(id, invited.id))
  await step('invitations listed', () => acts.invitations(id))
  await step('invitation withdrawn', () => acts.withdraw(id, invited.id))
  await step('withdrawn invitation read', () => acts.invitation(id, invited.id))
  await step('member removed', () => acts.remove(id, [user_id]))
  await step('no members', () => acts.members(id))
  await step('organization deleted', () => acts.delete(id))
  await step('deleted organization read', () => acts.get(id))
  await step('colleague still there', () => users.get(user_id))
  await users.delete(user_id)
  await roles.delete(role)
  await connections.delete(connection)
}
