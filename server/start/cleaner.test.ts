import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { startTestServer } from '../../test/harness.ts'
import { openDatabase } from '../db/database.ts'
import { accounts } from '../sign-in/accounts.testing.ts'
import { startCleaner } from './cleaner.ts'

const DAY_MS = 86_400_000
/** More than one portion. */
const MANY = 1_200

describe('the cleaner', async () => {
  const test = await startTestServer()
  const { db, server } = test
  const { person, session, refreshToken } = await accounts(test)
  const count = async (table: 'sessions' | 'oidc_artifacts' | 'emails') =>
    (await db.selectFrom(table).select(db.fn.countAll<number>().as('count')).executeTakeFirstOrThrow()).count

  async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
    for (let tries = 0; !(await isSo()); tries += 1) {
      assert.ok(tries < 500, 'it did not come about in ten seconds')
      await sleep(20)
    }
  }

  async function addMails(state: string, ageDays: number): Promise<void> {
    const { user_id } = await person()
    const at = new Date(Date.now() - ageDays * DAY_MS)
    const id = `mail-${state}-${ageDays}`
    await sql`insert into emails (id, template, user_id, state, created_at, next_attempt_at)
      values (${id}, 'verify_email', ${user_id}, ${state}, ${at}, ${at})`.execute(db)
  }

  it('clears away all that is past its time, and nothing else', async () => {
    const ada = await person()
    for (const id of ['alive', 'over', 'unused']) await session(ada, id)
    const past = new Date(Date.now() - 1_000)
    await db.updateTable('sessions').set({ expires_at: past }).where('session_id', '=', 'over').execute()
    await db.updateTable('sessions').set({ idle_expires_at: past }).where('session_id', '=', 'unused').execute()
    await refreshToken(ada)
    await sql`insert into oidc_artifacts (kind, id_hash, payload, created_at, expires_at)
      select 'AuthorizationCode', 'code ' || n, '{}', ${past}, ${past} from generate_series(1, ${MANY}) n`.execute(db)
    for (const [state, days] of [
      ['sent', 31],
      ['sent', 29],
      ['queued', 31],
    ] as const)
      await addMails(state, days)

    const stop = startCleaner(server, server.config, { first: 1, next: DAY_MS })
    await until(async () => (await count('emails')) === 2)
    await stop()

    const sessions = await db.selectFrom('sessions').select('session_id').execute()
    assert.deepEqual(
      sessions.map(({ session_id }) => session_id),
      ['alive'],
    )
    const artifacts = await db.selectFrom('oidc_artifacts').select('kind').execute()
    assert.deepEqual(
      artifacts.map(({ kind }) => kind),
      ['RefreshToken'],
    )
    const mails = await db.selectFrom('emails').select('id').orderBy('id').execute()
    assert.deepEqual(
      mails.map(({ id }) => id),
      ['mail-queued-31', 'mail-sent-29'],
    )
  })

  it('does the rest where one part fails, and says so', async () => {
    await addMails('sent', 32)
    await session(await person(), 'stuck')
    const past = new Date(Date.now() - 1_000)
    await db.updateTable('sessions').set({ expires_at: past }).where('session_id', '=', 'stuck').execute()
    await sql`create function refuse() returns trigger language plpgsql as 'begin raise exception ''stuck''; end'`.execute(
      db,
    )
    await sql`create trigger stuck before delete on sessions for each row execute function refuse()`.execute(db)
    const before = await count('emails')
    const stop = startCleaner(server, server.config, { first: 1, next: DAY_MS })
    await until(async () => (await count('emails')) === before - 1)
    await stop()
    await sql`drop trigger stuck on sessions`.execute(db)
    assert.match(test.logged(), /could not be cleared away/)
    assert.equal(
      (await db.selectFrom('sessions').select('session_id').where('session_id', '=', 'stuck').execute()).length,
      1,
    )
  })

  it('comes again, also after a fault, of which it tells the log no more than the kind', async () => {
    const database = openDatabase({
      connectionString: 'postgresql://secret:secret@127.0.0.1:1/none',
      maxConnections: 1,
      preparedStatements: false,
      onError: () => {},
    })
    const stop = startCleaner({ ...server, database }, server.config, { first: 1, next: 1 })
    await until(() => test.logged().split('could not be cleared away').length > 2)
    await stop()
    await database.close()
    assert.ok(!test.logged().includes('secret'))
  })

  it('stops before its first time', async () => {
    await startCleaner(server, server.config)()
  })
})
