/**
 * `node_modules/.bin/node bench/scroll.ts`: how smoothly the members of a large organization scroll. It starts a server as in production, makes
 * `--members` (100,000) people members of one organization, signs its administrator in with Chromium, and scrolls through
 * `--pages` (20) pages of the list with the wheel. It tells how long frames took; no figure makes it fail.
 */
import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import type { Page } from 'playwright-core'
import { launchChromium } from '../test/browser/chromium.ts'
import { PASSWORD } from './cases.ts'
import { openDatabase, withClient } from './database.ts'
import { LARGE, loadMembers } from './load-members.ts'
import { loadUsers } from './load-users.ts'
import { prepareAsker } from './prepare.ts'
import { type OurServer, startOurs } from './servers.ts'
import { median, percentile } from './statistics.ts'

const WHEEL_PX = 120
const BETWEEN_MS = 50
const SMOOTH_MS = 50

const ADMINISTRATOR_SQL = `
  select u.email, i.connection_id from membership_roles mr join roles r on r.id = mr.role_id and r.name = 'Administrator'
    join users u using (user_id) join identities i using (user_id) where mr.organization_id = $1 limit 1`

/** In the page: the milliseconds between frames, by what goes on. */
const WATCH = `(() => {
  window.watched = { scrolling: [], turning: [] }
  let before
  const frame = (now) => {
    if (window.watching && before !== undefined) window.watched[window.watching].push(now - before)
    before = window.watching ? now : undefined
    requestAnimationFrame(frame)
  }
  requestAnimationFrame(frame)
})()`

const { values } = parseArgs({
  options: { members: { type: 'string', default: '100000' }, pages: { type: 'string', default: '20' } },
})
const [members, pages] = [Number(values.members), Number(values.pages)]
const opened: (() => Promise<unknown>)[] = []
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => close().finally(() => process.exit(1)))
try {
  console.log(JSON.stringify(await measure()))
} finally {
  await close()
}

async function measure() {
  const database = await openDatabase(process.env.DATABASE_URL)
  opened.push(database.remove, database.stop)
  const settings = { ENCRYPTION_KEY: randomBytes(32).toString('base64') }
  const ours = await startOurs({ DATA_DIR: database.dataDir, DATABASE_URL: database.url, ...settings })
  opened.push(ours.stop)
  await loadUsers(database.url, members)
  await loadMembers(database.url, members)
  const email = await openOrganization(ours, database.url)
  const browser = await launchChromium()
  opened.push(() => browser.close())
  const page = await (await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 720 } })).newPage()
  await signIn(page, `http://localhost:${ours.port}/admin?organization=${LARGE}`, email)
  await page.goto(`http://localhost:${ours.port}/admin/members`)
  await page.locator('[data-row]').first().waitFor()
  await page.evaluate(WATCH)
  const turnsMs: number[] = []
  for (let number = 1; number <= pages; number += 1) {
    await scrollThrough(page)
    if (number < pages) turnsMs.push(await turn(page))
  }
  // What `WATCH` keeps.
  const watched = (await page.evaluate('window.watched')) as Record<'scrolling' | 'turning', number[]>
  const { scrolling, turning } = watched
  return { members, pages, scrolling: framesOf(scrolling), turning: framesOf(turning), turnMs: median(turnsMs) }
}

/** Lets the administrator in by password. Answers the address. */
async function openOrganization(ours: OurServer, url: string): Promise<string> {
  const { token } = await prepareAsker(ours, members)
  return await withClient(url, async (client) => {
    const { rows } = await client.query(ADMINISTRATOR_SQL, [LARGE])
    const [{ email, connection_id }] = rows
    const answer = await fetch(`http://localhost:${ours.port}/api/v2/organizations/${LARGE}/enabled_connections`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ connection_id }),
    })
    if (!answer.ok) throw new Error(`The connection could not be opened: ${answer.status} ${await answer.text()}`)
    return email
  })
}

async function signIn(page: Page, url: string, email: string): Promise<void> {
  await page.goto(url)
  for (const [name, value] of Object.entries({ username: email, password: PASSWORD })) {
    await page.fill(`[name=${name}]:not([readonly])`, value)
    await Promise.all([page.waitForNavigation(), page.click('main button[type=submit]')])
  }
  await page.locator('#side').waitFor()
}

/** From the top to the end, as with a wheel. */
async function scrollThrough(page: Page): Promise<void> {
  await page.mouse.move(700, 400)
  await page.evaluate("window.watching = 'scrolling'")
  for (;;) {
    await page.mouse.wheel(0, WHEEL_PX)
    await page.waitForTimeout(BETWEEN_MS)
    if (await page.evaluate('scrollY + innerHeight >= document.documentElement.scrollHeight - 1')) break
  }
  await page.evaluate('window.watching = undefined')
}

/** To the next page, whose rows are drawn; how long until the first stands there. */
async function turn(page: Page): Promise<number> {
  // Many have the same name.
  const first = await page.locator('[data-row] a').first().getAttribute('href')
  await page.evaluate("window.watching = 'turning'")
  const began = performance.now()
  await page.getByRole('button', { name: 'Next page' }).click()
  const others = page.locator('[data-row] a').first()
  while ((await others.getAttribute('href')) === first) await page.waitForTimeout(10)
  const took = performance.now() - began
  await page.evaluate('window.watching = undefined; scrollTo(0, 0)')
  return took
}

function framesOf(frames: readonly number[]) {
  const ascending = Float64Array.from(frames).sort()
  const slow = frames.filter((ms) => ms > SMOOTH_MS).length
  return {
    frames: frames.length,
    medianMs: percentile(ascending, 0.5),
    p95Ms: percentile(ascending, 0.95),
    longestMs: percentile(ascending, 1),
    over50Percent: (100 * slow) / frames.length,
  }
}

async function close(): Promise<void> {
  for (const end of opened.splice(0).reverse()) await end()
}
