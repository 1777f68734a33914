/**
 * Certified and common OpenID Connect clients, unmodified, against a server on plain http of this machine: they read the
 * discovery document themselves, and a person signs in through our pages in between.
 */
import assert from 'node:assert/strict'
import type { Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import express from 'express'
import expressOpenid from 'express-openid-connect'
import * as oauth from 'oauth4webapi'
import * as openid from 'openid-client'
import { AUDIENCE } from '../../server/oidc/oidc.testing.ts'
import { CALLBACK, PASSWORD, SPA, startSignInServer, WEB, WEB_SECRET } from '../../server/oidc/sign-in.testing.ts'
import { freePorts } from '../start.testing.ts'
import type { Visitor } from '../visitor.ts'

const ports = await freePorts()
const test = await startSignInServer({ PORT: String(ports.PORT) })
const { app, server, newUser, visitor } = test
const issuer = new URL(server.config.issuer)
await app.listen({ port: Number(ports.PORT), host: '127.0.0.1' })
const ada = await newUser({ email: 'ada@acme-robotics.example', name: 'Ada Okafor' })

/** Signs in at the address an application sends the browser to, and answers where that leads. */
async function signInAt(person: Visitor, address: URL): Promise<URL> {
  await person.open(address)
  await person.send({ username: ada.email ?? '' })
  return (await person.send({ password: PASSWORD })).url
}

describe('openid-client 6', async () => {
  it('signs in, refreshes, reads the profile, revokes and signs out', async () => {
    const config = await openid.discovery(issuer, WEB, WEB_SECRET, undefined, {
      execute: [openid.allowInsecureRequests],
    })
    const verifier = openid.randomPKCECodeVerifier()
    const state = openid.randomState()
    const nonce = openid.randomNonce()
    const address = openid.buildAuthorizationUrl(config, {
      redirect_uri: CALLBACK,
      scope: 'openid profile email offline_access read:robots',
      audience: AUDIENCE,
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
      max_age: '3600',
    })
    const tokens = await openid.authorizationCodeGrant(config, await signInAt(visitor(), address), {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
      maxAge: 3600,
      idTokenExpected: true,
    })
    assert.equal(tokens.claims()?.sub, ada.user_id)
    const refreshed = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '')
    const profile = await openid.fetchUserInfo(config, refreshed.access_token, ada.user_id)
    assert.equal(profile.name, 'Ada Okafor')
    await openid.tokenRevocation(config, refreshed.refresh_token ?? '')
    await assert.rejects(openid.refreshTokenGrant(config, refreshed.refresh_token ?? ''), { error: 'invalid_grant' })
    const end = openid.buildEndSessionUrl(config, {
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: 'https://app.example.com/bye',
    })
    assert.equal((await visitor().open(end)).url.href, 'https://app.example.com/bye')
  })
})

describe('oauth4webapi', async () => {
  it('signs in as a public client', async () => {
    const insecure = { [oauth.allowInsecureRequests]: true }
    const found = await oauth.discoveryRequest(issuer, insecure)
    const as = await oauth.processDiscoveryResponse(issuer, found)
    const client: oauth.Client = { client_id: SPA }
    const verifier = oauth.generateRandomCodeVerifier()
    const state = oauth.generateRandomState()
    const nonce = oauth.generateRandomNonce()
    const address = new URL(as.authorization_endpoint ?? '')
    address.search = new URLSearchParams({
      client_id: SPA,
      redirect_uri: CALLBACK,
      response_type: 'code',
      scope: 'openid email',
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    }).toString()
    const parameters = oauth.validateAuthResponse(as, client, await signInAt(visitor(), address), state)
    const answer = await oauth.authorizationCodeGrantRequest(
      as,
      client,
      oauth.None(),
      parameters,
      CALLBACK,
      verifier,
      insecure,
    )
    const result = await oauth.processAuthorizationCodeResponse(as, client, answer, {
      expectedNonce: nonce,
      requireIdToken: true,
    })
    await oauth.validateApplicationLevelSignature(as, answer, insecure)
    const claims = oauth.getValidatedIdTokenClaims(result)
    assert.equal(claims?.sub, ada.user_id)
    const info = await oauth.userInfoRequest(as, client, result.access_token, insecure)
    assert.equal((await oauth.processUserInfoResponse(as, client, ada.user_id, info)).email, ada.email)
  })
})

describe('express-openid-connect', async () => {
  let web: HttpServer
  let base = ''

  before(async () => {
    const site = express()
    web = site.listen(0, '127.0.0.1')
    await new Promise((resolve) => web.once('listening', resolve))
    // A server on a port has an address of this form.
    base = `http://localhost:${(web.address() as AddressInfo).port}`
    const row = await test.db
      .selectFrom('clients')
      .select('settings')
      .where('client_id', '=', WEB)
      .executeTakeFirstOrThrow()
    const settings = { ...row.settings, callbacks: [`${base}/callback`, CALLBACK], allowed_logout_urls: [base] }
    await test.db
      .updateTable('clients')
      .set({ settings: JSON.stringify(settings) })
      .where('client_id', '=', WEB)
      .execute()
    site.use(
      expressOpenid.auth({
        authRequired: false,
        issuerBaseURL: server.config.publicUrl,
        baseURL: base,
        clientID: WEB,
        clientSecret: WEB_SECRET,
        secret: 'a secret for the cookies of the application',
        idpLogout: true,
        authorizationParams: { response_type: 'code', scope: 'openid profile email' },
      }),
    )
    site.get('/me', (request, response) => {
      response.json(request.oidc.user ?? null)
    })
  })
  after(() => web.close())

  it('signs in and out', async () => {
    const jar = new Map<string, string>()
    const visit = async (address: string | URL) => {
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
      const answer = await fetch(address, { redirect: 'manual', headers: { cookie } })
      for (const line of answer.headers.getSetCookie()) {
        const [pair = ''] = line.split(';')
        const at = pair.indexOf('=')
        jar.set(pair.slice(0, at), pair.slice(at + 1))
      }
      return answer
    }
    const person = visitor()
    const begun = await visit(`${base}/login`)
    const back = await signInAt(person, new URL(begun.headers.get('location') ?? ''))
    assert.equal(back.origin, base)
    assert.equal((await visit(back)).status, 302)
    const profile = (await (await visit(`${base}/me`)).json()) as { sub: string; name: string; sid: string }
    assert.deepEqual([profile.sub, profile.name, typeof profile.sid], [ada.user_id, 'Ada Okafor', 'string'])
    const left = await visit(`${base}/logout`)
    const gone = await person.open(new URL(left.headers.get('location') ?? ''))
    assert.equal(gone.url.origin, base)
    assert.equal(await (await visit(`${base}/me`)).json(), null)
  })
})
