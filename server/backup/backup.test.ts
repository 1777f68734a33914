import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { sql } from 'kysely'
import pg from 'pg'
import { createTestDatabase, startTestServer, TEST_KEY } from '../../test/harness.ts'
import { openSecrets } from '../base/secrets.ts'
import { openDatabase } from '../db/database.ts'
import { isUpToDate, MIGRATION_NAMES, migrateTo } from '../db/migrate.ts'
import { FIRST_CONNECTION, setUpTenant } from '../setup.ts'
import { backUp } from './backup.ts'
import { frameWriter } from './frames.ts'
import { restore } from './restore.ts'
import { listTables } from './tables.ts'

const SECRETS = openSecrets(TEST_KEY)
const quiet = () => {}

describe('a backup', async () => {
  const { call, server } = await startTestServer()
  const from = server.config.databaseUrl ?? ''
  const folder = await mkdtemp(join(tmpdir(), 'tenantry-backup-'))
  const path = join(folder, 'tenant.backup')
  after(() => rm(folder, { recursive: true, force: true }))

  /** A database with nothing in it, which is gone after the tests. */
  async function emptyDatabase(): Promise<string> {
    const { url, drop } = await createTestDatabase({ isEmpty: true })
    after(drop)
    return url
  }

  /** The rows of every table by its name, as text, each table in an order of its own. */
  async function contentOf(url: string): Promise<Record<string, string[]>> {
    const client = new pg.Client(url)
    await client.connect()
    try {
      const content: Record<string, string[]> = {}
      for (const { name } of await listTables(client)) {
        const { rows } = await client.query<{ row: string }>(`select t::text as row from "${name}" t order by 1`)
        content[name] = rows.map(({ row }) => row)
      }
      return content
    } finally {
      await client.end()
    }
  }

  const isUntouched = async (url: string) => assert.deepEqual(await contentOf(url), {})

  async function newUser(email: string): Promise<string> {
    const body = { email, password: 'the old grey heron', connection: FIRST_CONNECTION }
    const { status, body: user } = await call('POST', '/api/v2/users', { body })
    assert.equal(status, 201)
    return user.user_id
  }

  it('holds every row of every table, and fills an empty database with them', async () => {
    await newUser('ada@acme.example')
    const before = await contentOf(from)
    const { rows, tables } = await backUp(from, path, quiet)
    assert.equal(rows, Object.values(before).flat().length)
    assert.equal(tables, Object.keys(before).length)
    const to = await emptyDatabase()
    const restored = await restore(to, path, SECRETS, quiet)
    assert.deepEqual([restored.rows, restored.tables], [rows, tables])
    assert.deepEqual(await contentOf(to), before)
  })

  it('is for its owner alone, and leaves no draft beside it', async () => {
    await backUp(from, path, quiet)
    assert.equal((await stat(path)).mode & 0o777, 0o600)
    assert.deepEqual(await readdir(folder), ['tenant.backup'])
    await assert.rejects(backUp(from, join(folder, 'nowhere', 'x'), quiet), /nowhere.* cannot be written/)
    await assert.rejects(backUp(from, folder, quiet), /^StartError: .* cannot be written: it is a folder\.$/)
    assert.deepEqual(await readdir(folder), ['tenant.backup'])
  })

  it('is from one moment, whatever is written meanwhile', async () => {
    const ids = await Promise.all(['one', 'two', 'three'].map((name) => newUser(`${name}@acme.example`)))
    let isDone = false
    const write = async (id: string) => {
      for (let count = 1; !isDone; count += 1) {
        await call('PATCH', `/api/v2/users/${id}`, { body: { user_metadata: { count } } })
        if (count % 5 === 0) await newUser(`${id.slice(-6)}.${count}@acme.example`)
      }
    }
    const writing = ids.map(write)
    const taken: string[] = []
    for (const name of ['first', 'second', 'third']) {
      const each = join(folder, name)
      await backUp(from, each, quiet)
      taken.push(each)
    }
    isDone = true
    await Promise.all(writing)
    for (const each of taken) {
      const to = await emptyDatabase()
      await restore(to, each, SECRETS, quiet)
      const client = new pg.Client(to)
      await client.connect()
      try {
        for (const id of ids) {
          // A change and its event are of one transaction, so a moment has both or neither.
          const { rows } = await client.query(
            `select coalesce((user_metadata->>'count')::int, 0) as count,
               (select count(*)::int from events e where e.user_id = u.user_id and e.description = 'Update a User') as events
             from users u where user_id = $1`,
            [id],
          )
          assert.equal(rows[0]?.count, rows[0]?.events)
        }
        const { rows } = await client.query(
          `select (select count(*)::int from users) as users, (select count(distinct user_id)::int from identities) as owners`,
        )
        assert.equal(rows[0]?.users, rows[0]?.owners)
      } finally {
        await client.end()
      }
    }
  })

  it('keeps the tables of the log in their place from its moment on', async () => {
    const [other, observer] = [new pg.Client(from), new pg.Client(from)]
    await Promise.all([other.connect(), observer.connect()])
    try {
      await other.query('begin')
      await other.query('lock table address_tries in access exclusive mode')
      const backingUp = backUp(from, join(folder, 'held'), quiet)
      const held = async () =>
        (
          await observer.query(`select a.wait_event_type = 'Lock' as waits, (select count(*)::int from pg_locks l
              where l.pid = a.pid and l.granted and l.relation = 'events'::regclass) as locks
            from pg_stat_activity a
            where a.application_name = 'tenantry backup' and a.datname = current_database()`)
        ).rows[0]
      let seen = await held()
      while (!seen?.waits) seen = await held()
      assert.equal(seen.locks, 1)
      await other.query('rollback')
      await backingUp
    } finally {
      await Promise.all([other.end(), observer.end()])
    }
  })

  it('is refused by a database that is not empty, and by another encryption key; nothing is changed', async () => {
    await backUp(from, path, quiet)
    const before = await contentOf(from)
    await assert.rejects(restore(from, path, SECRETS, quiet), /The database is not empty/)
    assert.deepEqual(await contentOf(from), before)
    const to = await emptyDatabase()
    await assert.rejects(restore(to, path, openSecrets(Buffer.alloc(32, 8)), quiet), /encrypted with another key/)
    await isUntouched(to)
  })

  it('that was cut off, altered or is none restores nothing', async () => {
    await backUp(from, path, quiet)
    const packed = await readFile(path)
    const plain = zstdDecompressSync(packed)
    const altered = Buffer.from(plain)
    const at = altered.indexOf('ada@acme.example')
    altered.write('eve@acme.example', at)
    const faulty = {
      'cut off': packed.subarray(0, packed.length - 100),
      'cut between two frames': zstdCompressSync(plain.subarray(0, plain.length - 5 - 77)),
      altered: zstdCompressSync(altered),
      'with more behind its end': zstdCompressSync(Buffer.concat([plain, Buffer.from('more')])),
      'another file': Buffer.from('create table users ()'),
      empty: Buffer.alloc(0),
    }
    const to = await emptyDatabase()
    for (const [what, bytes] of Object.entries(faulty)) {
      const file = join(folder, 'faulty')
      await writeFile(file, bytes)
      await assert.rejects(restore(to, file, SECRETS, quiet), /is not a backup of Tenantry, or it was cut off/, what)
      await isUntouched(to)
    }
    await assert.rejects(restore(to, join(folder, 'missing'), SECRETS, quiet), /cannot be read: there is no such file/)
  })

  it('of a newer version is refused, in words', async () => {
    const writer = frameWriter()
    const header = {
      format: 1,
      madeAt: '',
      migrations: [...MIGRATION_NAMES, '9999-later'],
      keyProbe: null,
      sequences: [],
    }
    const file = join(folder, 'newer')
    await writeFile(
      file,
      zstdCompressSync(Buffer.concat([writer.frame('header', { ...header, tables: 0 }), writer.close()])),
    )
    const to = await emptyDatabase()
    await assert.rejects(restore(to, file, SECRETS, quiet), /made by a newer Tenantry/)
    await isUntouched(to)
  })

  it('of an older version is brought up to this one', async () => {
    const old = await emptyDatabase()
    const options = { maxConnections: 1, preparedStatements: false, onError: quiet }
    const database = openDatabase({ connectionString: old, ...options })
    await migrateTo(database.db, '0001-tenant')
    const probe = SECRETS.encrypt('probe', 'tenant', 'tenantry')
    await sql`insert into tenant_settings values (1, '{"friendly_name": "Acme"}', ${probe}, false, now())`.execute(
      database.db,
    )
    await database.close()
    await backUp(old, path, quiet)
    const to = await emptyDatabase()
    await restore(to, path, SECRETS, quiet)
    const restored = openDatabase({ connectionString: to, ...options })
    try {
      assert.ok(await isUpToDate(restored.db))
      const { settings } = await restored.db.selectFrom('tenant_settings').select('settings').executeTakeFirstOrThrow()
      assert.deepEqual(settings, { friendly_name: 'Acme' })
      assert.deepEqual(await setUpTenant(restored.db, SECRETS, server.config), { isNew: false })
    } finally {
      await restored.close()
    }
  })

  it('whose restoring ends in the middle leaves the database empty', async () => {
    await backUp(from, path, quiet)
    const to = await emptyDatabase()
    await assert.rejects(
      restore(to, path, SECRETS, ({ tables }) => {
        if (tables === 5) throw new Error('the plug was pulled')
      }),
      /the plug was pulled/,
    )
    await isUntouched(to)
    await restore(to, path, SECRETS, quiet)
  })
})
