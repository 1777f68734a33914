/** What the answers about roles, what is open for a user, statistics and the log's search must be. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Reader } from './reader.ts'

const PAGE = { start: 0, limit: 50 }

/** Of roles, and of what is counted and listed. */
export function expectRoles({ answer, rows }: Reader, name: string): void {
  const api = { resource_server_name: 'Roles', resource_server_identifier: `https://roles.${name}.example/` }
  const permissionOf = (permission_name: string) => ({ permission_name, description: `May ${permission_name}`, ...api })

  it('a role is made, changed, read and found', () => {
    const { id, ...created } = answer('role created')
    assert.match(id, /^rol_[A-Za-z0-9]{16}$/)
    assert.deepEqual(created, { name: `Role ${name}`, description: 'First' })
    assert.deepEqual(answer('role changed'), { id, name: `Role ${name}`, description: 'Second' })
    assert.deepEqual(answer('role read'), answer('role changed'))
    assert.deepEqual(rows('roles listed', 'roles', { ...PAGE, total: 1 }), [answer('role changed')])
  })

  it('permissions of roles and of users come with what they are held by', () => {
    const { id, name: source_name } = answer('role created')
    const { user_id, email, name: memberName, picture } = answer('member created')
    assert.deepEqual(rows('permissions of the role', 'permissions', { ...PAGE, total: 1 }), [permissionOf('read:x')])
    const members = rows('members of the role', 'users', {})
    assert.deepEqual(members, [{ user_id, email, name: memberName, picture }])
    assert.deepEqual(rows('roles of the user', 'roles', { ...PAGE, total: 1 }), [answer('role changed')])
    const held = rows('permissions of the user', 'permissions', { ...PAGE, total: 2 })
    assert.deepEqual(held, [
      { ...permissionOf('read:x'), sources: [{ source_id: id, source_name, source_type: 'ROLE' }] },
      { ...permissionOf('write:x'), sources: [{ source_id: '', source_name: '', source_type: 'DIRECT' }] },
    ])
  })

  it('what is taken away is gone', () => {
    const none = { ...PAGE, total: 0 }
    assert.deepEqual(rows('no permissions of the user', 'permissions', none), [])
    assert.deepEqual(rows('no permissions of the role', 'permissions', none), [])
    assert.deepEqual(rows('no roles of the user', 'roles', none), [])
    for (const step of ['role assigned', 'permission given', 'permission taken', 'role taken', 'role given'])
      answer(step)
  })

  it('what is open for a user who never signed in is nothing', () => {
    const none = { ...PAGE, total: 0 }
    assert.deepEqual(answer('sessions'), { sessions: [] })
    assert.deepEqual(answer('refresh tokens'), { tokens: [] })
    assert.deepEqual(rows('grants of the user', 'grants', none), [])
    assert.deepEqual(rows('device credentials', 'device_credentials', none), [])
  })

  it('users are counted, and the log is searched', () => {
    // auth0 4 hands this number on as a text.
    assert.match(String(answer('active users')), /^\d+$/)
    for (const day of answer('daily')) {
      assert.deepEqual(Object.keys(day).sort(), [
        ...['created_at', 'date', 'leaked_passwords', 'logins', 'signups', 'updated_at'],
      ])
    }
    const found = answer('log searched')
    const entries = Array.isArray(found) ? found : found.logs
    assert.ok(entries.length > 0)
    for (const { type } of entries) assert.equal(type, 'sapi')
  })
}
