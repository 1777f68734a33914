/** TABLE: the pages of the admin portal, as administrators of an organization see them. */
import type { Page, Route } from 'playwright-core'
import { type Acme, makeAcme } from '../../acme.ts'
import { openPortal, type PagePictures, type Scene, type State } from '../scene.ts'
import { PASSWORD, type Person, type Stage } from '../stage.ts'
import { busyDays, HOME_LATER } from './admin-figures.ts'

const HOME = '/admin'
const MEMBERS = '/admin/members'
const INVITATIONS = '/admin/invitations'
const ROLES = '/admin/roles'
const ACTIVITY = '/admin/activity'
const BRANDING = '/admin/branding'
const SETTINGS = '/admin/settings'
const API = '**/api/v2/**'

/** As whom a page is seen. */
export type Who = 'administrator' | 'auditor' | 'operator' | 'newcomer'

/** They. */
export const ADMIN: readonly PagePictures[] = [
  {
    page: 'admin-home',
    route: HOME,
    states: {
      ...commonStates(HOME),
      filled: (scene) => open(scene, HOME),
      busy: (scene) => open(scene, HOME, { prepare: (page) => answer(page, '**/summary', busyDays()) }),
      'as a table': async (scene) => {
        const page = await open(scene, HOME)
        await page.locator('section[aria-labelledby=sign-ins] button[type=button]').first().click()
      },
      'for an auditor': (scene) => open(scene, HOME, { who: 'auditor' }),
      palette: {
        isWindow: true,
        open: async (scene) => {
          const page = await open(scene, HOME)
          await openByKey(page, 'Control+k')
          await page.fill('dialog[open] input', 'tomasz')
          await page.locator('[role=option]', { hasText: 'Tomasz Kowalczyk' }).waitFor()
        },
      },
      keys: {
        isWindow: true,
        open: async (scene) => {
          const page = await open(scene, HOME)
          await openByKey(page, '?')
        },
      },
      'account menu': {
        width: 1280,
        isWindow: true,
        open: async (scene) => {
          const page = await open(scene, HOME)
          await page.locator('#side [aria-expanded]').last().click()
        },
      },
      'narrow menu': {
        width: 320,
        isWindow: true,
        open: async (scene) => {
          const page = await open(scene, HOME)
          await page.setViewportSize({ width: 320, height: 720 })
          await page.click('[aria-controls=side]')
        },
      },
      'no organization': (scene) => open(scene, HOME, { who: 'operator' }),
    },
  },
  {
    page: 'admin-members',
    route: MEMBERS,
    states: {
      ...commonStates(MEMBERS),
      filled: (scene) => open(scene, MEMBERS),
      'for an auditor': (scene) => open(scene, MEMBERS, { who: 'auditor' }),
      'not open': (scene) => open(scene, MEMBERS, { who: 'newcomer' }),
      filtered: (scene) => open(scene, `${MEMBERS}?role=Helper`),
      'filtered to nothing': (scene) => open(scene, `${MEMBERS}?status=blocked&role=Auditor&text=nobody`),
      empty: (scene) => open(scene, MEMBERS, { prepare: (page) => answer(page, '**/api/v2/users?**', NOBODY) }),
      'one of many pages': (scene) =>
        open(scene, `${MEMBERS}?page=26`, { prepare: (page) => answer(page, '**/api/v2/users?**', manyMembers()) }),
      'act going on': {
        isWindow: true,
        open: async (scene) => {
          // What is held here goes on once the page closes: so it is an act that changes nobody.
          const page = await actOnMany(scene, () => new Promise(() => {}))
          await page
            .locator('main section button:not([data-variant=danger])', { hasText: /reset|Zurücksetzen/ })
            .click()
          await page.locator('dialog[open] button[type=submit]:not([disabled])').click()
          await page.waitForSelector('dialog[open] progress')
        },
      },
      'act broken off': async (scene) => {
        const page = await actOnMany(scene, (route) => route.fulfill({ status: 502, json: {} }))
        await page.locator('main section button[data-variant=danger]').first().click()
        await page.fill('dialog[open] textarea', 'Season is over')
        await page.locator('dialog[open] button[type=submit]:not([disabled])').click()
        await page.locator('main [role=status] strong').waitFor()
      },
      'filter open': {
        width: 1280,
        isWindow: true,
        open: async (scene) => {
          const page = await open(scene, MEMBERS)
          await page.locator('main [aria-expanded]').nth(1).click()
        },
      },
      'columns open': {
        width: 1280,
        isWindow: true,
        open: async (scene) => {
          const page = await open(scene, MEMBERS)
          await page.locator('main [aria-expanded]').last().click()
        },
      },
      selected: { width: 1280, isWindow: true, open: async (scene) => await select(scene, 4) },
      'selected, on a phone': {
        width: 320,
        isWindow: true,
        open: async (scene) => {
          const page = await select(scene, 4)
          await page.setViewportSize({ width: 320, height: 800 })
          await page.locator('main section [aria-expanded]').click()
        },
      },
      'block many': {
        width: 1280,
        isWindow: true,
        open: async (scene) => {
          const page = await select(scene, 4)
          await page.locator('main section button[data-variant=danger]').first().click()
          await page.locator('dialog[open] li').first().waitFor()
        },
      },
      'remove many': {
        width: 1280,
        isWindow: true,
        open: async (scene) => {
          const page = await select(scene, 3)
          await page.locator('main section button[data-variant=danger]').last().click()
          await page.locator('dialog[open] li').first().waitFor()
        },
      },
    },
  },
  {
    page: 'admin-invitations',
    route: INVITATIONS,
    states: {
      ...commonStates(INVITATIONS),
      filled: (scene) => open(scene, INVITATIONS),
      empty: (scene) =>
        open(scene, INVITATIONS, {
          prepare: (page) => answer(page, '**/invitations?**', { invitations: [], total: 0 }),
        }),
      'none found': (scene) => open(scene, `${INVITATIONS}?text=nobody-here`),
      'for an auditor': (scene) => open(scene, INVITATIONS, { who: 'auditor' }),
      'not open': (scene) => open(scene, INVITATIONS, { who: 'newcomer' }),
      'invite one': (scene) => open(scene, `${INVITATIONS}?invite=one`),
      'invite one, wrong': async (scene) => {
        const page = await open(scene, `${INVITATIONS}?invite=one`)
        await page.fill('#invite-email', 'no address')
        await page.click('form button[type=submit]')
        await page.waitForSelector('[aria-invalid=true]')
      },
      'invite many': (scene) => open(scene, `${INVITATIONS}?invite=many`),
      'invite many, checked': async (scene) => {
        const page = await open(scene, `${INVITATIONS}?invite=many`)
        const lines = [
          'ada@new.example, Auditor, en',
          'no address',
          `oskar.lindqvist@${domainOf(scene)}`,
          'bo@new.example, Boss',
        ]
        await page.fill('textarea', lines.join('\n'))
        await page.click('form button[type=submit]')
        await page.waitForSelector('form table')
      },
      'invite many, too many': async (scene) => {
        const results = ['created', 'limit_reached'].map((outcome) => ({ email: 'x', outcome, message: '' }))
        const prepare = (page: Page) =>
          page.route('**/invitations/batch', (route) => route.fulfill({ json: { results, created: 1, refused: 1 } }))
        const page = await open(scene, `${INVITATIONS}?invite=many`, { prepare })
        await page.fill('textarea', 'ada@new.example\nbo@new.example')
        await page.click('form button[type=submit]')
        await page.waitForSelector('form table')
      },
      'revoke, question': {
        isWindow: true,
        open: async (scene) => {
          const page = await open(scene, INVITATIONS)
          await page.locator('main [data-row] button').nth(2).click()
          await page.waitForSelector('dialog[open]')
        },
      },
    },
  },
  {
    page: 'admin-roles',
    route: ROLES,
    states: {
      ...commonStates(ROLES),
      filled: (scene) => open(scene, ROLES),
      'for an auditor': (scene) => open(scene, ROLES, { who: 'auditor' }),
      'not open': (scene) => open(scene, ROLES, { who: 'newcomer' }),
      empty: (scene) => open(scene, ROLES, { prepare: (page) => answer(page, '**/roles?**', []) }),
    },
  },
  {
    page: 'admin-activity',
    route: ACTIVITY,
    states: {
      ...commonStates(ACTIVITY),
      filled: { isWindow: true, open: (scene) => open(scene, ACTIVITY) },
      'entry open': {
        isWindow: true,
        open: async (scene) => {
          const page = await open(scene, ACTIVITY)
          await page.locator('main ol [aria-expanded]').nth(1).click()
        },
      },
      'not open': (scene) => open(scene, ACTIVITY, { who: 'newcomer' }),
      empty: (scene) => open(scene, ACTIVITY, { prepare: (page) => answer(page, '**/logs?**', NO_ENTRIES) }),
      'filtered to nothing': (scene) =>
        open(scene, `${ACTIVITY}?kind=factor&result=refused&from=2020-01-01&to=2020-01-31`),
    },
  },
  {
    page: 'admin-branding',
    route: BRANDING,
    states: {
      ...commonStates(BRANDING),
      filled: (scene) => open(scene, BRANDING),
      'pale colour': async (scene) => {
        const page = await open(scene, BRANDING)
        await page.fill('#branding-primary', '#f2c200')
        await page.locator('[aria-pressed=false]').click()
      },
      wrong: async (scene) => {
        const page = await open(scene, BRANDING)
        await page.fill('#branding-logo_url', 'logo.png')
        await page.fill('#branding-primary', 'teal')
        await page.click('form button[type=submit]')
        await page.waitForSelector('[aria-invalid=true]')
      },
      'for an auditor': (scene) => open(scene, BRANDING, { who: 'auditor' }),
      'not open': (scene) => open(scene, BRANDING, { who: 'newcomer' }),
    },
  },
  {
    page: 'admin-settings',
    route: SETTINGS,
    states: {
      ...commonStates(SETTINGS),
      filled: (scene) => open(scene, SETTINGS),
      editing: async (scene) => {
        const page = await open(scene, SETTINGS)
        await page.locator('main section').nth(3).locator('button').click()
        await page.fill('#field-lifetime_minutes', '480')
      },
      'editing, wrong': async (scene) => {
        const page = await open(scene, SETTINGS)
        await page.locator('main section').nth(3).locator('button').click()
        await page.fill('#field-lifetime_minutes', 'a day')
        await page.click('form button[type=submit]')
        await page.waitForSelector('[aria-invalid=true]')
      },
      'for an auditor': (scene) => open(scene, SETTINGS, { who: 'auditor' }),
      'not open': (scene) => open(scene, SETTINGS, { who: 'newcomer' }),
    },
  },
  {
    page: 'admin-not-found',
    route: '/admin/*',
    states: { 'not found': (scene) => open(scene, '/admin/nowhere') },
  },
]

