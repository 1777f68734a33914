import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CLIENT_ID, startTestServer } from '../../test/harness.ts'
import { readCounter } from '../db/counters.ts'
import { createConnection, PATH, storeUser } from './connections.testing.ts'

describe('deleting a connection', async () => {
  const { call, db } = await startTestServer()
  const users = async () =>
    (await db.selectFrom('users').select('user_id').orderBy('user_id').execute()).map((user) => user.user_id)

  it('deletes the users who have no other, takes its identity from the rest, and keeps the count', async () => {
    const gone = await createConnection(call, 'Gone', { enabled_clients: [CLIENT_ID] })
    const stays = await createConnection(call, 'Stays')
    await storeUser(db, 'a-only-here', [gone])
    await storeUser(db, 'b-linked', [gone, stays])
    await storeUser(db, 'c-elsewhere', [stays])
    assert.equal(await readCounter(db, 'tenant', 'users'), 3)

    const answer = await call('DELETE', `${PATH}/${gone.id}`)
    assert.deepEqual([answer.status, answer.text], [204, ''])
    assert.equal((await call('GET', `${PATH}/${gone.id}`)).status, 404)
    assert.deepEqual(await users(), ['auth0|b-linked', 'auth0|c-elsewhere'])
    assert.equal(await readCounter(db, 'tenant', 'users'), 2)
    const identities = await db.selectFrom('identities').select(['user_id', 'connection_id']).execute()
    assert.ok(identities.every((identity) => identity.connection_id === stays.id))
    assert.equal(identities.length, 2)
    const event = await db
      .selectFrom('events')
      .select(['target_id', 'person'])
      .where('description', '=', 'Delete a connection')
      .executeTakeFirstOrThrow()
    assert.equal(event.target_id, gone.id)
    assert.deepEqual((event.person as { after: object }).after, { users_deleted: 1 })
  })

  it('again, or of one that never was, answers the same and does nothing', async () => {
    const before = await users()
    assert.equal((await call('DELETE', `${PATH}/con_0000000000000000`)).status, 204)
    assert.deepEqual(await users(), before)
    assert.equal(await readCounter(db, 'tenant', 'users'), before.length)
  })
})

describe('deleting a user of a connection by e-mail address', async () => {
  const { call, db } = await startTestServer()
  const here = await createConnection(call, 'Here')
  const there = await createConnection(call, 'There')
  const url = (email: string) => `${PATH}/${here.id}/users?email=${encodeURIComponent(email)}`

  it('deletes him, and nobody with that address in another connection', async () => {
    await storeUser(db, 'ann', [here])
    await storeUser(db, 'bob', [there])
    assert.equal((await call('DELETE', url('bob@example.com'))).status, 204)
    assert.equal((await call('DELETE', url('ANN@Example.com'))).status, 204)
    const left = await db.selectFrom('users').select('user_id').execute()
    assert.deepEqual(left, [{ user_id: 'auth0|bob' }])
    assert.equal(await readCounter(db, 'tenant', 'users'), 1)
    const deletions = await db.selectFrom('events').select('user_id').where('type', '=', 'sdu').execute()
    assert.deepEqual(deletions, [{ user_id: 'auth0|ann' }])
    assert.equal((await call('DELETE', url('nobody@example.com'))).status, 204)
  })

  it('leaves somebody who is known elsewhere too with his other identity', async () => {
    await storeUser(db, 'cyd', [here, there])
    assert.equal((await call('DELETE', url('cyd@example.com'))).status, 204)
    const identities = await db
      .selectFrom('identities')
      .select('connection_id')
      .where('user_id', '=', 'auth0|cyd')
      .execute()
    assert.deepEqual(identities, [{ connection_id: there.id }])
    assert.equal(await readCounter(db, 'tenant', 'users'), 2)
  })

  it('wants an address and a connection', async () => {
    assert.equal((await call('DELETE', `${PATH}/${here.id}/users`)).status, 400)
    assert.equal((await call('DELETE', url('\0'))).status, 400)
    const unknown = await call('DELETE', `${PATH}/con_0000000000000000/users?email=bob@example.com`)
    assert.equal(unknown.status, 404)
    assert.equal(unknown.body.errorCode, 'inexistent_connection')
    assert.equal(await readCounter(db, 'tenant', 'users'), 2)
  })
})
