/** The demo as a visitor's browser meets it: the start page, and an application that runs in the browser alone. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { startDemoServer } from '../../server/demo/demo.testing.ts'
import { freePorts } from '../start.testing.ts'
import { launchChromium } from './chromium.ts'

describe('the demo in a browser', async () => {
  const { PORT } = await freePorts()
  const { app, server } = await startDemoServer({ PORT })
  const { publicUrl } = server.config
  let browser: Browser

  before(async () => {
    await app.listen({ port: Number(PORT), host: '127.0.0.1' })
    browser = await launchChromium()
  })
  after(async () => {
    await browser.close()
  })

  async function newPage(options: BrowserContextOptions = {}): Promise<{ page: Page; complaints: string[] }> {
    const context = await browser.newContext({ locale: 'en-GB', ...options })
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text())
    })
    return { page, complaints }
  }

  async function check(page: Page): Promise<void> {
    const { violations } = await new AxeBuilder({ page }).analyze()
    assert.deepEqual(
      violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`),
      [],
    )
    assert.equal(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true, page.url())
  }

  async function claims(page: Page): Promise<Record<string, string>> {
    const rows = await page.locator('#person div').all()
    const texts = rows.map(async (row) => [
      await row.locator('dt').textContent(),
      await row.locator('dd').textContent(),
    ])
    return Object.fromEntries(await Promise.all(texts))
  }

  it('being one of the people, an application learns who that is, and no more once signed out', async () => {
    const { page, complaints } = await newPage()
    await page.goto(publicUrl)
    await page.click('button[aria-label="Sign in as Käthe Müller"]')
    await page.click('button.primary')
    await page.waitForURL(/\/admin/)
    await page.goto(`${publicUrl}/demo/globex`)
    await page.waitForSelector('#inside:not([hidden])')
    await check(page)
    assert.equal(new URL(page.url()).search, '')
    const { name, email, email_verified, locale } = await claims(page)
    assert.deepEqual(
      { name, email, email_verified, locale },
      { name: 'Käthe Müller', email: 'kaethe@globex-kaeserei.example', email_verified: 'ja', locale: 'de' },
    )
    await page.click('#sign-out')
    await page.waitForSelector('#outside:not([hidden])')
    assert.equal(page.url(), `${publicUrl}/demo/globex`)
    assert.deepEqual(await claims(page), {})
    assert.equal(await page.isVisible('#failed'), false)
    assert.deepEqual(complaints, [])
  })

  it('the start link for signing up leads to the form, and back comes who has no account to a page without claims', async () => {
    const { page, complaints } = await newPage()
    await page.goto(`${publicUrl}/demo/acme?screen_hint=signup`)
    await page.waitForURL(/\/signup/)
    await page.goto(`${publicUrl}/demo/acme?code=made-up&state=made-up`)
    await page.waitForSelector('#outside:not([hidden])')
    assert.deepEqual(await claims(page), {})
    assert.deepEqual(complaints, [])
  })

  for (const [locale, width, colorScheme] of [
    ['en-GB', 1280, 'light'],
    ['de-DE', 320, 'dark'],
  ] as const) {
    it(`every page is accessible and fits: ${locale}, ${width} px, ${colorScheme}`, async () => {
      const { page, complaints } = await newPage({ locale, colorScheme, viewport: { width, height: 720 } })
      await page.goto(publicUrl)
      await check(page)
      for (const path of ['/demo/acme', '/demo/globex']) {
        await page.goto(`${publicUrl}${path}`)
        await page.waitForSelector('#outside:not([hidden])')
        await check(page)
      }
      assert.deepEqual(complaints, [])
    })
  }
})
