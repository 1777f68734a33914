/** What the tests of organizations share: organizations, people in them, and tokens of their administrators. */
import assert from 'node:assert/strict'
import { type Answer, type CallOptions, startTestServer } from '../../test/harness.ts'
import type { AnyScope } from '../http/define-route.ts'
import { accounts } from '../sign-in/accounts.testing.ts'
import type { User } from '../users/user.ts'

export const NO_ORGANIZATION = {
  statusCode: 404,
  error: 'Not Found',
  message: 'No organization found by that id or name',
}

/** Starts a server with two organizations, `acme` and `bolt`. */
export async function startOrganizations(environment: Record<string, string> = {}) {
  const test = await startTestServer(environment)
  const people = await accounts(test)
  const { call, db, server, tokenFor } = test
  const api = '/api/v2/organizations'
  let roles = 0

  const make = async (name: string, more: object = {}): Promise<string> => {
    const { status, body, text } = await call('POST', api, { body: { name, ...more } })
    assert.equal(status, 201, text)
    return body.id
  }
  const at = (id: string, path = '') => `${api}/${id}${path}`
  const memberAt = (id: string, { user_id }: User, path = '') =>
    at(id, `/members/${encodeURIComponent(user_id)}${path}`)

  /** A role with these permissions of the Management API. */
  const role = async (permissions: readonly AnyScope[] = [], isOpen = false): Promise<string> => {
    roles += 1
    const { body } = await call('POST', '/api/v2/roles', {
      body: { name: `Role ${roles}`, open_to_organizations: isOpen },
    })
    if (permissions.length > 0) {
      const names = permissions.map((permission_name) => ({
        resource_server_identifier: server.config.managementAudience,
        permission_name,
      }))
      const given = await call('POST', `/api/v2/roles/${body.id}/permissions`, { body: { permissions: names } })
      assert.equal(given.status, 201, given.text)
    }
    return body.id
  }

  const join = async (id: string, users: readonly User[]): Promise<void> => {
    const { status, text } = await call('POST', at(id, '/members'), {
      body: { members: users.map(({ user_id }) => user_id) },
    })
    assert.equal(status, 204, text)
  }
  const give = async (id: string, user: User, roleIds: readonly string[]): Promise<void> => {
    const { status, text } = await call('POST', memberAt(id, user, '/roles'), { body: { roles: roleIds } })
    assert.equal(status, 204, text)
  }
  /** A member of the organization with a role of these permissions, and how he calls. */
  const administrator = async (id: string, permissions: readonly AnyScope[]) => {
    const user = await people.person()
    await join(id, [user])
    const roleId = await role(permissions)
    await give(id, user, [roleId])
    const as = await tokenFor({ userId: user.user_id, organizationId: id, scopes: permissions })
    const ask = (method: string, url: string, options: CallOptions = {}): Promise<Answer> =>
      call(method, url, { as, ...options })
    return { user, roleId, as, ask }
  }
  const lastEvent = async () =>
    await db.selectFrom('events').selectAll().orderBy('log_id', 'desc').limit(1).executeTakeFirstOrThrow()
  const membersOf = async (id: string): Promise<string[]> =>
    (await call('GET', at(id, '/members?per_page=100'))).body.map(({ user_id }: User) => user_id)

  const acme = await make('acme', { display_name: 'Acme' })
  const bolt = await make('bolt', { display_name: 'Bolt' })
  return { ...test, ...people, acme, bolt, make, at, memberAt, role, join, give, administrator, lastEvent, membersOf }
}