const NOBODY = { users: [], start: 0, limit: 50, length: 0, total: 0 }
const NO_ENTRIES = { logs: [], start: 0, limit: 50, length: 0, total: 0 }

/** What every page that loads something is seen in. */
export function commonStates(path: string): Record<'loading' | 'failing', State> {
  return { loading: (scene) => openLoading(scene, path), failing: (scene) => openFailing(scene, path) }
}

const customers = new WeakMap<Stage, Map<string, Promise<Acme>>>()

/** The organization of a language's pictures, made once. */
export function acmeOf(scene: Scene): Promise<Acme> {
  const { stage, language } = scene
  const made = customers.get(stage) ?? new Map<string, Promise<Acme>>()
  customers.set(stage, made)
  const connection = stage.applications.fleet.connection
  const acme = made.get(language) ?? makeAcme(stage.api, domainOf(scene), { connection, password: PASSWORD }, language)
  made.set(language, acme)
  return acme
}

function domainOf({ language }: Scene): string {
  return `acme-${language}.example`
}

/** TABLE: as whom the pages are seen. */
const PEOPLE: Readonly<Record<Who, (scene: Scene, acme: Acme) => Promise<Person>>> = {
  administrator: async (_, acme) => acme.administrator,
  auditor: async (_, acme) => acme.auditor,
  newcomer: async (_, acme) => acme.member,
  operator: async ({ stage, language }) => {
    const person = await stage.newPerson(language)
    const roles = await stage.api('GET', '/roles?per_page=100')
    const { id } = roles.find(({ name }: { name: string }) => name === 'Administrator')
    await stage.api('POST', `/users/${encodeURIComponent(person.id)}/roles`, { roles: [id] })
    return person
  },
}

