import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startTestServer } from '../../test/harness.ts'
import { transact } from '../db/database.ts'
import { accounts, REQUEST } from './accounts.testing.ts'
import { recordSignIn } from './record-sign-in.ts'

describe('a sign-in', async () => {
  const test = await startTestServer()
  const { db, call } = test
  const { person, rowOf, eventsOf, connection } = await accounts(test)
  const clientId = 'tenantry-account'
  const request = { ...REQUEST, query: { state: 'hidden' }, body: { password: 'hidden' } }

  it('is stamped on the user and recorded', async () => {
    const user = await person()
    const before = await rowOf(user)
    const signIn = { userId: user.user_id, clientId, by: 'password', request } as const
    for (let count = 0; count < 2; count += 1) await transact(db, (tx) => recordSignIn(tx, signIn))
    const { body } = await call('GET', `/api/v2/users/${encodeURIComponent(user.user_id)}`)
    assert.deepEqual([body.logins_count, body.last_ip], [2, REQUEST.ip])
    assert.ok(Math.abs(Date.parse(body.last_login) - Date.now()) < 5_000)
    assert.equal((await rowOf(user)).token_generation, before.token_generation)
    const events = (await eventsOf('s')).filter(({ user_id }) => user_id === user.user_id)
    assert.deepEqual(
      events.map(({ details, client_id, connection: name }) => [details?.by, details?.stats, client_id, name]),
      [1, 2].map((loginsCount) => ['password', { loginsCount }, clientId, connection.name]),
    )
    assert.equal(events[0]?.person?.ip, REQUEST.ip)
    assert.ok(!JSON.stringify(events).includes('hidden'))
  })

  it('counts each of many at once, and the person among those of the day once', async () => {
    const user = await person()
    const active = async () => {
      const rows = await db.selectFrom('counters').select('value').where('scope', '=', 'last_login').execute()
      return rows.reduce((sum, { value }) => sum + value, 0)
    }
    const before = await active()
    const signIn = { userId: user.user_id, clientId, by: 'password', request } as const
    await Promise.all(Array.from({ length: 8 }, () => transact(db, (tx) => recordSignIn(tx, signIn))))
    assert.equal((await rowOf(user)).logins_count, 8)
    assert.equal(await active(), before + 1)
  })

  it('that is rolled back leaves no trace', async () => {
    const user = await person()
    const attempt = transact(db, async (tx) => {
      await recordSignIn(tx, { userId: user.user_id, clientId, by: 'link', request })
      throw new Error('no')
    })
    await assert.rejects(attempt, /no/)
    assert.equal((await rowOf(user)).logins_count, null)
    assert.equal((await eventsOf('s')).filter(({ user_id }) => user_id === user.user_id).length, 0)
  })

  it('of somebody who was deleted a moment ago is not recorded', async () => {
    const signIn = { userId: 'auth0|gone', clientId, by: 'password', request } as const
    await transact(db, (tx) => recordSignIn(tx, signIn))
    assert.ok((await eventsOf('s')).every(({ user_id }) => user_id !== 'auth0|gone'))
  })
})
