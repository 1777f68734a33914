/** A world of two organizations with one member in both, and a change of everything that is not the first one's. */
import assert from 'node:assert/strict'
import { sql } from 'kysely'
import { now } from '../../server/base/clock.ts'
import { INDEX_ALL_USERS } from '../../server/db/search-tables.ts'
import { recordEventList } from '../../server/logs/record.ts'
import { join, makeOrganization } from '../../server/organizations/organizations.testing.ts'
import type { TestServer } from '../harness.ts'

const PASSWORD = 'Morgentau-27-Fenster'
const CONNECTION = 'Username-Password-Authentication'

/** Who and what there is. `marks` are texts that stand in foreign data alone. */
export type Foreign = {
  acme: string
  beta: string
  /** Administrator of Acme, and of Beta. */
  boss: string
  rival: string
  /** Somebody in both, and somebody in Beta alone. */
  shared: string
  stranger: string
  /** Roles that are not open to organizations. */
  roles: string[]
  marks: string[]
}

/** Makes it. */
export async function foreignWorld(test: TestServer): Promise<Foreign> {
  const { db, call } = test
  const [acme, beta] = [await makeOrganization(db, 'acme'), await makeOrganization(db, 'beta')]
  const own = async (user: string, more: object = {}) =>
    (await person(test, { name: user, email: `${user}@acme.example`, ...more })).user_id
  const [boss, shared] = [await own('max'), await own('shared', { user_metadata: { locale: 'de', diary: 'x' } })]
  const others = [await own('mia'), await own('moe', { nickname: 'ß' })]
  others.push(await own('emile', { name: 'émile' }), await own('nihon', { name: '日本語' }))
  await join(db, acme, boss, 'administrator')
  await mayReadEverything(test, acme, boss)
  for (const id of [shared, ...others]) await join(db, acme, id)
  await db
    .updateTable('memberships')
    .set({
      attributes: JSON.stringify({ department: 'deck' }),
      last_ip: '10.1.1.1',
      logins_count: 7,
      last_login: now(),
    })
    .where('user_id', '=', shared)
    .execute()
  const rival = (await person(test, { name: 'Foreign Rival', email: 'rival@beta-only.example' })).user_id
  const stranger = (await person(test, { name: 'Foreign Bea', email: 'bea@beta-only.example' })).user_id
  await join(db, beta, rival, 'administrator')
  for (const id of [shared, stranger]) await join(db, beta, id)
  const made = await call('POST', '/api/v2/roles', { body: { name: 'Foreign fitters' } })
  assert.equal(made.status, 200, made.text)
  await invite(test, acme, 'guest@acme.example')
  const marks = ['beta-only', 'Foreign', stranger, rival, beta, 'Beta', '203.0.113.222', 'FOREIGN-AGENT']
  return { acme, beta, boss, rival, shared, stranger, roles: [made.body.id], marks }
}

/** Changes whatever belongs to others, and what others know of the one who is a member of both. */
export async function changeForeign(test: TestServer, { beta, shared, stranger, roles, acme }: Foreign): Promise<void> {
  const { db, call } = test
  const at = now()
  for (let n = 0; n < 30; n += 1) {
    const { user_id } = await person(test, { name: `Foreign ${n}`, email: `mia${n}@beta-only.example` })
    await join(db, beta, user_id, n % 3 === 0 ? 'operator' : undefined)
  }
  await call('DELETE', `/api/v2/users/${encodeURIComponent(stranger)}`)
  const gamma = await makeOrganization(db, 'gamma')
  await join(db, gamma, shared, 'administrator')
  await invite(test, beta, 'guest@acme.example')
  await invite(test, beta, 'mia@acme.example')
  await call('POST', '/api/v2/roles', { body: { name: 'Foreign welders' } })
  await call('POST', `/api/v2/users/${encodeURIComponent(shared)}/roles`, { body: { roles } })
  await db
    .updateTable('memberships')
    .set({
      attributes: JSON.stringify({ department: 'Foreign' }),
      blocked_at: at,
      blocked_reason: 'Foreign',
      last_ip: '203.0.113.222',
      last_login: at,
      logins_count: 99,
      ends_at: new Date(at.getTime() - 1_000),
    })
    .where('user_id', '=', shared)
    .where('organization_id', '<>', acme)
    .execute()
  await db
    .updateTable('users')
    .set({
      ...{ last_login: at, last_ip: '203.0.113.222', logins_count: 12_345, updated_at: at, last_password_reset: at },
      ...{ multifactor: ['otp'], multifactor_last_modified: at },
      user_metadata: JSON.stringify({ locale: 'de', diary: 'Foreign', plan: 'Foreign' }),
      app_metadata: JSON.stringify({ plan: 'Foreign', locale: 'Foreign' }),
    })
    .where('user_id', '=', shared)
    .execute()
  await foreignIdentity(test, beta, shared)
  await foreignEvents(test, { beta, gamma, shared })
  for (const statement of INDEX_ALL_USERS) await sql.raw(statement).execute(db)
}

