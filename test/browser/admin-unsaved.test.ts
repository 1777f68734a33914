/** What is not saved in the admin portal: who leaves it is asked, and who stays when the sign-in has ended can go on. */
import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { PASSWORD } from '../../server/oidc/sign-in.testing.ts'
import { startAdminPortal } from './admin-portal.ts'

const TIMEOUT = { timeout: 180_000 }

describe('what is not saved in the admin portal', async () => {
  const { acme, api, button, home, ...portal } = await startAdminPortal()

  before(async () => {
    const { id } = await api('POST', '/connections', { name: 'acme-people', strategy: 'auth0' })
    await api('POST', `/organizations/${acme.id}/connections`, {
      connection_id: id,
      is_enabled: true,
      organization_access_level: 'limited',
    })
  })

  const signedIn = () => portal.signedIn(acme.administrator.email)
  const question = (page: Page) => page.getByRole('dialog', { name: 'Leave without saving?' })
  const goTo = (page: Page, name: RegExp) => page.locator('#side').getByRole('link', { name }).click()
  const email = (page: Page) => page.getByRole('textbox', { name: 'E-mail' })
  const box = (page: Page) => page.getByRole('main').getByRole('checkbox').first()

  /** TABLE: forms, and what is filled in. */
  const forms = [
    { path: '/invitations?invite=one', fill: (page: Page) => email(page).fill('new@acme.example') },
    {
      path: '/invitations?invite=many',
      fill: (page: Page) => page.getByRole('textbox', { name: 'People' }).fill('new@acme.example'),
    },
    { path: '/members/new', fill: (page: Page) => email(page).fill('new@acme.example') },
    {
      path: '/settings',
      fill: async (page: Page) => {
        await button(page, /^Edit.*Roles of new members/s).click()
        await box(page).click()
      },
    },
  ]
  for (const { path, fill } of forms) {
    it(`asks before it is left: ${path}`, TIMEOUT, async () => {
      const { page, close } = await signedIn()
      await page.goto(home + path)
      await fill(page)
      await goTo(page, /^Roles/)
      await question(page).waitFor()
      await page.keyboard.press('Escape')
      await question(page).waitFor({ state: 'detached' })
      assert.equal(page.url(), home + path)
      // The button that says so itself asks nothing.
      await button(page, /^(Cancel|Discard)$/).click()
      await button(page, /^(Cancel|Discard)$/).waitFor({ state: 'detached' })
      assert.equal(await question(page).count(), 0)
      await goTo(page, /^Roles/)
      await page.waitForURL(`${home}/roles`)
      await close()
    })
  }

  it('is not asked about once it is sent, nor while another part of the list is looked at', TIMEOUT, async () => {
    const { page, close } = await signedIn()
    await page.goto(`${home}/invitations?invite=one`)
    await email(page).fill('sent@acme.example')
    await button(page, 'Invite many').click()
    await question(page).waitFor()
    await page.keyboard.press('Escape')
    await question(page).waitFor({ state: 'detached' })
    await button(page, 'Send invitation').click()
    await page.getByText('The invitation is on its way to sent@acme.example.').waitFor()
    await page.waitForURL(`${home}/invitations`)
    await close()
  })

  it('is told of as sent where a long list broke off in the middle', TIMEOUT, async () => {
    const { page, close } = await signedIn()
    await page.goto(`${home}/invitations?invite=many`)
    const lines = Array.from({ length: 501 }, (_, at) => `long-${at}@acme.example`)
    await page.getByRole('textbox', { name: 'People' }).fill(lines.join('\n'))
    await button(page, 'Check').click()
    await page.getByText('501 of 501 would be invited.').waitFor()
    await page.route('**/invitations/batch', (route) =>
      route.request().postDataJSON().invitations.length === 1
        ? route.fulfill({ status: 503, json: {} })
        : route.continue(),
    )
    await button(page, 'Invite 501 people').click()
    await page.getByText('The sending broke off: 500 of 501 are invited.').waitFor()
    await page.unroute('**/invitations/batch')
    await button(page, 'Invite 501 people').click()
    await page.getByText('501 of 501 are invited.').waitFor()
    await close()
  })

  it('can be saved again by whoever stays when the sign-in has ended', TIMEOUT, async () => {
    const { page, close } = await signedIn()
    await page.goto(`${home}/settings`)
    await button(page, /^Edit.*Organization/s).click()
    const name = page.getByRole('textbox', { name: /^Name/ })
    await name.fill('Acme elsewhere')
    await api('POST', `/users/${encodeURIComponent(acme.administrator.id)}/revoke-access`)
    const asked: string[] = []
    page.on('dialog', (dialog) => {
      asked.push(dialog.type())
      void dialog.dismiss()
    })
    await button(page, 'Save').click()
    await page.getByText('You are not signed in any more. Nothing was changed.').waitFor()
    assert.deepEqual(asked, [])
    assert.equal(await name.inputValue(), 'Acme elsewhere')
    assert.equal(await button(page, 'Save').getAttribute('data-loading'), null)
    const again = await page.context().newPage()
    await again.goto(home)
    await again.fill('[name=username]', acme.administrator.email)
    await Promise.all([again.waitForNavigation(), again.click('main button[type=submit]')])
    await again.fill('[name=password]', PASSWORD)
    await Promise.all([again.waitForNavigation(), again.click('main button[type=submit]')])
    await again.waitForSelector('h1')
    await button(page, 'Save').click()
    await button(page, 'Save').waitFor({ state: 'detached' })
    assert.equal((await api('GET', `/organizations/${acme.id}`)).display_name, 'Acme elsewhere')
    await close()
  })
})
