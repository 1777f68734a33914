/** What the answers about organizations must be. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Reader } from './reader.ts'

const PAGE = { start: 0, limit: 50 }

/** Of organizations, members, connections, domains and invitations. */
export function expectOrganizations({ answer, rows, refused }: Reader, name: string): void {
  it('an organization is made, read by id and name, changed and listed', () => {
    const { id, ...created } = answer('organization created')
    assert.match(id, /^org_[A-Za-z0-9]{16}$/)
    assert.deepEqual(created, { name, display_name: 'Customer', metadata: { plan: 'gold' } })
    assert.deepEqual(answer('organization read'), answer('organization created'))
    assert.deepEqual(answer('organization read by name'), answer('organization created'))
    const changed = { id, ...created, display_name: 'Best customer' }
    assert.deepEqual(answer('organization changed'), changed)
    const listed = rows('organizations listed', 'organizations', {})
    assert.deepEqual(
      listed.filter((organization) => organization.id === id),
      [changed],
    )
    assert.deepEqual(rows('organizations of the user', 'organizations', { ...PAGE, total: 1 }), [changed])
  })

  it('members come with what Auth0 tells of them, and their roles there', () => {
    const { user_id, email, name: memberName, picture } = answer('colleague created')
    answer('member added')
    assert.deepEqual(rows('members listed', 'members', {}), [{ user_id, email, name: memberName, picture }])
    const role = answer('member role created')
    assert.deepEqual(rows('member roles listed', 'roles', { ...PAGE, total: 1 }), [role])
    for (const step of ['member role given', 'member role taken', 'member removed']) answer(step)
    assert.deepEqual(rows('no member roles', 'roles', { ...PAGE, total: 0 }), [])
    assert.deepEqual(rows('no members', 'members', {}), [])
    assert.equal(answer('colleague still there').user_id, user_id)
  })

  it('connections and domains are opened to an organization', () => {
    const { id: connection_id } = answer('connection of an organization created')
    const enabled = {
      connection_id,
      assign_membership_on_login: false,
      show_as_button: true,
      is_signup_enabled: false,
      connection: { name: `staff-${name}`, strategy: 'auth0' },
    }
    assert.deepEqual(answer('connection enabled'), enabled)
    const changed = { ...enabled, assign_membership_on_login: true }
    assert.deepEqual(answer('enabled connection changed'), changed)
    const listed = rows('enabled connections listed', 'enabled_connections', { ...PAGE, total: 1 })
    assert.deepEqual(listed, [changed])
    answer('connection disabled')
    const domain = answer('domain added')
    assert.deepEqual([domain.domain, domain.status], [`${name}.example`, 'pending'])
    assert.deepEqual(answer('domains listed'), { domains: [domain] })
  })

  it('somebody is invited, and the invitation withdrawn', () => {
    const { id, ticket_id, invitation_url, ...invited } = answer('somebody invited')
    assert.match(id, /^uinv_[A-Za-z0-9]{16}$/)
    const organization = answer('organization created')
    const { created_at, expires_at, ...rest } = invited
    assert.equal(Date.parse(expires_at) - Date.parse(created_at), 604_800_000)
    assert.deepEqual(rest, {
      organization_id: organization.id,
      inviter: { name: 'Lena' },
      invitee: { email: `guest@${name}.example` },
      client_id: 'tenantry-account',
      roles: [answer('member role created').id],
    })
    const address = new URL(invitation_url)
    assert.deepEqual(
      [...address.searchParams],
      [
        ['invitation', ticket_id],
        ['organization', organization.id],
        ['organization_name', name],
      ],
    )
    assert.deepEqual(answer('invitation read'), answer('somebody invited'))
    assert.deepEqual(rows('invitations listed', 'invitations', { ...PAGE, total: 1 }), [answer('somebody invited')])
    answer('invitation withdrawn')
  })

  it('what is wrong with organizations comes as the error of the SDK that belongs to it', () => {
    answer('organization deleted')
    refused({
      'organization created twice': [409, 'organization_conflict', 'An organization with this name already exists.'],
      'unknown member added': [
        400,
        'inexistent_user',
        'At least one of these users does not exist: auth0|000000000000000000000000. Nothing was changed.',
      ],
      'withdrawn invitation read': [404, 'inexistent_invitation', 'The invitation does not exist.'],
      'deleted organization read': [404, undefined, 'No organization found by that id or name'],
    })
  })
}
