import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { sql } from 'kysely'
import { createTestDatabase, startTestServer } from '../../test/harness.ts'
import { accounts, REQUEST } from '../sign-in/accounts.testing.ts'
import { recordSignIn } from '../sign-in/record-sign-in.ts'
import { type Db, openDatabase, transact } from './database.ts'
import { isUpToDate, MIGRATION_NAMES, migrateTo, migrateToLatest } from './migrate.ts'

const FROM_USERS = sql`
  select u.user_id, u.updated_at, u.last_login, u.logins_count, u.last_ip, u.user_metadata, u.app_metadata
  from users u order by u.user_id`
const FROM_SEARCH_TABLES = sql`
  select a.user_id, a.updated_at, a.last_login, a.logins_count, a.last_ip, m.user_metadata, n.app_metadata
  from user_activity a left join search_user_metadata m using (user_id) left join search_app_metadata n using (user_id)
  order by a.user_id`

/** Fails unless the tables that searches use say of every user what his own row says. @returns how many there are */
async function countEqual(db: Db): Promise<number> {
  const { rows: truth } = await FROM_USERS.execute(db)
  const { rows: found } = await FROM_SEARCH_TABLES.execute(db)
  assert.deepEqual(found, truth)
  return truth.length
}

describe('the tables by which users are found', async () => {
  const test = await startTestServer()
  const { db, call } = test
  const { person } = await accounts(test)
  const found = async (q: string) => {
    const { body } = await call('GET', `/api/v2/users?q=${encodeURIComponent(q)}`)
    return body.map((user: { user_id: string }) => user.user_id)
  }

  it('say what the users themselves say after every kind of change', async () => {
    const [ann, bob] = [await person({ user_metadata: { a: 1 } }), await person({ app_metadata: { b: 2 } })]
    const path = (id: string) => `/api/v2/users/${encodeURIComponent(id)}`
    const changes: unknown[] = [
      { user_metadata: { a: 2 }, app_metadata: { c: [1, 2] } },
      { user_metadata: {} },
      { app_metadata: null },
      { name: 'Ann', user_metadata: { a: 3 } },
      { password: 'slow ferry past midnight' },
      { email_verified: false },
      { blocked: true },
    ]
    for (const body of changes) {
      const { status } = await call('PATCH', path(ann.user_id), { body })
      assert.equal(status, 200, JSON.stringify(body))
      assert.equal(await countEqual(db), 2, JSON.stringify(body))
    }
    assert.deepEqual(await found('user_metadata.a:3'), [ann.user_id])
    assert.deepEqual(await found('user_metadata.a:1 OR user_metadata.a:2'), [])
    const signIn = { userId: bob.user_id, clientId: undefined, by: 'link', request: REQUEST } as const
    await transact(db, (tx) => recordSignIn(tx, signIn))
    await countEqual(db)
    assert.deepEqual(await found('logins_count:1'), [bob.user_id])
    assert.deepEqual(await found(`last_ip:"${REQUEST.ip}"`), [bob.user_id])
    assert.deepEqual(await found('NOT _exists_:last_login'), [ann.user_id])
    await call('DELETE', path(ann.user_id))
    assert.equal(await countEqual(db), 1)
    assert.deepEqual(await found('user_metadata.a:3'), [])
  })
})

describe('a database from before there were such tables', async () => {
  const { url, drop } = await createTestDatabase({ isEmpty: true })
  const options = { maxConnections: 2, preparedStatements: false, onError: () => {} }
  const database = openDatabase({ connectionString: url, ...options })
  after(async () => {
    await database.close()
    await drop()
  })

  it('gets them filled with all its users, by two servers that start at once', async () => {
    const { db } = database
    await migrateTo(db, '0009-branding')
    await sql`
      insert into users (user_id, created_at, updated_at, last_login, logins_count, last_ip, user_metadata, app_metadata)
      select 'auth0|' || n, timestamptz '2025-01-01Z', timestamptz '2025-01-01Z' + n * interval '1 h',
        case when n % 3 = 0 then timestamptz '2025-02-01Z' + n * interval '1 h' end, n % 3, '192.0.2.' || n,
        case when n % 2 = 0 then jsonb_build_object('n', n) end, case when n % 5 = 0 then jsonb_build_object('m', n) end
      from generate_series(1, 30) as n`.execute(db)
    const applied = await Promise.all([migrateToLatest(database), migrateToLatest(database)])
    const missing = MIGRATION_NAMES.slice(MIGRATION_NAMES.indexOf('0009-branding') + 1)
    assert.deepEqual(applied.flat(), missing)
    assert.ok(await isUpToDate(db))
    assert.equal(await countEqual(db), 30)
  })
})
