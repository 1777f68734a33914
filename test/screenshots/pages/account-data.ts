/** TABLE: what people do with their own data in the profile portal: a copy of it, and the account given up. */
import type { Page, Route } from 'playwright-core'
import type { PagePictures, Scene } from '../scene.ts'
import { openAs, visitorOf } from './account.ts'

const PRIVACY = '/account/privacy'
const DAY = 86_400_000
const ORGANIZATION = { id: 'org_1', name: 'Northwind Bulk Carriers and Warehousing International' }

/** They. */
export const ACCOUNT_DATA: readonly PagePictures[] = [
  {
    page: 'account-privacy-data',
    route: PRIVACY,
    states: {
      'copy being made': async (scene) => {
        // It stays without an answer.
        await takeCopy(scene, () => {})
        await scene.page.locator('button[data-loading]').waitFor()
      },
      'copy made': async (scene) => {
        await takeCopy(scene, (route) => route.continue())
        await scene.page.waitForSelector('section [role=status] p')
      },
      'copy failed': async (scene) => {
        const headers = { 'x-request-id': 'req_8f3k2m9x' }
        await takeCopy(scene, (route) => route.fulfill({ status: 500, headers, json: {} }))
        await scene.page.waitForSelector('section [role=alert] h2')
      },
      'asked whether to delete': { isWindow: true, open: async (scene) => await openQuestion(scene) },
      'wrong address': {
        isWindow: true,
        open: async (scene) => {
          await openQuestion(scene)
          await answerDeletion(scene.page, 400, 'deletion_not_confirmed')
          await submit(scene.page, 'lucia@elsewhere.example')
          await scene.page.waitForSelector('[aria-invalid=true]')
        },
      },
      'last administrator': async (scene) => {
        await openQuestion(scene)
        await answerDeletion(scene.page, 409, 'erasure_leaves_no_administrator')
        await submit(scene.page, 'lucia@harborline.example')
        await scene.page.waitForSelector('section [role=alert] p')
      },
      'an organization’s account': async (scene) => await openWith(scene, { offered: true, managed_by: ORGANIZATION }),
      'not offered': async (scene) => await openWith(scene, { offered: false }),
      'to be deleted': async (scene) => await openWith(scene, { offered: true, due_at: inDays(14) }),
      'state not loaded': async (scene) => {
        await openWith(scene, {}, PRIVACY, 500)
        await scene.page.waitForSelector('[role=alert]', { timeout: 30_000 })
      },
    },
  },
  {
    page: 'account-overview-deletion',
    route: '/account',
    states: {
      'to be deleted': async (scene) => await openWith(scene, { offered: true, due_at: inDays(14) }, '/account'),
      kept: {
        isWindow: true,
        open: async (scene) => {
          const page = await openWith(scene, { offered: true, due_at: inDays(14) }, '/account')
          await page.unroute('**/me/v1/deletion')
          await page.locator('main li').first().locator('button').click()
          await page.waitForSelector('h1:focus')
        },
      },
    },
  },
]

const inDays = (days: number) => new Date(Date.now() + days * DAY).toISOString()

async function takeCopy(scene: Scene, answer: (route: Route) => unknown): Promise<void> {
  const page = await openAs(scene, 'filled', PRIVACY)
  await page.route('**/me/v1/personal-data', answer)
  await page.locator('button:has(.lucide-download)').first().click()
}

/** Opens a page of somebody of whose account this is said. */
async function openWith(scene: Scene, deletion: object, path = PRIVACY, status = 200): Promise<Page> {
  const { context } = await visitorOf(scene, 'filled')
  const answer = (route: Route) => route.fulfill({ status, json: { days: 14, ...deletion } })
  await context.route('**/me/v1/deletion', answer, { times: status === 200 ? 1 : 2 })
  return await openAs(scene, 'filled', path)
}

async function openQuestion(scene: Scene): Promise<void> {
  const page = await openAs(scene, 'filled', PRIVACY)
  await page.locator('main section').last().locator('button:not(dialog button)').click()
  await page.waitForSelector('dialog[open]')
}

async function submit(page: Page, address: string): Promise<void> {
  await page.fill('dialog input', address)
  await page.click('dialog [type=submit]')
}

async function answerDeletion(page: Page, status: number, code: string): Promise<void> {
  const type = `https://tenantry.example/errors#${code}`
  await page.route('**/me/v1/deletion', (route) => route.fulfill({ status, json: { type } }))
}
