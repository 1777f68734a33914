/** The profile portal in a browser, as a person reads it: wide and narrow, light and dark, in both languages. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { addConsent, findConsents } from '../../server/oidc/consent-store.ts'
import { AUDIENCE } from '../../server/oidc/oidc.testing.ts'
import { PASSWORD, startSignInServer, THIRD } from '../../server/oidc/sign-in.testing.ts'
import { setUpTenant } from '../../server/setup.ts'
import { freePorts } from '../start.testing.ts'
import { launchChromium } from './chromium.ts'
import { checkPage, LOOKS, visitPortal } from './portal.ts'

const PAGES = [
  { path: '/account', titles: ['Overview', 'Überblick'] },
  { path: '/account/personal', titles: ['Personal information', 'Persönliche Angaben'] },
  { path: '/account/security', titles: ['Security', 'Sicherheit'] },
  { path: '/account/activity', titles: ['Activity', 'Aktivität'] },
  { path: '/account/privacy', titles: ['Privacy', 'Datenschutz'] },
] as const

describe('the profile portal in a browser', async () => {
  const { PORT } = await freePorts()
  const { app, db, server, newUser } = await startSignInServer({ PORT })
  const home = `${server.config.publicUrl}/account`
  let browser: Browser

  before(async () => {
    // As each start does: the portal's application belongs to this address.
    await setUpTenant(server.database.db, server.secrets, server.config)
    await app.listen({ port: Number(PORT), host: '127.0.0.1' })
    browser = await launchChromium()
  })
  after(() => browser.close())

  const signedIn = (email: string, options: BrowserContextOptions = {}) => visitPortal(browser, home, email, options)

  for (const { name, width, locale, colorScheme } of LOOKS) {
    it(`is accessible on every page: ${name}`, async () => {
      const { email = '' } = await newUser({ email: `lucia.${width}@harborline.example` })
      const { page, close } = await signedIn(email, { locale, colorScheme, viewport: { width, height: 700 } })
      for (const { path, titles } of PAGES) {
        await page.goto(server.config.publicUrl + path)
        await page.waitForSelector('h1')
        const title = titles[locale === 'de-DE' ? 1 : 0]
        assert.equal(await page.textContent('h1'), title)
        assert.ok((await page.title()).startsWith(title))
        await checkPage(page, `${path}, ${name}`)
      }
      await close()
    })
  }

  it('moves the focus to the title of the next page, and comes back to the page that was asked for', async () => {
    const { email = '' } = await newUser({ email: 'focus@harborline.example' })
    const { page, close } = await signedIn(email)
    await page.click('#menu a[href$="/security"]')
    await page.waitForSelector('h1:focus')
    assert.equal(await page.evaluate('document.activeElement.textContent'), 'Security')
    await page.context().clearCookies()
    await page.goto(`${home}/personal`)
    await page.waitForURL(/\/u\/login\//)
    await page.fill('[name=username]', email)
    await Promise.all([page.waitForNavigation(), page.click('main button[type=submit]')])
    await page.fill('[name=password]', PASSWORD)
    await page.click('main button[type=submit]')
    await page.waitForURL(`${home}/personal`)
    await close()
  })

  it('tells what happened to the account, by day and kind, and leads who did not do it to security', async () => {
    const { email = '' } = await newUser({ email: 'activity@harborline.example' })
    const { page, close } = await signedIn(email)
    await page.goto(`${home}/activity`)
    const entries = page.locator('main ol > li')
    await entries.filter({ hasText: 'Signed in' }).first().waitFor()
    await entries.filter({ hasText: 'Account created' }).waitFor()
    assert.match((await entries.first().locator('time').textContent()) ?? '', /^\d\d:\d\d:\d\d$/)
    await page.getByRole('radio', { name: 'Account' }).check()
    await entries.filter({ hasText: 'Signed in' }).first().waitFor({ state: 'detached' })
    await entries.filter({ hasText: 'Account created' }).waitFor()
    await page.getByRole('radio', { name: 'Access' }).check()
    await page.getByText('Nothing of this kind happened').waitFor()
    await page.getByRole('link', { name: /^Change your password/ }).click()
    await page.waitForURL(`${home}/security`)
    await close()
  })

  it('sends the link once more by which an address is confirmed, says where, and when there were too many', async () => {
    const { email = '' } = await newUser({ email: 'unconfirmed@harborline.example', email_verified: false })
    const { page, close } = await signedIn(email)
    const row = page.locator('main li').filter({ hasText: 'Confirm your e-mail address' })
    await row.getByText(`Open the link that we send to ${email}.`).waitFor()
    await row.getByRole('button', { name: 'Send the link' }).click()
    await row.getByText(`Sent to ${email}.`).waitFor()
    const { db } = server.database
    const mails = async () => await db.selectFrom('emails').selectAll().where('template', '=', 'verify_email').execute()
    assert.equal((await mails()).length, 1)
    for (let count = 0; count < 5; count += 1) {
      const answered = page.waitForResponse('**/me/v1/verification-email')
      await row.getByRole('button', { name: /^Send/ }).click()
      await answered
    }
    await row.getByText('Nothing was sent').waitFor()
    assert.equal((await mails()).length, 5)
    await db.updateTable('users').set({ email_verified: true }).where('email', '=', email).execute()
    await row.getByRole('button', { name: /^Send/ }).click()
    await page.getByText('Nothing to do.').or(page.getByText('Choose your time zone')).first().waitFor()
    await row.waitFor({ state: 'detached' })
    await close()
  })

  it('keeps what was typed when the sign-in ends meanwhile, and saves it once the same person is back', async () => {
    const [{ email = '', user_id }, other] = [await newUser({ email: 'typing@harborline.example' }), await newUser()]
    const { page, close } = await signedIn(email)
    const { db } = server.database
    const leave = async () => await page.context().clearCookies()
    const signInBeside = async (address = '') => {
      const [tab] = await Promise.all([page.waitForEvent('popup'), page.getByRole('link', { name: /new tab/ }).click()])
      for (const [name, value] of Object.entries({ username: address, password: PASSWORD })) {
        await tab.fill(`[name=${name}]:not([readonly])`, value)
        await Promise.all([tab.waitForNavigation(), tab.click('main button[type=submit]')])
      }
      await tab.waitForSelector('h1')
      await tab.close()
    }
    await page.goto(`${home}/personal`)
    await page.getByRole('button', { name: /^Edit/ }).first().click()
    await page.fill('#field-given_name', 'Lucía María')
    await db.deleteFrom('sessions').where('user_id', '=', user_id).execute()
    await leave()
    const save = page.getByRole('button', { name: 'Save' })
    await save.click()
    await page.getByRole('alert').getByText('You are not signed in any more.').waitFor()
    assert.equal(await page.inputValue('#field-given_name'), 'Lucía María')
    await checkPage(page, 'signed out while typing')
    await signInBeside(other.email)
    await save.click()
    await page.getByRole('alert').getByText('Somebody else is signed in').waitFor()
    await leave()
    await signInBeside(email)
    await save.click()
    await page.getByText('Lucía María').waitFor()
    await page.getByRole('alert').waitFor({ state: 'detached' })
    const names = db.selectFrom('users').select('given_name').where('user_id', 'in', [user_id, other.user_id])
    assert.deepEqual(
      (await names.orderBy('given_name').execute()).map((row) => row.given_name),
      ['Lucía María', null],
    )
    await close()
  })

  it('ends a session elsewhere after a question, and leaves the present one', async () => {
    const { email = '' } = await newUser({ email: 'sessions@harborline.example' })
    const elsewhere = await signedIn(email)
    const here = await signedIn(email)
    await here.page.goto(`${home}/security`)
    await here.page.getByRole('button', { name: /^Sign out .+ on / }).click()
    await here.page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
    await elsewhere.page.goto(`${home}/security`)
    await elsewhere.page.waitForSelector('h1')
    await here.page.getByRole('button', { name: /^Sign out .+ on / }).click()
    await here.page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click()
    await here.page.getByText('You are signed in nowhere else').waitFor()
    await elsewhere.page.goto(`${home}/security`)
    await elsewhere.page.waitForURL(/\/u\/login\//)
    await elsewhere.close()
    await here.close()
  })

  it('shows what applications of others were allowed, and takes it back after a question', async () => {
    const { email = '', user_id: userId } = await newUser({ email: 'allowed@harborline.example' })
    await addConsent(db, { userId, clientId: THIRD, audience: '', scope: ['openid', 'email'] })
    await addConsent(db, { userId, clientId: THIRD, audience: AUDIENCE, scope: ['read:robots'] })
    const { page, close } = await signedIn(email)
    await page.goto(`${home}/security`)
    const row = page.locator('main li').filter({ hasText: THIRD })
    await row.getByText('Know that it is you · Read your e-mail address').waitFor()
    await row.getByText(/: read:robots$/).waitFor()
    await row.getByRole('button', { name: `Take back what ${THIRD} may do` }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Take back' }).click()
    await page.getByText('You have allowed no application anything.').waitFor()
    await page.locator('h2:focus').filter({ hasText: 'Applications with access' }).waitFor()
    assert.deepEqual(await findConsents(db, userId, THIRD), new Map())
    await close()
  })

  it('calls itself by its name in the language of the page among the applications', async () => {
    const { email = '' } = await newUser({ email: 'names@harborline.example' })
    const { page, close } = await signedIn(email, { locale: 'de-DE' })
    await page.goto(`${home}/activity`)
    await page.locator('main ol > li').filter({ hasText: 'Ihr Konto' }).first().waitFor()
    assert.doesNotMatch((await page.textContent('main')) ?? '', /Your account/)
    await close()
  })

  it('puts the menu of a phone away with Escape, and when the present page is chosen', async () => {
    const { email = '' } = await newUser({ email: 'phone@harborline.example' })
    const { page, close } = await signedIn(email, { viewport: { width: 320, height: 640 } })
    const [menu, toggle] = [page.locator('#menu'), page.getByRole('button', { name: 'Menu' })]
    await toggle.click()
    await menu.getByRole('link', { name: 'Security' }).focus()
    await page.keyboard.press('Escape')
    await menu.waitFor({ state: 'hidden' })
    assert.equal(await page.evaluate("document.activeElement.getAttribute('aria-label')"), 'Menu')
    await toggle.click()
    await menu.getByRole('link', { name: 'Overview' }).click()
    await menu.waitFor({ state: 'hidden' })
    await close()
  })

  it('leads somebody who has chosen no password yet to where he gets a link for one', async () => {
    const { email = '', user_id } = await newUser({ email: 'unset@harborline.example' })
    const { page, close } = await signedIn(email)
    const { db } = server.database
    await db.deleteFrom('passwords').where('identity_id', '=', user_id.replace('auth0|', '')).execute()
    await page.goto(`${home}/security`)
    await page.getByText('You have not chosen a password yet').waitFor()
    await page.getByRole('link', { name: 'Have a link sent' }).click()
    await page.getByRole('button', { name: 'Send the link' }).waitFor()
    await close()
  })
})
