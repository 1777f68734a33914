/** TABLE: the page of a member in the admin portal. */
import type { Page } from 'playwright-core'
import type { PagePictures, Scene } from '../scene.ts'
import { acmeOf, answer, commonStates, LONG_WORD, manyMembers, open, type Who } from './admin.ts'

const MEMBERS = '/admin/members'

/** It. */
export const ADMIN_MEMBER: readonly PagePictures[] = [
  {
    page: 'admin-member',
    route: '/admin/members/$userId',
    states: {
      ...commonStates(`${MEMBERS}/auth0%7Csomebody`),
      missing: (scene) => open(scene, `${MEMBERS}/auth0%7Cnobody`),
      profile: (scene) => openMember(scene),
      'profile, with terms': (scene) => openWithTerms(scene),
      'profile, editing': async (scene) => {
        const page = await openMember(scene)
        await page.locator('[role=tabpanel] section button').first().click()
        await page.fill('#field-title', 'Dispatcher')
        await page.fill('#field-department', 'Gothenburg')
      },
      roles: (scene) => openMember(scene, 'roles'),
      'roles of an administrator': (scene) => openMember(scene, 'roles', 'administrator'),
      security: (scene) => openMember(scene, 'security'),
      applications: (scene) => openWithApplications(scene),
      'close an application, question': {
        isWindow: true,
        open: async (scene) => {
          const page = await openWithApplications(scene)
          await page.locator('[role=tabpanel] section').last().getByRole('button').first().click()
          await page.waitForSelector('dialog[open]')
        },
      },
      activity: (scene) => openMember(scene, 'activity'),
      oneself: (scene) => openMember(scene, 'profile', 'administrator'),
      'more acts': {
        width: 1280,
        isWindow: true,
        open: async (scene) => {
          const page = await openMember(scene, 'profile', 'unverified')
          await page.locator('main [aria-expanded]').first().click()
        },
      },
      'block, question': { isWindow: true, open: (scene) => ask(scene, 'button[data-variant=danger]') },
      'remove, question': {
        isWindow: true,
        open: async (scene) => {
          const page = await openMember(scene)
          await page.locator('main [aria-expanded]').first().click()
          await page.locator('main [aria-controls] + div button').last().click()
          await page.waitForSelector('dialog[open]')
        },
      },
      blocked: async (scene) => {
        const page = await openMember(scene, 'profile', 'unverified')
        const blocking = page.locator('main section button[data-variant=danger]')
        if ((await blocking.count()) > 0) {
          await blocking.click()
          await page.fill('dialog[open] textarea', 'Left the company')
          await page.click('dialog[open] button[type=submit]')
        }
        await page.locator('main [role=status]', { hasText: 'Left the company' }).waitFor()
      },
      'for an auditor': (scene) => openMember(scene, 'security', 'member', 'auditor'),
      'not open': (scene) => openMember(scene, 'profile', 'member', 'newcomer'),
      'long words': (scene) => openLongWords(scene),
    },
  },
]

async function openMember(
  scene: Scene,
  tab = 'profile',
  of: 'member' | 'administrator' | 'unverified' = 'member',
  who: Who = 'administrator',
): Promise<Page> {
  const { id } = (await acmeOf(scene))[of]
  return await open(scene, `${MEMBERS}/${encodeURIComponent(id)}?tab=${tab}`, { who })
}

async function openWithTerms(scene: Scene): Promise<Page> {
  const { id } = (await acmeOf(scene)).member
  const of = { version: 1, created_at: '2026-03-02T08:00:00.000Z' }
  const acceptances = [
    { ...of, id: 'acc_2', terms_id: 'trm_2', terms_name: 'newsletter', outcome: 'withdrawn' },
    { ...of, id: 'acc_1', terms_id: 'trm_1', terms_name: 'house-rules', outcome: 'accepted' },
  ]
  const prepare = (page: Page) => answer(page, '**/acceptances?**', { acceptances })
  return await open(scene, `${MEMBERS}/${encodeURIComponent(id)}`, { prepare })
}

async function openWithApplications(scene: Scene): Promise<Page> {
  const { id } = (await acmeOf(scene)).member
  const closed = { closed: true, closed_at: '2026-03-02T08:00:00.000Z' }
  const applications = [
    { client_id: 'app_1', name: 'Harborline Customers', closed: false },
    { client_id: 'app_2', name: `${LONG_WORD} am Kai`, closed: false },
    {
      ...{ client_id: 'app_3', name: 'Warehouse', ...closed },
      reason: 'Works in the office until the inventory is done; ask Amara before it is opened again.',
    },
    { client_id: 'app_4', name: 'Timesheets', ...closed },
  ]
  const prepare = (page: Page) => answer(page, '**/application-access', { applications })
  return await open(scene, `${MEMBERS}/${encodeURIComponent(id)}?tab=security`, { prepare })
}

async function ask(scene: Scene, button: string): Promise<Page> {
  const page = await openMember(scene)
  await page.locator(`main section ${button}`).first().click()
  await page.waitForSelector('dialog[open]')
  return page
}

async function openLongWords(scene: Scene): Promise<Page> {
  const { id } = (await acmeOf(scene)).member
  const [user] = (manyMembers() as { users: object[] }).users.slice(3)
  const member = { ...user, user_id: `auth0|${'x'.repeat(180)}` }
  const prepare = async (page: Page) => {
    await answer(page, '**/api/v2/users/*', member)
  }
  return await open(scene, `${MEMBERS}/${encodeURIComponent(id)}`, { prepare })
}
