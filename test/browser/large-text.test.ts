/** Letters twice as large in a window of a phone's width: nothing scrolls sideways, and nothing leaves its place. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { ask, startSignInServer } from '../../server/oidc/sign-in.testing.ts'
import { setUpTenant } from '../../server/setup.ts'
import { freePorts } from '../start.testing.ts'
import { launchChromium } from './chromium.ts'
import { managementApi, settled, visitPortal } from './portal.ts'

const EMAIL = 'maximiliane.von-und-zu-hohenfels@suedliche-haefen.example'
const SIZES = { viewport: { width: 320, height: 700 } }

describe('letters of twice the size on a phone', async () => {
  const { PORT } = await freePorts()
  const { app, server, newUser, call } = await startSignInServer({ PORT })
  const { publicUrl } = server.config
  let browser: Browser

  before(async () => {
    await setUpTenant(server.database.db, server.secrets, server.config)
    await app.listen({ port: Number(PORT), host: '127.0.0.1' })
    browser = await launchChromium()
  })
  after(() => browser.close())

  const enlarge = async (page: Page) => {
    await page.evaluate("document.documentElement.style.setProperty('font-size', '200%', 'important')")
    await settled(page)
    const beside = await page.evaluate(`[...document.querySelectorAll('body *')]
      .filter((one) => one.getBoundingClientRect().right > innerWidth && getComputedStyle(one).clipPath === 'none')
      .map(({ outerHTML }) => outerHTML.slice(0, 200))`)
    assert.deepEqual(beside, [], page.url())
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 320, page.url())
  }

  for (const locale of ['en-GB', 'de-DE']) {
    it(`leave the password, its button and a long address room: ${locale}`, async () => {
      const context = await browser.newContext({ ...SIZES, locale })
      const page = await context.newPage()
      await page.goto(new URL(`/authorize?${new URL(ask().url, publicUrl).searchParams}`, publicUrl).href)
      await page.fill('[name=username]', EMAIL)
      await Promise.all([page.waitForNavigation(), page.click('main button[type=submit]')])
      await enlarge(page)
      const boxOf = async (selector: string) => {
        const box = await page.locator(selector).boundingBox()
        assert.ok(box, selector)
        return box
      }
      const [card, field, show] = [await boxOf('.card'), await boxOf('#password'), await boxOf('#show')]
      for (const { x, width } of [field, show]) assert.ok(x > card.x && x + width < card.x + card.width)
      assert.ok(show.y >= field.y + field.height, 'the button covers what is typed')
      assert.ok((await boxOf('.account b')).width > 100)
      await context.close()
    })

    it(`show the whole name of a logo that does not come: ${locale}`, async () => {
      const name = 'Maximiliane von und zu Hohenfels und Söhne Logistik und Speditionsgesellschaft mbH'
      const api = managementApi(call)
      await api('PATCH', '/tenants/settings', { friendly_name: name })
      await api('PATCH', '/branding', { logo_url: 'https://nowhere.example/logo.png' })
      const context = await browser.newContext({ ...SIZES, locale })
      const page = await context.newPage()
      await page.route('https://nowhere.example/**', (route) => route.abort())
      await page.goto(`${publicUrl}/u/reset-password/request?client_id=tenantry-account`)
      await page.locator('.brand img').waitFor({ state: 'detached' })
      await enlarge(page)
      assert.equal(await page.locator('.brand').textContent(), name)
      await context.close()
      await api('PATCH', '/branding', { logo_url: null })
    })

    it(`fit the overview of the account: ${locale}`, async () => {
      await newUser({ email: `${locale.toLowerCase()}@harborline.example`, email_verified: false })
      const home = `${publicUrl}/account`
      const { page, close } = await visitPortal(browser, home, `${locale.toLowerCase()}@harborline.example`, {
        ...SIZES,
        locale,
      })
      await page.locator('main li button').first().waitFor()
      await enlarge(page)
      await close()
    })
  }
})
