/**
 * The published browser SDK, unmodified, on a page of another origin: signing in, renewing by refresh token and in a
 * frame, and signing out.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { createRequire } from 'node:module'
import { after, before, describe, it } from 'node:test'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { startTestServer } from '../harness.ts'
import { freePorts } from '../start.testing.ts'
import { launchChromium } from './chromium.ts'

const SDK = readFileSync(createRequire(import.meta.url).resolve('@auth0/auth0-spa-js/dist/auth0-spa-js.production.js'))
const CONNECTION = 'Username-Password-Authentication'
const EMAIL = 'mira.lindholm@acme-robotics.example'
const PASSWORD = 'slow ferry past Vinga'
const API = 'https://robots.acme-robotics.example/'

// TABLE: the ways in which an application renews, by the path of its page.
const WAYS: Record<string, object> = {
  '/frame': {},
  '/refresh': { useRefreshTokens: true, cacheLocation: 'localstorage' },
  '/worker': { useRefreshTokens: true },
}

describe('auth0-spa-js', async () => {
  const [{ PORT, TLS_PORT: homePort }, { PORT: strangerPort }] = [await freePorts(), await freePorts()]
  const { app, server, call } = await startTestServer({ PORT })
  const { publicUrl } = server.config
  const [home, stranger] = [`http://localhost:${homePort}`, `http://localhost:${strangerPort}`]
  let clientId = ''
  let organization = ''
  let browser: Browser

  /** The application's page; every message that reaches it is kept. */
  const page: RequestListener = ({ url = '', headers }, answer) => {
    if (url === '/sdk.js') return answer.setHeader('content-type', 'text/javascript').end(SDK)
    const { pathname, origin } = new URL(url, `http://${headers.host}`)
    const authorizationParams = { redirect_uri: origin + pathname, audience: API }
    const settings = {
      domain: publicUrl,
      clientId,
      authorizeTimeoutInSeconds: 5,
      authorizationParams,
      ...WAYS[pathname],
    }
    const script = `const client = new auth0.Auth0Client(${JSON.stringify(settings)}); const messages = []
      addEventListener('message', ({ origin }) => messages.push(origin))`
    answer.setHeader('content-type', 'text/html')
    answer.end(`<!doctype html><title>App</title><h1>App</h1><script src="/sdk.js"></script><script>${script}</script>`)
  }
  const applications = [homePort, strangerPort].map((port) => ({ port: Number(port), listener: createServer(page) }))

  const made = async (method: string, url: string, body: object) => {
    const answer = await call(method, `/api/v2${url}`, { body })
    assert.ok(answer.status < 300, `${method} ${url}: ${answer.text}`)
    return answer.body
  }

  before(async () => {
    await app.listen({ port: Number(PORT), host: '127.0.0.1' })
    for (const { port, listener } of applications) listener.listen(port, '127.0.0.1')
    const client = await made('POST', '/clients', {
      name: 'Robots',
      app_type: 'spa',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      callbacks: [home, stranger].flatMap((origin) => Object.keys(WAYS).map((path) => origin + path)),
      web_origins: [home],
      organization_usage: 'allow',
      allowed_logout_urls: [`${home}/bye`],
      refresh_token: { rotation_type: 'rotating', expiration_type: 'expiring', leeway: 0 },
    })
    clientId = client.client_id
    const { body: connections } = await call('GET', `/api/v2/connections?name=${CONNECTION}`)
    await made('PATCH', `/connections/${connections[0].id}/clients`, [{ client_id: clientId, status: true }])
    await made('POST', '/resource-servers', { name: 'Robots', identifier: API, allow_offline_access: true })
    const user = { connection: CONNECTION, email: EMAIL, password: PASSWORD, email_verified: true }
    const { user_id } = await made('POST', '/users', user)
    const enabled_connections = [{ connection_id: connections[0].id, assign_membership_on_login: false }]
    organization = (await made('POST', '/organizations', { name: 'acme', enabled_connections })).id
    await made('POST', `/organizations/${organization}/members`, { members: [user_id] })
    browser = await launchChromium()
  })
  after(async () => {
    await browser.close()
    for (const { listener } of applications) listener.close()
  })

  // biome-ignore lint/suspicious/noExplicitAny: the SDK's answers are of every shape.
  const ask = async (page: Page, expression: string): Promise<any> => await page.evaluate(expression)
  /** Renews without what is kept; what comes back is the token, or the SDK's error. */
  const renew = (page: Page) =>
    ask(page, `client.getTokenSilently({ cacheMode: 'off' }).then((token) => ({ token }), ({ error }) => ({ error }))`)
  const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())

  /** Signs in by the page of that path, with the password where there is no session yet. */
  async function signedIn(context: BrowserContext, path: string, { isKnown = false } = {}): Promise<Page> {
    const page = await context.newPage()
    await page.goto(home + path)
    const back = page.waitForURL(`${home}${path}?code=*`)
    await ask(page, 'client.loginWithRedirect()')
    if (!isKnown) {
      await page.fill('[name=username]', EMAIL)
      await page.click('main button[type=submit]')
      await page.fill('[name=password]', PASSWORD)
      await page.click('main button[type=submit]')
    }
    await back
    await ask(page, 'client.handleRedirectCallback().then(() => undefined)')
    return page
  }

  it('signs in, renews in a frame while there is a session, and signs out to the registered address', async () => {
    const context = await browser.newContext({ locale: 'en-GB' })
    const page = await signedIn(context, '/frame')
    const { email, sub } = await ask(page, 'client.getUser()')
    assert.equal(email, EMAIL)
    const { token } = await renew(page)
    const { iss, aud, azp, sub: subject } = claimsOf(token)
    assert.deepEqual(
      { iss, aud, azp, subject },
      { iss: `${publicUrl}/`, aud: [API, `${publicUrl}/userinfo`], azp: clientId, subject: sub },
    )
    assert.deepEqual(await ask(page, 'messages'), [publicUrl])

    const away = page.waitForURL(`${home}/bye`)
    await ask(page, `client.logout({ logoutParams: { returnTo: ${JSON.stringify(`${home}/bye`)} } })`)
    await away
    await page.goto(`${home}/frame`)
    assert.equal(await ask(page, 'client.isAuthenticated()'), false)
    assert.deepEqual(await renew(page), { error: 'login_required' })
    await context.close()
  })

  it('answers a silent renewal without anybody signed in with login_required, and no error of HTTP', async () => {
    const context = await browser.newContext()
    const page = await context.newPage()
    const statuses: number[] = []
    page.on('response', (answer) => {
      if (answer.url().startsWith(publicUrl)) statuses.push(answer.status())
    })
    await page.goto(`${home}/frame`)
    assert.deepEqual(await renew(page), { error: 'login_required' })
    assert.deepEqual(statuses, [200])
    await context.close()
  })

  it('renews by refresh token, each of which is good once', async () => {
    const context = await browser.newContext()
    const page = await signedIn(context, '/refresh')
    const kept = async (): Promise<string> =>
      await ask(
        page,
        `JSON.parse(Object.values(localStorage).find((text) => text.includes('refresh_token'))).body.refresh_token`,
      )
    const first = await kept()
    const { token } = await renew(page)
    assert.equal(claimsOf(token).azp, clientId)
    const second = await kept()
    await renew(page)
    assert.equal(new Set([first, second, await kept()]).size, 3)
    assert.deepEqual(await ask(page, 'messages'), [])

    // Another page has nothing but the session; its tokens are in the SDK's own worker.
    const other = await signedIn(context, '/worker', { isKnown: true })
    assert.equal(claimsOf((await renew(other)).token).azp, clientId)
    assert.deepEqual(await ask(other, 'messages'), [])

    const replay = { grant_type: 'refresh_token', client_id: clientId, refresh_token: first }
    const { status, body } = await call('POST', '/oauth/token', { as: null, body: replay })
    assert.deepEqual([status, body.error], [403, 'invalid_grant'])
    await context.close()
  })

  it('signs in to an organization and renews there, and the SDK finds org_id as it asked', async () => {
    const context = await browser.newContext({ locale: 'en-GB' })
    const page = await context.newPage()
    await page.goto(`${home}/frame`)
    const back = page.waitForURL(`${home}/frame?code=*`)
    const authorizationParams = JSON.stringify({ organization })
    await ask(page, `client.loginWithRedirect({ authorizationParams: ${authorizationParams} })`)
    await page.fill('[name=username]', EMAIL)
    await page.click('main button[type=submit]')
    await page.fill('[name=password]', PASSWORD)
    await page.click('main button[type=submit]')
    await back
    await ask(page, 'client.handleRedirectCallback().then(() => undefined)')
    assert.equal((await ask(page, 'client.getIdTokenClaims()')).org_id, organization)
    const renewed = await ask(
      page,
      `client.getTokenSilently({ cacheMode: 'off', authorizationParams: ${authorizationParams} })`,
    )
    assert.equal(claimsOf(renewed).org_id, organization)
    await context.close()
  })

  it('posts nothing to an origin that is not registered, even where somebody is signed in', async () => {
    const context = await browser.newContext()
    await signedIn(context, '/frame')
    const page = await context.newPage()
    await page.goto(`${stranger}/frame`)
    assert.deepEqual(await renew(page), { error: 'timeout' })
    assert.deepEqual(await ask(page, 'messages'), [])
    await context.close()
  })
})
