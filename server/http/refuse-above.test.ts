import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { startTestServer } from '../../test/harness.ts'

const CONNECTION = 'Username-Password-Authentication'

describe('an operator and an administrator of the whole tenant', async () => {
  const { call, tokenFor, db } = await startTestServer()
  const RIGHTS = ['update:users', 'delete:users', 'create:user_tickets', 'delete:sessions', 'update:roles'] as const
  let operator = ''
  let administrator = ''
  let customer = ''
  let ofOperator = ''
  let role = ''

  async function person(name: string): Promise<string> {
    const body = { connection: CONNECTION, email: `${name}@example.com`, password: 'Morgentau-27-Fenster' }
    return (await call('POST', '/api/v2/users', { body })).body.user_id
  }
  const at = (userId: string, rest = '') => `/api/v2/users/${encodeURIComponent(userId)}${rest}`
  const attempts = (userId: string) =>
    [
      ['PATCH', at(userId), { password: 'Sommerregen-88-Dach' }],
      ['PATCH', at(userId), { email: 'taken.over@example.com' }],
      ['PATCH', at(userId), { blocked: true }],
      ['DELETE', at(userId, '/roles'), { roles: [role] }],
      ['DELETE', at(userId, '/sessions'), undefined],
      ['POST', at(userId, '/emails'), { kind: 'password_reset' }],
      ['POST', '/api/v2/tickets/password-change', { user_id: userId }],
      ['DELETE', at(userId), undefined],
    ] as const

  before(async () => {
    const made = await call('POST', '/api/v2/roles', { body: { name: 'Chief' } })
    role = made.body.id
    const resource_server_identifier = 'http://localhost:3000/api/v2/'
    const permissions = ['update:users', 'update:tenant_settings'].map((permission_name) => ({
      resource_server_identifier,
      permission_name,
    }))
    assert.equal((await call('POST', `/api/v2/roles/${role}/permissions`, { body: { permissions } })).status, 201)
    for (const set of [
      async () => (operator = await person('operator')),
      async () => (administrator = await person('administrator')),
      async () => (customer = await person('customer')),
    ]) {
      await set()
    }
    await call('POST', at(administrator, '/roles'), { body: { roles: [role] } })
    ofOperator = await tokenFor({ userId: operator, scopes: RIGHTS })
  })

  it('are told apart: nothing is done to who has a right that one lacks', async () => {
    const stored = () => db.selectFrom('users').selectAll().where('user_id', '=', administrator).executeTakeFirst()
    const before = await stored()
    for (const [method, url, body] of attempts(administrator)) {
      const { status, text } = await call(method, url, { as: ofOperator, ...(body ? { body } : {}) })
      assert.equal(status, 403, `${method} ${url} ${text}`)
    }
    assert.deepEqual(await stored(), before)
    assert.equal((await db.selectFrom('user_roles').selectAll().execute()).length, 1)
    assert.deepEqual(await db.selectFrom('tickets').selectAll().execute(), [])
  })

  it('take no role away that carries such a right, nor its permissions', async () => {
    const permissions = [
      { resource_server_identifier: 'http://localhost:3000/api/v2/', permission_name: 'update:tenant_settings' },
    ]
    const taken = await call('DELETE', `/api/v2/roles/${role}/permissions`, { as: ofOperator, body: { permissions } })
    assert.equal(taken.status, 403)
    assert.equal((await db.selectFrom('role_permissions').selectAll().where('role_id', '=', role).execute()).length, 2)
  })

  it('act on everybody else, and applications on everybody', async () => {
    for (const [method, url, body] of attempts(customer).filter(([, url]) => !url.endsWith('/roles'))) {
      const { status, text } = await call(method, url, { as: ofOperator, ...(body ? { body } : {}) })
      assert.ok(status < 300, `${method} ${url} ${status} ${text}`)
    }
    assert.equal((await call('PATCH', at(administrator), { body: { blocked: true } })).status, 200)
  })
})
