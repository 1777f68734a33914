/** TABLE: making a member in the admin portal. Connections of an organization's own are answered in the server's place. */
import type { Page } from 'playwright-core'
import type { PagePictures, Scene } from '../scene.ts'
import { answer, commonStates, open } from './admin.ts'

const NEW = '/admin/members/new'

const PEOPLE = { id: 'con_0000000000000001', name: 'Acme-People', username: 'inactive' }
const DRIVERS = { id: 'con_0000000000000002', name: 'Acme-Drivers', username: 'required' }

/** They. */
export const ADMIN_NEW_MEMBER: readonly PagePictures[] = [
  {
    page: 'admin-new-member',
    route: NEW,
    states: {
      ...commonStates(NEW),
      'no connection': (scene) => open(scene, NEW),
      'for an auditor': (scene) => open(scene, NEW, { who: 'auditor' }),
      empty: (scene) => openForm(scene),
      wrong: async (scene) => {
        const page = await openForm(scene)
        await page.fill('#new-email', 'lucia at acme')
        await page.fill('#new-picture', 'lucia.png')
        await page.click('form button[type=submit]')
        await page.waitForSelector('[aria-invalid=true]')
      },
      taken: async (scene) => {
        const page = await openForm(scene)
        await page.route('**/api/v2/users', (route) =>
          route.fulfill({ status: 409, json: { statusCode: 409, errorCode: 'auth0_idp_error' } }),
        )
        await page.fill('#new-email', 'lucia.ferrer@acme.example')
        await page.fill('#new-name', 'Lucía Ferrer')
        await page.click('form button[type=submit]')
        await page.waitForSelector('[aria-invalid=true]')
      },
      'temporary password': async (scene) => {
        const page = await openForm(scene, [PEOPLE, DRIVERS], true)
        await page.locator('[name=connection]').last().click()
        await page.locator('[name=entry]').last().click()
        await page.fill('#new-email', 'a.very.long.address.without.any.break@northwind-bulk-carriers.example')
        await page.fill('#new-password', 'Slow tram 8')
      },
    },
  },
]

async function openForm(scene: Scene, connections: object[] = [PEOPLE], maySetPasswords = false): Promise<Page> {
  const prepare = async (page: Page) => {
    await answer(page, '**/import-connections', { connections })
    if (maySetPasswords) await answer(page, '**/api/v2/organizations/*/settings', { may_set_passwords: true })
  }
  return await open(scene, NEW, { prepare })
}
