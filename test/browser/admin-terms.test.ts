/** Terms and consents of an organization in the admin portal, from the first text to the last act. */
import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { PASSWORD } from '../../server/oidc/sign-in.testing.ts'
import { makeAcme } from '../acme.ts'
import { startAdminPortal } from './admin-portal.ts'
import { checkPage, LOOKS, type PortalVisit, settled } from './portal.ts'

const TIMEOUT = { timeout: 240_000 }
const DAY = 86_400_000

/** In ten days, as a date field takes it. */
const IN_TEN_DAYS = new Date(Date.now() + 10 * DAY).toISOString().slice(0, 10)

describe('terms in the admin portal', async () => {
  const { acme, api, button, connection, db, home, signedIn } = await startAdminPortal()
  const bolt = await makeAcme(api, 'bolt.example', { connection: connection.name, password: PASSWORD })
  const people = new Map<string, PortalVisit>()

  /** Signed in before anything is published, of which they would be asked. */
  before(async () => {
    for (const { email } of [acme.administrator, acme.auditor, bolt.administrator]) {
      people.set(email, await signedIn(email))
    }
  })
  const pageOf = ({ email }: { email: string }) => {
    const visit = people.get(email)
    assert.ok(visit)
    return visit.page
  }

  const main = (page: Page) => page.getByRole('main')
  const text = (page: Page, words: string | RegExp) => main(page).getByText(words).first().waitFor()
  const field = (page: Page, name: string | RegExp) => main(page).getByRole('textbox', { name })
  const link = (page: Page, name: string | RegExp) => main(page).getByRole('link', { name })
  const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name }).waitFor()
  const question = (page: Page) => page.getByRole('dialog')
  const toTerms = async (page: Page) => {
    await page.locator('#side').getByRole('link', { name: 'Terms' }).click()
    await heading(page, 'Terms')
  }
  const confirm = async (page: Page, name: string) => {
    await question(page).getByRole('button', { name, exact: true }).click()
    await question(page).waitFor({ state: 'detached' })
  }
  const own = async () => (await api('GET', `/terms?organization_id=${acme.id}`)) as { id: string; name: string }[]

  it('are made in one go: what they are, then the text, in the languages that people read', TIMEOUT, async () => {
    const page = pageOf(acme.administrator)
    await toTerms(page)
    await text(page, 'You have no terms of your own yet')
    await checkPage(page, 'no terms')
    await link(page, 'New terms').first().click()
    await heading(page, 'New terms')
    await button(page, 'Next: the text').click()
    await text(page, 'Write something here, it cannot be empty')
    assert.deepEqual(await own(), [])
    await field(page, 'Title').fill('Hausordnung für Gäste')
    assert.equal(await field(page, 'Short name').inputValue(), 'hausordnung-fuer-gaeste')
    await field(page, 'Title').fill('House rules')
    await page.locator('#side').getByRole('link', { name: 'Roles' }).click()
    await question(page).getByText('Leave without saving?').waitFor()
    await page.keyboard.press('Escape')
    await checkPage(page, 'new terms')
    await button(page, 'Next: the text').click()
    await heading(page, 'Publish version 1')
    assert.equal(await field(page, 'Title').inputValue(), 'House rules')
    await field(page, 'Text').fill('# In the hall\n\n- No running.\n- No <b>shouting</b>.')
    const preview = page.getByRole('region', { name: 'How people see it' })
    await preview.getByRole('heading', { level: 4, name: 'In the hall' }).waitFor()
    await preview.getByRole('listitem').filter({ hasText: 'No <b>shouting</b>.' }).waitFor()

    // A language that was begun has to be whole; the fault leads to its field, in whichever tab that is.
    await page.getByRole('tab', { name: 'Deutsch' }).click()
    await field(page, 'Text').fill('Nicht rennen.')
    await page.getByRole('tab', { name: 'English' }).click()
    await button(page, 'Publish…').click()
    await text(page, '1 field needs another look')
    await page.getByRole('tab', { name: 'English' }).click()
    await link(page, /^Title \(Deutsch\)/).click()
    assert.equal(await page.evaluate('document.activeElement.id'), 'terms-title-de')
    await checkPage(page, 'a text without a title')
    await page.keyboard.type('Hausordnung')
  })

  it('are published after a question that says what it means, and what is refused stays typed', TIMEOUT, async () => {
    const page = pageOf(acme.administrator)
    const ask = async () => {
      await button(page, 'Publish…').click()
      await question(page).getByText('Publish version 1 of “House rules”?').waitFor()
    }
    await ask()
    await question(page).getByText('Once published it cannot be changed. 13 people are asked at').waitFor()
    await checkPage(page, 'the question before a version is published')
    await page.route('**/versions', (route) => route.fulfill({ status: 503, json: {} }))
    await confirm(page, 'Publish')
    await page.getByText('The server made a mistake. Nothing was changed.').waitFor()
    await page.unroute('**/versions')
    // Who leaves is asked; the terms are there, and their text can be written later.
    await toTermsAsked(page)
    await page.keyboard.press('Escape')
    await ask()
    await confirm(page, 'Publish')
    await heading(page, 'House rules')
    await text(page, '0 of 13')
    await text(page, '13 members have not accepted version 1, which is in effect.')
    await checkPage(page, 'published terms')
    const [terms] = await own()
    const [version, ...more] = await api('GET', `/terms/${terms?.id}/versions`)
    assert.deepEqual(more, [])
    assert.deepEqual(Object.keys(version.texts).toSorted(), ['de', 'en'])
    assert.equal(version.texts.de.title, 'Hausordnung')
  })

  async function toTermsAsked(page: Page): Promise<void> {
    await page.locator('#side').getByRole('link', { name: 'Terms' }).click()
    await question(page).getByText('Leave without saving?').waitFor()
  }

  it('are asked of the administrator, too, and say who has accepted', TIMEOUT, async () => {
    const page = pageOf(acme.administrator)
    await main(page).getByText('Version 1', { exact: true }).last().click()
    await main(page).getByRole('tab', { name: 'Deutsch' }).click()
    await text(page, 'Nicht rennen.')
    const address = page.url()
    await page.goto(address)
    await heading(page, /accept the terms/)
    await page.getByRole('button', { name: 'Accept and continue' }).click()
    await heading(page, 'House rules')
    assert.equal(page.url(), address)
    await text(page, '1 of 13')
    assert.equal(await link(page, acme.administrator.name).count(), 0)
    // Ten on a page, in the order of their ids.
    await text(page, '1–10 of 12')
    await button(page, 'Next page').click()
    await text(page, '11–12 of 12')
    await settled(page)
    const pending = main(page).getByRole('region', { name: 'Not accepted yet' }).getByRole('link').first()
    const name = (await pending.textContent()) ?? ''
    await pending.click()
    await heading(page, name)
    await text(page, 'Nothing yet.')
    await page.locator('#side').getByRole('link', { name: 'Members' }).click()
    await link(page, acme.administrator.name).click()
    await text(page, 'Accepted version 1')
    await checkPage(page, 'a member who has accepted')
    await link(page, 'House rules').click()
    await heading(page, 'House rules')
  })

  it('remind whoever has not accepted, after a question, once a day', TIMEOUT, async () => {
    const page = pageOf(acme.administrator)
    const reminded = async () =>
      (await db.selectFrom('emails').select('user_id').where('template', '=', 'terms_reminder').execute()).map(
        ({ user_id: id }) => id,
      )
    const ask = async () => {
      await button(page, 'Remind…').click()
      await question(page).getByText('Remind who has not accepted “House rules”?').waitFor()
    }
    await ask()
    await question(page).getByText('Up to 12 members get a mail.').waitFor()
    await checkPage(page, 'the question before a reminder')
    await page.keyboard.press('Escape')
    assert.deepEqual(await reminded(), [])
    await ask()
    await confirm(page, 'Remind')
    await page.getByText('12 mails are on their way.').waitFor()
    const mailed = await reminded()
    assert.equal(mailed.length, 12)
    assert.ok(!mailed.includes(acme.administrator.id))
    await ask()
    await confirm(page, 'Remind')
    await page.getByText('No mail was sent: whoever can get one was reminded within a day.').waitFor()
    assert.equal((await reminded()).length, 12)

    const answer = (status: number, json: object) =>
      page.route('**/reminders', (route) => route.fulfill({ status, json }), { times: 1 })
    await answer(202, { queued: 1_000, more: true })
    await ask()
    await confirm(page, 'Remind')
    await page.getByText('1,000 mails are on their way. There are others: remind again to reach them.').waitFor()
    await answer(409, { statusCode: 409, errorCode: 'terms_retired' })
    await ask()
    await confirm(page, 'Remind')
    await page.getByText('These terms were retired meanwhile, so nothing was done.').waitFor()
  })

  it('have a second version, for which everybody is asked anew from its day on', TIMEOUT, async () => {
    const page = pageOf(acme.administrator)
    await link(page, 'Publish a new version').click()
    await heading(page, 'Publish version 2')
    assert.match(await field(page, 'Text').inputValue(), /No running/)
    await field(page, 'What is new').fill('Running is allowed.')
    await main(page).getByRole('radio', { name: 'On a later day' }).first().click()
    const { width = 0 } = (await field(page, 'Day').boundingBox()) ?? {}
    assert.ok(width > 100, `the day is ${width} pixels wide`)
    await field(page, 'Day').fill('2020-02-02')
    await button(page, 'Publish…').click()
    await text(page, 'Choose today or a later day')
    await field(page, 'Day').fill(IN_TEN_DAYS)
    await button(page, 'Publish…').click()
    await question(page)
      .getByText(/From .* on 13 people are asked/)
      .waitFor()
    await confirm(page, 'Publish')
    await text(page, 'Announced')
    await text(page, '1 of 13')
    await checkPage(page, 'terms with an announced version')

    // The next one comes after it; a refusal that only the server knows stands at its field as well.
    await link(page, 'Publish a new version').click()
    await heading(page, 'Publish version 3')
    assert.equal(await field(page, 'Day').inputValue(), IN_TEN_DAYS)
    await main(page).getByRole('radio', { name: 'At once' }).click()
    await button(page, 'Publish…').click()
    await text(page, /^Version 2 is announced for/)
    await main(page).getByRole('radio', { name: 'On a later day' }).first().click()
    const message = "Payload validation error: 'No' on property texts.de.body (The whole text)."
    await page.route('**/versions', (route) => route.fulfill({ status: 400, json: { statusCode: 400, message } }))
    await button(page, 'Publish…').click()
    await confirm(page, 'Publish')
    await text(page, 'This is not accepted, write it differently')
    assert.equal(await page.getByRole('tab', { selected: true }).textContent(), 'Deutsch')
    await page.unroute('**/versions')
    await link(page, 'Cancel').click()
    await heading(page, 'House rules')
  })

  it('are retired and taken up again, and deleted while nothing is published', TIMEOUT, async () => {
    const page = pageOf(acme.administrator)
    await button(page, 'Retire…').click()
    await question(page).getByText('Retire “House rules”?').waitFor()
    await confirm(page, 'Retire')
    await text(page, 'Retired: nobody is asked for it any more.')
    await checkPage(page, 'retired terms')
    assert.equal(await link(page, 'Publish a new version').count(), 0)
    await toTerms(page)
    await text(page, 'You have no terms of your own yet')
    await button(page, 'Retired').click()
    await link(page, 'House rules').click()
    await button(page, 'Take up again…').click()
    await confirm(page, 'Take up again')
    await link(page, 'Publish a new version').waitFor()
    await toTerms(page)
    await link(page, 'House rules').waitFor()
    await text(page, '1 of 13')
    await checkPage(page, 'the list of terms')

    await link(page, 'New terms').click()
    await field(page, 'Title').fill('House rules')
    await main(page)
      .getByRole('radio', { name: /Consent/ })
      .click()
    await button(page, 'Next: the text').click()
    await text(page, 'There are terms with this short name already, choose another')
    await field(page, 'Short name').fill('photographs')
    await button(page, 'Next: the text').click()
    await heading(page, 'Publish version 1')
    assert.equal(await main(page).getByText('Needed from').count(), 0, 'a consent keeps nobody out')
    await link(page, 'Cancel').click()
    await text(page, 'Nothing is published yet')
    await button(page, 'Delete…').click()
    await confirm(page, 'Delete')
    await heading(page, 'Terms')
    await link(page, 'House rules').waitFor()
    assert.deepEqual(
      (await own()).map(({ name }) => name),
      ['house-rules'],
    )
  })

  it('show an auditor everything, and nothing to press', TIMEOUT, async () => {
    const page = pageOf(acme.auditor)
    await toTerms(page)
    await text(page, '1 of 13')
    assert.equal(await link(page, 'New terms').count(), 0)
    await link(page, 'House rules').click()
    await text(page, '12 members have not accepted version 1, which is in effect.')
    await settled(page)
    assert.equal(await button(page, 'Remind…').count(), 0)
    const names = await main(page).getByRole('button').allTextContents()
    assert.deepEqual(names.filter(Boolean), [])
    assert.equal(await link(page, /Publish/).count(), 0)
    await checkPage(page, 'terms for an auditor')
    await page.locator('#side').getByRole('link', { name: 'Activity' }).click()
    for (const words of ['published a version of terms or a consent', 'reminded who has not accepted terms']) {
      await text(page, `Amara Okafor ${words}: house-rules`)
    }
  })

  it('remind nobody of a consent, nor of what is not in effect', TIMEOUT, async () => {
    const page = pageOf(acme.administrator)
    const of = { organization_id: acme.id }
    const texts = { en: { title: 'Later or never', body: 'Be kind.' } }
    for (const { name, required, version, words } of [
      { name: 'photographs', required: false, version: {}, words: /^13 members have not accepted version 1/ },
      {
        ...{ name: 'devices', required: true, version: { effective_at: new Date(Date.now() + DAY).toISOString() } },
        words: 'Nothing is in effect yet: nobody is asked.',
      },
    ]) {
      const { id } = await api('POST', '/terms', { ...of, name, required })
      await api('POST', `/terms/${id}/versions`, { texts, ...version })
      // From page to page within the portal: a sign-in would be asked for them.
      await page.evaluate(`history.pushState({}, '', '/admin/terms/${id}')`)
      await page.evaluate("dispatchEvent(new PopStateEvent('popstate'))")
      await heading(page, 'Later or never')
      await text(page, words)
      assert.equal(await button(page, 'Remind…').count(), 0)
      await api('PATCH', `/terms/${id}`, { retired: true })
    }
  })

  it('are no other organization’s business', TIMEOUT, async () => {
    const [terms] = await own()
    const page = pageOf(bolt.administrator)
    await toTerms(page)
    await text(page, 'You have no terms of your own yet')
    for (const path of [`/terms/${terms?.id}`, `/terms/${terms?.id}/publish`, '/terms/trm_nobodys']) {
      await page.goto(home + path)
      await text(page, 'There are no terms at this address')
      assert.equal(await page.getByText('House rules').count(), 0)
      await checkPage(page, 'no such terms')
    }
    for (const { close } of people.values()) await close()
  })

  for (const { name, width, locale, colorScheme } of LOOKS) {
    it(`are accessible and fit: ${name}`, TIMEOUT, async () => {
      for (const { id } of await own()) await api('PATCH', `/terms/${id}`, { retired: true })
      const options = { locale, colorScheme, viewport: { width, height: 700 } }
      const { page, close } = await signedIn(acme.administrator.email, options)
      const [terms] = await own()
      for (const path of ['/terms?status=retired', '/terms/new', `/terms/${terms?.id}`]) {
        await page.goto(home + path)
        await page.getByRole('heading', { level: 1 }).waitFor()
        await checkPage(page, `${path}, ${name}`)
      }
      await api('PATCH', `/terms/${terms?.id}`, { retired: false })
      await page.goto(`${home}/terms/${terms?.id}/publish`)
      await page.getByRole('tablist').waitFor()
      await checkPage(page, `publish, ${name}`)
      await close()
    })
  }
})
