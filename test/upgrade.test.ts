/** A data folder of another version (GUARANTEES F07): an older one is brought up to date, a newer one is left alone. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { sql } from 'kysely'
import { openSecrets } from '../server/base/secrets.ts'
import { type Db, openDatabase, transact } from '../server/db/database.ts'
import { clearTestFolder, makeTestFolder, postgresProcesses } from '../server/db/embedded-postgres.testing.ts'
import { startEmbeddedPostgres } from '../server/db/embedded-postgres.ts'
import { isUpToDate, migrateTo } from '../server/db/migrate.ts'
import { makeSigningKey } from '../server/keys/signing-key.ts'
import { insertKey } from '../server/keys/store.ts'
import { TEST_KEY } from './harness.ts'
import { ask, freePorts, killLaunched, type Launched, launch, untilReady } from './start.testing.ts'

const CLIENT = {
  BOOTSTRAP_CLIENT_ID: 'upgrade',
  BOOTSTRAP_CLIENT_SECRET: 'a-secret-of-48-characters-for-an-upgrade-xyz-abc',
}
const FUTURE = '9999-of-tomorrow'

const folder = makeTestFolder()
const dataDir = join(folder, 'data')
const environment = { ...(await freePorts()), DEMO: 'off', ENCRYPTION_KEY: TEST_KEY.toString('base64'), ...CLIENT }

after(async () => {
  killLaunched()
  await clearTestFolder(folder, [])
})

/** Works on the data while no server does. */
async function onData<T>(work: (db: Db) => Promise<T>): Promise<T> {
  const { connectionString, stop } = await startEmbeddedPostgres({ dataDir, log: () => {} })
  const database = openDatabase({ connectionString, maxConnections: 2, preparedStatements: false, onError: () => {} })
  try {
    return await work(database.db)
  } finally {
    await database.close()
    await stop()
  }
}

async function tokenOf({ url }: Launched): Promise<string> {
  const { BOOTSTRAP_CLIENT_ID: client_id, BOOTSTRAP_CLIENT_SECRET: client_secret } = CLIENT
  const body = { grant_type: 'client_credentials', client_id, client_secret, audience: `${url}/api/v2/` }
  return (await ask(url, '/oauth/token', { method: 'POST', body })).body.access_token
}

/** A tenant as the first versions had it: a person, his identity, and an entry of the log. */
async function fillAsThen(db: Db): Promise<void> {
  await migrateTo(db, '0003-events')
  const secrets = openSecrets(TEST_KEY)
  for (const state of ['current', 'next'] as const) {
    await transact(db, async (tx) => await insertKey(tx, secrets, await makeSigningKey('localhost'), state))
  }
  const probe = secrets.encrypt('probe', 'tenant', 'tenantry')
  const at = new Date('2026-01-02T03:04:05.678Z')
  await sql`insert into tenant_settings values (1, '{"friendly_name": "Acme"}', ${probe}, false, ${at})`.execute(db)
  await sql`insert into connections (id, name, strategy, realms, created_at)
    values ('con_0123456789abcdef', 'Sales', 'auth0', '{Sales}', ${at})`.execute(db)
  await sql`insert into users (user_id, email, email_verified, name, user_metadata, email_folded, name_folded,
      created_at, updated_at)
    values ('auth0|ada', 'ada@acme.example', true, 'Ada', '{"plan": "team"}', 'ada@acme.example', 'ada', ${at}, ${at})`.execute(
    db,
  )
  await sql`insert into identities (connection_id, identity_id, user_id, connection_name, provider)
    values ('con_0123456789abcdef', 'ada', 'auth0|ada', 'Sales', 'auth0')`.execute(db)
  await sql`insert into user_identifiers values ('con_0123456789abcdef', 'email', 'ada@acme.example', 'auth0|ada')`.execute(
    db,
  )
  await sql`insert into counters values ('tenant', 'users', 0, 1)`.execute(db)
  await sql`insert into events (log_id, date, type, description, actor_kind, user_id)
    values (${`90020260102030405678${'0'.repeat(34)}`}, ${at}, 'ss', 'as it was then', 'system', 'auth0|ada')`.execute(
    db,
  )
}

/** Everything in the tables that a start could change. */
async function everything(db: Db): Promise<unknown> {
  const names = ['kysely_migration', 'tenant_settings', 'users', 'clients', 'roles', 'signing_keys', 'events']
  const rows = names.map((name) =>
    sql<{ row: string }>`select t::text as row from ${sql.table(name)} t order by 1`.execute(db),
  )
  return (await Promise.all(rows)).map((found) => found.rows)
}

describe('a data folder of another version', () => {
  it('that is older is brought up to this one, and all that was in it is there', async () => {
    await onData(fillAsThen)
    const server = launch(dataDir, environment)
    await untilReady(server)
    const headers = { authorization: `Bearer ${await tokenOf(server)}` }
    const get = async (path: string) => (await ask(server.url, `/api/v2${path}`, { headers })).body
    const ada = await get('/users/auth0%7Cada')
    assert.deepEqual(
      [ada.email, ada.user_metadata, ada.created_at, ada.identities.length],
      ['ada@acme.example', { plan: 'team' }, '2026-01-02T03:04:05.678Z', 1],
    )
    assert.equal((await get('/users?q=name:ada&include_totals=true')).total, 1)
    assert.equal((await get('/logs?q=type:ss'))[0].description, 'as it was then')
    assert.equal((await get('/tenants/settings')).friendly_name, 'Acme')
    server.child.kill('SIGTERM')
    assert.equal(await server.exit, 0)
    assert.ok(await onData(isUpToDate))
  })

  it('that is newer is refused in words, before anything is changed', async () => {
    const before = await onData(async (db) => {
      await sql`insert into kysely_migration values (${FUTURE}, ${new Date().toISOString()})`.execute(db)
      return await everything(db)
    })
    const server = launch(dataDir, environment)
    assert.equal(await server.exit, 1)
    assert.match(
      server.errors(),
      /made by a newer Tenantry than this one\. Nothing was changed\. Start the newer version, or restore/,
    )
    assert.doesNotMatch(server.errors(), /\n\s+at /)
    assert.deepEqual(await postgresProcesses(folder), [])
    assert.deepEqual(await onData(everything), before)
  })

  it('serves again once it is of this version', async () => {
    await onData(async (db) => await sql`delete from kysely_migration where name = ${FUTURE}`.execute(db))
    const server = launch(dataDir, environment)
    await untilReady(server)
    assert.ok(await tokenOf(server))
  })
})
