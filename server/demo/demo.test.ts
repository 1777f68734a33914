import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { createTestDatabase, TEST_KEY } from '../../test/harness.ts'
import { now } from '../base/clock.ts'
import { hashToken, openSecrets } from '../base/secrets.ts'
import { type Config, readConfig } from '../config.ts'
import { type Db, openDatabase } from '../db/database.ts'
import { listAsked } from '../terms/pending.ts'
import { summarize } from '../terms/people.ts'
import { requireTerms } from '../terms/store.ts'
import { findOpenTicket } from '../tickets/store.ts'
import { DEMO_APPLICATIONS, NAME_CONNECTION } from './applications.ts'
import { type Demo, openDemo } from './demo.ts'
import { DEMO_COMPANIES, DEMO_PEOPLE, emailOf } from './people.ts'
import { PERSONAS } from './personas.ts'

const HOUR_MS = 3_600_000
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
    for (const config of [HERE, ON]) assert.deepEqual((await start(config))?.client, first.client)
    assert.equal(await countPeople(db), DEMO_PEOPLE.length)
  })

  it('has a customer that makes accounts in a connection of its own, and one that invites', async () => {
    const { db, start } = await emptyTenant()
    await start(HERE)
    const own = await db
      .selectFrom('organization_connections as oc')
      .innerJoin('organizations as o', 'o.id', 'oc.organization_id')
      .innerJoin('connections as c', 'c.id', 'oc.connection_id')
      .where('oc.access_level', 'in', ['limited', 'full'])
      .select(['o.name as organization', 'c.name as connection'])
      .execute()
    assert.deepEqual(own, [{ organization: 'globex', connection: NAME_CONNECTION }])
    // Nobody of another customer is in it.
    const { count } = await db
      .selectFrom('organization_connections as oc')
      .innerJoin('connections as c', 'c.id', 'oc.connection_id')
      .where('c.name', '=', NAME_CONNECTION)
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow()
    assert.equal(count, 1)
  })

  it('can be switched off and on again', async () => {
    const { start } = await emptyTenant()
    const demo = await start(HERE)
    assert.equal(await start(OFF), undefined)
    assert.deepEqual((await start(HERE))?.client, demo?.client)
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
    const third = await start(HERE)
    assert.ok(third)
    assert.equal(third.client, undefined)
  })

  it('is made through the same acts as everything else: each person is in the log', async () => {
    const { db, start } = await emptyTenant()
    await start(HERE)
    const events = await db.selectFrom('events').select(['actor_kind', 'actor_id']).where('type', '=', 'ss').execute()
    assert.equal(events.length, DEMO_PEOPLE.length)
    assert.ok(events.every((event) => event.actor_kind === 'system' && event.actor_id === 'demo'))
    assert.deepEqual(await db.selectFrom('passwords').selectAll().execute(), [])
  })

  it('has a customer with terms of its own, which two of its members have not accepted, and none whom one can be', async () => {
    const { db, start } = await emptyTenant()
    await start(HERE)
    await start(HERE)
    const rows = await db.selectFrom('terms').select(['id', 'name', 'required']).orderBy('name').execute()
    assert.deepEqual(
      rows.map(({ name, required }) => [name, required]),
      [
        ['house-rules', true],
        ['photographs', false],
      ],
    )
    for (const { id, name } of rows) {
      const terms = await requireTerms(db, { kind: 'system', name: 'test' }, id)
      const circle = { terms, organizationId: terms.organization_id ?? '' }
      const { people, pending } = await summarize(db, circle)
      assert.deepEqual([people, pending], [13, 2], name)
    }
    for (const person of PERSONAS) {
      const email = emailOf(person)
      const { user_id: userId } = await db
        .selectFrom('users')
        .select('user_id')
        .where('email', '=', email)
        .executeTakeFirstOrThrow()
      const theirs = await db
        .selectFrom('memberships')
        .select('organization_id')
        .where('user_id', '=', userId)
        .execute()
      for (const { organization_id: organizationId } of theirs) {
        assert.deepEqual(await listAsked(db, { userId, clientId: 'demo-acme', organizationId }), [], email)
      }
    }
  })

  it('brings two applications, one of each customer, that only those may use whom it is for', async () => {
    const { db, start } = await emptyTenant()
    await start(HERE)
    const elsewhere = readConfig({ PORT: '3100' })
    await db.updateTable('clients').set({ name: 'My console' }).where('client_id', '=', 'demo-acme').execute()
    await start(elsewhere)
    for (const [id, { path, connections }] of Object.entries(DEMO_APPLICATIONS)) {
      const row = await db.selectFrom('clients').selectAll().where('client_id', '=', id).executeTakeFirstOrThrow()
      assert.deepEqual(row.settings.callbacks, [`http://localhost:3100${path}`])
      assert.deepEqual([row.token_endpoint_auth_method, row.secret_encrypted], ['none', null])
      const open = await db
        .selectFrom('connection_clients')
        .innerJoin('connections', 'connections.id', 'connection_clients.connection_id')
        .select('name')
        .where('client_id', '=', id)
        .execute()
      assert.deepEqual(open.map(({ name }) => name).sort(), [...connections].sort())
    }
    const acme = await db.selectFrom('clients').select('name').where('client_id', '=', 'demo-acme').execute()
    assert.deepEqual(acme, [{ name: 'My console' }])
  })
})

