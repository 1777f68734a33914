/** TABLE: the pages of the profile portal. */
import type { Page, Route } from 'playwright-core'
import { sharedDe } from '../../../portals/shared/texts/de.ts'
import { sharedEn } from '../../../portals/shared/texts/en.ts'
import { ACTIVITY_KINDS } from '../../../server/me/activity-kinds.ts'
import { LANGUAGES, openPortal, type PagePictures, type Scene, signInToPortal, type Visitor } from '../scene.ts'
import { PASSWORD } from '../stage.ts'

const OVERVIEW = '/account'
const PERSONAL = '/account/personal'
const SECURITY = '/account/security'
const ACTIVITY = '/account/activity'
/** What a screen reader is told in the place of what is being loaded. */
const LOADING = [sharedEn['shared.loading'], sharedDe['shared.loading']]
const API = '**/me/v1/**'

/** They. */
export const ACCOUNT: readonly PagePictures[] = [
  {
    page: 'account-overview',
    route: OVERVIEW,
    states: {
      loading: async (scene) => await openLoading(scene, OVERVIEW),
      filled: async (scene) => await openAs(scene, 'filled', OVERVIEW),
      'much to do': async (scene) => await openAs(scene, 'bare', OVERVIEW),
      'link sent': async (scene) => await askForLink(scene, 202),
      'too many links': async (scene) => await askForLink(scene, 429),
      'link not sent': async (scene) => await askForLink(scene, 500),
      failing: async (scene) => await openFailing(scene, OVERVIEW),
      unreachable: async (scene) => await openFailing(scene, OVERVIEW, (route) => route.abort()),
      'account menu': { width: 1280, open: async (scene) => await openMenu(scene, 'header [aria-expanded=false]') },
      'narrow menu': {
        width: 320,
        isWindow: true,
        open: async (scene) => await openMenu(scene, '[aria-controls=menu]', 320),
      },
      'sign-in refused': async (scene) => {
        await scene.page.goto(`${scene.stage.url}${OVERVIEW}?error=access_denied&state=none`)
        await scene.page.waitForSelector('h1')
      },
    },
  },
  {
    page: 'account-personal',
    route: PERSONAL,
    states: {
      loading: async (scene) => await openLoading(scene, PERSONAL),
      filled: async (scene) => await openAs(scene, 'filled', PERSONAL),
      empty: async (scene) => await openAs(scene, 'bare', PERSONAL),
      failing: async (scene) => await openFailing(scene, PERSONAL),
      editing: async (scene) => await edit(scene, 'identity'),
      'editing, changed': async (scene) => {
        const page = await edit(scene, 'identity')
        await page.fill('#field-given_name', 'Lucía María de los Ángeles')
        await page.fill('#field-nickname', '')
      },
      'editing, wrong': async (scene) => {
        const page = await edit(scene, 'identity')
        await page.fill('#field-picture', 'no address')
        await page.fill('#field-given_name', 'x'.repeat(200))
        await save(page)
      },
      'refused by the server': async (scene) => {
        const page = await edit(scene, 'identity')
        await page.route('**/me/v1/profile', (route) => answerChange(route, 400, 'given_name'))
        await page.fill('#field-given_name', 'Lucía María')
        await save(page)
        await page.waitForSelector('[aria-invalid=true]')
      },
      'not saved': {
        isWindow: true,
        open: async (scene) => {
          const page = await edit(scene, 'identity')
          await page.route('**/me/v1/profile', (route) => answerChange(route, 500))
          await page.fill('#field-given_name', 'Lucía María')
          await save(page)
          await page.waitForSelector('[role=status] svg')
        },
      },
      'signed out while typing': {
        isWindow: true,
        open: async (scene) => {
          const page = await edit(scene, 'identity')
          await page.route('**/me/v1/profile', (route) => answerChange(route, 401))
          await page.fill('#field-given_name', 'Lucía María')
          await save(page)
          await page.waitForSelector('[role=alert] a')
        },
      },
      'contact, editing': async (scene) => await edit(scene, 'contact'),
      'list open': {
        isWindow: true,
        open: async (scene) => {
          const page = await edit(scene, 'preferences')
          await page.click('#field-zoneinfo')
          await page.fill('#field-zoneinfo', 'europe/')
          await page.locator('[role=option]:visible').first().waitFor()
        },
      },
      'saved, with undo': {
        isWindow: true,
        open: async (scene) => {
          const page = await edit(scene, 'identity')
          const name = await page.inputValue('#field-nickname')
          await page.fill('#field-nickname', name === 'Lu' ? 'Lucía' : 'Lu')
          await save(page)
          await page.waitForSelector('[role=status] button')
        },
      },
      'more, editing': async (scene) => {
        const page = await edit(scene, 'more')
        await page.locator('form button:has(svg.lucide-plus)').click()
      },
      'more, wrong': async (scene) => {
        const page = await edit(scene, 'more')
        await page.locator('form button:has(svg.lucide-plus)').click()
        await page.locator('form input').last().fill('a value without a name')
        await save(page)
      },
    },
  },
  {
    page: 'account-security',
    route: SECURITY,
    states: {
      loading: async (scene) => await openLoading(scene, SECURITY),
      filled: async (scene) => {
        await signInElsewhere(scene)
        await allowStranger(scene)
        return await openAs(scene, 'filled', SECURITY)
      },
      'one session': async (scene) => await openAs(scene, 'bare', SECURITY),
      failing: async (scene) => await openFailing(scene, SECURITY),
      'password open': async (scene) => await openPasswordForm(scene),
      'password kept': async (scene) => {
        const page = await openPasswordForm(scene)
        await page.fill('#current-password', PASSWORD)
        await page.fill('#new-password', 'Quick ferry past Vinga 7')
      },
      'password broken': async (scene) => {
        const page = await openPasswordForm(scene)
        await page.fill('#new-password', 'short')
        await save(page)
      },
      'password wrong': async (scene) => {
        const page = await openPasswordForm(scene)
        await page.fill('#current-password', 'not the password')
        await page.fill('#new-password', 'Quick ferry past Vinga 7')
        await page.route('**/me/v1/password', (route) => answerPassword(route))
        await save(page)
        await page.waitForSelector('[aria-invalid=true]')
      },
      dialog: { isWindow: true, open: async (scene) => await openDialog(scene) },
      'dialog, all others': { isWindow: true, open: async (scene) => await openDialog(scene, 'last') },
      'dialog, take back': {
        isWindow: true,
        open: async (scene) => {
          await allowStranger(scene)
          const page = await openAs(scene, 'filled', SECURITY)
          await page.locator('main section').nth(2).locator('li button').click()
          await page.waitForSelector('dialog[open]')
        },
      },
    },
  },
  {
    page: 'account-activity',
    route: ACTIVITY,
    states: {
      loading: async (scene) => await openLoading(scene, ACTIVITY),
      filled: async (scene) => {
        await signInElsewhere(scene)
        return await openAs(scene, 'filled', ACTIVITY)
      },
      empty: async (scene) => await openActivity(scene, (route) => route.fulfill({ json: { activity: [] } })),
      'nothing of a kind': async (scene) => {
        const page = await openAs(scene, 'bare', ACTIVITY)
        await page.locator('main fieldset input').last().check()
        await page.waitForSelector('main [role=status] h2')
      },
      'every kind, and more': async (scene) => await openActivity(scene, answerEveryKind),
      failing: async (scene) => await openFailing(scene, ACTIVITY),
      unreachable: async (scene) => await openFailing(scene, ACTIVITY, (route) => route.abort()),
    },
  },
  {
    page: 'account-not-found',
    route: '/account/*',
    states: { 'not found': async (scene) => await openAs(scene, 'filled', '/account/nowhere') },
  },
]

