import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { startTestServer } from '../../test/harness.ts'
import { findConnectionByName } from '../connections/store.ts'
import { openDatabase, transact } from '../db/database.ts'
import { startEmbeddedPostgres } from '../db/embedded-postgres.ts'
import { migrateToLatest } from '../db/migrate.ts'
import { findRunningPostgres } from '../db/running-postgres.ts'
import { hashPassword } from '../passwords/hash.ts'
import { FIRST_CONNECTION } from '../setup.ts'
import { createUser } from '../users/create.ts'
import { makeAdministrator } from './make-administrator.ts'

const SCRIPT = join(import.meta.dirname, 'tenantry.ts')
const PUBLIC_URL = 'https://id.acme.example'

type Outcome = { code: number; out: string; error: string }

function run(program: string, args: string[], env: Record<string, string>): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(program, args, { env: { PATH: process.env.PATH ?? '', ...env } }, (error, out, text) => {
      resolve({ code: Number(error?.code ?? 0), out, error: text })
    })
  })
}

describe('tenantry create-admin', async () => {
  const { db, call, server } = await startTestServer()
  const env = { DATABASE_URL: server.config.databaseUrl ?? '', PUBLIC_URL, ENCRYPTION_KEY: 'x'.repeat(43) }

  const inPipe = (...words: string[]) => run(process.execPath, [SCRIPT, 'create-admin', ...words], env)
  /** `script` gives the command a terminal and hands on what it prints. */
  const inTerminal = (environment: Record<string, string>, ...words: string[]) =>
    run('script', ['-qec', [process.execPath, SCRIPT, 'create-admin', ...words].join(' '), '/dev/null'], environment)

  async function counted() {
    const [users, tickets, roles, events] = await Promise.all(
      (['users', 'tickets', 'user_roles', 'events'] as const).map((table) =>
        db.selectFrom(table).select(db.fn.countAll<number>().as('count')).executeTakeFirstOrThrow(),
      ),
    )
    return [users?.count, tickets?.count, roles?.count, events?.count]
  }

  async function addUser(email: string, profile: { email_verified?: boolean; blocked?: boolean }) {
    const connection = await findConnectionByName(db, FIRST_CONNECTION)
    assert.ok(connection)
    const passwordHash = await hashPassword('the old grey heron')
    const actor = { kind: 'system', name: 'test' } as const
    return await transact(db, (tx) => createUser(tx, actor, { connection, email, passwordHash, ...profile }))
  }

  it('refuses in words, and changes nothing: no terminal, no address, a bad one, one too many', async () => {
    const before = await counted()
    const refused: [number, string[], RegExp][] = [
      [1, ['ada@acme.example'], /does not go to a terminal/],
      [2, [], /missing required argument 'email'[\s\S]*Usage: tenantry create-admin/],
      [1, ['ada'], /"ada" is not an e-mail address/],
      [2, ['ada@acme.example', 'bob@acme.example'], /too many arguments/],
      [2, ['--admin', 'ada@acme.example'], /unknown option '--admin'/],
    ]
    for (const [code, words, sentence] of refused) {
      const { error, ...rest } = await inPipe(...words)
      assert.deepEqual(rest, { code, out: '' })
      assert.match(error, sentence)
      assert.doesNotMatch(error, /\n {4}at /)
    }
    assert.deepEqual(await counted(), before)
  })

  it('makes the account with the role for the whole tenant, and a link that sets its password', async () => {
    const made = await makeAdministrator(db, PUBLIC_URL, 'Ada@Acme.example')
    assert.deepEqual([made.email, made.isNew], ['ada@acme.example', true])
    assert.match(made.link ?? '', /^https:\/\/id\.acme\.example\/u\/reset-password\?ticket=[\w-]{32}$/)
    const user = await db.selectFrom('users').selectAll().where('email', '=', made.email).executeTakeFirstOrThrow()
    assert.equal(user.email_verified, false)
    assert.equal(
      await db.selectFrom('passwords').where('user_id', '=', user.user_id).selectAll().executeTakeFirst(),
      undefined,
    )
    const roles = await db
      .selectFrom('user_roles')
      .innerJoin('roles', 'roles.id', 'user_roles.role_id')
      .select('roles.name')
      .where('user_id', '=', user.user_id)
      .execute()
    assert.deepEqual(roles, [{ name: 'Administrator' }])
    const page = await call('GET', (made.link ?? '').slice(PUBLIC_URL.length), { as: null })
    assert.equal(page.status, 200)
    const events = await db
      .selectFrom('events')
      .selectAll()
      .where('user_id', '=', user.user_id)
      .orderBy('log_id')
      .execute()
    assert.deepEqual(
      events.map(({ type, actor_kind, actor_id }) => [type, actor_kind, actor_id]),
      [
        ['ss', 'system', 'create-admin'],
        ['sapi', 'system', 'create-admin'],
      ],
    )
    assert.ok(!JSON.stringify(events).includes((made.link ?? '?').slice(-43)))
  })

  it('sends the link by mail where nobody sees the terminal, and prints none', async () => {
    const { code, out, error } = await inPipe('--mail', '--json', 'ed@acme.example')
    assert.deepEqual([code, error], [0, ''])
    assert.deepEqual(JSON.parse(out), { email: 'ed@acme.example', is_new: true, link_sent: true })
    const { user_id } = await db
      .selectFrom('users')
      .select('user_id')
      .where('email', '=', 'ed@acme.example')
      .executeTakeFirstOrThrow()
    const mails = await db.selectFrom('emails').select('template').where('user_id', '=', user_id).execute()
    assert.deepEqual(mails, [{ template: 'reset_email' }])
    assert.deepEqual(await db.selectFrom('tickets').selectAll().where('user_id', '=', user_id).execute(), [])
  })

  it('takes an account that is there; the newest link counts', async () => {
    await addUser('bob@acme.example', { email_verified: true })
    const first = await makeAdministrator(db, PUBLIC_URL, 'bob@acme.example')
    const second = await makeAdministrator(db, PUBLIC_URL, 'BOB@acme.example')
    assert.deepEqual([first.isNew, second.isNew], [false, false])
    const statusOf = async (link = '') => (await call('GET', link.slice(PUBLIC_URL.length), { as: null })).status
    assert.deepEqual([await statusOf(first.link), await statusOf(second.link)], [404, 200])
    const found = await db.selectFrom('users').select('user_id').where('email', '=', 'bob@acme.example').execute()
    assert.equal(found.length, 1)
    const kept = await db
      .selectFrom('passwords')
      .select('hash')
      .where('user_id', '=', found[0]?.user_id ?? '')
      .execute()
    assert.equal(kept.length, 1)
  })

  it('whoever signed up with an address he cannot read is no administrator by his old password', async () => {
    const { user_id } = await addUser('mallory@acme.example', {})
    const generation = async () => {
      const row = db.selectFrom('users').select('token_generation').where('user_id', '=', user_id)
      return (await row.executeTakeFirstOrThrow()).token_generation
    }
    const before = await generation()
    await makeAdministrator(db, PUBLIC_URL, 'mallory@acme.example')
    assert.deepEqual(await db.selectFrom('passwords').selectAll().where('user_id', '=', user_id).execute(), [])
    assert.equal(await generation(), before + 1)
  })

  it('leaves a blocked account alone', async () => {
    await addUser('carl@acme.example', { blocked: true })
    const before = await counted()
    await assert.rejects(makeAdministrator(db, PUBLIC_URL, 'carl@acme.example'), /account is blocked/)
    assert.deepEqual(await counted(), before)
  })

  it('prints the link to a terminal', { skip: process.platform !== 'linux' }, async () => {
    const { code, out } = await inTerminal(env, 'dora@acme.example')
    assert.equal(code, 0, out)
    assert.match(out, /dora@acme\.example is an administrator of the whole tenant now \(a new account\)/)
    assert.match(out, /https:\/\/id\.acme\.example\/u\/reset-password\?ticket=[\w-]{32}\r?\n/)
  })

  it('finds the built-in database of a running server, and says what is missing', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'tenantry-create-admin-'))
    chmodSync(dataDir, 0o755)
    const settings = { DATA_DIR: dataDir, LOG_LEVEL: 'info' }
    const places = { dataDir, log: () => {}, temporary: true, systemFolder: join(dataDir, 'system') }
    try {
      if (process.platform === 'linux') {
        const { code, out } = await inTerminal(settings, 'ada@acme.example')
        assert.equal(code, 1)
        assert.match(out, /There is no database in .* yet\. Start the server once/)
      }
      assert.deepEqual(await findRunningPostgres(dataDir), { connectionString: undefined, hasDatabase: false })
      const postgres = await startEmbeddedPostgres(places)
      try {
        const { connectionString } = await findRunningPostgres(dataDir)
        assert.equal(connectionString, postgres.connectionString)
        const options = { maxConnections: 1, preparedStatements: false, onError: () => {} }
        const database = openDatabase({ connectionString: connectionString ?? '', ...options })
        if (process.platform === 'linux') {
          const { code, out } = await inTerminal(settings, 'ada@acme.example')
          assert.equal(code, 1)
          assert.match(out, /not of this version/)
        }
        await migrateToLatest(database)
        await database.close()
      } finally {
        await postgres.stop()
      }
      assert.deepEqual(await findRunningPostgres(dataDir), { connectionString: undefined, hasDatabase: true })
    } finally {
      rmSync(dataDir, { recursive: true, force: true })
    }
  })
})
