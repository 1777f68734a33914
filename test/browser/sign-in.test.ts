import assert from 'node:assert/strict'
import { createServer as createHttpServer } from 'node:http'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { findClient } from '../../server/clients/store.ts'
import { transact } from '../../server/db/database.ts'
import { ask as askFor, PASSWORD, SPA, startSignInServer, THIRD } from '../../server/oidc/sign-in.testing.ts'
import { issueTicket } from '../../server/tickets/issue.ts'
import { ticketUrl } from '../../server/tickets/ticket.ts'
import { freePorts } from '../start.testing.ts'
import { launchChromium } from './chromium.ts'

describe('signing in with a browser', async () => {
  const { PORT } = await freePorts()
  const { app, db, server, newUser, connection } = await startSignInServer({ PORT })
  const { publicUrl } = server.config
  // Another origin than ours: what browsers allow a form to lead to is part of what is tested.
  const application = createHttpServer((_request, answer) => answer.end('the application'))
  const home = `http://127.0.0.1:${(await freePorts()).PORT}`
  const callback = `${home}/callback`
  const ask = (change: Record<string, string | undefined> = {}) => askFor({ redirect_uri: callback, ...change })
  let browser: Browser

  before(async () => {
    await app.listen({ port: Number(PORT), host: '127.0.0.1' })
    application.listen(Number(new URL(home).port), '127.0.0.1')
    for (const clientId of [SPA, THIRD]) {
      const { settings } = (await findClient(db, clientId)) ?? { settings: {} }
      const changed = JSON.stringify({ ...settings, callbacks: [callback] })
      await db.updateTable('clients').set({ settings: changed }).where('client_id', '=', clientId).execute()
    }
    browser = await launchChromium()
  })
  after(async () => {
    await browser.close()
    application.close()
  })

  /** A page that fails the test on whatever the console complains of. */
  async function newPage(options: BrowserContextOptions = {}) {
    const context = await browser.newContext({ locale: 'en-GB', ...options })
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('console', (message) => {
      // The console names every answer from 400 on; those are what some pages are about.
      if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(error.message))
    const close = async () => {
      await context.close()
      assert.deepEqual(complaints, [])
    }
    return { page, close }
  }

  async function submit(page: Page, fields: Record<string, string> = {}): Promise<void> {
    for (const [name, value] of Object.entries(fields)) await page.fill(`#${name}`, value)
    await Promise.all([page.waitForNavigation(), page.click('button[type=submit]')])
  }

  /** Axe finds nothing, and nothing scrolls sideways. */
  async function check(page: Page, state: string): Promise<void> {
    const { violations } = await new AxeBuilder({ page }).analyze()
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
    assert.deepEqual(found, [], state)
    assert.equal(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true, `${state} scrolls`)
    assert.equal(await page.evaluate('document.fonts.check(\'16px "Hanken Grotesk"\')'), true, `${state} has no font`)
  }

  const LOOKS = [
    { name: 'wide and light', width: 1280, locale: 'en-GB', colorScheme: 'light' },
    { name: 'narrow, dark and German', width: 320, locale: 'de-DE', colorScheme: 'dark' },
  ] as const

  for (const { name, width, locale, colorScheme } of LOOKS) {
    it(`is accessible on every page: ${name}`, async () => {
      const { page, close } = await newPage({ locale, colorScheme, viewport: { width, height: 640 } })
      const user = await newUser({ email: `lucia.ferrer.${width}@harborline-shipping.example` })
      const { email = '' } = user
      await page.goto(publicUrl + ask({ login_hint: email }).url)
      await check(page, 'identifier')
      await submit(page)
      await check(page, 'password')
      await submit(page, { password: 'not the password' })
      await check(page, 'wrong password')
      await page.goto(publicUrl + ask({ screen_hint: 'signup' }).url)
      await check(page, 'sign-up')
      await submit(page, { email: 'lucia', password: 'short' })
      await check(page, 'sign-up, refused')
      await submit(page, { email: `new.${width}@harborline.example`, password: 'two herons at dusk' })
      await check(page, 'check your mail')
      await page.goto(page.url().replace(/check-mail.*/, 'forgot'))
      await check(page, 'forgot')
      const blocked = await newUser({ blocked: true })
      await page.goto(publicUrl + ask({ login_hint: blocked.email }).url)
      await submit(page)
      await submit(page, { password: PASSWORD })
      await check(page, 'blocked')
      const link = { userId: user.user_id, connectionId: connection.id, identityId: user.user_id.replace('auth0|', '') }
      for (const purpose of ['email_verification', 'sign_in', 'unblock', 'password_change'] as const) {
        const token = await transact(db, (tx) =>
          issueTicket(tx, { ...link, purpose, address: email, marksEmailVerified: false, lifetimeSeconds: 600 }),
        )
        await page.goto(ticketUrl(publicUrl, purpose, token))
        await check(page, purpose)
      }
      await page.goto(`${publicUrl}/u/signed-out`)
      await check(page, 'signed out')
      await page.goto(`${publicUrl}/u/login/unknown`)
      await check(page, 'over')
      await page.goto(publicUrl + ask({ client_id: THIRD, login_hint: email }).url)
      await submit(page)
      await submit(page, { password: PASSWORD })
      await check(page, 'consent')
      await submit(page)
      assert.ok(page.url().startsWith(`${callback}?code=`))
      await close()
    })
  }

  it('works without JavaScript, and the form of the password leads on to the application', async () => {
    const { page, close } = await newPage({ javaScriptEnabled: false })
    const { email = '' } = await newUser()
    await page.goto(publicUrl + ask().url)
    await submit(page, { username: email })
    assert.equal(await page.isVisible('#show'), false)
    await submit(page, { password: PASSWORD })
    assert.ok(page.url().startsWith(`${callback}?code=`))
    await close()
  })

  it('is done with the keyboard alone, from the field that has the focus', async () => {
    const { page, close } = await newPage()
    const { email = '' } = await newUser()
    await page.goto(publicUrl + ask().url)
    // A page has loaded a moment before the field has the focus.
    await page.waitForSelector('#username:focus')
    await page.keyboard.type(email)
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')])
    await page.waitForSelector('#password:focus')
    await page.keyboard.type('not the password')
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')])
    await page.waitForSelector('[role=alert]:focus')
    assert.equal(await page.evaluate("document.activeElement.getAttribute('role')"), 'alert')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    assert.equal(await page.evaluate('document.activeElement.id'), 'password')
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Space')
    assert.equal(await page.getAttribute('#password', 'type'), 'text')
    await page.focus('#password')
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')])
    assert.ok(page.url().startsWith(`${callback}?code=`))
    await close()
  })

  it('leads from a confirmed address to where the application wants its people back', async () => {
    const { page, close } = await newPage()
    const user = await newUser({ email_verified: false })
    const token = await transact(db, (tx) =>
      issueTicket(tx, {
        purpose: 'email_verification',
        userId: user.user_id,
        connectionId: connection.id,
        identityId: user.user_id.replace('auth0|', ''),
        address: user.email,
        marksEmailVerified: false,
        lifetimeSeconds: 600,
        details: { resultUrl: `${home}/verified` },
      }),
    )
    await page.goto(ticketUrl(publicUrl, 'email_verification', token))
    await submit(page)
    assert.ok(page.url().startsWith(`${home}/verified?success=true`))
    await close()
  })

  it('changes the language of a page and of those after it with the links at its foot', async () => {
    const { page, close } = await newPage()
    await page.goto(publicUrl + ask({ ui_locales: 'en', login_hint: 'lucia@harborline.example' }).url)
    await page.click('text=Deutsch')
    assert.equal(await page.textContent('h1'), 'Anmelden')
    await submit(page)
    assert.equal(await page.textContent('h1'), 'Passwort eingeben')
    await close()
  })

  it('sends a form once for two taps, and again for one who has come back to it', async () => {
    const { page, close } = await newPage()
    let posts = 0
    await page.route('**/signup', async (route) => {
      if (route.request().method() === 'POST') posts += 1
      // As long as a hash takes, so that the second tap comes before the answer.
      await sleep(300)
      await route.continue()
    })
    await page.goto(publicUrl + ask({ screen_hint: 'signup' }).url)
    await page.fill('#email', 'two.taps@harborline.example')
    await page.fill('#password', 'two herons at dusk')
    const answered = page.waitForURL(/check-mail/)
    await page.locator('button[type=submit]').dblclick({ delay: 20 })
    await answered
    assert.equal(posts, 1)
    await page.goBack()
    await page.fill('#password', 'two herons at dusk')
    await Promise.all([page.waitForURL(/check-mail/), page.click('button[type=submit]')])
    assert.equal(posts, 2)
    await close()
  })

  it('gives times on the reader’s clock, as his region writes them', async () => {
    const user = await newUser()
    const at = { userId: user.user_id, connectionId: connection.id, identityId: user.user_id.replace('auth0|', '') }
    const token = await transact(db, (tx) =>
      issueTicket(tx, {
        ...at,
        purpose: 'password_change',
        address: user.email,
        marksEmailVerified: false,
        lifetimeSeconds: 600,
      }),
    )
    for (const [locale, shown] of [
      ['en-GB', /until \d{1,2} \w+ \d{4}, \d\d:\d\d\.$/],
      ['en-US', /until \w+ \d{1,2}, \d{4}, \d{1,2}:\d\d.[AP]M\.$/],
      ['de-DE', /bis \d\d\.\d\d\.\d{4}, \d\d:\d\d\.?/],
    ] as const) {
      const { page, close } = await newPage({ locale, timezoneId: 'Asia/Tokyo' })
      await page.goto(ticketUrl(publicUrl, 'password_change', token))
      assert.match((await page.textContent('.foot')) ?? '', shown)
      await close()
    }
  })

  it('counts the seconds until another mail can be asked for', async () => {
    const { page, close } = await newPage()
    await page.goto(publicUrl + ask({ screen_hint: 'reset-password', login_hint: 'lucia@harborline.example' }).url)
    await submit(page)
    const button = page.locator('[data-wait]')
    assert.equal(await button.isDisabled(), true)
    assert.match((await button.textContent()) ?? '', /^Send again \(\d+\)$/)
    await close()
  })
})
