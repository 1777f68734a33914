/** Auth0's `AuthenticationClient` 4: it verifies ID tokens over https, so the server's public address is its own https one. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { clearTestFolder, makeTestFolder } from '../../server/db/embedded-postgres.testing.ts'
import { ask, freePorts, killLaunched, launch, untilReady } from '../start.testing.ts'

const CONNECTION = 'Username-Password-Authentication'
const EMAIL = 'ada@acme-robotics.example'
const SECRET = 'bootstrap-secret-of-more-than-32-characters'

describe('the AuthenticationClient of auth0 4', async () => {
  const folder = makeTestFolder()
  const ports = await freePorts()
  const PUBLIC_URL = `https://localhost:${ports.TLS_PORT}`
  const server = launch(join(folder, 'data'), {
    ...ports,
    PUBLIC_URL,
    DEMO: 'off',
    BOOTSTRAP_CLIENT_ID: 'bootstrap',
    BOOTSTRAP_CLIENT_SECRET: SECRET,
  })
  // biome-ignore lint/suspicious/noExplicitAny: answers of many shapes, each asserted on below.
  let report: Record<string, any> = {}

  after(async () => {
    killLaunched()
    await clearTestFolder(folder, [])
  })

  before(async () => {
    await untilReady(server)
    const ca = join(folder, 'data', 'tls', 'ca.pem')
    const post = async (path: string, body: unknown, token?: string) =>
      await ask(PUBLIC_URL, path, {
        method: 'POST',
        ca,
        body,
        ...(token ? { headers: { authorization: `Bearer ${token}` } } : {}),
      })
    const { body: issued } = await post('/oauth/token', {
      grant_type: 'client_credentials',
      client_id: 'bootstrap',
      client_secret: SECRET,
      audience: `${PUBLIC_URL}/api/v2/`,
    })
    const { body: client } = await post(
      '/api/v2/clients',
      {
        name: 'Regular web application',
        app_type: 'regular_web',
        oidc_conformant: true,
        grant_types: [
          'authorization_code',
          'refresh_token',
          'password',
          'http://auth0.com/oauth/grant-type/password-realm',
        ],
        refresh_token: { rotation_type: 'rotating', expiration_type: 'expiring' },
      },
      issued.access_token,
    )
    const { body: connections } = await ask(PUBLIC_URL, '/api/v2/connections', {
      ca,
      headers: { authorization: `Bearer ${issued.access_token}` },
    })
    await ask(PUBLIC_URL, `/api/v2/connections/${connections[0].id}`, {
      method: 'PATCH',
      ca,
      headers: { authorization: `Bearer ${issued.access_token}` },
      body: { enabled_clients: [client.client_id] },
    })
    const env = {
      AUTH0_DOMAIN: new URL(PUBLIC_URL).host,
      CLIENT_ID: client.client_id,
      CLIENT_SECRET: client.client_secret,
      NODE_EXTRA_CA_CERTS: ca,
      EMAIL,
      PASSWORD: 'slow ferry past Vinga',
      CONNECTION,
    }
    const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'sign-in-4.child.ts')], {
      env,
    })
    report = JSON.parse(stdout)
  })

  it('signs a person up, once', () => {
    const { signUp, signUpAgain, signUpWeak } = report
    assert.match(signUp.id ?? signUp._id, /^[0-9a-f]{24}$/)
    assert.equal(signUp.email, EMAIL)
    assert.equal(signUp.email_verified, false)
    assert.deepEqual([signUpAgain.refused, signUpAgain.error], [400, 'invalid_signup'])
    assert.deepEqual([signUpWeak.refused, signUpWeak.error], [400, 'invalid_password'])
  })

  it('asks for a mail to reset a password, in plain text', () => {
    assert.equal(report.changePassword, "We've just sent you an email to reset your password.")
  })

  it('gets tokens for a password, and its words for a wrong one', () => {
    assert.deepEqual(report.wrongPassword, {
      refused: 403,
      error: 'invalid_grant',
      description: 'Wrong email or password.',
    })
    assert.equal(report.passwordGrant.token_type, 'Bearer')
    assert.ok(report.passwordGrant.id_token)
    assert.equal(report.userInfo.email, EMAIL)
  })

  it('refreshes and revokes', () => {
    assert.ok(report.refresh.access_token)
    assert.equal(report.revoke.status, 200)
    assert.deepEqual([report.refreshRevoked.refused, report.refreshRevoked.error], [403, 'invalid_grant'])
  })
})
