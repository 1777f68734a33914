/** Terms and consents in the profile portal, in a browser: read, accepted, given and withdrawn, by keyboard too. */
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { PASSWORD, startSignInServer } from '../../server/oidc/sign-in.testing.ts'
import { join, makeOrganization } from '../../server/organizations/organizations.testing.ts'
import { setUpTenant } from '../../server/setup.ts'
import { publisher } from '../../server/terms/terms.testing.ts'
import { freePorts } from '../start.testing.ts'
import { launchChromium } from './chromium.ts'
import { checkPage, LOOKS, visitPortal } from './portal.ts'

const DAY = 86_400_000
const USE = {
  en: { title: 'Terms of use', body: '# Rest\n\nRobots <b>rest</b>.\n\n- at night\n- on Sundays' },
  de: { title: 'Nutzungsbedingungen', body: 'Roboter ruhen.' },
}
const NEWER = { en: { title: 'Terms of use', summary: 'Robots rest longer.', body: 'Robots rest all winter.' } }
const NEWS = { en: { title: 'Newsletter', body: 'A mail a month.' }, de: { title: 'Rundbrief', body: 'Monatlich.' } }

describe('privacy in the profile portal', async () => {
  const { PORT } = await freePorts()
  const test = await startSignInServer({ PORT })
  const { app, db, server, newUser } = test
  const { makeTerms, publish, retire } = publisher(test)
  const home = `${server.config.publicUrl}/account`
  let browser: Browser

  before(async () => {
    await setUpTenant(server.database.db, server.secrets, server.config)
    await app.listen({ port: Number(PORT), host: '127.0.0.1' })
    browser = await launchChromium()
  })
  after(() => browser.close())
  afterEach(async () => {
    await retire(...(await db.selectFrom('terms').select('id').execute()).map(({ id }) => id))
  })

  const open = async (user: { email?: string | null }, options: BrowserContextOptions = {}) => {
    const { page, close } = await visitPortal(browser, home, user.email ?? '', options)
    await page.goto(`${home}/privacy`)
    await page.waitForSelector('main section h2, main [role=status] h2')
    return { page, close }
  }
  const section = (page: Page, name: string) => page.getByRole('region', { name, exact: true })
  const row = (page: Page, name: string, title: string) =>
    section(page, name).getByRole('listitem').filter({ hasText: title })
  const said = async (userId: string) => {
    const rows = db.selectFrom('acceptances').select(['version', 'outcome', 'language']).where('user_id', '=', userId)
    const found = await rows.orderBy('created_at').orderBy('id').execute()
    return found.map(({ version, outcome, language }) => `${outcome} ${version} ${language}`)
  }

  it('gives and withdraws a consent by keyboard, with one key each', async () => {
    const user = await newUser()
    await makeTerms({ required: false }, { texts: NEWS })
    const { page, close } = await open(user)
    const [news, turn] = [row(page, 'Consents', 'Newsletter'), page.getByRole('switch', { name: 'Newsletter' })]
    await news.getByText('Not decided yet').waitFor()
    assert.equal(await turn.getAttribute('aria-checked'), 'false')
    await section(page, 'History').getByText('You have not said anything yet.').waitFor()
    await news.getByRole('button', { name: 'Read the text: Newsletter' }).focus()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Space')
    await page.getByRole('status').getByText('Consent given: Newsletter.').waitFor()
    await news.getByText('Given on').waitFor()
    await page.locator('[role=switch][aria-checked=true]:focus').waitFor()
    await row(page, 'History', 'Accepted').waitFor()
    assert.deepEqual(await said(user.user_id), ['accepted 1 en'])
    await page.keyboard.press('Enter')
    await page.getByRole('status').getByText('Consent withdrawn: Newsletter.').waitFor()
    await news.getByText('Withdrawn on').waitFor()
    await page.locator('[role=switch][aria-checked=false]:focus').waitFor()
    await row(page, 'History', 'Withdrawn').waitFor()
    assert.deepEqual(await said(user.user_id), ['accepted 1 en', 'withdrawn 1 en'])
    assert.equal(await page.getByRole('dialog').count(), 0, 'nothing is asked before it is done')
    await close()
  })

  it('leads from the overview to terms, which are read and accepted by keyboard', async () => {
    const user = await newUser()
    await makeTerms({}, { texts: USE, deadline_at: new Date(Date.now() + 30 * DAY).toISOString() })
    const { page, close } = await open(user)
    await page.goto(home)
    const card = page.locator('main li').filter({ hasText: 'New terms' })
    await card.getByText('Waiting for your answer: Terms of use. It is needed from').waitFor()
    await card.getByRole('link', { name: 'Read and accept' }).click()
    const terms = row(page, 'Terms', 'Terms of use')
    await terms.getByText('Not accepted yet').waitFor()
    await terms.getByText('Until then it can wait.').waitFor()
    await terms.getByRole('button', { name: /^Read the text/ }).focus()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Terms of use' })
    await dialog.getByRole('heading', { name: 'Rest' }).waitFor()
    await dialog.getByText('Robots <b>rest</b>.', { exact: true }).waitFor()
    assert.deepEqual(await dialog.getByRole('listitem').allTextContents(), ['at night', 'on Sundays'])
    await checkPage(page, 'reading terms')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByRole('status').getByText('You have accepted Terms of use.').waitFor()
    await dialog.waitFor({ state: 'detached' })
    await terms.getByText('Accepted on').waitFor()
    await page.locator('button:focus').filter({ hasText: 'Read the text' }).waitFor()
    assert.equal(await terms.getByRole('button', { name: /^Accept/ }).count(), 0)
    assert.deepEqual(await said(user.user_id), ['accepted 1 en'])
    await page.locator('#menu').getByRole('link', { name: 'Overview' }).click()
    await page.getByRole('heading', { name: 'To do' }).waitFor()
    await card.waitFor({ state: 'detached' })
    await close()
  })

  it('shows the text to which something was said, also after there is a newer one', async () => {
    const user = await newUser()
    const id = await makeTerms({}, { texts: USE })
    const { page, close } = await open(user, { locale: 'de-DE' })
    await page.getByRole('button', { name: 'Nutzungsbedingungen: zustimmen' }).click()
    await row(page, 'Bedingungen', 'Zugestimmt am').waitFor()
    await publish(id, { texts: NEWER })
    await page.reload()
    const terms = row(page, 'Bedingungen', 'Terms of use')
    await terms.getByText(/^Fassung 1 haben Sie am .+ zugestimmt\.$/).waitFor()
    await terms.getByText('Was neu ist: Robots rest longer.').waitFor()
    const old = page.getByRole('button', { name: 'Fassung 1 lesen: Nutzungsbedingungen' })
    await old.focus()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Nutzungsbedingungen' })
    await dialog.getByText('Roboter ruhen.').waitFor()
    await checkPage(page, 'reading an old version')
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    const focused = await page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert.equal(focused, 'Fassung 1 lesen: Nutzungsbedingungen')
    assert.deepEqual(await said(user.user_id), ['accepted 1 de'])
    await close()
  })

  it('records nothing where a newer version was published meanwhile, and shows that one', async () => {
    const user = await newUser()
    const id = await makeTerms({}, { texts: USE })
    const news = await makeTerms({ required: false }, { texts: NEWS })
    const { page, close } = await open(user)
    await row(page, 'Terms', 'Version 1').waitFor()
    await publish(id, { texts: NEWER })
    await page.getByRole('button', { name: 'Accept Terms of use' }).click()
    await page.getByText('A newer version was published meanwhile. Nothing was recorded.').waitFor()
    await row(page, 'Terms', 'Version 2').waitFor()
    await retire(news)
    await page.getByRole('switch', { name: 'Newsletter' }).click()
    await page.getByText('This is not asked any more. Nothing was recorded.').waitFor()
    await section(page, 'Consents').getByText('No consent is asked of you.').waitFor()
    await page.locator('h1:focus').waitFor()
    assert.deepEqual(await said(user.user_id), [])
    await close()
  })

  it('lets a consent to a former version be withdrawn before anything is decided about the newer one', async () => {
    const user = await newUser()
    const id = await makeTerms({ required: false }, { texts: NEWS })
    const { page, close } = await open(user)
    const withdraw = page.getByRole('button', { name: 'Withdraw your consent: Newsletter' })
    await page.getByRole('switch', { name: 'Newsletter' }).click()
    await row(page, 'Consents', 'Given on').waitFor()
    assert.equal(await withdraw.count(), 0)
    await publish(id, { texts: NEWS })
    await page.reload()
    await row(page, 'Consents', 'You agreed to version 1').getByText('Not decided yet').waitFor()
    await withdraw.click()
    await row(page, 'Consents', 'Withdrawn on').waitFor()
    await page.locator('button:focus').filter({ hasText: 'Read the text' }).waitFor()
    assert.deepEqual(await said(user.user_id), ['accepted 1 en', 'withdrawn 2 en'])
    await close()
  })

  it('shows older entries of the history when they are asked for', async () => {
    const user = await newUser()
    const terms_id = await makeTerms({ required: false }, { texts: NEWS })
    const rows = Array.from({ length: 25 }, (_, at) => ({
      ...{ id: `acc_${String(at).padStart(16, '0')}`, user_id: user.user_id, terms_id, version: 1, language: 'en' },
      ...{ outcome: at % 2 === 0 ? 'accepted' : 'withdrawn', sha256: '', ip: null, user_agent: null },
      ...{ created_at: new Date(Date.now() - at * DAY), client_id: null, organization_id: null },
    })) as never[]
    await db.insertInto('acceptances').values(rows).execute()
    const { page, close } = await open(user)
    const entries = section(page, 'History').getByRole('listitem')
    await entries.first().waitFor()
    assert.equal(await entries.count(), 20)
    await page.getByRole('button', { name: 'Show older ones' }).click()
    await entries.nth(24).waitFor()
    assert.equal(await entries.count(), 25)
    assert.equal(await page.getByRole('button', { name: 'Show older ones' }).count(), 0)
    await close()
  })

  it('says what could not be loaded, and loads it when that is tried again', async () => {
    const user = await newUser()
    await makeTerms({}, { texts: USE })
    const { page, close } = await open(user)
    await page.route('**/me/v1/terms?*', (route) => route.fulfill({ status: 500, json: {} }))
    await page.reload()
    await page.getByRole('alert').getByText('Your terms and consents could not be loaded').waitFor()
    await page.unroute('**/me/v1/terms?*')
    await page.getByRole('button', { name: 'Try again' }).click()
    await row(page, 'Terms', 'Terms of use').waitFor()
    await close()
  })

  it('leads whoever is signed out meanwhile to the sign-in and back, with nothing recorded', async () => {
    const user = await newUser()
    await makeTerms({ required: false }, { texts: NEWS })
    const { page, close } = await open(user)
    await page.getByRole('switch', { name: 'Newsletter' }).waitFor()
    await db.deleteFrom('sessions').where('user_id', '=', user.user_id).execute()
    await page.context().clearCookies()
    const away = page.waitForURL(/\/u\/login\//)
    // Another request of the page may have found out before.
    const tap = page.getByRole('switch', { name: 'Newsletter' }).click({ timeout: 10_000 })
    await Promise.race([away, tap.catch(() => {})])
    await away
    for (const [name, value] of Object.entries({ username: user.email ?? '', password: PASSWORD })) {
      await page.fill(`[name=${name}]:not([readonly])`, value)
      await Promise.all([page.waitForNavigation(), page.click('main button[type=submit]')])
    }
    await page.waitForURL(`${home}/privacy`)
    await row(page, 'Consents', 'Newsletter').getByText('Not decided yet').waitFor()
    assert.deepEqual(await said(user.user_id), [])
    await close()
  })

  for (const { name, width, locale, colorScheme } of LOOKS) {
    it(`is accessible with something to read and with nothing: ${name}`, async () => {
      const user = await newUser()
      const options = { locale, colorScheme, viewport: { width, height: 700 } }
      const nothing = await open(user, options)
      await nothing.page.getByText(locale === 'de-DE' ? 'Nichts wird von Ihnen verlangt' : 'Nothing is asked').waitFor()
      await checkPage(nothing.page, `nothing, ${name}`)
      await nothing.close()
      const organization = await makeOrganization(db, `house-${width}`)
      await join(db, organization, user.user_id)
      await makeTerms({}, { texts: USE })
      await makeTerms({ organization_id: organization }, { texts: NEWER })
      await makeTerms({ required: false }, { texts: NEWS })
      const { page, close } = await open(user, options)
      await page.locator('main').getByText(`house-${width}`).waitFor()
      await checkPage(page, `asked, ${name}`)
      await page.getByRole('switch').click()
      await page.locator('[aria-checked=true]').waitFor()
      await checkPage(page, `given, ${name}`)
      await close()
    })
  }
})
