/** Of each generation of the SDK: organizations, their members, connections, domains and invitations. */
import type { ManagementClient as Management4 } from 'auth0-4'
import type { ManagementClient as Management7 } from 'auth0-7'

/** An invitation to be. */
export type NewInvitation = {
  inviter: { name: string }
  invitee: { email: string }
  client_id: string
  roles: string[]
  send_invitation_email: boolean
}

/** The acts. */
export type OrganizationActs = {
  create: (body: { name: string; display_name: string; metadata: Record<string, string> }) => Promise<unknown>
  get: (id: string) => Promise<unknown>
  byName: (name: string) => Promise<unknown>
  update: (id: string, body: { display_name: string }) => Promise<unknown>
  delete: (id: string) => Promise<unknown>
  list: () => Promise<unknown>
  add: (id: string, members: string[]) => Promise<unknown>
  members: (id: string) => Promise<unknown>
  remove: (id: string, members: string[]) => Promise<unknown>
  giveRoles: (id: string, user: string, roles: string[]) => Promise<unknown>
  rolesOf: (id: string, user: string) => Promise<unknown>
  takeRoles: (id: string, user: string, roles: string[]) => Promise<unknown>
  of: (user: string) => Promise<unknown>
  enable: (id: string, connection_id: string) => Promise<unknown>
  changeConnection: (id: string, connection_id: string) => Promise<unknown>
  connections: (id: string) => Promise<unknown>
  disable: (id: string, connection_id: string) => Promise<unknown>
  addDomain: (id: string, domain: string) => Promise<unknown>
  domains: (id: string) => Promise<unknown>
  invite: (id: string, body: NewInvitation) => Promise<unknown>
  invitation: (id: string, invitation: string) => Promise<unknown>
  invitations: (id: string) => Promise<unknown>
  withdraw: (id: string, invitation: string) => Promise<unknown>
}

const data = async (answer: Promise<{ data: unknown }>) => (await answer).data
const response = async (page: Promise<{ response: unknown }>) => (await page).response

/** What is changed of a connection. */
const MEMBERS = { assign_membership_on_login: true }

/** `auth0` 4. */
export function organizations4({ organizations, users }: Management4): OrganizationActs {
  return {
    create: (body) => data(organizations.create(body)),
    get: (id) => data(organizations.get({ id })),
    byName: (name) => data(organizations.getByName({ name })),
    update: (id, body) => data(organizations.update({ id }, body)),
    delete: (id) => data(organizations.delete({ id })),
    list: () => data(organizations.getAll()),
    add: (id, members) => data(organizations.addMembers({ id }, { members })),
    members: (id) => data(organizations.getMembers({ id })),
    remove: (id, members) => data(organizations.deleteMembers({ id }, { members })),
    giveRoles: (id, user_id, roles) => data(organizations.addMemberRoles({ id, user_id }, { roles })),
    rolesOf: (id, user_id) => data(organizations.getMemberRoles({ id, user_id })),
    takeRoles: (id, user_id, roles) => data(organizations.deleteMemberRoles({ id, user_id }, { roles })),
    of: (id) => data(users.getUserOrganizations({ id })),
    enable: (id, connection_id) => data(organizations.addEnabledConnection({ id }, { connection_id })),
    changeConnection: (id, connectionId) => data(organizations.updateEnabledConnection({ id, connectionId }, MEMBERS)),
    connections: (id) => data(organizations.getEnabledConnections({ id })),
    disable: (id, connectionId) => data(organizations.deleteEnabledConnection({ id, connectionId })),
    addDomain: (id, domain) => data(organizations.createDiscoveryDomain({ id }, { domain })),
    domains: (id) => data(organizations.getAllDiscoveryDomains({ id })),
    invite: (id, body) => data(organizations.createInvitation({ id }, body)),
    invitation: (id, invitation_id) => data(organizations.getInvitation({ id, invitation_id })),
    invitations: (id) => data(organizations.getInvitations({ id })),
    withdraw: (id, invitation_id) => data(organizations.deleteInvitation({ id, invitation_id })),
  }
}

/** `auth0` 6 and 7. */
export function organizations7({ organizations, users }: Management7): OrganizationActs {
  const { members, enabledConnections, discoveryDomains, invitations } = organizations
  return {
    create: (body) => organizations.create(body),
    get: (id) => organizations.get(id),
    byName: (name) => organizations.getByName(name),
    update: (id, body) => organizations.update(id, body),
    delete: (id) => organizations.delete(id),
    list: () => response(organizations.list()),
    add: (id, ids) => members.create(id, { members: ids }),
    members: (id) => response(members.list(id)),
    remove: (id, ids) => members.delete(id, { members: ids }),
    giveRoles: (id, user, roles) => members.roles.assign(id, user, { roles }),
    rolesOf: (id, user) => response(members.roles.list(id, user)),
    takeRoles: (id, user, roles) => members.roles.delete(id, user, { roles }),
    of: (user) => response(users.organizations.list(user)),
    enable: (id, connection_id) => enabledConnections.add(id, { connection_id }),
    changeConnection: (id, connection) => enabledConnections.update(id, connection, MEMBERS),
    connections: (id) => response(enabledConnections.list(id)),
    disable: (id, connection) => enabledConnections.delete(id, connection),
    addDomain: (id, domain) => discoveryDomains.create(id, { domain }),
    domains: (id) => response(discoveryDomains.list(id)),
    invite: (id, body) => invitations.create(id, body),
    invitation: (id, invitation) => invitations.get(id, invitation),
    invitations: (id) => response(invitations.list(id)),
    withdraw: (id, invitation) => invitations.delete(id, invitation),
  }
}