/** So that nothing is refused to him, which would be in his log afterwards. */
async function mayReadEverything({ call, server }: TestServer, organizationId: string, userId: string): Promise<void> {
  const { body: role } = await call('POST', '/api/v2/roles', { body: { name: 'Reader' } })
  const permissions = ['connections', 'discovery_domains', 'member_effective_roles'].map((subject) => ({
    resource_server_identifier: server.config.managementAudience,
    permission_name: `read:organization_${subject}`,
  }))
  await call('POST', `/api/v2/roles/${role.id}/permissions`, { body: { permissions } })
  const url = `/api/v2/organizations/${organizationId}/members/${encodeURIComponent(userId)}/roles`
  const given = await call('POST', url, { body: { roles: [role.id] } })
  assert.equal(given.status, 204, given.text)
}

async function person({ call }: TestServer, attributes: object) {
  const body = { connection: CONNECTION, password: PASSWORD, verify_email: false, ...attributes }
  const { status, body: user, text } = await call('POST', '/api/v2/users', { body })
  assert.equal(status, 201, text)
  return user
}

async function invite({ call }: TestServer, organizationId: string, email: string): Promise<void> {
  const { status, text } = await call('POST', `/api/v2/organizations/${organizationId}/invitations`, {
    body: {
      inviter: { name: 'Ada' },
      invitee: { email },
      client_id: 'tenantry-account',
      send_invitation_email: false,
    },
  })
  assert.equal(status, 201, text)
}

/** An identity of the shared member in a connection of the other organization. */
async function foreignIdentity({ call, db }: TestServer, beta: string, userId: string): Promise<void> {
  const { body: connection } = await call('POST', '/api/v2/connections', {
    body: { name: 'beta-people', strategy: 'auth0' },
  })
  await call('POST', `/api/v2/organizations/${beta}/enabled_connections`, { body: { connection_id: connection.id } })
  await db
    .insertInto('identities')
    .values({
      user_id: userId,
      identity_id: 'foreign-1',
      connection_id: connection.id,
      connection_name: 'beta-people',
      provider: 'auth0',
      profile_data: JSON.stringify({ email: 'shared@beta-only.example' }),
      claims: null,
      synced_at: null,
      position: 1,
    })
    .execute()
}

/** What happened elsewhere, to the shared member. */
async function foreignEvents(
  { db }: TestServer,
  { beta, gamma, shared }: { beta: string; gamma: string; shared: string },
): Promise<void> {
  const request = {
    id: 'r',
    method: 'POST',
    path: '/Foreign',
    ip: '203.0.113.222',
    query: {},
    userAgent: 'FOREIGN-AGENT',
  }
  const common = { actor: { kind: 'system', name: 'Foreign' }, userId: shared, userName: 'Foreign', request } as const
  await recordEventList(
    db,
    (['s', 'fp', 'sapi', 'f'] as const).flatMap((type) => [
      { ...common, type },
      { ...common, type, organizationId: beta },
      { ...common, type, organizationId: gamma, details: { note: 'Foreign' } },
    ]),
  )
}
