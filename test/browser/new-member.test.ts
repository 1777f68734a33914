/** An organization's administrator makes an account for somebody, in a browser and with mail: and who may not, does not. */
import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { checkPage, LOOKS } from './portal.ts'
import { startTwoCustomers, submit } from './two-customers.ts'

const TIMEOUT = { timeout: 180_000 }
const NEW_PASSWORD = 'quick ferry past Vinga'
const TEMPORARY = 'Slow-tram-to-Majorna-8'
const CONNECTION = 'acme-people'

describe('creating a member', async () => {
  const test = await startTwoCustomers()
  const { api, call, tokenFor, organizations, people, publicUrl, administers, newPage, signInAt, openLogin, nextMail } =
    test
  const deepLink = `${publicUrl}/admin/members/new`
  const main = (page: Page) => page.getByRole('main')
  const field = (page: Page, name: string) => main(page).getByRole('textbox', { name, exact: true })
  const create = (page: Page) => main(page).getByRole('button', { name: 'Create member' }).click()
  const byEmail = async (email: string) => await api('GET', `/users-by-email?email=${encodeURIComponent(email)}`)
  const memberOf = (id: string) => api('GET', `/organizations/${organizations.acme}/members/${encodeURIComponent(id)}`)
  const title = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor()

  before(async () => {
    const clients = await api('GET', '/clients')
    const enabled_clients = clients
      .filter(({ name }: { name: string }) => name === 'Tracker')
      .map(({ client_id: id }: { client_id: string }) => id)
    const { id } = await api('POST', '/connections', { name: CONNECTION, strategy: 'auth0', enabled_clients })
    await api('POST', `/organizations/${organizations.acme}/connections`, {
      connection_id: id,
      is_enabled: true,
      organization_access_level: 'limited',
    })
  })

  it('makes a member, who gets a mail, chooses a password and signs in', TIMEOUT, async () => {
    const email = 'kim@new.example'
    const { page, close } = await administers('amara')
    await page
      .locator('#side')
      .getByRole('link', { name: /^Members/ })
      .click()
    await main(page).getByRole('link', { name: 'Create member' }).click()
    await title(page, 'Create a member')
    await page.waitForURL(deepLink)
    assert.equal(await page.locator('input[type=password]').count(), 0, 'nobody sets a password that lasts')
    await create(page)
    await page.getByRole('alert').getByText('E-mail address: write something here').waitFor()
    await field(page, 'E-mail address').fill('kim at new.example')
    await field(page, 'Picture').fill('kim.png')
    await create(page)
    await page.getByRole('alert').getByText('2 fields need another look').waitFor()
    await checkPage(page, 'a form with faults')
    assert.deepEqual(await byEmail(email), [])

    await field(page, 'E-mail address').fill(email)
    await field(page, 'Picture').fill('')
    await field(page, 'Full name').fill('Kim Lund')
    await field(page, 'Department').fill('Harbour')
    await main(page)
      .getByRole('checkbox', { name: /^Auditor/ })
      .click()
    await main(page).getByText(`${email} gets a mail with a link to choose a password.`).waitFor()
    await create(page)
    await title(page, 'Kim Lund')
    await page.getByText(`A link to choose a password is on its way to ${email}.`).waitFor()
    const [made] = await byEmail(email)
    const { attributes, roles, managed } = await memberOf(made.user_id)
    assert.deepEqual(attributes, { department: 'Harbour' })
    assert.deepEqual(
      roles.map((role: { name: string }) => role.name),
      ['Auditor'],
    )
    assert.equal(managed, true)

    const { mail, link } = await nextMail(email, '/u/reset-password')
    assert.equal(mail.fromName, 'Acme Freight')
    const visitor = await newPage()
    await visitor.goto(link)
    await submit(visitor, { password: NEW_PASSWORD })
    await visitor.getByRole('heading', { name: 'Password changed' }).waitFor()
    await signInAt(visitor, 'acme', email, NEW_PASSWORD)
    await visitor.context().close()
    await close()
  })

  it('says plainly that an address is taken, and changes nothing', TIMEOUT, async () => {
    const { page, close } = await administers('amara')
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Find or do' }).fill('create')
    await page.getByRole('option', { name: 'Create a member' }).click()
    await title(page, 'Create a member')
    await field(page, 'E-mail address').fill('kim@new.example')
    await field(page, 'Full name').fill('Another Kim')
    await create(page)
    await page.getByRole('alert').getByText(`an account with it exists already in ${CONNECTION}`).waitFor()
    assert.equal(await field(page, 'Full name').inputValue(), 'Another Kim', 'what was typed is kept')
    const found = await byEmail('kim@new.example')
    assert.deepEqual(
      found.map(({ name }: { name: string }) => name),
      ['Kim Lund'],
    )
    await close()
  })

  it('sets a temporary password where the operator has opened that', TIMEOUT, async () => {
    const email = 'lee@new.example'
    await api('PATCH', `/organizations/${organizations.acme}/settings`, { may_set_passwords: true })
    const { page, close } = await administers('amara')
    await page.goto(deepLink)
    await field(page, 'E-mail address').fill(email)
    await field(page, 'Full name').fill('Lee Berg')
    assert.equal(await page.locator('input[type=password]').count(), 0, 'a link is what is offered first')
    await main(page)
      .getByRole('radio', { name: /^Set a temporary password/ })
      .click()
    await create(page)
    await page.getByRole('alert').getByText('Temporary password: write something here').waitFor()
    await field(page, 'Temporary password').fill('abc')
    await create(page)
    await page.getByRole('alert').getByText(`this password does not keep the rules of ${CONNECTION}`).waitFor()
    await checkPage(page, 'a refused password')
    await field(page, 'Temporary password').fill(TEMPORARY)
    await create(page)
    await title(page, 'Lee Berg')
    await page.getByText('Hand over the temporary password.').waitFor()
    await close()
    await api('PATCH', `/organizations/${organizations.acme}/settings`, { may_set_passwords: false })

    const visitor = await newPage()
    await openLogin(visitor, 'acme')
    await submit(visitor, { username: email })
    await submit(visitor, { password: TEMPORARY })
    assert.equal(new URL(visitor.url()).origin, publicUrl, 'with it alone nobody gets in')
    await visitor.getByRole('heading', { name: 'Choose your own password' }).waitFor()
    await visitor.context().close()
  })

  it('is not there for a helper, and the API refuses', TIMEOUT, async () => {
    const { page, close } = await administers('dmitra')
    await page.goto(`${publicUrl}/admin/members`)
    await page.locator('[data-row]').first().waitFor()
    assert.equal(await page.getByText('Create member').count(), 0)
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Find or do' }).fill('create')
    await page.getByRole('option', { name: 'Members with “create”' }).waitFor()
    assert.equal(await page.getByRole('option').count(), 1)
    await page.keyboard.press('Escape')
    await page.goto(deepLink)
    await page.getByText('It needs the right “Create members”').waitFor()
    await checkPage(page, 'not open to a helper')
    assert.equal(await page.locator('form').count(), 0)
    await close()
    const body = { connection: CONNECTION, email: 'no@new.example' }
    const as = await tokenFor({ userId: people.dmitra.id, organizationId: organizations.acme })
    const { status, body: answer } = await call('POST', '/api/v2/users', { as, body })
    assert.deepEqual([status, answer.errorCode], [403, 'insufficient_scope'])
    assert.deepEqual(await byEmail('no@new.example'), [])
  })

  it('is not there where an organization has no connection of its own: it invites', TIMEOUT, async () => {
    const { page, close } = await administers('bruno', 'beta')
    await page.goto(`${publicUrl}/admin/members`)
    await page.locator('[data-row]').first().waitFor()
    await main(page).getByRole('link', { name: 'Invite' }).waitFor()
    assert.equal(await page.getByText('Create member').count(), 0)
    await page.goto(deepLink)
    await page.getByRole('heading', { name: 'People are invited here' }).waitFor()
    await checkPage(page, 'nothing to make')
    assert.equal(await page.locator('form').count(), 0)
    await main(page).getByRole('link', { name: 'Invite somebody' }).click()
    await page.waitForURL(/invitations\?invite=one$/)
    await close()
    const as = await tokenFor({ userId: people.bruno.id, organizationId: organizations.beta })
    for (const connection of [CONNECTION, 'no-such-connection']) {
      const { status } = await call('POST', '/api/v2/users', { as, body: { connection, email: 'no@new.example' } })
      assert.equal(status, 403)
    }
    assert.deepEqual(await byEmail('no@new.example'), [])
  })

  for (const { name, width, locale, colorScheme } of LOOKS) {
    it(`is accessible: ${name}`, TIMEOUT, async () => {
      const options = { locale, colorScheme, viewport: { width, height: 700 } }
      const { page, close } = await administers('amara', 'acme', options)
      await page.goto(deepLink)
      await page.locator('#new-email').waitFor()
      await page.locator('fieldset [type=checkbox]').first().waitFor()
      await checkPage(page, name)
      await close()
    })
  }
})
