/** Signing in to organizations with a browser: choosing one, and accepting invitations as whoever one is. */
import assert from 'node:assert/strict'
import { createServer as createHttpServer } from 'node:http'
import { after, before, describe, it } from 'node:test'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright-core'
import { organizations } from '../../server/oidc/organization.testing.ts'
import { ask as askFor, PASSWORD, startSignInServer } from '../../server/oidc/sign-in.testing.ts'
import { join } from '../../server/organizations/organizations.testing.ts'
import { freePorts } from '../start.testing.ts'
import { launchChromium } from './chromium.ts'

describe('organizations with a browser', async () => {
  const { PORT } = await freePorts()
  const test = await startSignInServer({ PORT })
  const { app, db, server, newUser } = test
  const { organization, use, invite, membershipOf } = organizations(test)
  const { publicUrl } = server.config
  // Another origin than ours: what browsers allow a form to lead to is part of what is tested.
  const application = createHttpServer((_request, answer) => answer.end('the application'))
  const home = `http://127.0.0.1:${(await freePorts()).PORT}`
  const redirect_uri = `${home}/callback`
  const ask = (change: Record<string, string | undefined> = {}) => askFor({ redirect_uri, ...change })
  const acme = await organization('acme', { displayName: 'Acme Freight' })
  const globex = await organization('globex', { displayName: 'Globex Käserei' })
  let browser: Browser

  before(async () => {
    await app.listen({ port: Number(PORT), host: '127.0.0.1' })
    application.listen(Number(new URL(home).port), '127.0.0.1')
    await use({ callbacks: [redirect_uri], organization_usage: 'allow' })
    browser = await launchChromium()
  })
  after(async () => {
    await browser.close()
    application.close()
  })

  async function submit(page: Page, fields: Record<string, string> = {}, button = 'main button[type=submit]') {
    for (const [name, value] of Object.entries(fields)) await page.fill(`[name="${name}"]`, value)
    await Promise.all([page.waitForNavigation(), page.click(button)])
  }

  async function check(page: Page, state: string): Promise<void> {
    const { violations } = await new AxeBuilder({ page }).analyze()
    assert.deepEqual(
      violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`),
      [],
      state,
    )
  }

  /** What the application gets for the code that the browser came back with. */
  async function organizationOf(page: Page, asked: ReturnType<typeof ask>): Promise<unknown> {
    await page.waitForURL(`${redirect_uri}?code=*`)
    const code = new URL(page.url()).searchParams.get('code') ?? ''
    const form = { grant_type: 'authorization_code', client_id: asked.clientId, redirect_uri, code }
    const { body } = await test.token({ ...form, code_verifier: asked.verifier })
    return JSON.parse(Buffer.from(String(body.id_token).split('.')[1] ?? '', 'base64url').toString()).org_id
  }

  async function signIn(page: Page, email = '') {
    await submit(page, { username: email })
    await submit(page, { password: PASSWORD })
  }

  it('lets one choose by keyboard and by mouse, and comes back with the one that was chosen', async () => {
    await use({ organization_usage: 'require', organization_require_behavior: 'post_login_prompt' })
    const user = await newUser()
    for (const id of [acme, globex]) await join(db, id, user.user_id)
    const page = await (await browser.newContext({ viewport: { width: 320, height: 640 } })).newPage()
    const asked = ask()
    await page.goto(publicUrl + asked.url)
    await signIn(page, user.email)
    await page.waitForSelector('.choices')
    await check(page, 'choices')
    assert.equal(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true)
    await page.focus(`button[value="${globex}"]`)
    await page.keyboard.press('Enter')
    assert.equal(await organizationOf(page, asked), globex)
    const again = ask()
    await page.goto(publicUrl + again.url)
    await submit(page, {}, `button[value="${acme}"]`)
    assert.equal(await organizationOf(page, again), acme)
    await use({ organization_usage: 'allow', organization_require_behavior: 'no_prompt' })
    await page.context().close()
  })

  it('brings somebody new by an invitation to an account and to the application', async () => {
    const { ticket } = await invite(acme, 'kim@acme.example')
    const page = await (await browser.newContext({ locale: 'de-DE', colorScheme: 'dark' })).newPage()
    const asked = ask({ organization: acme, invitation: ticket })
    await page.goto(publicUrl + asked.url)
    await check(page, 'invitation')
    await submit(page)
    await check(page, 'sign-up')
    assert.equal(await page.inputValue('#email'), 'kim@acme.example')
    assert.equal(await page.isEditable('#email'), false)
    await submit(page, { password: PASSWORD })
    assert.equal(await organizationOf(page, asked), acme)
    await page.context().close()
  })

  it('brings an existing account by its password, and another one no further than an explanation', async () => {
    const [stranger, invited] = [await newUser(), await newUser()]
    const { ticket } = await invite(acme, invited.email ?? '')
    const page = await (await browser.newContext()).newPage()
    const first = ask()
    await page.goto(publicUrl + first.url)
    await signIn(page, stranger.email)
    await page.waitForURL(`${redirect_uri}?code=*`)
    const asked = ask({ organization: acme, invitation: ticket })
    await page.goto(publicUrl + asked.url)
    await check(page, 'for somebody else')
    assert.match((await page.textContent('h1')) ?? '', /for somebody else/)
    assert.equal(await membershipOf(acme, stranger), undefined)
    await submit(page)
    await submit(page, { password: PASSWORD })
    assert.equal(await organizationOf(page, asked), acme)
    assert.ok(await membershipOf(acme, invited))
    await page.context().close()
  })
})
