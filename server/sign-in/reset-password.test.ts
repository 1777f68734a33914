import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startTestServer } from '../../test/harness.ts'
import { ApiError } from '../http/errors.ts'
import { verifyPassword } from '../passwords/hash.ts'
import { accounts, NEW_PASSWORD, PASSWORD, REQUEST } from './accounts.testing.ts'
import { authenticate } from './authenticate.ts'
import { openResetLink, resetPassword } from './reset-password.ts'

describe('a password link', async () => {
  const test = await startTestServer()
  const { db, server } = test
  const { connection, person, linkFor, session, refreshToken, sessionsOf, passwordOf, rowOf, generationOf, eventsOf } =
    await accounts(test)
  const use = async (token: unknown, password: string) =>
    await resetPassword(server, await openResetLink(db, token), password, REQUEST)
  const isDead = (error: unknown) => error instanceof ApiError && error.code === 'invalid_ticket'

  it('sets the password and ends every session and token of the person, and of nobody else', async () => {
    const [ann, ben] = [await person(), await person()]
    for (const user of [ann, ben]) {
      await session(user, `session of ${user.user_id}`)
      await refreshToken(user)
    }
    const before = await generationOf(ann)
    assert.equal(await use(await linkFor(ann, 'password_change'), NEW_PASSWORD), null)
    assert.equal(await verifyPassword((await passwordOf(ann)).hash, NEW_PASSWORD), true)
    assert.equal(await generationOf(ann), before + 1)
    assert.deepEqual(await sessionsOf(ann), [])
    assert.equal((await sessionsOf(ben)).length, 1)
    const left = await db.selectFrom('oidc_artifacts').select('user_id').execute()
    assert.deepEqual(left, [{ user_id: ben.user_id }])
    assert.ok((await rowOf(ann)).last_password_reset)
  })

  it('used by fifty at once sets one password', async () => {
    const user = await person()
    const token = await linkFor(user, 'password_change')
    const link = await openResetLink(db, token)
    const passwords = Array.from({ length: 50 }, (_, number) => `ferry number ${number} at dawn`)
    const results = await Promise.allSettled(
      passwords.map((password) => resetPassword(server, { ...link }, password, REQUEST)),
    )
    const winners = results.flatMap((result, number) => (result.status === 'fulfilled' ? [number] : []))
    assert.equal(winners.length, 1)
    for (const result of results) assert.ok(result.status === 'fulfilled' || isDead(result.reason))
    assert.equal(await verifyPassword((await passwordOf(user)).hash, passwords[winners[0] ?? 0] ?? ''), true)
    assert.equal((await eventsOf('scp')).filter((event) => event.user_id === user.user_id).length, 1)
  })

  it('of another purpose, used before, or replaced by a newer one is refused', async () => {
    const user = await person()
    await assert.rejects(use(await linkFor(user, 'email_verification'), NEW_PASSWORD), isDead)
    const first = await linkFor(user, 'password_change')
    const second = await linkFor(user, 'password_change')
    await assert.rejects(use(first, NEW_PASSWORD), isDead)
    assert.equal(await use(second, NEW_PASSWORD), null)
    await assert.rejects(use(second, 'another ferry at noon'), isDead)
    assert.equal(await verifyPassword((await passwordOf(user)).hash, NEW_PASSWORD), true)
  })

  it('verifies the address it was sent to', async () => {
    const user = await person()
    await use(await linkFor(user, 'password_change'), NEW_PASSWORD)
    assert.equal((await rowOf(user)).email_verified, true)
  })

  it('lifts the block that wrong passwords have put on the account', async () => {
    const user = await person()
    const attempt = { connections: [connection], identifier: user.email ?? '', clientId: undefined, request: REQUEST }
    for (let tries = 0; tries < 10; tries += 1) await authenticate(server, { ...attempt, password: `guess ${tries}` })
    assert.equal((await authenticate(server, { ...attempt, password: PASSWORD })).kind, 'blocked')
    await use(await linkFor(user, 'password_change'), NEW_PASSWORD)
    assert.equal((await authenticate(server, { ...attempt, password: NEW_PASSWORD })).kind, 'passed')
  })

  it('is still good after a password that was not taken', async () => {
    const user = await person()
    const token = await linkFor(user, 'password_change')
    assert.equal((await use(token, 'short'))?.name, 'PasswordStrengthError')
    assert.equal((await use(token, 'password1'))?.name, 'PasswordDictionaryError')
    assert.equal(await verifyPassword((await passwordOf(user)).hash, PASSWORD), true)
    assert.equal(await use(token, NEW_PASSWORD), null)
  })
})
