import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { AUDIENCE } from '../oidc/oidc.testing.ts'
import { ask, SPA, signIn, startSignInServer, THIRD, WEB, WEB_SECRET } from '../oidc/sign-in.testing.ts'
import type { User } from '../users/user.ts'

const GONE = { statusCode: 404, error: 'Not Found', message: 'The refresh token does not exist.' }

describe('refresh tokens in the Management API', async () => {
  const test = await startSignInServer()
  const { call, newUser, visitor, exchange, token, db } = test
  const userAt = (id: string, path: string) => `/api/v2/users/${encodeURIComponent(id)}/${path}`
  const tokensOf = async ({ user_id }: User) => (await call('GET', userAt(user_id, 'refresh-tokens'))).body.tokens

  async function signedIn(user: User, clientId = SPA) {
    const asked = ask({ audience: AUDIENCE, scope: 'openid offline_access read:robots', client_id: clientId })
    const secret = clientId === WEB ? { client_secret: WEB_SECRET } : {}
    const { body } = await exchange(asked, await signIn(visitor(), asked, user.email), secret)
    let current = body.refresh_token
    return async () => {
      const answer = await token({
        grant_type: 'refresh_token',
        client_id: clientId,
        refresh_token: current,
        ...secret,
      })
      current = answer.body.refresh_token ?? current
      return answer.status === 200
    }
  }

  it('are one each, however often they were rotated, and say where they come from', async () => {
    const ada = await newUser()
    const refreshes = await signedIn(ada)
    const [before] = await tokensOf(ada)
    assert.match(before.id, /^rt_[A-Za-z0-9]{20}$/)
    assert.equal(before.last_exchanged_at, null)
    assert.deepEqual(before.resource_servers, [{ audience: AUDIENCE, scopes: 'openid offline_access read:robots' }])
    assert.ok(await refreshes())
    assert.ok(await refreshes())
    const [after, ...others] = await tokensOf(ada)
    assert.deepEqual(others, [])
    assert.deepEqual([after.id, after.created_at, after.user_id], [before.id, before.created_at, ada.user_id])
    assert.ok(after.last_exchanged_at)
    assert.deepEqual([after.client_id, after.rotating], [SPA, true])
    const { body } = await call('GET', userAt(ada.user_id, 'sessions'))
    assert.equal(after.session_id, body.sessions[0].id)
    assert.ok(Date.parse(after.idle_expires_at) < Date.parse(after.expires_at))
    assert.deepEqual((await call('GET', `/api/v2/refresh-tokens/${after.id}`)).body, after)
    const list = await call(
      'GET',
      `/api/v2/refresh-tokens?user_id=${encodeURIComponent(ada.user_id)}&fields=id,client_id`,
    )
    assert.deepEqual(list.body, { refresh_tokens: [{ id: after.id, client_id: SPA }] })
    assert.equal((await call('GET', '/api/v2/refresh-tokens')).status, 400)
  })

  it('keep their metadata through a rotation', async () => {
    const ada = await newUser()
    const refreshes = await signedIn(ada)
    const [{ id }] = await tokensOf(ada)
    const path = `/api/v2/refresh-tokens/${id}`
    const set = await call('PATCH', path, { body: { refresh_token_metadata: { device: 'tractor' } } })
    assert.deepEqual([set.status, set.body.refresh_token_metadata], [200, { device: 'tractor' }])
    assert.ok(await refreshes())
    assert.deepEqual((await call('GET', path)).body.refresh_token_metadata, { device: 'tractor' })
    assert.equal((await call('PATCH', path, { body: { refresh_token_metadata: { n: 1 } } })).status, 400)
    assert.equal(
      (await call('PATCH', path, { body: { refresh_token_metadata: null } })).body.refresh_token_metadata,
      null,
    )
  })

  it('tell the log what was there before a change, though another one was under way', async () => {
    const ada = await newUser()
    await signedIn(ada)
    const [{ id }] = await tokensOf(ada)
    const path = `/api/v2/refresh-tokens/${id}`
    const changes = ['one', 'two', 'three'].map((device) => ({ refresh_token_metadata: { device } }))
    await Promise.all(changes.map((body) => call('PATCH', path, { body })))
    const events = await db.selectFrom('events').select('person').where('target_id', '=', id).execute()
    // What was there before each is what another one left, or nothing.
    const told = events.map(({ person }) => JSON.stringify((person as { before: object }).before))
    assert.equal(told.length, 3)
    assert.equal(new Set(told).size, 3, told.join('\n'))
  })

  it('are deleted by id, also the one that was just exchanged, and are unknown then', async () => {
    const ada = await newUser()
    const [first, second] = [await signedIn(ada), await signedIn(ada)]
    assert.ok(await first())
    const [{ id }] = await tokensOf(ada)
    const gone = await call('DELETE', `/api/v2/refresh-tokens/${id}`)
    assert.deepEqual([gone.status, gone.body], [202, {}])
    assert.deepEqual([await first(), await second()], [false, true])
    assert.deepEqual((await call('GET', `/api/v2/refresh-tokens/${id}`)).body, GONE)
    assert.deepEqual((await call('PATCH', `/api/v2/refresh-tokens/${id}`, { body: {} })).body, GONE)
    assert.equal((await call('DELETE', `/api/v2/refresh-tokens/${id}`)).status, 202)
    const left = await db.selectFrom('refresh_tokens').select('id').where('id', '=', id).execute()
    assert.deepEqual(left, [])
    const all = await call('DELETE', userAt(ada.user_id, 'refresh-tokens'))
    assert.deepEqual([all.status, all.body, await second()], [202, {}, false])
    const kept = await db.selectFrom('oidc_artifacts').select('kind').where('user_id', '=', ada.user_id).execute()
    assert.ok(!kept.some(({ kind }) => kind === 'Grant' || kind === 'RefreshToken'), 'the grants went with them')
  })

  it('are revoked by ids, or by user, application and API together', async () => {
    const [ada, ben] = [await newUser(), await newUser()]
    const [adaSpa, adaWeb, benSpa] = [await signedIn(ada), await signedIn(ada, WEB), await signedIn(ben)]
    const revoke = async (body: object) => await call('POST', '/api/v2/refresh-tokens/revoke', { body })
    for (const body of [{}, { audience: AUDIENCE }, { ids: [] }, { ids: ['x'], user_id: ada.user_id }]) {
      assert.equal((await revoke(body)).status, 400, JSON.stringify(body))
    }
    assert.equal((await revoke({ user_id: ada.user_id, audience: 'https://other.example' })).status, 202)
    assert.deepEqual([await adaSpa(), await adaWeb(), await benSpa()], [true, true, true])
    const answer = await revoke({ user_id: ada.user_id, client_id: WEB, audience: AUDIENCE })
    assert.deepEqual([answer.status, answer.body], [202, {}])
    assert.deepEqual([await adaSpa(), await adaWeb(), await benSpa()], [true, false, true])
    const [{ id }] = await tokensOf(ben)
    await revoke({ ids: [id, 'rt_unknown'] })
    assert.deepEqual([await adaSpa(), await benSpa()], [true, false])
    await revoke({ client_id: SPA })
    assert.equal(await adaSpa(), false)
  })

  it('end in a race with their exchange, whoever is first', async () => {
    const ada = await newUser()
    const refreshes = await signedIn(ada)
    for (let round = 0; round < 3; round += 1) await refreshes()
    const [, revoked] = await Promise.all([refreshes(), call('DELETE', userAt(ada.user_id, 'refresh-tokens'))])
    assert.equal(revoked.status, 202)
    assert.equal(await refreshes(), false)
    assert.deepEqual(await tokensOf(ada), [])
  })

  it('are gone from every list once their user is blocked', async () => {
    const ada = await newUser()
    await signedIn(ada)
    const [{ id }] = await tokensOf(ada)
    await call('PATCH', userAt(ada.user_id, '').slice(0, -1), { body: { blocked: true } })
    assert.deepEqual(await tokensOf(ada), [])
    assert.equal((await call('GET', `/api/v2/refresh-tokens/${id}`)).status, 404)
  })

  it('are device credentials as well', async () => {
    const ada = await newUser()
    const refreshes = await signedIn(ada)
    const [{ id }] = await tokensOf(ada)
    const path = `/api/v2/device-credentials?user_id=${encodeURIComponent(ada.user_id)}`
    const rotating = await call('GET', `${path}&type=rotating_refresh_token&include_totals=true`)
    assert.deepEqual(
      { ...rotating.body, device_credentials: rotating.body.device_credentials.map((one: { id: string }) => one.id) },
      { start: 0, limit: 50, total: 1, device_credentials: [id] },
    )
    for (const type of ['refresh_token', 'public_key']) {
      assert.deepEqual((await call('GET', `${path}&type=${type}`)).body, [])
    }
    assert.deepEqual((await call('GET', `${path}&fields=id,type`)).body, [{ id, type: 'rotating_refresh_token' }])
    assert.equal((await call('DELETE', `/api/v2/device-credentials/${id}`)).status, 204)
    assert.equal((await call('DELETE', `/api/v2/device-credentials/${id}`)).status, 204)
    assert.equal(await refreshes(), false)
  })
})

