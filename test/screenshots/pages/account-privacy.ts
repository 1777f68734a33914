/** TABLE: the page of the profile portal on which terms are accepted and consents are given and withdrawn. */
import type { Page, Route } from 'playwright-core'
import { openPortal, type PagePictures, type Scene } from '../scene.ts'
import { TERMS_TEXTS, type TermsName } from '../terms-texts.ts'
import { openAs, openFailing, openLoading, visitorOf } from './account.ts'

const PRIVACY = '/account/privacy'
const ORGANIZATION = { id: 'org_1', name: 'Northwind Bulk Carriers and Warehousing International' }
const DAY = 86_400_000
const ago = (days: number) => new Date(Date.now() - days * DAY).toISOString()

/** It. */
export const ACCOUNT_PRIVACY: readonly PagePictures[] = [
  {
    page: 'account-privacy',
    route: PRIVACY,
    states: {
      loading: async (scene) => await openLoading(scene, PRIVACY),
      empty: async (scene) => await openAs(scene, 'filled', PRIVACY),
      pending: async (scene) => await openWith(scene, PENDING),
      answered: async (scene) => await openWith(scene, ANSWERED, HISTORY),
      'newer versions': async (scene) => await openWith(scene, NEWER, HISTORY.slice(1), 'next'),
      'nothing any more': async (scene) => await openWith(scene, [], HISTORY.slice(0, 2)),
      reading: {
        isWindow: true,
        open: async (scene) => {
          const page = await openWith(scene, NEWER)
          await page.locator('main section').first().locator('li button').first().click()
          await page.waitForSelector('dialog[open]')
        },
      },
      'reading what was accepted': {
        isWindow: true,
        open: async (scene) => {
          const page = await openWith(scene, ANSWERED, HISTORY)
          await page.locator('main section').nth(2).locator('li button').last().click()
          await page.waitForSelector('dialog[open] h3')
        },
      },
      'not read': {
        isWindow: true,
        open: async (scene) => {
          const page = await openWith(scene, ANSWERED, HISTORY)
          await page.route('**/me/v1/terms/*/versions/*', (route) => route.fulfill({ status: 500, json: {} }))
          await page.locator('main section').nth(2).locator('li button').last().click()
          await page.waitForSelector('dialog[open] [role=alert]', { timeout: 30_000 })
        },
      },
      given: {
        isWindow: true,
        open: async (scene) => {
          const page = await openWith(scene, PENDING)
          await page.locator('[role=switch]').first().click()
          await page.waitForSelector('[role=switch][aria-checked=true]')
        },
      },
      'changed meanwhile': {
        isWindow: true,
        open: async (scene) => {
          const page = await openWith(scene, PENDING)
          const type = 'https://tenantry.example/errors#terms_changed'
          await page.route('**/me/v1/terms/*/answers', (route) => route.fulfill({ status: 409, json: { type } }))
          await page.locator('main section').first().locator('li > div > button').first().click()
          await page.waitForSelector('[role=status] svg')
        },
      },
      failing: async (scene) => await openFailing(scene, PRIVACY),
    },
  },
  {
    page: 'account-overview-terms',
    route: '/account',
    states: {
      'one to accept': async (scene) => await openWith(scene, PENDING.slice(1), [], undefined, '/account'),
      'several to accept': async (scene) => await openWith(scene, PENDING, [], undefined, '/account'),
    },
  },
]

type Asked = Record<string, unknown> & { name: TermsName; version: number; required: boolean }

const yes = (days: number, version = 1) => ({
  status: 'accepted',
  answer: 'accepted',
  answered_version: version,
  answered_at: ago(days),
})
const required = { required: true, effective_at: ago(9), deadline_at: ago(9) }
const voluntary = { required: false, effective_at: ago(9), deadline_at: ago(9) }

const PENDING: readonly Asked[] = [
  { ...required, name: 'use', version: 1, status: 'pending' },
  {
    ...required,
    ...{ name: 'warehouse', version: 1, status: 'pending', deadline_at: ago(-21), organization: ORGANIZATION },
  },
  { ...voluntary, name: 'news', version: 1, status: 'pending' },
  { ...voluntary, name: 'photos', version: 1, status: 'pending', organization: ORGANIZATION },
]
const ANSWERED: readonly Asked[] = [
  { ...required, name: 'use', version: 3, ...yes(2, 3) },
  { ...required, name: 'warehouse', version: 1, ...yes(400), organization: ORGANIZATION },
  { ...voluntary, name: 'news', version: 1, ...yes(400) },
  { ...voluntary, name: 'figures', version: 2, ...yes(30, 2), status: 'withdrawn', answer: 'withdrawn' },
  { ...voluntary, name: 'photos', version: 1, ...yes(30), status: 'declined', answer: 'declined' },
]
const NEWER: readonly Asked[] = [
  { ...required, name: 'use', version: 4, ...yes(2, 3), status: 'pending', deadline_at: ago(-21) },
  {
    ...required,
    ...{ name: 'warehouse', version: 1, ...yes(1), status: 'declined', answer: 'declined', organization: ORGANIZATION },
  },
  { ...voluntary, name: 'figures', version: 2, ...yes(300), status: 'pending' },
]
const HISTORY = [
  { name: 'figures', version: 2, outcome: 'withdrawn', days: 0.1 },
  { name: 'use', version: 3, outcome: 'accepted', days: 2 },
  { name: 'photos', version: 1, outcome: 'declined', days: 30, organization: ORGANIZATION },
  { name: 'figures', version: 2, outcome: 'accepted', days: 31 },
  { name: 'warehouse', version: 1, outcome: 'accepted', days: 400, organization: ORGANIZATION },
] as const

/** Opens a page of somebody of whom this is asked and who has said that. @param next of the page of the history */
async function openWith(
  scene: Scene,
  asked: readonly Asked[],
  said: readonly (typeof HISTORY)[number][] = [],
  next?: string,
  path = PRIVACY,
): Promise<Page> {
  const { language } = scene
  const terms = asked.map(({ name, ...one }) => ({
    id: `trm_${name}`,
    language,
    ...TERMS_TEXTS[name][language],
    ...one,
  }))
  const answer = async (route: Route) => {
    const { pathname } = new URL(route.request().url())
    if (pathname.endsWith('/acceptances')) return await route.fulfill({ json: { acceptances: rows, next } })
    if (pathname.endsWith('/answers')) return await route.fulfill({ json: answered(route, terms) })
    if (pathname.includes('/versions/')) {
      const json = { ...TERMS_TEXTS.use[language], language, version: 1, effective_at: ago(400) }
      return await route.fulfill({ json })
    }
    return await route.fulfill({ json: { terms } })
  }
  const rows = said.map(({ name, days, ...one }, at) => ({
    ...{ id: `acc_${at}`, terms_id: `trm_${name}`, title: TERMS_TEXTS[name][language].title, language },
    ...{ ...one, created_at: ago(days) },
  }))
  const prepare = (page: Page) => page.route(/\/me\/v1\/terms/, answer)
  const page = await openPortal(scene, await visitorOf(scene, 'filled'), path, prepare)
  await page.waitForSelector('main section h2')
  await page.locator('main [aria-hidden=true] > span + span').first().waitFor({ state: 'detached' })
  return page
}

/** What is asked, once the person has said yes to it. */
function answered(route: Route, terms: readonly { id: string }[]) {
  const [, id] = /terms\/([^/]+)\//.exec(route.request().url()) ?? []
  return { ...terms.find((one) => one.id === id), ...yes(0) }
}
