import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startTestServer } from '../../test/harness.ts'
import { ApiError, type ErrorCode } from '../http/errors.ts'
import { verifyPassword } from '../passwords/hash.ts'
import type { User } from '../users/user.ts'
import { accounts, NEW_PASSWORD, PASSWORD, REQUEST } from './accounts.testing.ts'
import { changePassword } from './change-password.ts'

describe('changing one’s password', async () => {
  const test = await startTestServer()
  const { server, db } = test
  const { person, temporaryPassword, session, refreshToken, sessionsOf, passwordOf, generationOf, eventsOf } =
    await accounts(test)
  const common = { clientId: 'tenantry-account', request: REQUEST }
  const change = ({ user_id: userId }: User, currentPassword: string, newPassword: string, keepSessionId?: string) =>
    changePassword(server, { ...common, userId, currentPassword, newPassword, keepSessionId })
  const force = ({ user_id: userId }: User, newPassword: string, keepSessionId: string) =>
    changePassword(server, { ...common, userId, currentPassword: undefined, newPassword, keepSessionId })
  const fails = (code: ErrorCode) => (error: unknown) => error instanceof ApiError && error.code === code
  const has = async (user: User, password: string) => await verifyPassword((await passwordOf(user)).hash, password)
  const isAlive = async (sessionId: string) => {
    const row = await db
      .selectFrom('sessions')
      .innerJoin('users', 'users.user_id', 'sessions.user_id')
      .select(['user_generation', 'token_generation'])
      .where('session_id', '=', sessionId)
      .executeTakeFirst()
    return row !== undefined && row.user_generation === row.token_generation
  }

  it('keeps the session in which it is done, and ends every other one and all that was given out', async () => {
    const user = await person()
    for (const id of ['here', 'elsewhere', 'far away']) await session(user, id)
    await refreshToken(user)
    const before = await generationOf(user)
    assert.deepEqual(await change(user, PASSWORD, NEW_PASSWORD, 'here'), { kind: 'changed' })
    assert.ok(await has(user, NEW_PASSWORD))
    assert.equal(await generationOf(user), before + 1)
    assert.deepEqual(await sessionsOf(user), ['here'])
    assert.ok(await isAlive('here'))
    assert.deepEqual(
      await db.selectFrom('oidc_artifacts').select('kind').where('user_id', '=', user.user_id).execute(),
      [],
    )
    const [event, ...more] = (await eventsOf('scp')).filter((one) => one.user_id === user.user_id)
    assert.equal(more.length, 0)
    assert.deepEqual([event?.actor_kind, event?.actor_id], ['user', user.user_id])
    assert.ok(!JSON.stringify(event).includes(NEW_PASSWORD) && !JSON.stringify(event).includes(PASSWORD))
  })

  it('keeps no session of somebody else, whatever is named', async () => {
    const [ann, ben] = [await person(), await person()]
    await session(ben, 'of ben')
    const { user_generation } = await db
      .selectFrom('sessions')
      .select('user_generation')
      .where('session_id', '=', 'of ben')
      .executeTakeFirstOrThrow()
    assert.equal((await change(ann, PASSWORD, NEW_PASSWORD, 'of ben')).kind, 'changed')
    const after = await db
      .selectFrom('sessions')
      .selectAll()
      .where('session_id', '=', 'of ben')
      .executeTakeFirstOrThrow()
    assert.deepEqual([after.user_id, after.user_generation], [ben.user_id, user_generation])
  })

  it('changes nothing for a wrong present password, and counts it as a wrong sign-in', async () => {
    const user = await person()
    await session(user, 'stays')
    assert.deepEqual(await change(user, 'not my password', NEW_PASSWORD), { kind: 'wrong-password' })
    assert.ok(await has(user, PASSWORD))
    assert.ok(await isAlive('stays'))
    assert.ok((await eventsOf('fp')).some((event) => event.user_id === user.user_id))
  })

  it('cannot be guessed through: ten wrong ones close this way as well', async () => {
    const user = await person()
    for (let tries = 0; tries < 10; tries += 1) await change(user, `guess ${tries}`, NEW_PASSWORD)
    assert.equal((await change(user, PASSWORD, NEW_PASSWORD)).kind, 'blocked')
    assert.ok(await has(user, PASSWORD))
  })

  it('refuses a password that the connection does not take', async () => {
    const user = await person()
    for (const [password, name] of [
      ['short', 'PasswordStrengthError'],
      ['password1', 'PasswordDictionaryError'],
    ] as const) {
      const result = await change(user, PASSWORD, password)
      assert.ok(result.kind === 'refused')
      assert.equal(result.refusal.name, name)
    }
    assert.ok(await has(user, PASSWORD))
  })

  it('that is temporary needs no present one, must be another, and works once', async () => {
    const user = await person()
    await temporaryPassword(user)
    await session(user, 'signing in')
    const same = await force(user, PASSWORD, 'signing in')
    assert.ok(same.kind === 'refused')
    assert.equal(same.refusal.name, 'PasswordHistoryError')
    const results = await Promise.allSettled(
      ['first ferry of the day', 'second ferry of the day'].map((password) => force(user, password, 'signing in')),
    )
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1)
    assert.equal((await passwordOf(user)).temporary, false)
    assert.ok(await isAlive('signing in'))
    await assert.rejects(force(user, NEW_PASSWORD, 'signing in'), fails('transaction_gone'))
  })

  it('without the present one needs a session of one’s own that has not ended', async () => {
    const [ann, ben] = [await person(), await person()]
    for (const user of [ann, ben]) await temporaryPassword(user)
    await session(ann, 'of ann')
    await assert.rejects(force(ben, NEW_PASSWORD, 'of ann'), fails('transaction_gone'))
    await assert.rejects(force(ben, NEW_PASSWORD, 'nowhere'), fails('transaction_gone'))
    await db.updateTable('users').set({ token_generation: 7 }).where('user_id', '=', ann.user_id).execute()
    await assert.rejects(force(ann, NEW_PASSWORD, 'of ann'), fails('transaction_gone'))
    for (const user of [ann, ben]) assert.ok(await has(user, PASSWORD))
  })

  it('without the present one is for temporary passwords alone', async () => {
    const user = await person()
    await session(user, 'signed in')
    await assert.rejects(force(user, NEW_PASSWORD, 'signed in'), fails('transaction_gone'))
    assert.ok(await has(user, PASSWORD))
  })

  it('is not for a user without a password', async () => {
    const user = await person()
    await db.deleteFrom('passwords').where('user_id', '=', user.user_id).execute()
    await assert.rejects(change(user, PASSWORD, NEW_PASSWORD), fails('operation_not_supported'))
  })
})