type How = { who?: Who; prepare?: (page: Page) => Promise<unknown>; isSettled?: boolean }

/** Opens a page as somebody of the organization. */
export async function open(
  scene: Scene,
  path: string,
  { who = 'administrator', prepare, isSettled = true }: How = {},
): Promise<Page> {
  const acme = await acmeOf(scene)
  const visitor = await scene.signedInAs(`admin ${who}`, async () => await PEOPLE[who](scene, acme))
  // Whoever has no role there gets in by naming the organization.
  const named = who === 'newcomer' ? `${path}?organization=${acme.id}` : path
  const page = await openPortal(scene, visitor, named, prepare)
  if (isSettled) await page.waitForLoadState('networkidle')
  return page
}

/** A page that has just been drawn may not listen yet. */
async function openByKey(page: Page, key: string): Promise<void> {
  const dialog = page.locator('dialog[open]')
  for (let tries = 0; tries < 10 && !(await dialog.isVisible()); tries += 1) {
    await page.keyboard.press(key)
    await dialog.waitFor({ timeout: 3_000 }).catch(() => {})
  }
  await dialog.waitFor()
}

async function select(scene: Scene, count: number): Promise<Page> {
  const page = await open(scene, MEMBERS)
  for (let row = 0; row < count; row += 1) await page.locator('[data-row] [type=checkbox]').nth(row).click()
  return page
}

