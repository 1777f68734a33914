/** Entries of the log as the admin portal reads them. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { targetIdOf } from '../portals/admin/pieces/entry-target.ts'

describe('an entry of the log', () => {
  it('says whom it is about, also where it was refused before anybody was looked for', () => {
    const of = (path: string, user_id: string | null = null) => targetIdOf({ user_id, details: { request: { path } } })
    assert.equal(of('/api/v2/organizations/org_1/members/auth0%7Cab1', 'auth0|other'), 'auth0|other')
    assert.equal(of('/api/v2/organizations/org_1/members/auth0%7Cab1'), 'auth0|ab1')
    assert.equal(of('/api/v2/organizations/org_1/members/auth0%7Cab1/roles?x=1'), 'auth0|ab1')
    assert.equal(of('/api/v2/users/samlp%7Cacme%7Ca.b@c.example/emails'), 'samlp|acme|a.b@c.example')
    for (const path of ['/members/bulk', '/users', '/users/x%22%20OR%20*|', '/roles/a|b', '/users/%7C']) {
      assert.equal(of(`/api/v2${path}`), undefined, path)
    }
    assert.equal(targetIdOf({ user_id: null }), undefined)
  })
})
