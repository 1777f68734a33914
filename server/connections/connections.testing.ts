/** What the tests of connections share. */
import assert from 'node:assert/strict'
import type { TestServer } from '../../test/harness.ts'
import { now } from '../base/clock.ts'
import { addToCounter } from '../db/counters.ts'
import type { Db } from '../db/database.ts'

/** Where connections are. */
export const PATH = '/api/v2/connections'

/** Makes a database connection. */
export async function createConnection(call: TestServer['call'], name: string, more: object = {}) {
  const { status, body, text } = await call('POST', PATH, { body: { name, strategy: 'auth0', ...more } })
  assert.equal(status, 201, text)
  return body
}

/** Stores a user with one identity in each of these connections, as creating and linking would. */
export async function storeUser(db: Db, id: string, connections: { id: string; name: string }[]): Promise<void> {
  const user_id = `auth0|${id}`
  const email = `${id}@example.com`
  await db.transaction().execute(async (tx) => {
    await tx
      .insertInto('users')
      .values({ ...NOBODY, user_id, email, email_folded: email })
      .execute()
    for (const [position, connection] of connections.entries()) {
      const { id: connection_id, name: connection_name } = connection
      const identity = { connection_id, connection_name, user_id, position, provider: 'auth0' }
      await tx
        .insertInto('identities')
        .values({ ...identity, identity_id: id, profile_data: null, claims: null, synced_at: null })
        .execute()
      await tx.insertInto('user_identifiers').values({ connection_id, kind: 'email', value: email, user_id }).execute()
    }
    await addToCounter(tx, 'tenant', 'users', 1)
  })
}

/** The columns of a user of whom nothing is known. */
export const NOBODY = {
  email_verified: true,
  username: null,
  phone_number: null,
  phone_verified: null,
  name: null,
  given_name: null,
  family_name: null,
  nickname: null,
  picture: null,
  blocked: null,
  user_metadata: null,
  app_metadata: null,
  provider_attributes: null,
  created_at: now(),
  updated_at: now(),
  last_login: null,
  last_ip: null,
  logins_count: null,
  last_password_reset: null,
  multifactor: null,
  multifactor_last_modified: null,
  name_folded: null,
  given_name_folded: null,
  family_name_folded: null,
  nickname_folded: null,
  managing_organization_id: null,
}
