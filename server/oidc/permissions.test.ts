import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import type { JsonObject } from '../db/tables.ts'
import { addApi } from './oidc.testing.ts'
import { ask, PASSWORD, SPA, signIn, startSignInServer, WEB, WEB_SECRET } from './sign-in.testing.ts'

const API = 'https://fleet.example.com'
const SCOPES = ['read:fleet', 'move:fleet', 'sell:fleet']

describe('role based access control', async () => {
  const test = await startSignInServer()
  const { call, newUser, visitor, exchange, token } = test
  await addApi(test, { identifier: API, scopes: SCOPES })
  const { body: role } = await call('POST', '/api/v2/roles', { body: { name: 'Fleet' } })
  const permissions = (...names: string[]) => ({
    permissions: names.map((permission_name) => ({ resource_server_identifier: API, permission_name })),
  })
  await call('POST', `/api/v2/roles/${role.id}/permissions`, { body: permissions('read:fleet', 'move:fleet') })
  const userAt = (id: string, path: string) => `/api/v2/users/${encodeURIComponent(id)}/${path}`
  const setApi = async (settings: JsonObject) =>
    await call('PATCH', `/api/v2/resource-servers/${encodeURIComponent(API)}`, {
      body: { allow_offline_access: true, ...settings },
    })

  async function tokensOf(email: string | undefined, scope = `openid offline_access ${SCOPES.join(' ')}`) {
    const asked = ask({ audience: API, scope })
    const { status, body } = await exchange(asked, await signIn(visitor(), asked, email))
    assert.equal(status, 200, JSON.stringify(body))
    return body
  }
  const refresh = async (refresh_token: string) =>
    (await token({ grant_type: 'refresh_token', client_id: SPA, refresh_token })).body
  const said = (accessToken: string) => {
    const { scope, permissions: held, client_id } = decodeJwt<JsonObject>(accessToken)
    return { scope, permissions: held, client_id, typ: decodeProtectedHeader(accessToken).typ }
  }

  it('is off unless the API enforces it: every scope is given, and no permissions are told', async () => {
    await setApi({ enforce_policies: false, token_dialect: 'access_token_authz' })
    const ada = await newUser()
    const { access_token } = await tokensOf(ada.email)
    assert.deepEqual(said(access_token), {
      scope: `openid offline_access ${SCOPES.join(' ')}`,
      permissions: undefined,
      client_id: undefined,
      typ: 'JWT',
    })
  })

  it('cuts the scopes to what the person holds, by role or directly, in each dialect', async () => {
    const ada = await newUser()
    await call('POST', userAt(ada.user_id, 'permissions'), { body: permissions('sell:fleet') })
    await call('POST', `/api/v2/roles/${role.id}/users`, { body: { users: [ada.user_id] } })
    await call('DELETE', `/api/v2/roles/${role.id}/permissions`, { body: permissions('move:fleet') })
    const held = ['read:fleet', 'sell:fleet']
    const scope = 'openid offline_access read:fleet sell:fleet'
    for (const [token_dialect, more] of Object.entries({
      access_token: { permissions: undefined, client_id: undefined, typ: 'JWT' },
      access_token_authz: { permissions: held, client_id: undefined, typ: 'JWT' },
      rfc9068_profile: { permissions: undefined, client_id: SPA, typ: 'at+jwt' },
      rfc9068_profile_authz: { permissions: held, client_id: SPA, typ: 'at+jwt' },
    })) {
      await setApi({ enforce_policies: true, token_dialect })
      assert.deepEqual(said((await tokensOf(ada.email)).access_token), { scope, ...more }, token_dialect)
    }
    await call('POST', `/api/v2/roles/${role.id}/permissions`, { body: permissions('move:fleet') })
  })

  it('gives somebody without a role nothing but the scopes of OpenID Connect', async () => {
    await setApi({ enforce_policies: true, token_dialect: 'access_token_authz' })
    const { access_token } = await tokensOf((await newUser()).email)
    assert.deepEqual(said(access_token), {
      scope: 'openid offline_access',
      permissions: [],
      client_id: undefined,
      typ: 'JWT',
    })
  })

  it('acts at the next refresh when a role, its permissions or the API change, and never gives what was not asked', async () => {
    await setApi({ enforce_policies: true, token_dialect: 'access_token_authz' })
    const ada = await newUser()
    await call('POST', `/api/v2/roles/${role.id}/users`, { body: { users: [ada.user_id] } })
    const first = await tokensOf(ada.email, 'openid offline_access read:fleet move:fleet')
    assert.deepEqual(said(first.access_token).permissions, ['move:fleet', 'read:fleet'])

    await call('DELETE', userAt(ada.user_id, 'roles'), { body: { roles: [role.id] } })
    const second = await refresh(first.refresh_token)
    assert.deepEqual(said(second.access_token), {
      scope: 'openid offline_access',
      permissions: [],
      client_id: undefined,
      typ: 'JWT',
    })

    await call('POST', userAt(ada.user_id, 'permissions'), { body: permissions('read:fleet', 'sell:fleet') })
    const third = await refresh(second.refresh_token)
    assert.equal(said(third.access_token).scope, 'openid offline_access read:fleet')
    assert.deepEqual(said(third.access_token).permissions, ['read:fleet', 'sell:fleet'])

    await call('PATCH', `/api/v2/resource-servers/${encodeURIComponent(API)}`, {
      body: { scopes: [{ value: 'move:fleet' }] },
    })
    const fourth = await refresh(third.refresh_token)
    assert.deepEqual(said(fourth.access_token).permissions, [])
    await call('PATCH', `/api/v2/resource-servers/${encodeURIComponent(API)}`, {
      body: { scopes: SCOPES.map((value) => ({ value })) },
    })
    assert.deepEqual(said((await refresh(fourth.refresh_token)).access_token).permissions, [])
  })

  it('holds for the password grant as well', async () => {
    await setApi({ enforce_policies: true, token_dialect: 'access_token_authz' })
    const ada = await newUser()
    await call('POST', userAt(ada.user_id, 'permissions'), { body: permissions('read:fleet') })
    const { body } = await token({
      grant_type: 'http://auth0.com/oauth/grant-type/password-realm',
      realm: 'Username-Password-Authentication',
      client_id: WEB,
      client_secret: WEB_SECRET,
      username: ada.email ?? '',
      password: PASSWORD,
      audience: API,
    })
    assert.deepEqual(said(body.access_token).permissions, ['read:fleet'])
    assert.equal(said(body.access_token).scope, 'read:fleet')
  })

  it('has its default lifetime where an API says 0, by whatever grant', async () => {
    await setApi({ token_lifetime: 0, token_lifetime_for_web: 0 })
    const ada = await newUser()
    const { status, body } = await token({
      grant_type: 'http://auth0.com/oauth/grant-type/password-realm',
      realm: 'Username-Password-Authentication',
      client_id: WEB,
      client_secret: WEB_SECRET,
      username: ada.email ?? '',
      password: PASSWORD,
      audience: API,
    })
    assert.deepEqual([status, body.expires_in], [200, 86_400])
    assert.equal((await tokensOf(ada.email)).expires_in, 86_400)
  })
})
