import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startTestServer } from '../../test/harness.ts'

describe('the log of who holds what', async () => {
  const { call, db, server } = await startTestServer()
  const api = server.config.managementAudience
  const nameOf = (permission_name: string) => ({ resource_server_identifier: api, permission_name })
  const last = async () => {
    const row = await db
      .selectFrom('events')
      .select(['operation', 'target_kind', 'target_id', 'user_id', 'person'])
      .where('operation', 'is not', null)
      .orderBy('log_id', 'desc')
      .limit(1)
      .executeTakeFirstOrThrow()
    return { ...row, before: row.person?.before, after: row.person?.after }
  }

  it('says of a role which permissions came and which went, and of those that stayed nothing', async () => {
    const { id } = (await call('POST', '/api/v2/roles', { body: { name: 'Readers' } })).body
    const path = `/api/v2/roles/${id}/permissions`
    await call('POST', path, { body: { permissions: [nameOf('read:users')] } })
    await call('POST', path, { body: { permissions: [nameOf('read:users'), nameOf('read:logs')] } })
    const added = await last()
    assert.deepEqual([added.target_kind, added.target_id], ['role', id])
    assert.deepEqual([added.before, added.after], [{ permissions: [] }, { permissions: [`${api} read:logs`] }])
    await call('DELETE', path, { body: { permissions: [nameOf('read:users'), nameOf('update:users')] } })
    const taken = await last()
    assert.deepEqual([taken.before, taken.after], [{ permissions: [`${api} read:users`] }, { permissions: [] }])
  })

  it('says of a user which roles and permissions came and went', async () => {
    const body = {
      connection: 'Username-Password-Authentication',
      email: 'ada@acme.example',
      password: 'seven herons over Vinga',
    }
    const { user_id } = (await call('POST', '/api/v2/users', { body })).body
    const { id } = (await call('POST', '/api/v2/roles', { body: { name: 'Writers' } })).body
    const path = `/api/v2/users/${encodeURIComponent(user_id)}`
    await call('POST', `${path}/roles`, { body: { roles: [id] } })
    const given = await last()
    assert.deepEqual([given.user_id, given.before, given.after], [user_id, { roles: [] }, { roles: [id] }])
    await call('POST', `${path}/roles`, { body: { roles: [id] } })
    assert.deepEqual((await last()).after, { roles: [] })
    await call('DELETE', `${path}/roles`, { body: { roles: [id] } })
    assert.deepEqual((await last()).before, { roles: [id] })
    await call('POST', `${path}/permissions`, { body: { permissions: [nameOf('read:users')] } })
    assert.deepEqual((await last()).after, { permissions: [`${api} read:users`] })
    await call('DELETE', `${path}/permissions`, { body: { permissions: [nameOf('read:users')] } })
    assert.deepEqual((await last()).before, { permissions: [`${api} read:users`] })
  })
})
