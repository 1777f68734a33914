import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CLIENT_ID, startTestServer } from '../../test/harness.ts'
import { transact } from '../db/database.ts'
import type { User } from '../users/user.ts'
import { accounts, statementsOf } from './accounts.testing.ts'
import { failedCheck, failedChecks } from './checks.ts'

const ACCOUNT = 'tenantry-account'

describe('the checks of a sign-in', async () => {
  const test = await startTestServer()
  const { db, call } = test
  const { person, temporaryPassword, openTo, connection } = await accounts(test)
  const path = `/api/v2/connections/${connection.id}`
  const checksOf = ({ user_id: userId }: User, clientId = ACCOUNT) => failedChecks(db, { userId, clientId })
  const requireVerified = async (required: boolean) => {
    const options = { ...connection.options, require_verified_email: required }
    const { status, body } = await call('PATCH', path, { body: { options } })
    assert.equal(status, 200)
    assert.equal(body.options.require_verified_email, required)
  }

  it('let a person in against whom nothing stands', async () => {
    const user = await person()
    assert.deepEqual(await checksOf(user), [])
    assert.equal(await failedCheck(db, { userId: user.user_id, clientId: ACCOUNT }), undefined)
  })

  it('stand in their order, of which the first counts, and one statement finds them', async () => {
    const user = await person({ blocked: true })
    await temporaryPassword(user)
    await requireVerified(true)
    const signIn = { userId: user.user_id, clientId: CLIENT_ID }
    await db.deleteFrom('connection_clients').where('client_id', '=', CLIENT_ID).execute()
    const all = ['user_blocked', 'application_closed', 'address_unverified', 'password_temporary']
    assert.deepEqual(await failedChecks(db, signIn), all)
    assert.equal((await statementsOf(() => failedCheck(db, signIn))).length, 1)
    const clear: [string, () => Promise<unknown>][] = [
      ['user_blocked', () => db.updateTable('users').set({ blocked: null }).execute()],
      ['application_closed', () => openTo(CLIENT_ID)],
      ['address_unverified', () => db.updateTable('users').set({ email_verified: true }).execute()],
      ['password_temporary', () => db.updateTable('passwords').set({ temporary: false }).execute()],
    ]
    for (const [code, act] of clear) {
      assert.equal(await transact(db, (tx) => failedCheck(tx, signIn)), code)
      await act()
    }
    assert.equal(await failedCheck(db, signIn), undefined)
    await requireVerified(false)
  })

  it('ask for a verified address only in a connection that says so, and only of whoever has one', async () => {
    const user = await person()
    assert.deepEqual(await checksOf(user), [])
    await requireVerified(true)
    assert.deepEqual(await checksOf(user), ['address_unverified'])
    await db.updateTable('users').set({ email: null }).where('user_id', '=', user.user_id).execute()
    assert.deepEqual(await checksOf(user), [])
    await requireVerified(false)
  })

  it('keep people from an application that their connection is not open to, but for our own portals', async () => {
    const user = await person()
    await db.deleteFrom('connection_clients').where('client_id', '=', CLIENT_ID).execute()
    assert.deepEqual(await checksOf(user, CLIENT_ID), ['application_closed'])
    assert.deepEqual(await checksOf(user, 'no-such-client'), ['application_closed'])
    assert.deepEqual(await checksOf(user), [])
    await openTo(CLIENT_ID)
    assert.deepEqual(await checksOf(user, CLIENT_ID), [])
  })

  it('take somebody who is gone for somebody who is blocked', async () => {
    assert.deepEqual(await failedChecks(db, { userId: 'auth0|gone', clientId: ACCOUNT }), ['user_blocked'])
  })
})
