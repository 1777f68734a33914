/** Applications that are closed to a member in the admin portal, and what that member meets when signing in. */
import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { organizations } from '../../server/oidc/organization.testing.ts'
import { ask, codeOf, SPA, signIn, WEB } from '../../server/oidc/sign-in.testing.ts'
import { startAdminPortal } from './admin-portal.ts'
import { checkPage, LOOKS, settled } from './portal.ts'

const TIMEOUT = { timeout: 240_000 }

describe('applications of a member in the admin portal', async () => {
  const test = await startAdminPortal()
  const { acme, api, home, signedIn, visitor } = test
  const { use } = organizations(test)
  const [{ name: application }, { name: other }] = [
    await api('GET', `/clients/${SPA}`),
    await api('GET', `/clients/${WEB}`),
  ]

  before(async () => {
    await use({ organization_usage: 'allow' })
  })
  const addressOf = ({ id }: { id: string }) => `${home}/members/${encodeURIComponent(id)}?tab=security`
  const section = (page: Page) => page.getByRole('region', { name: /^(Applications|Anwendungen)$/ })
  const question = (page: Page) => page.getByRole('dialog')
  const signInTo = (clientId: string) =>
    signIn(visitor(), ask({ client_id: clientId, organization: acme.id }), acme.member.email)
  const openMember = async (page: Page, member: { id: string }) => {
    await page.goto(addressOf(member))
    await page.waitForSelector('h1')
    await settled(page)
  }

  it('are none of a page while members use none', TIMEOUT, async () => {
    await use({ organization_usage: 'deny' })
    const { page, close } = await signedIn(acme.administrator.email)
    await openMember(page, acme.member)
    assert.equal(await section(page).count(), 0)
    await use({ organization_usage: 'allow' })
    await openMember(page, acme.member)
    await section(page).getByText('Open', { exact: true }).waitFor()
    assert.deepEqual(await section(page).getByRole('listitem').count(), 1)
    await close()
  })

  it('are closed after a question, with a reason, while others work, and opened again', TIMEOUT, async () => {
    await use({ organization_usage: 'allow' }, WEB)
    const { page, close } = await signedIn(acme.administrator.email)
    await openMember(page, acme.member)
    const button = (name: string) => section(page).getByRole('button', { name, exact: true })
    await button(`Close ${other}…`).waitFor()
    await button(`Close ${application}…`).click()
    await question(page).getByText(`Close ${application} to Tomasz Kowalczyk?`).waitFor()
    await question(page)
      .getByText(
        /Signing in to it at Acme Freight is not possible .* A token that is out already is good until it ends\./,
      )
      .waitFor()
    await checkPage(page, 'the question before an application is closed')
    await page.keyboard.press('Escape')
    codeOf(await signInTo(SPA))
    await button(`Close ${application}…`).click()
    await question(page).getByRole('textbox', { name: 'Reason' }).fill('Season is over')
    await question(page).getByRole('button', { name: 'Close', exact: true }).click()
    await page.getByText(`${application} is closed to Tomasz Kowalczyk.`).waitFor()
    await section(page)
      .getByText(/^Closed since/)
      .waitFor()
    await section(page).getByText('Season is over').waitFor()
    await checkPage(page, 'an application that is closed')
    const shut = await signInTo(SPA)
    assert.equal(shut.status, 403)
    assert.doesNotMatch(shut.text, /Season/)
    codeOf(await signInTo(WEB))

    await button(`Open ${application} again`).click()
    await page.getByText(`${application} is open to Tomasz Kowalczyk again.`).waitFor()
    await button(`Close ${application}…`).waitFor()
    assert.equal(await section(page).getByText('Season is over').count(), 0)
    codeOf(await signInTo(SPA))

    // A reason is optional.
    await button(`Close ${application}…`).click()
    await question(page).getByRole('button', { name: 'Close', exact: true }).click()
    await button(`Open ${application} again`).waitFor()
    await page.getByRole('tab', { name: 'Activity' }).click()
    const entries = page.getByRole('tabpanel').getByRole('listitem')
    for (const words of [
      `closed an application to Tomasz Kowalczyk: ${application}`,
      'opened an application to Tomasz',
    ]) {
      await entries
        .filter({ hasText: `Amara Okafor ${words}` })
        .first()
        .waitFor()
    }
    await close()
  })

  it('stay as they are for oneself, and where the server refuses', TIMEOUT, async () => {
    const { page, close } = await signedIn(acme.administrator.email)
    await openMember(page, acme.administrator)
    await section(page).getByText('Open', { exact: true }).first().waitFor()
    assert.equal(await section(page).getByRole('button').count(), 0)
    await openMember(page, acme.member)
    await page.route('**/application-access/*', (route) =>
      route.fulfill({ status: 403, json: { statusCode: 403, errorCode: 'operation_not_supported' } }),
    )
    await section(page)
      .getByRole('button', { name: `Close ${other}…` })
      .click()
    await question(page).getByRole('button', { name: 'Close', exact: true }).click()
    await page.getByText(/The server refused this\. Nothing was changed\./).waitFor()
    await section(page)
      .getByRole('button', { name: `Close ${other}…` })
      .waitFor()
    await close()
  })

  it('show an auditor which are closed and why, and nothing to press', TIMEOUT, async () => {
    const { page, close } = await signedIn(acme.auditor.email)
    await openMember(page, acme.member)
    await section(page)
      .getByText(/^Closed since/)
      .waitFor()
    assert.equal(await section(page).getByRole('button').count(), 0)
    await close()
  })

  for (const { name, width, locale, colorScheme } of LOOKS) {
    it(`are accessible and fit: ${name}`, TIMEOUT, async () => {
      const options = { locale, colorScheme, viewport: { width, height: 700 } }
      const { page, close } = await signedIn(acme.administrator.email, options)
      await openMember(page, acme.member)
      await section(page).waitFor()
      await checkPage(page, `applications, ${name}`)
      await section(page).getByRole('button').last().click()
      await checkPage(page, `applications, ${name}`)
      await close()
    })
  }
})
