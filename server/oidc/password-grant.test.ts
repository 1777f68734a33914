import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decodeJwt } from 'jose'
import { FIRST_CONNECTION } from '../setup.ts'
import { PASSWORD_REALM } from './client-metadata.ts'
import { AUDIENCE } from './oidc.testing.ts'
import { PASSWORD, SPA, startSignInServer, WEB, WEB_SECRET } from './sign-in.testing.ts'

describe('the password grants', async () => {
  const test = await startSignInServer()
  const { newUser, token, db, call } = test
  const ada = await newUser({ email: 'ada@acme-robotics.example' })
  const ASKED = {
    grant_type: PASSWORD_REALM,
    realm: FIRST_CONNECTION,
    client_id: WEB,
    client_secret: WEB_SECRET,
    username: 'Ada@Acme-Robotics.example',
    password: PASSWORD,
    scope: 'openid email offline_access',
  }

  it('give tokens for a name and a password', async () => {
    const { status, body } = await token({
      ...ASKED,
      audience: AUDIENCE,
      scope: 'openid email read:robots offline_access',
    })
    assert.equal(status, 200, JSON.stringify(body))
    const access = decodeJwt(body.access_token)
    assert.equal(access.sub, ada.user_id)
    assert.equal(access.gty, 'password')
    assert.equal(access.azp, WEB)
    assert.equal(decodeJwt(body.id_token).email, ada.email)
    const refreshed = await token({
      grant_type: 'refresh_token',
      client_id: WEB,
      client_secret: WEB_SECRET,
      refresh_token: body.refresh_token,
    })
    assert.equal(refreshed.status, 200)
    assert.equal((await call('GET', '/userinfo', { as: body.access_token })).body.sub, ada.user_id)
  })

  it('count as sign-ins, which vain ones do not', async () => {
    const seen = async () => {
      const { body } = await call('GET', `/api/v2/users/${encodeURIComponent(ada.user_id)}`)
      return [body.logins_count ?? 0, body.last_ip, body.last_login]
    }
    const [before] = await seen()
    assert.equal((await token(ASKED)).status, 200)
    assert.equal((await token({ ...ASKED, password: 'wrong horse' })).status, 403)
    const [after, ip, at] = await seen()
    assert.deepEqual([after, ip], [before + 1, '127.0.0.1'])
    assert.ok(Math.abs(Date.parse(at) - Date.now()) < 60_000)
  })

  it('take every scope of the API when none is named', async () => {
    const { scope: _, ...asked } = ASKED
    const { body } = await token({ ...asked, audience: AUDIENCE })
    assert.equal(body.scope, 'read:robots move:robots')
    assert.equal(body.id_token, undefined)
  })

  it('need the tenant to name a directory where the request names none', async () => {
    const { realm: _, ...asked } = { ...ASKED, grant_type: 'password' }
    assert.equal((await token(asked)).status, 400)
    await call('PATCH', '/api/v2/tenants/settings', { body: { default_directory: FIRST_CONNECTION } })
    assert.equal((await token(asked)).status, 200)
  })

  it('answer a wrong password and an unknown name alike', async () => {
    const wrong = await token({ ...ASKED, password: 'wrong' })
    const unknown = await token({ ...ASKED, username: 'nobody@acme-robotics.example' })
    assert.equal(wrong.status, 403)
    assert.deepEqual(wrong.body, { error: 'invalid_grant', error_description: 'Wrong email or password.' })
    assert.deepEqual([unknown.status, unknown.text], [wrong.status, wrong.text])
  })

  it('tell of a block only to who knows the password', async () => {
    const victor = await newUser({ blocked: true })
    const username = victor.email ?? ''
    const refused = await token({ ...ASKED, username })
    assert.equal(refused.status, 403)
    assert.deepEqual(refused.body, { error: 'unauthorized', error_description: 'user is blocked' })
    assert.equal((await token({ ...ASKED, username, password: 'wrong' })).body.error, 'invalid_grant')
  })

  it('take the address of the person from an application that is trusted with it', async () => {
    const trust = async (is_token_endpoint_ip_header_trusted: boolean) =>
      await call('PATCH', `/api/v2/clients/${WEB}`, { body: { is_token_endpoint_ip_header_trusted } })
    const addressAfter = async (sent: string) => {
      const user = await newUser()
      const from = { 'auth0-forwarded-for': sent }
      await token({ ...ASKED, username: user.email ?? '' }, { headers: from })
      const [entry] = (await call('GET', `/api/v2/users/${encodeURIComponent(user.user_id)}/logs?q=type:sepft`)).body
      const { last_ip } = (await call('GET', `/api/v2/users/${encodeURIComponent(user.user_id)}`)).body
      assert.equal(entry.ip, last_ip)
      return last_ip
    }
    assert.equal(await addressAfter('203.0.113.7'), '127.0.0.1')
    await trust(true)
    assert.equal(await addressAfter('203.0.113.7'), '203.0.113.7')
    assert.equal(await addressAfter('2001:db8::7'), '2001:db8::7')
    for (const none of ['', 'nowhere', '203.0.113.7, 10.0.0.1', 'fe80::1%eth0']) {
      assert.equal(await addressAfter(none), '127.0.0.1', none)
    }
    // Vain tries count for the person's address, and shut out nobody who is elsewhere.
    const user = await newUser()
    const tryFrom = async (address: string, password: string) =>
      await token({ ...ASKED, username: user.email ?? '', password }, { headers: { 'auth0-forwarded-for': address } })
    for (let n = 0; n < 10; n += 1) await tryFrom('203.0.113.8', 'wrong')
    assert.equal((await tryFrom('203.0.113.8', PASSWORD)).status, 429)
    assert.equal((await tryFrom('198.51.100.8', PASSWORD)).status, 200)
    await trust(false)
  })

  it('are closed to an application without the grant, without its secret, or without the connection', async () => {
    assert.equal((await token({ ...ASKED, client_secret: 'wrong' })).status, 401)
    await db
      .updateTable('clients')
      .set({ grant_types: ['authorization_code'] })
      .where('client_id', '=', SPA)
      .execute()
    const { client_secret: _, ...open } = ASKED
    const refused = await token({ ...open, client_id: SPA })
    assert.deepEqual([refused.status, refused.body.error], [403, 'unauthorized_client'])
    assert.equal((await token({ ...ASKED, realm: 'elsewhere' })).status, 400)
    await db.deleteFrom('connection_clients').where('client_id', '=', WEB).execute()
    assert.equal((await token(ASKED)).status, 400)
  })
})