/** A page in the middle of 1,284, with names that are long. */
export function manyMembers(): object {
  const users = Array.from({ length: 50 }, (_, at) => ({
    user_id: `auth0|${at}`,
    email: at % 7 === 3 ? `${LONG_WORD.toLowerCase()}@acme.example` : `member${at}@acme.example`,
    email_verified: at % 5 !== 0,
    name: at % 7 === 3 ? LONG_WORD : `Member ${at}`,
    blocked: at % 9 === 4,
    created_at: '2026-01-02T03:04:05.000Z',
    membership: { roles: [], attributes: {}, created_at: '2026-01-02T03:04:05.000Z', managed: true, protected: false },
  }))
  return { users, start: 1_250, limit: 50, length: 50, total: 1_284 }
}

/** A name without a place to break. */
export const LONG_WORD = 'Donaudampfschifffahrtsgesellschaftskapitaensmuetzenfabrikleiter'

/** Three are selected. @param then what becomes of the act itself */
async function actOnMany(scene: Scene, then: (route: Route) => Promise<unknown>): Promise<Page> {
  const prepare = (page: Page) =>
    page.route('**/members/bulk', (route) =>
      route.request().postDataJSON().dry_run ? route.continue() : void then(route),
    )
  const page = await open(scene, MEMBERS, { prepare })
  for (let row = 1; row < 4; row += 1) await page.locator('[data-row] [type=checkbox]').nth(row).click()
  return page
}

async function openLoading(scene: Scene, path: string): Promise<void> {
  // It stays without an answer.
  const page = await open(scene, path, { prepare: (page) => page.route(API, () => {}), isSettled: false })
  await page.waitForTimeout(HOME_LATER)
}

async function openFailing(scene: Scene, path: string): Promise<void> {
  const fault = (route: Route) => route.fulfill({ status: 500, headers: { 'x-request-id': 'req_8f3k2m9x' }, json: {} })
  const page = await open(scene, path, { prepare: (page) => page.route(API, fault), isSettled: false })
  await page.locator('[role=alert]').first().waitFor({ timeout: 30_000 })
}

/** Answers in the server's place. */
export async function answer(page: Page, url: string, json: unknown): Promise<void> {
  await page.route(url, (route) => (route.request().method() === 'GET' ? route.fulfill({ json }) : route.continue()))
}
