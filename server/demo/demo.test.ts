import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { createTestDatabase, TEST_KEY } from '../../test/harness.ts'
import { openSecrets } from '../base/secrets.ts'
import { type Config, readConfig } from '../config.ts'
import { type Db, openDatabase } from '../db/database.ts'
import { type Demo, openDemo } from './demo.ts'
import { DEMO_COMPANIES, DEMO_PEOPLE } from './people.ts'

const secrets = openSecrets(TEST_KEY)
const HERE: Config = readConfig({})
const ON = readConfig({ DEMO: 'on' })
const OFF = readConfig({ DEMO: 'off' })
const PUBLIC = readConfig({ PUBLIC_URL: 'https://id.example.com' })
const OTHER_DATABASE = readConfig({ DATABASE_URL: 'postgres://db/x' })

/** An empty tenant in a database of its own. */
async function emptyTenant(): Promise<{ db: Db; start: (config: Config) => Promise<Demo | undefined> }> {
  const { url, drop } = await createTestDatabase()
  const { db, close } = openDatabase({
    connectionString: url,
    maxConnections: 2,
    preparedStatements: true,
    onError: () => {},
  })
  after(async () => {
    await close()
    await drop()
  })
  return { db, start: (config) => openDemo(db, secrets, config) }
}

async function countPeople(db: Db): Promise<number> {
  return (await db.selectFrom('users').select('user_id').execute()).length
}

describe('the demo', () => {
  it('comes by itself into an empty database on this machine, and is the same at later starts', async () => {
    const { db, start } = await emptyTenant()
    const first = await start(HERE)
    assert.ok(first?.client)
    assert.deepEqual(await start(HERE), first)
    assert.deepEqual(await start(ON), first)
    assert.equal(await countPeople(db), DEMO_PEOPLE.length)
  })

  it('can be switched off and on again', async () => {
    const { start } = await emptyTenant()
    const demo = await start(HERE)
    assert.equal(await start(OFF), undefined)
    assert.deepEqual(await start(HERE), demo)
  })

  it('is not shown off loopback or from another database, also where it once was', async () => {
    const { db, start } = await emptyTenant()
    assert.equal(await start(PUBLIC), undefined)
    assert.equal(await start(OTHER_DATABASE), undefined)
    assert.equal(await countPeople(db), 0)
    await start(ON)
    assert.equal(await start(PUBLIC), undefined)
    assert.equal(await start(OTHER_DATABASE), undefined)
  })

  it('does not come by itself into a database that has been used without it', async () => {
    const { db, start } = await emptyTenant()
    assert.equal(await start(OFF), undefined)
    assert.equal(await start(HERE), undefined)
    assert.equal(await countPeople(db), 0)
  })

  it('never mixes with people who are there already', async () => {
    const { db, start } = await emptyTenant()
    const at = new Date(0)
    await db.insertInto('users').values({ user_id: 'auth0|real', created_at: at, updated_at: at }).execute()
    assert.equal(await start(HERE), undefined)
    await assert.rejects(start(ON), /already has users. Give the demo a folder of its own/)
    assert.equal(await countPeople(db), 1)
  })

  it('makes its backend again for who has deleted it, and keeps a secret that was changed', async () => {
    const { db, start } = await emptyTenant()
    const first = await start(HERE)
    await db.deleteFrom('clients').where('client_id', '=', 'demo-backend').execute()
    const second = await start(HERE)
    assert.ok(second?.client)
    assert.notEqual(second.client.secret, first?.client?.secret)
    await db.updateTable('clients').set({ secret_encrypted: null, secret_digest: null }).execute()
    assert.deepEqual(await start(HERE), { client: undefined })
  })

  it('is made through the same acts as everything else: each person is in the log', async () => {
    const { db, start } = await emptyTenant()
    await start(HERE)
    const events = await db.selectFrom('events').select(['actor_kind', 'actor_id']).where('type', '=', 'ss').execute()
    assert.equal(events.length, DEMO_PEOPLE.length)
    assert.ok(events.every((event) => event.actor_kind === 'system' && event.actor_id === 'demo'))
    assert.deepEqual(await db.selectFrom('passwords').selectAll().execute(), [])
  })
})

describe('the people of the demo', () => {
  it('are two dozen of every kind, and none of them can be a real one', () => {
    assert.equal(DEMO_PEOPLE.length, 24)
    assert.equal(new Set(DEMO_PEOPLE.map(({ company, mailbox }) => `${company} ${mailbox}`)).size, 24)
    for (const { mailDomain } of Object.values(DEMO_COMPANIES)) assert.match(mailDomain, /\.example$/)
    assert.equal(DEMO_PEOPLE.filter(({ isBlocked }) => isBlocked).length, 1)
    assert.equal(DEMO_PEOPLE.filter(({ isUnverified }) => isUnverified).length, 2)
    assert.equal(DEMO_PEOPLE.filter(({ username }) => username).length, 1)
  })
})