/** TABLE: whose account is shown. */
const PEOPLE = {
  filled: {
    name: 'Lucía Ferrer Santamaría',
    given_name: 'Lucía',
    family_name: 'Ferrer Santamaría',
    nickname: 'Lucía',
    picture: 'https://pictures.harborline.example/people/lucia-ferrer-santamaria/portrait-2026.png',
    user_metadata: {
      zoneinfo: 'Europe/Madrid',
      favourite_dock: 'North pier, berth 14',
      shifts: { early: true, nights: ['Monday', 'Thursday'] },
    },
  },
  bare: { email_verified: false, verify_email: false },
}

type Who = keyof typeof PEOPLE

/** Somebody of them, signed in. */
export async function visitorOf({ stage, language, signedInAs }: Scene, who: Who): Promise<Visitor> {
  return await signedInAs(who, async () => await stage.newPerson(language, PEOPLE[who]))
}

/** Opens a page, as it is once everything is there. */
export async function openAs(scene: Scene, who: Who, path: string): Promise<Page> {
  const page = await openPortal(scene, await visitorOf(scene, who), path)
  for (const text of LOADING) await page.getByText(text, { exact: true }).first().waitFor({ state: 'detached' })
  return page
}

/** Opens a page of which nothing comes. */
export async function openLoading(scene: Scene, path: string): Promise<void> {
  // It stays without an answer.
  const hold = (page: Page) => page.route(API, () => {})
  const page = await openPortal(scene, await visitorOf(scene, 'filled'), path, hold)
  // A skeleton shows itself after a moment.
  await page.waitForTimeout(700)
}

/** Opens a page that cannot be loaded. */
export async function openFailing(scene: Scene, path: string, fail = fault): Promise<void> {
  const page = await openPortal(scene, await visitorOf(scene, 'filled'), path, (page) => page.route(API, fail))
  await page.waitForSelector('[role=alert]', { timeout: 30_000 })
}

async function fault(route: Route): Promise<void> {
  await route.fulfill({ status: 500, headers: { 'x-request-id': 'req_8f3k2m9x' }, json: {} })
}