describe('grants in the Management API', async () => {
  const test = await startSignInServer()
  const { call, newUser, visitor, exchange, token, server } = test
  const userinfo = `${server.config.issuer}userinfo`

  async function consented(user: User) {
    const browser = visitor()
    const asked = ask({ client_id: THIRD, audience: AUDIENCE, scope: 'openid profile offline_access read:robots' })
    await signIn(browser, asked, user.email)
    const { body } = await exchange(asked, await browser.send({ decision: 'allow' }))
    assert.ok(body.refresh_token, JSON.stringify(body))
    const refresh = { grant_type: 'refresh_token', client_id: THIRD }
    let current = body.refresh_token
    return async () => {
      const answer = await token({ ...refresh, refresh_token: current })
      current = answer.body.refresh_token ?? current
      return answer.status === 200
    }
  }
  const grantsOf = async ({ user_id }: User, more = '') =>
    (await call('GET', `/api/v2/grants?user_id=${encodeURIComponent(user_id)}${more}`)).body

  it('are listed by person, application and audience, and end what came from them', async () => {
    const [ada, ben] = [await newUser(), await newUser()]
    const [adaRefreshes, benRefreshes] = [await consented(ada), await consented(ben)]
    const all = await grantsOf(ada, '&include_totals=true')
    assert.deepEqual([all.total, all.start, all.grants.length], [2, 0, 2])
    const [api] = await grantsOf(ada, `&audience=${encodeURIComponent(AUDIENCE)}&client_id=${THIRD}`)
    assert.deepEqual(Object.keys(api).sort(), ['audience', 'clientID', 'id', 'scope', 'user_id'])
    assert.deepEqual([api.clientID, api.user_id, api.scope], [THIRD, ada.user_id, ['read:robots']])
    const [oidc] = await grantsOf(ada, `&audience=${encodeURIComponent(userinfo)}`)
    assert.equal(oidc.audience, userinfo)
    assert.deepEqual(oidc.scope.toSorted(), ['offline_access', 'openid', 'profile'])
    assert.deepEqual(await grantsOf(ada, `&client_id=${SPA}`), [])

    assert.equal((await call('DELETE', `/api/v2/grants/${api.id}`)).status, 204)
    assert.equal((await call('DELETE', `/api/v2/grants/${api.id}`)).status, 204)
    assert.deepEqual([await adaRefreshes(), await benRefreshes()], [false, true])
    assert.equal((await grantsOf(ada)).length, 1)
    assert.equal((await call('DELETE', '/api/v2/grants')).status, 400)
    assert.equal((await call('DELETE', `/api/v2/grants?user_id=${encodeURIComponent(ben.user_id)}`)).status, 204)
    assert.equal(await benRefreshes(), false)
    assert.deepEqual(await grantsOf(ben), [])
    assert.equal((await grantsOf(ada)).length, 1)
  })
})
