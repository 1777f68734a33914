import assert from 'node:assert/strict'
import { afterEach, describe, it, mock } from 'node:test'
import { startTestServer } from '../../test/harness.ts'
import { transact } from '../db/database.ts'
import { recordEvent } from '../logs/record.ts'
import { accounts, REQUEST } from '../sign-in/accounts.testing.ts'
import { recordSignIn } from '../sign-in/record-sign-in.ts'
import type { User } from '../users/user.ts'
import { closeDailyStats } from './store.ts'

const DAY_MS = 86_400_000

describe('statistics', async () => {
  const test = await startTestServer()
  const { call, db } = test
  const { person } = await accounts(test)
  const start = Date.now()
  const day = (offset: number) => new Date(start + offset * DAY_MS).toISOString().slice(0, 10)
  const turn = (offset: number) => {
    mock.timers.reset()
    mock.timers.enable({ apis: ['Date'], now: start + offset * DAY_MS })
  }
  const signIn = async ({ user_id: userId }: User) =>
    await transact(db, (tx) => recordSignIn(tx, { userId, clientId: undefined, by: 'password', request: REQUEST }))
  const active = async () => (await call('GET', '/api/v2/stats/active-users', { as: await test.tokenFor({}) })).body
  const daily = async (query = '') =>
    (await call('GET', `/api/v2/stats/daily${query}`, { as: await test.tokenFor({}) })).body

  afterEach(() => mock.timers.reset())

  it('count sign-ins, sign-ups and leaked passwords by day, and keep the days when the log forgets them', async () => {
    const ada = await person()
    for (const user of [ada, ada]) await signIn(user)
    const system = { kind: 'system', name: 'test' } as const
    for (const type of ['ss', 'ss', 'pwd_leak', 'fp'] as const) await recordEvent(db, { type, actor: system })
    const [today] = await daily(`?from=${day(0).replaceAll('-', '')}&to=${day(0).replaceAll('-', '')}`)
    assert.deepEqual(
      { ...today, created_at: typeof today.created_at, updated_at: typeof today.updated_at },
      {
        date: `${day(0)}T00:00:00.000Z`,
        logins: 2,
        signups: 3,
        leaked_passwords: 1,
        created_at: 'string',
        updated_at: 'string',
      },
    )
    turn(1)
    const as = await test.tokenFor({})
    await closeDailyStats(db)
    await db.deleteFrom('events').execute()
    await closeDailyStats(db)
    const rows = await daily()
    const [yesterday, now] = rows.slice(-2)
    assert.deepEqual([yesterday.date, yesterday.logins, yesterday.signups], [`${day(0)}T00:00:00.000Z`, 2, 3])
    assert.deepEqual([now.date, now.logins], [`${day(1)}T00:00:00.000Z`, 0])
    for (const query of ['?from=20260231', '?to=yesterday', '?from=00000101']) {
      const answer = await call('GET', `/api/v2/stats/daily${query}`, { as })
      assert.deepEqual([answer.status, answer.body.errorCode], [400, 'invalid_query_string'])
    }
    const first = await call('GET', '/api/v2/stats/daily?to=00010101', { as })
    assert.deepEqual([first.status, first.body], [200, []])
  })

  it('count who signed in within thirty days, each once, and no longer those who are deleted', async () => {
    const [ada, ben, cyd] = [await person(), await person(), await person()]
    const before = await active()
    for (const user of [ada, ada, ben, cyd]) await signIn(user)
    assert.equal(await active(), before + 3)
    turn(20)
    await signIn(ada)
    assert.equal(await active(), before + 3)
    turn(31)
    assert.equal(await active(), 1)
    turn(0)
    await call('DELETE', `/api/v2/users/${encodeURIComponent(ben.user_id)}`)
    assert.equal(await active(), before + 2)
  })
})
