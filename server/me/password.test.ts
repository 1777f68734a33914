import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { PASSWORD, startSignInServer } from '../oidc/sign-in.testing.ts'
import type { User } from '../users/user.ts'
import { signInToAccount } from './me.testing.ts'

const test = await startSignInServer()
const NEW_PASSWORD = 'seven herons over Marstrand'

describe('a person’s password', () => {
  it('tells him its rules', async () => {
    const { call } = await signInToAccount(test, await test.newUser())
    const { status, body } = await call('GET', '/password')
    assert.equal(status, 200)
    assert.equal(body.has_password, true)
    assert.equal(body.connection, test.connection.name)
    const [length] = body.rules
    assert.deepEqual(length, {
      code: 'lengthAtLeast',
      message: 'At least 8 characters in length',
      format: [8],
    })
    const codes = body.rules.map((rule: { code: string }) => rule.code)
    assert.ok(codes.includes('common') && codes.includes('personal'))
  })

  it('is changed with the present one: this session stays, every other and every old token ends', async () => {
    const ada = await test.newUser()
    const [mine, other] = [await signInToAccount(test, ada), await signInToAccount(test, ada)]
    const change = { current_password: PASSWORD, new_password: NEW_PASSWORD }
    const answer = await mine.call('PUT', '/password', change)
    assert.equal(answer.status, 204)
    assert.equal(answer.text, '')
    assert.equal((await other.call('GET', '/profile')).status, 401)
    await assert.rejects(other.renew(), /login_required/)
    assert.equal((await mine.call('GET', '/profile')).status, 401)
    const renewed = await mine.renew()
    const { status, body } = await mine.call('GET', '/sessions', undefined, { as: renewed })
    assert.equal(status, 200)
    assert.deepEqual(
      body.sessions.map((session: { current: boolean }) => session.current),
      [true],
    )
    await signInToAccount(test, ada, { password: NEW_PASSWORD })
    const events = await test.db
      .selectFrom('events')
      .select(['type', 'actor_id', 'details', 'person'])
      .where('user_id', '=', ada.user_id)
      .where('type', '=', 'scp')
      .execute()
    assert.equal(events.length, 1)
    assert.equal(events[0]?.actor_id, ada.user_id)
    assert.doesNotMatch(JSON.stringify(events) + test.logged(), new RegExp(`${PASSWORD}|${NEW_PASSWORD}`))
  })

  it('of a linked account is changed by whoever gives it as the present one, and the other one stays', async () => {
    const [ada, bob] = [await test.newUser(), await test.newUser()]
    const bobsPassword = 'a lighthouse made of paper'
    const userAt = ({ user_id }: User, path = '') => `/api/v2/users/${encodeURIComponent(user_id)}${path}`
    await test.call('PATCH', userAt(bob), { body: { password: bobsPassword } })
    const body = { provider: 'auth0', user_id: bob.user_id.replace('auth0|', '') }
    assert.equal((await test.call('POST', userAt(ada, '/identities'), { body })).status, 201)
    const { call } = await signInToAccount(test, bob, { password: bobsPassword })
    const told = (await call('GET', '/password')).body
    assert.deepEqual(
      told.passwords.map(({ connection }: { connection: string }) => connection),
      [test.connection.name, test.connection.name],
    )
    const change = { current_password: bobsPassword, new_password: NEW_PASSWORD }
    const wrong = { ...change, current_password: 'neither of the two of them' }
    assert.equal((await call('PUT', '/password', wrong)).status, 403)
    assert.equal((await call('PUT', '/password', change)).status, 204)
    await signInToAccount(test, bob, { password: NEW_PASSWORD })
    await assert.rejects(signInToAccount(test, bob, { password: bobsPassword }))
    const other = await signInToAccount(test, ada)
    const again = { current_password: PASSWORD, new_password: 'a third one for the first account' }
    assert.equal((await other.call('PUT', '/password', again)).status, 204)
    await signInToAccount(test, ada, { password: again.new_password })
    await signInToAccount(test, bob, { password: NEW_PASSWORD })
  })

  it('stays when the present one is wrong, and guessing it here closes the account to the guesser', async () => {
    const ada = await test.newUser()
    const { call } = await signInToAccount(test, ada)
    const guess = { current_password: 'not the password at all', new_password: NEW_PASSWORD }
    const { status, body } = await call('PUT', '/password', guess)
    assert.equal(status, 403)
    assert.equal(body.type, `${test.server.config.publicUrl}/docs/errors#wrong_password`)
    let last = status
    for (let tries = 0; tries < 10 && last === 403; tries += 1) last = (await call('PUT', '/password', guess)).status
    assert.equal(last, 429)
    const right = await call('PUT', '/password', { current_password: PASSWORD, new_password: NEW_PASSWORD })
    assert.equal(right.status, 429)
    assert.equal(right.body.type, `${test.server.config.publicUrl}/docs/errors#too_many_attempts`)
    assert.equal((await call('GET', '/profile')).status, 200)
  })

  it('stays when the new one is not good enough, and says why', async () => {
    const ada = await test.newUser()
    const { call } = await signInToAccount(test, ada)
    const change = (new_password: string) => call('PUT', '/password', { current_password: PASSWORD, new_password })
    const common = await change('password1')
    assert.equal(common.status, 400)
    assert.equal(common.body.type, `${test.server.config.publicUrl}/docs/errors#password_refused`)
    assert.equal(common.body.refusal, 'PasswordDictionaryError')
    const short = await change('kurz')
    assert.equal(short.body.refusal, 'PasswordStrengthError')
    assert.equal(short.body.rules[0].verified, false)
    assert.equal((await call('GET', '/profile')).status, 200)
    await signInToAccount(test, ada)
  })

  it('is not changed by a body that says more or less than the two', async () => {
    const { call } = await signInToAccount(test, await test.newUser())
    for (const body of [
      { new_password: NEW_PASSWORD },
      { current_password: null, new_password: NEW_PASSWORD },
      { current_password: PASSWORD, new_password: NEW_PASSWORD, user_id: 'auth0|somebody' },
    ]) {
      const answer = await call('PUT', '/password', body)
      assert.equal(answer.status, 400)
      assert.equal(answer.body.validation_errors.length, 1)
    }
  })
})
