/** Acts on hundreds of members in the admin portal: all that match, how far it is, stopping, and a connection that breaks. */
import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import type { Page, Route } from 'playwright-core'
import { findConnectionByName } from '../../server/connections/store.ts'
import { transact } from '../../server/db/database.ts'
import { createUser } from '../../server/users/create.ts'
import { startAdminPortal } from './admin-portal.ts'
import { checkPage } from './portal.ts'

const DRIVERS = 350
const TIMEOUT = { timeout: 180_000 }

describe('acts on hundreds of members', async () => {
  const { acme, api, connection, db, home, signedIn } = await startAdminPortal()

  before(async () => {
    const ids = await makeDrivers()
    for (let at = 0; at < ids.length; at += 10) {
      await api('POST', `/organizations/${acme.id}/members`, { members: ids.slice(at, at + 10) })
    }
  })

  async function makeDrivers(): Promise<string[]> {
    const into = await findConnectionByName(db, connection.name)
    assert.ok(into)
    return await transact(db, async (tx) => {
      const ids: string[] = []
      for (let number = 0; number < DRIVERS; number += 1) {
        const person = { connection: into, email: `driver${number}@acme.example`, name: `Driver ${number}` }
        ids.push((await createUser(tx, { kind: 'system', name: 'test' }, person)).user_id)
      }
      return ids
    })
  }
  const countBlocked = async () =>
    Number(
      (
        await db
          .selectFrom('memberships')
          .select((eb) => eb.fn.countAll().as('n'))
          .where('blocked_at', 'is not', null)
          .executeTakeFirstOrThrow()
      ).n,
    )
  const main = (page: Page) => page.getByRole('main')
  const dialogOf = (page: Page) => page.getByRole('dialog')
  const startBlock = async (page: Page, count: number) => {
    await main(page)
      .getByRole('button', { name: `Block ${count}…` })
      .click()
    await dialogOf(page).getByText(`${count} of ${count} are reached.`).waitFor()
    await dialogOf(page).getByRole('textbox', { name: 'Reason' }).fill('Season is over')
    await dialogOf(page)
      .getByRole('button', { name: `Block ${count}` })
      .click()
  }
  /** Lets through so many requests that change something, and hands the next one over. */
  const onPart = async (page: Page, most: number, then: (route: Route) => Promise<void>) => {
    let parts = 0
    await page.route('**/members/bulk', async (route) => {
      if (route.request().postDataJSON().dry_run) return await route.continue()
      parts += 1
      return parts === most + 1 ? await then(route) : await route.continue()
    })
  }

  it('reach all that match a filter, can be stopped, and go on with those who are left', TIMEOUT, async () => {
    const { page, close } = await signedIn(acme.administrator.email)
    await page.goto(`${home}/members?text=driver`)
    await page.getByRole('checkbox', { name: 'Select all on this page' }).click()
    await main(page)
      .getByRole('button', { name: `Select all ${DRIVERS}` })
      .click()
    await page.getByText(`${DRIVERS} selected`).waitFor()

    await onPart(page, 1, async (route) => {
      // The second part is on its way when somebody stops.
      await dialogOf(page).getByText('100 of 350 done').waitFor()
      await checkPage(page, 'an act that goes on')
      await dialogOf(page).getByRole('button', { name: 'Stop' }).click()
      await dialogOf(page).getByText('Stops after the members').waitFor()
      await route.continue()
    })
    await startBlock(page, DRIVERS)
    await page.getByText(`Blocked 200 of ${DRIVERS} members.`).waitFor()
    await page.getByText('You stopped: 150 were not reached and are still selected.').waitFor()
    assert.equal(await countBlocked(), 200)
    await page.getByText('150 selected').waitFor()
    await page.unroute('**/members/bulk')

    await onPart(page, 1, (route) => route.fulfill({ status: 502, json: {} }))
    await startBlock(page, 150)
    await page.getByText('Blocked 100 of 150 members.').waitFor()
    await page.getByText('It broke off: 50 are still selected').waitFor()
    await checkPage(page, 'an act that broke off')
    assert.equal(await countBlocked(), 300)
    await page.unroute('**/members/bulk')

    await startBlock(page, 50)
    await page.getByText('Blocked 50 of 50 members.').waitFor()
    assert.equal(await countBlocked(), DRIVERS, 'and nobody else')
    await close()
  })

  it('say whom they left out, and keep it as a file', TIMEOUT, async () => {
    const { page, close } = await signedIn(acme.administrator.email)
    await page.goto(`${home}/members`)
    await page.getByRole('checkbox', { name: 'Select Amara Okafor' }).click()
    await main(page)
      .getByRole('button', { name: /^Select all \d/ })
      .click()
    await page.getByText('363 selected').waitFor()
    await main(page).getByRole('button', { name: 'Unblock', exact: true }).click()
    await dialogOf(page).getByText('350 of 363 are reached. 13 are left out.').waitFor()
    await dialogOf(page).getByText('That is you').waitFor()
    await dialogOf(page).getByRole('button', { name: 'Unblock 350' }).click()
    await page.getByText('Unblocked 350 of 363 members.').waitFor()
    assert.equal(await countBlocked(), 0)
    await main(page).getByRole('button', { name: 'See the 13 left out' }).click()
    await main(page).getByText('Not blocked').first().waitFor()
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      main(page).getByRole('button', { name: 'All results as a file' }).click(),
    ])
    assert.equal(file.suggestedFilename(), 'unblock.csv')
    await close()
  })
})
