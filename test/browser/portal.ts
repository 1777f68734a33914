/** A portal in a browser, as somebody reads it who is signed in through the pages. */
import assert from 'node:assert/strict'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { PASSWORD } from '../../server/oidc/sign-in.testing.ts'
import type { TestServer } from '../harness.ts'

/** TABLE: how pages are looked at. */
export const LOOKS = [
  { name: 'wide, light, English', width: 1280, locale: 'en-GB', colorScheme: 'light' },
  { name: 'narrow, dark, German', width: 320, locale: 'de-DE', colorScheme: 'dark' },
] as const

/** A page of somebody who is signed in; `close` fails the test on whatever its console complained of. */
export type PortalVisit = { page: Page; close: () => Promise<void> }

/** Opens a portal and signs somebody in. @param home address of the portal */
export async function visitPortal(
  browser: Browser,
  home: string,
  email: string,
  options: BrowserContextOptions = {},
): Promise<PortalVisit> {
  const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', ...options })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of [45]\d\d/.test(message.text())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(home)
  for (const [name, value] of Object.entries({ username: email, password: PASSWORD })) {
    await page.waitForSelector(`[name=${name}]:not([readonly])`)
    await page.fill(`[name=${name}]:not([readonly])`, value)
    await Promise.all([page.waitForNavigation(), page.click('main button[type=submit]')])
  }
  await page.waitForSelector('h1')
  const close = async () => {
    await context.close()
    assert.deepEqual(complaints, [])
  }
  return { page, close }
}

/** Waits until a page asks for nothing more. One that asks again and again, as of a job, is taken as it is after a while. */
export async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle', { timeout: 5_000 }).catch(() => {})
}

/** Axe finds nothing, and nothing scrolls sideways. */
export async function checkPage(page: Page, what: string): Promise<void> {
  await settled(page)
  const { violations } = await new AxeBuilder({ page }).analyze()
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
  assert.deepEqual(found, [], what)
  assert.equal(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true, `${what} scrolls`)
}

/** Asks the Management API, which has to do what it is asked. Answers the body. */
export function managementApi(call: TestServer['call']) {
  return async (method: string, path: string, body?: unknown) => {
    const { status, text, body: answer } = await call(method, `/api/v2${path}`, body === undefined ? {} : { body })
    assert.ok(status < 300, `${method} ${path}: ${status} ${text}`)
    return answer
  }
}
