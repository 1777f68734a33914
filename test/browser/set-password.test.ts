import assert from 'node:assert/strict'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { findConnectionByName } from '../../server/connections/store.ts'
import { transact } from '../../server/db/database.ts'
import { FIRST_CONNECTION } from '../../server/setup.ts'
import { issueTicket } from '../../server/tickets/issue.ts'
import { ticketUrl } from '../../server/tickets/ticket.ts'
import { createUser } from '../../server/users/create.ts'
import { startTestServer } from '../harness.ts'
import { freePorts } from '../start.testing.ts'
import { launchChromium } from './chromium.ts'

describe('choosing a new password in a browser', async () => {
  const { PORT } = await freePorts()
  const { app, db, server } = await startTestServer({ PORT })
  let browser: Browser
  let folder = ''
  let users = 0

  before(async () => {
    await app.listen({ port: Number(PORT), host: '127.0.0.1' })
    browser = await launchChromium()
    folder = await mkdtemp(join(tmpdir(), 'tenantry-set-password-'))
  })
  after(async () => {
    await browser.close()
  })

  async function newLink(): Promise<string> {
    users += 1
    const connection = await findConnectionByName(db, FIRST_CONNECTION)
    assert.ok(connection)
    const email = `lucia.ferrer-${users}@harborline.example`
    return await transact(db, async (tx) => {
      const user = await createUser(tx, { kind: 'system', name: 'test' }, { connection, email })
      const token = await issueTicket(tx, {
        purpose: 'password_change',
        userId: user.user_id,
        connectionId: connection.id,
        identityId: user.user_id.replace('auth0|', ''),
        address: undefined,
        marksEmailVerified: false,
        lifetimeSeconds: 3600,
      })
      return ticketUrl(server.config.publicUrl, 'password_change', token)
    })
  }

  /** Goes the whole way and fails on anything the console complains of; the pictures stay for who wants to look. */
  async function goThrough(name: string, options: BrowserContextOptions): Promise<Page> {
    const context = await browser.newContext({ locale: 'en-GB', ...options })
    const page = await context.newPage()
    const complaints: string[] = []
    const requests: string[] = []
    page.on('console', (message) => {
      // The console names every answer from 400 on; those are what the page is about.
      if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('request', (request) => requests.push(request.url()))
    const url = await newLink()
    const look = async (state: string) => {
      assert.equal(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true, `${state} scrolls`)
      await page.screenshot({ path: join(folder, `${name}-${state}.png`), fullPage: true })
    }

    await page.goto(url)
    assert.equal(await page.title(), 'Choose a new password – Tenantry')
    await look('1-choose')
    await page.fill('#password', 'ferry')
    await page.click('button[type=submit]')
    await page.waitForSelector('[role=alert]')
    await look('2-refused')
    await page.fill('#password', 'slow ferry past Vinga')
    await look('3-filled')
    await page.click('button[type=submit]')
    await page.waitForSelector('h1:text-is("Password changed")')
    await look('4-changed')
    await page.goto(url)
    assert.equal(await page.textContent('h1'), 'This link no longer works')
    await look('5-dead')
    assert.deepEqual(complaints, [])
    assert.ok(requests.every((address) => address.startsWith(server.config.publicUrl)))
    await context.close()
    return page
  }

  it('works with a mouse on a wide screen', async () => {
    await goThrough('wide', { viewport: { width: 1280, height: 800 } })
  })

  it('works at 320 pixels in the dark, and nothing scrolls sideways', async () => {
    await goThrough('narrow-dark', { viewport: { width: 320, height: 640 }, colorScheme: 'dark' })
  })

  it('works without JavaScript: the browser says where the form comes from', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false, locale: 'de-DE' })
    const page = await context.newPage()
    let origin: string | undefined
    let referer: string | undefined
    page.on('request', async (request) => {
      if (request.method() !== 'POST') return
      const headers = await request.allHeaders()
      origin = headers.origin
      referer = headers.referer
    })
    await page.goto(await newLink())
    assert.equal(await page.textContent('h1'), 'Neues Passwort wählen')
    assert.equal(await page.isVisible('#show'), false)
    await page.fill('#password', 'langsame Fähre vorbei')
    await page.click('button[type=submit]')
    await page.waitForLoadState()
    assert.equal(await page.textContent('h1'), 'Passwort geändert')
    assert.equal(origin, server.config.publicUrl)
    assert.ok(referer === undefined || !referer.includes('ticket'))
    await context.close()
  })

  it('is done with the keyboard alone; Show shows what was typed; rules fill as they are kept', async () => {
    const page = await browser.newPage({ locale: 'en-GB' })
    await page.goto(await newLink())
    // A page has loaded a moment before the field has the focus.
    await page.waitForSelector('#password:focus')
    assert.equal(await page.evaluate('document.activeElement.id'), 'password')
    await page.keyboard.type('slow fe')
    assert.equal(await page.getAttribute('.rules li', 'class'), 'open')
    await page.keyboard.type('rry')
    assert.equal(await page.getAttribute('.rules li', 'class'), 'kept')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    assert.equal(await page.getAttribute('#password', 'type'), 'text')
    assert.equal(await page.textContent('#show'), 'Hide')
    await page.keyboard.press('Enter')
    await page.waitForSelector('h1:text-is("Password changed")')
    await page.close()
  })

  it('puts the focus on what went wrong, and the sentence leads to the field', async () => {
    const page = await browser.newPage({ locale: 'en-GB' })
    await page.goto(await newLink())
    await page.fill('#password', 'password1')
    await page.keyboard.press('Enter')
    await page.waitForSelector('[role=alert]:focus')
    assert.equal(await page.evaluate("document.activeElement.getAttribute('role')"), 'alert')
    assert.equal(await page.inputValue('#password'), '')
    await page.click('[role=alert] a')
    assert.equal(await page.evaluate('document.activeElement.id'), 'password')
    await page.close()
  })

  it('cannot be sent from a page elsewhere', async () => {
    const page = await browser.newPage()
    const url = await newLink()
    await page.goto(url)
    const token = await page.inputValue('[name=form_token]')
    await page.goto('about:blank')
    await page.setContent(
      `<form method="post" action="${url}"><input name="form_token" value="${token}"><input name="password" value="slow ferry past"></form>`,
    )
    const [answer] = await Promise.all([
      page.waitForResponse((response) => response.request().method() === 'POST'),
      page.evaluate('document.forms[0].submit()'),
    ])
    assert.equal(answer.status(), 403)
    await page.close()
  })
})
