/** Entries of the log as the admin portal reads them. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actOf, targetIdOf, thingOf } from '../portals/admin/pieces/entry-target.ts'

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

  it('says which terms or which application it is about, and which of two things was done', () => {
    assert.equal(thingOf({ details: { terms: { name: 'house-rules' } } }), 'house-rules')
    assert.equal(thingOf({ details: { application: { name: 'Timesheets' } } }), 'Timesheets')
    assert.equal(thingOf({ details: null }), undefined)
    const act = (body: Record<string, unknown>) => actOf({ details: { operation: 'put_it', request: { body } } })
    assert.equal(act({ closed: false }), 'put_it_open')
    for (const body of [{ closed: true }, {}]) assert.equal(act(body), 'put_it')
    assert.equal(actOf({ details: { request: { body: { closed: false } } } }), undefined)
  })
})
