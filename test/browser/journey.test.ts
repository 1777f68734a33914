/**
 * The first story of the product, in a browser and with mail over SMTP: sign up, confirm the address, sign in, change
 * name and language in the profile portal, sign out, forget the password, choose a new one, be locked out by wrong ones,
 * and get in again.
 */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright-core'
import { mailWorkerOf } from '../../server/jobs/mail-worker.ts'
import { setUpTenant } from '../../server/setup.ts'
import { startTestServer } from '../harness.ts'
import { startMailSink } from '../mail-sink.ts'
import { freePorts } from '../start.testing.ts'
import { launchChromium } from './chromium.ts'

const EMAIL = 'mira.lindholm@acme-robotics.example'
const FIRST = 'slow ferry past Vinga'
const SECOND = 'quick ferry past Vinga'

describe('the first story', async () => {
  const { PORT } = await freePorts()
  const sink = await startMailSink()
  const { app, server } = await startTestServer({ PORT, SMTP_URL: sink.url })
  const { publicUrl } = server.config
  let browser: Browser

  before(async () => {
    // The template was made for another address; the portal's application follows the address, as at each start.
    await setUpTenant(server.database.db, server.secrets, server.config)
    await app.listen({ port: Number(PORT), host: '127.0.0.1' })
    mailWorkerOf(server).start()
    browser = await launchChromium()
  })
  after(async () => {
    await browser.close()
    await mailWorkerOf(server).stop()
    await sink.stop()
  })

  /** The link in the next mail that comes. */
  async function nextLink(path: string): Promise<string> {
    for (let tries = 0; tries < 200; tries += 1) {
      const at = sink.mails.findIndex(({ link }) => link?.includes(path))
      const [mail] = at === -1 ? [] : sink.mails.splice(at, 1)
      if (mail?.link) return mail.link
      await sleep(100)
    }
    throw new Error(`No mail with a link to ${path} came.`)
  }
  const submit = async (page: Page, fields: Record<string, string>) => {
    for (const [name, value] of Object.entries(fields)) await page.fill(`[name="${name}"]`, value)
    await Promise.all([page.waitForNavigation(), page.click('main button[type=submit]')])
  }
  const signIn = async (page: Page, password: string) => {
    await page.waitForSelector('[name=username]')
    await submit(page, { username: EMAIL })
    await submit(page, { password })
  }
  const isAccessible = async (page: Page, what: string) => {
    const { violations } = await new AxeBuilder({ page }).analyze()
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    assert.deepEqual(
      serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`),
      [],
      what,
    )
  }

  it('is lived from end to end', { timeout: 240_000 }, async () => {
    const context = await browser.newContext({ locale: 'en-GB' })
    const page = await context.newPage()

    await page.goto(`${publicUrl}/account`)
    await page.waitForSelector('[name=username]')
    await Promise.all([page.waitForNavigation(), page.click('a[href*="/signup"]')])
    await submit(page, { email: EMAIL, password: FIRST })
    assert.equal(await page.textContent('h1'), 'Check your mail')
    await isAccessible(page, 'check mail')

    const verification = await nextLink('/u/email-verification')
    await page.goto(verification)
    await submit(page, {})
    assert.equal(await page.textContent('h1'), 'Address confirmed')

    await page.goto(`${publicUrl}/account`)
    await signIn(page, FIRST)
    await page.waitForSelector('h1:has-text("Overview")')
    await isAccessible(page, 'overview')

    // Another device, which the new password is to sign out.
    const elsewhere = await (await browser.newContext({ locale: 'en-GB' })).newPage()
    await elsewhere.goto(`${publicUrl}/account`)
    await signIn(elsewhere, FIRST)
    await elsewhere.waitForSelector('h1:has-text("Overview")')

    await page.goto(`${publicUrl}/account/personal`)
    await page.waitForSelector('h1:has-text("Personal information")')
    await isAccessible(page, 'personal information')
    await page.getByRole('button', { name: /^Edit/ }).first().click()
    await page.getByLabel('Full name').fill('Mira Lindholm')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.waitForSelector('text=Mira Lindholm')
    await page.goto(`${publicUrl}/account/security`)
    await page.waitForSelector('h1:has-text("Security")')
    await isAccessible(page, 'security')

    await page.goto(`${publicUrl}/account/personal`)
    await page.getByRole('button', { name: /^Edit.*Language and region/ }).click()
    await page.getByRole('combobox', { name: 'Language' }).click()
    await page.getByRole('option', { name: 'Deutsch' }).click()
    await isAccessible(page, 'language and region')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.waitForSelector('h1:has-text("Persönliche Angaben")')

    // What the browser asks for is English, and no application says otherwise.
    await page.goto(`${publicUrl}/v2/logout?client_id=tenantry-account`)
    await page.waitForSelector('[name=username]')
    assert.equal(await page.getAttribute('html', 'lang'), 'de')
    assert.equal(await page.textContent('h1'), 'Anmelden')

    await submit(page, { username: EMAIL })
    await Promise.all([page.waitForNavigation(), page.click('a[href*="/forgot"]')])
    await submit(page, {})
    assert.equal(await page.textContent('h1'), 'Sehen Sie in Ihr Postfach')
    const reset = await nextLink('/u/reset-password')
    await page.goto(reset)
    await isAccessible(page, 'new password')
    await submit(page, { password: SECOND })
    assert.equal(await page.textContent('h1'), 'Passwort geändert')
    await page.goto(reset)
    assert.equal(await page.textContent('h1'), 'Dieser Link gilt nicht mehr')

    await elsewhere.reload()
    await elsewhere.waitForSelector('[name=username]')

    for (let tries = 0; tries < 11; tries += 1) {
      await page.goto(`${publicUrl}/account`)
      await signIn(page, 'a wrong password')
    }
    await isAccessible(page, 'too many tries')
    const unblock = await nextLink('/u/unblock')
    await page.goto(unblock)
    await submit(page, {})
    await page.goto(`${publicUrl}/account`)
    await signIn(page, SECOND)
    await page.waitForSelector('h1:has-text("Überblick")')
    await context.close()
  })
})