describe('the links of a start', () => {
  const ticketIn = (url: string) => new URL(url).searchParams.get('ticket') ?? ''

  it('sign in as one of six people, are bound to them, and end at the next start or after a day', async () => {
    const { db, start } = await emptyTenant()
    const isOpen = async (url: string, at = now()) =>
      (await findOpenTicket(db, { purpose: 'sign_in', tokenHash: hashToken(ticketIn(url)), at })) !== undefined
    const first = (await start(HERE))?.personas ?? []
    assert.deepEqual(
      first.map(({ person }) => person.mailbox),
      ['ada', 'sam', 'noah', 'kaethe', 'juergen', 'djordje'],
    )
    for (const { person, url } of first) {
      assert.match(url, /^http:\/\/localhost:3000\/u\/sign-in\?ticket=[\w-]{32}$/)
      const ticket = await findOpenTicket(db, {
        purpose: 'sign_in',
        tokenHash: hashToken(ticketIn(url)),
        at: now(),
      })
      const holder = await db
        .selectFrom('users')
        .select('email')
        .where('user_id', '=', ticket?.userId ?? '')
        .execute()
      assert.deepEqual(holder, [{ email: emailOf(person) }])
      assert.equal(ticket?.details.leadsTo, person.mailbox === 'djordje' ? '/account' : '/admin')
      assert.equal(await isOpen(url, new Date(now().getTime() + 23 * HOUR_MS)), true)
      assert.equal(await isOpen(url, new Date(now().getTime() + 25 * HOUR_MS)), false)
    }
    const second = (await start(HERE))?.personas ?? []
    assert.equal(second.length, 6)
    for (const { url } of first) assert.equal(await isOpen(url), false)
    for (const { url } of second) assert.equal(await isOpen(url), true)
    const events = await db.selectFrom('events').selectAll().execute()
    for (const { url } of [...first, ...second]) assert.ok(!JSON.stringify(events).includes(ticketIn(url)))
  })

  it('are made for nobody who is blocked or gone, and not while the demo is off', async () => {
    const { db, start } = await emptyTenant()
    await start(HERE)
    await db.updateTable('users').set({ blocked: true }).where('email', '=', 'ada@acme-robotics.example').execute()
    await db.deleteFrom('users').where('email', '=', 'noah@acme-robotics.example').execute()
    const before = await db.selectFrom('tickets').select('token_hash').execute()
    assert.equal(await start(OFF), undefined)
    assert.equal((await db.selectFrom('tickets').select('token_hash').execute()).length, before.length)
    const people = (await start(HERE))?.personas.map(({ person }) => person.mailbox)
    assert.deepEqual(people, ['sam', 'kaethe', 'juergen', 'djordje'])
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
    assert.ok(PERSONAS.every(({ isBlocked, isUnverified }) => !isBlocked && !isUnverified))
  })
})
