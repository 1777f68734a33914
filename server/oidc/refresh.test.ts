import assert from 'node:assert/strict'
import { afterEach, describe, it, mock } from 'node:test'
import { decodeJwt } from 'jose'
import { AUDIENCE } from './oidc.testing.ts'
import { ask, SPA, signIn, startSignInServer, WEB, WEB_SECRET } from './sign-in.testing.ts'

const INVALID = { error: 'invalid_grant', error_description: 'Unknown or invalid refresh token.' }

describe('refresh tokens', async () => {
  const test = await startSignInServer()
  const { newUser, visitor, exchange, token, db, call } = test
  const ada = await newUser()

  afterEach(() => mock.timers.reset())

  async function firstTokens(change: Record<string, string> = {}) {
    const asked = ask({ audience: AUDIENCE, scope: 'openid profile offline_access read:robots move:robots', ...change })
    const secret = asked.clientId === WEB ? { client_secret: WEB_SECRET } : {}
    const { status, body } = await exchange(asked, await signIn(visitor(), asked, ada.email), secret)
    assert.equal(status, 200, JSON.stringify(body))
    return body
  }
  const refresh = (refresh_token: string, more: Record<string, string> = {}) =>
    token({ grant_type: 'refresh_token', client_id: SPA, refresh_token, ...more })
  const setRefresh = async (change: object) => {
    const row = await db.selectFrom('clients').select('settings').where('client_id', '=', SPA).executeTakeFirstOrThrow()
    const settings = JSON.stringify({
      ...row.settings,
      refresh_token: { ...(row.settings.refresh_token as object), ...change },
    })
    await db.updateTable('clients').set({ settings }).where('client_id', '=', SPA).execute()
  }

  it('come with offline_access alone, where application and API allow it', async () => {
    const body = await firstTokens()
    assert.match(body.scope, /\boffline_access\b/)
    assert.ok(body.refresh_token)
    assert.equal((await firstTokens({ scope: 'openid read:robots' })).refresh_token, undefined)
    await db.updateTable('resource_servers').set({ settings: '{}' }).where('identifier', '=', AUDIENCE).execute()
    const without = await firstTokens()
    assert.equal(without.refresh_token, undefined)
    assert.doesNotMatch(without.scope, /offline/)
    await db
      .updateTable('resource_servers')
      .set({ settings: JSON.stringify({ allow_offline_access: true }) })
      .where('identifier', '=', AUDIENCE)
      .execute()
  })

  it('rotate: each use gives a new one, and using an old one ends the whole family', async () => {
    const first = await firstTokens()
    const second = await refresh(first.refresh_token)
    assert.equal(second.status, 200)
    assert.notEqual(second.body.refresh_token, first.refresh_token)
    assert.equal(decodeJwt(second.body.id_token).sub, ada.user_id)
    assert.equal(decodeJwt(second.body.access_token).scope, first.scope)
    assert.deepEqual((await refresh(first.refresh_token)).body, INVALID)
    assert.deepEqual((await refresh(second.body.refresh_token)).body, INVALID)
    const events = await db.selectFrom('events').select('type').where('user_id', '=', ada.user_id).execute()
    assert.ok(events.some(({ type }) => type === 'ferrt'))
  })

  it('have one winner among twenty racers', async () => {
    const { refresh_token } = await firstTokens()
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(refresh_token)))
    assert.equal(answers.filter(({ status }) => status === 200).length, 1)
    for (const { status, body } of answers.filter((answer) => answer.status !== 200)) {
      assert.equal(status, 403)
      assert.deepEqual(body, INVALID)
    }
  })

  it('count a moment longer where the application has a leeway, and no longer than that', async () => {
    await setRefresh({ leeway: 10 })
    const { refresh_token } = await firstTokens()
    assert.equal((await refresh(refresh_token)).status, 200)
    assert.equal((await refresh(refresh_token)).status, 200)
    mock.timers.enable({ apis: ['Date'], now: Date.now() + 11_000 })
    assert.deepEqual((await refresh(refresh_token)).body, INVALID)
    mock.timers.reset()
    await setRefresh({ leeway: 0 })
  })

  it('end after their idle and their absolute lifetime; rotation does not extend the latter', async () => {
    await setRefresh({ token_lifetime: 3_000, idle_token_lifetime: 1_000 })
    const first = await firstTokens()
    const began = Date.now()
    mock.timers.enable({ apis: ['Date'], now: began + 900_000 })
    const second = await refresh(first.refresh_token)
    assert.equal(second.status, 200)
    mock.timers.setTime(began + 1_950_000)
    assert.equal((await refresh(second.body.refresh_token)).status, 403)
    mock.timers.reset()

    const other = await firstTokens()
    let current = other.refresh_token
    const start = Date.now()
    mock.timers.enable({ apis: ['Date'], now: start })
    for (const seconds of [900, 1_800, 2_700]) {
      mock.timers.setTime(start + seconds * 1000)
      const next = await refresh(current)
      assert.equal(next.status, 200, String(seconds))
      current = next.body.refresh_token
    }
    mock.timers.setTime(start + 3_010_000)
    assert.equal((await refresh(current)).status, 403)
    mock.timers.reset()
    await setRefresh({ token_lifetime: 2_592_000, idle_token_lifetime: 1_296_000 })
  })

  it('stay the same and live on with each use where they do not rotate', async () => {
    await setRefresh({ rotation_type: 'non-rotating', token_lifetime: 10_000, idle_token_lifetime: 1_000 })
    const { refresh_token } = await firstTokens()
    const start = Date.now()
    mock.timers.enable({ apis: ['Date'], now: start })
    for (const seconds of [900, 1_800, 2_700]) {
      mock.timers.setTime(start + seconds * 1000)
      const { status, body } = await refresh(refresh_token)
      assert.equal(status, 200, String(seconds))
      assert.equal(body.refresh_token, undefined)
    }
    mock.timers.setTime(start + 3_800_000)
    assert.equal((await refresh(refresh_token)).status, 403)
    mock.timers.reset()
    await setRefresh({ rotation_type: 'rotating', token_lifetime: 2_592_000, idle_token_lifetime: 1_296_000 })
  })

  it('give less when less is asked for, and never more', async () => {
    const { refresh_token } = await firstTokens({ scope: 'openid offline_access read:robots' })
    const less = await refresh(refresh_token, { scope: 'openid read:robots' })
    assert.equal(less.status, 200)
    assert.equal(less.body.scope, 'openid read:robots')
    const more = await refresh(less.body.refresh_token, { scope: 'openid move:robots' })
    assert.equal(more.status, 400)
    assert.equal(more.body.error, 'invalid_scope')
  })

  it('are the application’s alone, and end with /oauth/revoke, which says the same of any token', async () => {
    const { refresh_token } = await firstTokens()
    assert.equal((await refresh(refresh_token, { client_id: WEB, client_secret: WEB_SECRET })).status, 403)
    const revoke = (body: Record<string, string>) => call('POST', '/oauth/revoke', { as: null, body })
    const other = await revoke({ client_id: WEB, client_secret: WEB_SECRET, token: refresh_token })
    assert.deepEqual([other.status, other.text], [200, ''])
    assert.equal((await revoke({ client_id: WEB, token: refresh_token })).status, 401)
    assert.equal((await revoke({ client_id: SPA })).status, 400)
    const next = await refresh(refresh_token)
    assert.equal(next.status, 200)
    const ended = await revoke({ client_id: SPA, token: next.body.refresh_token })
    assert.deepEqual([ended.status, ended.text], [200, ''])
    assert.deepEqual((await revoke({ client_id: SPA, token: 'unknown' })).text, '')
    assert.deepEqual((await refresh(next.body.refresh_token)).body, INVALID)
  })

  it('are kept as hashes', async () => {
    const body = await firstTokens()
    const { rows } = await test.server.database.pool.query('select t::text as text from oidc_artifacts t')
    assert.ok(rows.length > 0)
    assert.ok(rows.every(({ text }) => !text.includes(body.refresh_token)))
  })
})
