import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { startTestServer } from '../../test/harness.ts'
import { readCounter } from '../db/counters.ts'
import { sealEvents } from '../logs/seals/seal-events.ts'
import { verifyLog } from '../logs/seals/verify.ts'
import { join, makeOrganization } from '../organizations/organizations.testing.ts'
import { accounts } from '../sign-in/accounts.testing.ts'

describe('privacy by the Management API', async () => {
  const test = await startTestServer()
  const { call, db, tokenFor, server } = test
  const { person, session } = await accounts(test)
  const at = (userId: string, path: string) => `/api/v2/users/${encodeURIComponent(userId)}${path}`
  const acme = await makeOrganization(db, 'acme')

  /** Every text of the database in which something stands, by table. */
  async function tracesOf(what: string): Promise<string[]> {
    const { rows: tables } = await sql<{ name: string }>`
      select table_name as name from information_schema.tables
      where table_schema = 'public' and table_type = 'BASE TABLE'
        and not (select relispartition from pg_class where oid = quote_ident(table_name)::regclass)`.execute(db)
    const found: string[] = []
    for (const { name } of tables) {
      const { rows } = await sql`select 1 from ${sql.table(name)} t where t::text ilike ${`%${what}%`} limit 1`.execute(
        db,
      )
      if (rows.length > 0) found.push(name)
    }
    return found
  }

  it('erases a user wholly: nothing that he was called is left anywhere, and the sealed log is whole', async () => {
    const ada = await person({
      given_name: 'Adalgisa',
      email: 'adalgisa@acme.example',
      user_metadata: { pet: 'Bruno' },
    })
    const other = await person({ given_name: 'Olga' })
    await join(db, acme, ada.user_id, 'administrator')
    await session(ada, 'of adalgisa')
    await call('PATCH', at(ada.user_id, ''), { body: { family_name: 'Adalgisadottir' } })
    await call('POST', '/dbconnections/change_password', {
      as: null,
      body: { email: 'Adalgisa@acme.example', connection: 'Username-Password-Authentication' },
    })
    const as = await tokenFor({ userId: ada.user_id, organizationId: acme })
    await join(db, acme, other.user_id)
    await call('PATCH', `/api/v2/organizations/${acme}/members/${encodeURIComponent(other.user_id)}`, {
      as,
      body: { blocked: true, blocked_reason: 'as Adalgisa wishes' },
    })
    for (const email of ['adalgisa@acme.example', 'adalgisa@elsewhere.example']) {
      await call('POST', `/api/v2/organizations/${acme}/invitations`, {
        body: { inviter: { name: 'Olga' }, invitee: { email }, client_id: 'tenantry-account' },
      })
    }
    await db.deleteFrom('organization_invitations').where('email', 'like', '%elsewhere%').execute()
    await call('POST', '/dbconnections/signup', {
      as: null,
      body: { email: 'adalgisa@acme.example', password: 'x', connection: 'Username-Password-Authentication' },
    })
    await sealEvents(db, server.secrets)
    assert.ok((await tracesOf('adalgisa')).length > 3)
    const users = await readCounter(db, 'tenant', 'users')

    const { status, body, text } = await call('POST', at(ada.user_id, '/erasure'), { body: { reason: 'request 17' } })
    assert.equal(status, 200, text)
    assert.ok(body.log_entries >= 3 && body.mails >= 1, text)
    assert.equal(body.user_id, ada.user_id)
    // What she wrote about somebody else is his.
    await db.updateTable('memberships').set({ blocked_reason: null }).where('user_id', '=', other.user_id).execute()
    for (const what of ['adalgisa@acme', 'Adalgisadottir']) assert.deepEqual(await tracesOf(what), [])
    assert.deepEqual(await tracesOf('adalgisa@elsewhere'), ['events'], 'which was never hers here')
    assert.deepEqual(await tracesOf('Bruno'), [])
    assert.equal(await readCounter(db, 'tenant', 'users'), users - 1)
    assert.equal((await call('GET', at(ada.user_id, ''))).status, 404)
    assert.equal((await call('GET', '/api/v2/users', { as })).status, 401)
    await sealEvents(db, server.secrets)
    assert.equal((await verifyLog(server.database, server.secrets)).whole, true)

    const entry = await call('GET', `/api/v2/logs/${body.log_id}`)
    assert.equal(entry.body.type, 'user_erased')
    assert.match(entry.text, /request 17/)
    assert.equal((await call('POST', at(ada.user_id, '/erasure'), { body: {} })).status, 404)
  })

  it('knows a user by every account that was linked to his, by the addresses that he had, and as one who invited', async () => {
    const ada = await person({ email: 'noor@acme.example', name: 'Noor Haddad' })
    const second = await person({ email: 'noor.second@acme.example', name: 'Noor Second' })
    const other = await person({ email: 'eleanoor@acme.example' })
    for (const { user_id } of [ada, second, other]) await join(db, acme, user_id, 'administrator')
    const invite = async (email: string, name: string, as?: string) =>
      await call('POST', `/api/v2/organizations/${acme}/invitations`, {
        ...(as ? { as } : {}),
        body: { inviter: { name }, invitee: { email }, client_id: 'tenantry-account' },
      })
    await call('PATCH', at(second.user_id, ''), { body: { family_name: 'Haddad-Second' } })
    await call('POST', at(ada.user_id, '/identities'), {
      body: { provider: 'auth0', user_id: second.user_id.replace('auth0|', '') },
    })
    assert.equal(
      (await invite('guest@acme.example', 'Noor Haddad', await tokenFor({ userId: ada.user_id, organizationId: acme })))
        .status,
      201,
    )
    await invite('noor@acme.example', 'Olga')
    await invite('xnoor@acme.example', 'Olga')
    await call('POST', '/api/v2/users', {
      body: {
        email: 'noor@acme.example',
        password: 'slow ferry past Vinga',
        connection: 'Username-Password-Authentication',
      },
    })
    await call('PATCH', at(ada.user_id, ''), { body: { email: 'haddad@acme.example' } })
    const { body: data } = await call('GET', at(ada.user_id, '/personal-data'))
    assert.ok(JSON.stringify(data.log).includes('Haddad-Second'), 'what was logged of the linked account')

    assert.equal((await call('POST', at(ada.user_id, '/erasure'), { body: {} })).status, 200)
    for (const what of [
      '"noor@acme',
      ',noor@acme',
      'Noor Haddad',
      'Haddad-Second',
      'noor.second@acme',
      'haddad@acme',
    ]) {
      assert.deepEqual(await tracesOf(what), [], what)
    }
    const { inviter_name } = await db
      .selectFrom('organization_invitations')
      .select('inviter_name')
      .where('email', '=', 'guest@acme.example')
      .executeTakeFirstOrThrow()
    assert.equal(inviter_name, 'acme')
    for (const what of ['xnoor@acme', 'eleanoor@acme']) assert.ok((await tracesOf(what)).includes('events'), what)
  })

  it('takes the salt of an entry also where that is being sealed at the same time', async () => {
    const ada = await person()
    await call('PATCH', at(ada.user_id, ''), { body: { family_name: 'Sealed' } })
    await sql`create function wait_here() returns trigger language plpgsql as
      'begin perform pg_advisory_xact_lock_shared(4711); return new; end'`.execute(db)
    await sql`create trigger waits before insert on event_seals for each row execute function wait_here()`.execute(db)
    const holder = await server.database.openOwn()
    await holder.client.query('select pg_advisory_lock(4711)')
    const waiting = async () => {
      const { rows } = await sql<{ n: number }>`select count(*)::integer as n from pg_locks
        where locktype = 'advisory' and not granted
          and database = (select oid from pg_database where datname = current_database())`.execute(db)
      return rows[0]?.n ?? 0
    }
    const sealing = sealEvents(db, server.secrets)
    while ((await waiting()) < 1) await sleep(10)
    let isOver = false
    const erasing = call('POST', at(ada.user_id, '/erasure'), { body: {} }).finally(() => {
      isOver = true
    })
    while (!isOver && (await waiting()) < 2) await sleep(10)
    await holder.client.query('select pg_advisory_unlock(4711)')
    await holder.close()
    await sealing
    assert.equal((await erasing).status, 200)
    await sql`drop trigger waits on event_seals`.execute(db)
    const { rows } = await sql`select 1 from events e join event_seals s on s.log_id = e.log_id
      where e.user_id = ${ada.user_id} and e.person is null and s.person_salt is not null`.execute(db)
    assert.deepEqual(rows, [])
    await sealEvents(db, server.secrets)
    assert.equal((await verifyLog(server.database, server.secrets)).whole, true)
  })

  it('is done once, and has one receipt, however many ask for it at the same time', async () => {
    const ada = await person()
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => call('POST', at(ada.user_id, '/erasure'), { body: {} })),
    )
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 404, 404, 404, 404, 404])
    const told = await db
      .selectFrom('events')
      .select('log_id')
      .where('type', '=', 'user_erased')
      .where('user_id', '=', ada.user_id)
      .execute()
    assert.deepEqual(
      told.map(({ log_id }) => log_id),
      [answers.find(({ status }) => status === 200)?.body.log_id],
    )
  })

  it('leaves everybody else as he was', async () => {
    const [ada, bob] = [await person(), await person({ given_name: 'Bob' })]
    await call('PATCH', at(bob.user_id, ''), { body: { family_name: 'Bobson' } })
    const before = await call('GET', at(bob.user_id, '/logs'))
    await call('POST', at(ada.user_id, '/erasure'), { body: {} })
    assert.deepEqual((await call('GET', at(bob.user_id, '/logs'))).body, before.body)
    assert.equal((await call('GET', at(bob.user_id, ''))).body.family_name, 'Bobson')
  })

  it('tells an operator everything that is kept of a user, and records that he asked', async () => {
    const ada = await person({ given_name: 'Ada', app_metadata: { plan: 'gold' } })
    await join(db, acme, ada.user_id, 'auditor')
    await session(ada, 'of ada')
    await call('PATCH', at(ada.user_id, ''), { body: { family_name: 'Lovelace' } })
    const { status, body, text } = await call('GET', at(ada.user_id, '/personal-data'))
    assert.equal(status, 200, text)
    assert.deepEqual([body.user.family_name, body.user.app_metadata.plan], ['Lovelace', 'gold'])
    assert.deepEqual(body.organizations[0].roles, ['Auditor'])
    assert.equal(body.sessions.length, 1)
    assert.ok(body.log.some(({ person }: { person?: unknown }) => JSON.stringify(person).includes('Lovelace')))
    assert.equal(body.log_is_whole, true)
    for (const secret of ['$argon2', 'token_hash', 'payload']) assert.ok(!text.includes(secret), secret)
    const { body: logs } = await call('GET', at(ada.user_id, '/logs'))
    assert.equal(logs[0].type, 'mgmt_api_read')
    assert.equal((await call('GET', at('auth0|nobody', '/personal-data'))).status, 404)
  })

  it('erases what the log still says of somebody who was deleted before', async () => {
    const user = await person({ given_name: 'Ottilie', email: 'ottilie@acme.example' })
    await call('DELETE', at(user.user_id, ''))
    assert.ok((await tracesOf('ottilie')).includes('events'))
    const { status, body } = await call('POST', at(user.user_id, '/erasure'), { body: {} })
    assert.equal(status, 200)
    assert.ok(body.log_entries >= 1)
    assert.deepEqual(await tracesOf('ottilie'), [])
    assert.equal((await call('POST', at(user.user_id, '/erasure'), { body: {} })).status, 404)
    assert.equal((await call('POST', at('auth0|nobody', '/erasure'), { body: {} })).status, 404)
  })

  it('is nothing for administrators of organizations, nor for whoever holds too little', async () => {
    const [ada, boss] = [await person(), await person()]
    await join(db, acme, ada.user_id)
    await join(db, acme, boss.user_id, 'administrator')
    const as = await tokenFor({ userId: boss.user_id, organizationId: acme })
    assert.equal((await call('GET', at(ada.user_id, '/personal-data'), { as })).status, 403)
    assert.equal((await call('POST', at(ada.user_id, '/erasure'), { as, body: {} })).status, 403)
    assert.equal((await call('DELETE', at(ada.user_id, '/deletion'), { as })).status, 403)
    const reader = await tokenFor({ scopes: ['read:users', 'read:logs_users', 'read:grants'] })
    assert.equal((await call('GET', at(ada.user_id, '/personal-data'), { as: reader })).status, 403)
    assert.equal((await call('POST', at(ada.user_id, '/erasure'), { as: reader, body: {} })).status, 403)
    assert.equal((await call('GET', at(ada.user_id, ''))).status, 200)
  })
})