async function openActivity(scene: Scene, answer: (route: Route) => Promise<void>): Promise<Page> {
  const prepare = (page: Page) => page.route('**/me/v1/activity?*', answer)
  const page = await openPortal(scene, await visitorOf(scene, 'filled'), ACTIVITY, prepare)
  await page.waitForSelector('main :is(ol, [role=status]) :is(time, h2)')
  return page
}

/** One of each, some by others, over several days, and long names among them. */
async function answerEveryKind(route: Route): Promise<void> {
  const activity = Object.keys(ACTIVITY_KINDS).map((kind, at) => ({
    at: new Date(Date.now() - at * 7 * 3_600_000).toISOString(),
    kind,
    by: at % 5 === 4 ? 'administrator' : 'you',
    ...(at % 2 === 0 ? { browser: 'Mobile Safari', system: 'iOS', ip: '2001:db8:85a3:8d3:1319:8a2e:370:7348' } : {}),
    ...(at % 3 === 0 ? { client_name: 'Harborline Freight Planning and Customs Declarations' } : {}),
    ...(at % 4 === 0 ? { organization_name: 'Acme Freight Forwarding Scandinavia AB' } : {}),
  }))
  await route.fulfill({ json: { activity, next: '9002026' } })
}

async function openMenu(scene: Scene, button: string, width = 1280): Promise<Page> {
  const page = await openAs(scene, 'filled', OVERVIEW)
  await page.setViewportSize({ width, height: 720 })
  await page.click(button)
  return page
}

const LONG_ADDRESS = 'maximiliane.von-und-zu-hohenfels-weissenstein@logistik.suedliche-haefen.example'

async function askForLink(scene: Scene, status: number): Promise<void> {
  const page = await openAs(scene, 'bare', OVERVIEW)
  await page.route('**/me/v1/verification-email', async (route) => {
    const type = 'https://tenantry.example/errors#too_many_requests'
    await route.fulfill({ status, json: status === 202 ? { email: LONG_ADDRESS } : status === 429 ? { type } : {} })
  })
  const row = page.locator('main li').filter({ has: page.locator('svg.lucide-mail') })
  const before = await row.locator('[role=status]').textContent()
  await row.locator('button').click()
  await row
    .locator('[role=status]')
    .filter({ hasNotText: before ?? '' })
    .waitFor()
}

const GROUPS = ['identity', 'contact', 'preferences', 'more'] as const

/** The groups have no marks of their own; they come in this order. A group without a button cannot be edited. */
async function edit(scene: Scene, group: (typeof GROUPS)[number]): Promise<Page> {
  const page = await openAs(scene, 'filled', PERSONAL)
  const button = page.locator('main section').nth(GROUPS.indexOf(group)).locator('button:has(.unseen)')
  if ((await button.count()) > 0) await button.last().click()
  return page
}

async function save(page: Page): Promise<void> {
  await page.click('form button[type=submit]')
}

async function answerChange(route: Route, status: number, field?: string): Promise<void> {
  if (route.request().method() !== 'PATCH') return await route.continue()
  const validation_errors = field === undefined ? [] : [{ field, detail: 'refused' }]
  await route.fulfill({ status, json: { title: 'Refused', validation_errors } })
}

/** Really wrong ones would close the account in the end. */
async function answerPassword(route: Route): Promise<void> {
  if (route.request().method() !== 'PUT') return await route.continue()
  await route.fulfill({ status: 400, json: { type: 'https://tenantry.example/errors#wrong_password' } })
}

async function openPasswordForm(scene: Scene): Promise<Page> {
  const page = await openAs(scene, 'filled', SECURITY)
  await page.locator('main section').first().locator('button').click()
  await page.waitForSelector('#new-password')
  return page
}

const PHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1'

const seenElsewhere = new WeakSet<Visitor>()

/** On a telephone, once. */
async function signInElsewhere(scene: Scene): Promise<void> {
  const visitor = await visitorOf(scene, 'filled')
  if (seenElsewhere.has(visitor)) return
  seenElsewhere.add(visitor)
  const options = { locale: LANGUAGES[scene.language], userAgent: PHONE }
  const context = await scene.browser.newContext(options)
  await signInToPortal(context, scene.stage.url, visitor.person.email)
  await context.close()
}

/** The person has allowed an application of others what it asked for. */
async function allowStranger(scene: Scene): Promise<void> {
  const { person } = await visitorOf(scene, 'filled')
  const { clientId } = scene.stage.applications.stranger
  const allow = `insert into consents (id, user_id, client_id, audience, scope, created_at, updated_at)
    values (md5($1), $1, $2, '', $3, now(), now()) on conflict do nothing`
  await scene.stage.sql(allow, [person.id, clientId, ['openid', 'profile', 'email', 'tenantry:offline']])
}

async function openDialog(scene: Scene, which: 'first' | 'last' = 'first'): Promise<Page> {
  await signInElsewhere(scene)
  const page = await openAs(scene, 'filled', SECURITY)
  const buttons = page.locator('main section').nth(1).locator(':is(li, div) > div > button:visible')
  await buttons[which]().click()
  await page.waitForSelector('dialog[open]')
  return page
}
