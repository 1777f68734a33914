import assert from 'node:assert/strict'
import { afterEach, describe, it, mock } from 'node:test'
import { CLIENT_ID, startTestServer } from '../../test/harness.ts'
import { hashToken } from '../base/secrets.ts'
import { transact } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import type { Event } from '../logs/record.ts'
import { accounts } from '../sign-in/accounts.testing.ts'
import type { User } from '../users/user.ts'
import { endOtherSessions, endSession } from './end-session.ts'
import { deleteExpiredSessions, isSessionAlive, listSessions } from './store.ts'

const HOUR = 3_600_000

describe('sessions', async () => {
  const test = await startTestServer()
  const { db } = test
  const { person, session, sessionsOf, generationOf, eventsOf } = await accounts(test)
  const event: Event = { type: 'slo', actor: { kind: 'system', name: 'test' } }
  const end = (user: User, id: string) => transact(db, (tx) => endSession(tx, user.user_id, id, event))
  const endOthers = (user: User, kept: string | undefined) =>
    transact(db, (tx) => endOtherSessions(tx, user.user_id, kept, event))
  const isGone = (error: unknown) => error instanceof ApiError && error.code === 'inexistent_session'
  const idsOf = async (user: User) => (await listSessions(db, user.user_id)).map(({ sessionId }) => sessionId)
  const givenOut = async (user: User) =>
    (await db.selectFrom('oidc_artifacts').select('id_hash').where('user_id', '=', user.user_id).execute())
      .map(({ id_hash }) => id_hash)
      .sort()

  async function giveOut(user: User, kind: string, token: string, sessionId: string | null): Promise<void> {
    await db
      .insertInto('oidc_artifacts')
      .values({
        kind,
        id_hash: token,
        payload: '{}',
        user_id: user.user_id,
        user_generation: await generationOf(user),
        client_id: CLIENT_ID,
        session_id: sessionId,
        grant_id: null,
        created_at: new Date(Date.now()),
        expires_at: new Date(Date.now() + HOUR),
        consumed_at: null,
      })
      .execute()
  }

  afterEach(() => mock.timers.reset())

  it('end with what was given out by them, and with nothing else', async () => {
    const [ada, eve] = [await person(), await person()]
    for (const id of ['lost', 'kept']) await session(ada, id)
    await session(eve, 'hers')
    await giveOut(ada, 'RefreshToken', 'a1', 'lost')
    await giveOut(ada, 'AuthorizationCode', 'a2', 'lost')
    await giveOut(ada, 'RefreshToken', 'a3', 'kept')
    await giveOut(ada, 'RefreshToken', 'a4', null)
    await giveOut(eve, 'RefreshToken', 'e1', 'hers')
    await end(ada, 'lost')
    assert.deepEqual(await sessionsOf(ada), ['kept'])
    assert.deepEqual(await givenOut(ada), ['a3', 'a4'])
    assert.deepEqual(await givenOut(eve), ['e1'])
    assert.equal(await isSessionAlive(db, ada.user_id, 'lost'), false)
    assert.equal(await isSessionAlive(db, ada.user_id, 'kept'), true)
    assert.equal(await isSessionAlive(db, ada.user_id, 'hers'), false)
    const [recorded, ...more] = (await eventsOf('slo')).filter(({ user_id }) => user_id === ada.user_id)
    assert.equal(more.length, 0)
    assert.deepEqual([recorded?.target_kind, recorded?.target_id], ['session', 'lost'])
  })

  it('of somebody else are as if they were not there', async () => {
    const [ada, eve] = [await person(), await person()]
    await session(ada, 'of ada')
    await assert.rejects(end(eve, 'of ada'), isGone)
    await endOthers(eve, undefined)
    assert.deepEqual(await sessionsOf(ada), ['of ada'])
    assert.deepEqual(
      (await eventsOf('slo')).filter(({ user_id }) => user_id === eve.user_id),
      [],
    )
  })

  it('end once, however many ask at the same time', async () => {
    const ada = await person()
    await session(ada, 'raced for')
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => end(ada, 'raced for')))
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1)
    assert.equal((await eventsOf('slo')).filter(({ target_id }) => target_id === 'raced for').length, 1)
  })

  it('take along what is exchanged while they end', async () => {
    const ada = await person()
    await session(ada, 'exchanging')
    await giveOut(ada, 'AuthorizationCode', 'code', 'exchanging')
    let ending: Promise<void> | undefined
    await db.transaction().execute(async (tx) => {
      await tx
        .updateTable('oidc_artifacts')
        .set({ consumed_at: new Date(Date.now()) })
        .where('id_hash', '=', 'code')
        .execute()
      ending = end(ada, 'exchanging')
      const { generation, ...row } = { generation: await generationOf(ada), kind: 'RefreshToken', id_hash: 'fresh' }
      await tx
        .insertInto('oidc_artifacts')
        .values({
          ...row,
          payload: '{}',
          user_id: ada.user_id,
          user_generation: generation,
          client_id: CLIENT_ID,
          session_id: 'exchanging',
          grant_id: null,
          created_at: new Date(Date.now()),
          expires_at: new Date(Date.now() + HOUR),
          consumed_at: null,
        })
        .execute()
      await new Promise((resolve) => setTimeout(resolve, 200))
    })
    await ending
    assert.deepEqual(await givenOut(ada), [])
  })

  it('end all but one, or all, also when several of them ask for it at once', async () => {
    const ada = await person()
    for (const id of ['one', 'two', 'three']) await session(ada, id)
    await endOthers(ada, 'two')
    assert.deepEqual(await sessionsOf(ada), ['two'])
    for (const id of ['one', 'three']) await session(ada, id)
    await Promise.all(['one', 'two', 'three'].map((kept) => endOthers(ada, kept)))
    assert.ok((await sessionsOf(ada)).length <= 1)
    await session(ada, 'last')
    await endOthers(ada, undefined)
    assert.deepEqual(await sessionsOf(ada), [])
  })

  it('count while they are in time, are of the present sign-in, and have a user', async () => {
    const ada = await person()
    for (const id of ['alive', 'idle', 'over', 'of before']) await session(ada, id)
    const past = new Date(Date.now() - 1_000)
    await db.updateTable('sessions').set({ idle_expires_at: past }).where('session_id', '=', 'idle').execute()
    await db.updateTable('sessions').set({ expires_at: past }).where('session_id', '=', 'over').execute()
    await db.updateTable('sessions').set({ user_generation: 99 }).where('session_id', '=', 'of before').execute()
    assert.deepEqual(await idsOf(ada), ['alive'])
    for (const id of ['idle', 'over', 'of before']) {
      assert.equal(await isSessionAlive(db, ada.user_id, id), false)
      await assert.rejects(end(ada, id), isGone)
    }
    mock.timers.enable({ apis: ['Date'], now: Date.now() + HOUR + 1_000 })
    assert.deepEqual(await idsOf(ada), [])
  })

  it('name the applications that share them, those that are still there, and nothing of what proves them', async () => {
    const ada = await person()
    await session(ada, 'shared')
    const payload = JSON.stringify({ authorizations: { [CLIENT_ID]: { sid: 'secret sid' }, gone: { sid: 'x' } } })
    await db
      .updateTable('sessions')
      .set({ payload, token_hash: hashToken('cookie'), last_ip: '192.0.2.9' })
      .where('session_id', '=', 'shared')
      .execute()
    const sessions = await listSessions(db, ada.user_id)
    assert.deepEqual(
      sessions.map(({ clients, ip }) => [clients.map(({ client_id }) => client_id), ip]),
      [[[CLIENT_ID], '192.0.2.9']],
    )
    assert.ok(!JSON.stringify(sessions).includes(hashToken('cookie')))
    assert.ok(!JSON.stringify(sessions).includes('secret sid'))
  })

  it('past their time are cleared away, and no other', async () => {
    const ada = await person()
    await deleteExpiredSessions(db)
    for (const id of ['fresh', 'stale']) await session(ada, id)
    const past = new Date(Date.now() - 1_000)
    await db.updateTable('sessions').set({ idle_expires_at: past }).where('session_id', '=', 'stale').execute()
    assert.equal(await deleteExpiredSessions(db), 1)
    assert.deepEqual(await sessionsOf(ada), ['fresh'])
  })
})
