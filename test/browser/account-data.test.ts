/** One's own data in the profile portal, in a browser: a copy is taken, the account given up and kept after all. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { readCsv } from '../../portals/shared/csv.ts'
import { PASSWORD, startSignInServer } from '../../server/oidc/sign-in.testing.ts'
import { join, makeOrganization } from '../../server/organizations/organizations.testing.ts'
import { setUpTenant } from '../../server/setup.ts'
import { freePorts } from '../start.testing.ts'
import { launchChromium } from './chromium.ts'
import { checkPage, LOOKS, visitPortal } from './portal.ts'

let browser: Browser
before(async () => {
  browser = await launchChromium()
})
after(() => browser.close())

/** A server, and its page of privacy as somebody reads it. */
async function openServer(environment: Record<string, string> = {}) {
  const { PORT } = await freePorts()
  const test = await startSignInServer({ PORT, ...environment })
  const { app, db, server } = test
  const home = `${server.config.publicUrl}/account`
  before(async () => {
    await setUpTenant(server.database.db, server.secrets, server.config)
    await app.listen({ port: Number(PORT), host: '127.0.0.1' })
  })
  const open = async ({ email }: { email?: string | null }, options: BrowserContextOptions = {}) => {
    const { page, close } = await visitPortal(browser, home, email ?? '', options)
    await page.goto(`${home}/privacy`)
    await page.locator('section svg.lucide-download').first().waitFor()
    return { page, close }
  }
  const dueOf = async (userId: string) => {
    const row = db.selectFrom('account_deletions').select('due_at').where('user_id', '=', userId)
    return (await row.executeTakeFirst())?.due_at
  }
  return { ...test, home, open, dueOf }
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const section = (page: Page, name: string) => page.getByRole('region', { name, exact: true })

async function download(page: Page, name: string): Promise<{ file: string; text: string }> {
  const [file] = await Promise.all([page.waitForEvent('download'), button(page, name).click()])
  return { file: file.suggestedFilename(), text: await readFile(await file.path(), 'utf8') }
}

/** Opens the question and types into it. */
async function typeInto(page: Page, text: string) {
  await button(page, 'Delete account').click()
  const dialog = page.getByRole('dialog', { name: 'Delete your account?' })
  await dialog.getByRole('textbox').fill(text)
  return { dialog, submit: () => dialog.getByRole('button', { name: 'Delete account' }).click() }
}

describe('one’s own data in the profile portal', async () => {
  const { db, newUser, home, open, dueOf } = await openServer()

  it('is taken as a file for programs and as one for spreadsheets, of which no cell is a formula', async () => {
    const user = await newUser({ given_name: 'Ada', user_metadata: { pet: '=1+1' } })
    const { page, close } = await open(user)
    const json = await download(page, 'Download as JSON')
    assert.equal(json.file, 'my-data.json')
    const { profile, activity } = JSON.parse(json.text)
    assert.deepEqual([profile.user_id, profile.user_metadata], [user.user_id, { pet: '=1+1' }])
    assert.equal(activity[0].kind, 'signed_in')
    await page.getByRole('status').getByText('The copy is made: my-data.json.').waitFor()
    const csv = await download(page, 'Download as CSV')
    assert.equal(csv.file, 'my-data.csv')
    assert.ok(csv.text.startsWith('\ufeffpath,value\r\n'))
    const rows = new Map(readCsv(csv.text).map(({ cells: [path = '', value] }) => [path, value]))
    assert.equal(rows.get('profile.user_id'), user.user_id)
    assert.equal(rows.get('profile.user_metadata.pet'), "'=1+1")
    assert.equal(rows.get('sessions.0.current'), 'true')
    assert.ok(rows.has('terms'), 'what is empty is told as well')
    await page.getByRole('status').getByText('The copy is made: my-data.csv.').waitFor()
    await page.locator('#menu').getByRole('link', { name: 'Activity' }).click()
    await page.getByText('Copy of your data taken').nth(1).waitFor()
    assert.equal(await page.getByText('Copy of your data taken').count(), 2)
    await close()
  })

  it('is not taken where the server fails, which is told, and taken when it is tried again', async () => {
    const { page, close } = await open(await newUser())
    await page.route('**/me/v1/personal-data', (route) => route.fulfill({ status: 500, json: {} }))
    await button(page, 'Download as JSON').click()
    await page.getByRole('alert').getByText('The copy of your data could not be loaded').waitFor()
    assert.equal(await page.getByText('The copy is made').count(), 0)
    await page.unroute('**/me/v1/personal-data')
    const { text } = await download(page, 'Try again')
    assert.ok(JSON.parse(text).profile)
    await page.getByText('The copy of your data could not be loaded').waitFor({ state: 'detached' })
    await close()
  })

  it('goes only after the address is typed, and stays after one tap', async () => {
    const user = await newUser()
    const { page, close } = await open(user)
    await section(page, 'Delete account').getByText('Your account is deleted 14 days after you ask for it.').waitFor()
    const { dialog, submit } = await typeInto(page, '')
    assert.equal(await dialog.getByRole('button', { name: 'Delete account' }).isDisabled(), true)
    await dialog.getByRole('textbox').fill('somebody@else.example')
    await submit()
    await dialog.getByText('This is not what stands above. Nothing was changed.').waitFor()
    await dialog.locator('input[aria-invalid=true]:focus').waitFor()
    await checkPage(page, 'wrong address')
    assert.equal(await dueOf(user.user_id), undefined)
    await dialog.getByRole('textbox').fill(user.email ?? '')
    assert.equal(await dialog.locator('[aria-invalid=true]').count(), 0)
    await page.keyboard.press('Enter')
    await page.getByRole('status').getByText('Your account will be deleted on').waitFor()
    await page.locator('h1:focus').waitFor()
    assert.ok(await dueOf(user.user_id))
    assert.equal(await button(page, 'Delete account').count(), 0)
    await page.goto(home)
    const card = page.locator('main li').filter({ hasText: 'Your account will be deleted on' })
    await checkPage(page, 'something to do')
    await card.getByRole('button', { name: 'Keep my account' }).click()
    await page.getByRole('status').getByText('Your account will not be deleted.').waitFor()
    await card.waitFor({ state: 'detached' })
    await page.locator('h1:focus').waitFor()
    assert.equal(await dueOf(user.user_id), undefined)
    await page.goto(`${home}/activity`)
    await page.getByText('Deletion of the account called off').waitFor()
    await page.getByText('Deletion of the account asked for').waitFor()
    await close()
  })

  it('goes after a sign-in of the last minutes alone, to which the page leads', async () => {
    const user = await newUser()
    const { page, close } = await open(user)
    const authenticated_at = new Date(Date.now() - 601_000)
    await db.updateTable('sessions').set({ authenticated_at }).where('user_id', '=', user.user_id).execute()
    const { submit } = await typeInto(page, user.email ?? '')
    await submit()
    await page.getByRole('alert').getByText('signed in within the last ten minutes').waitFor()
    assert.equal(await dueOf(user.user_id), undefined)
    await button(page, 'Sign in once more').click()
    await page.waitForURL(/\/u\/login\//)
    for (const [name, value] of Object.entries({ username: user.email ?? '', password: PASSWORD })) {
      await page.fill(`[name=${name}]:not([readonly])`, value)
      await Promise.all([page.waitForNavigation(), page.click('main button[type=submit]')])
    }
    await page.waitForURL(`${home}/privacy`)
    const again = await typeInto(page, user.email ?? '')
    await again.submit()
    await page.getByRole('status').getByText('Your account will be deleted on').waitFor()
    assert.ok(await dueOf(user.user_id))
    await close()
  })

  it('is kept from the page itself, and nothing is asked where the question is left', async () => {
    const user = await newUser()
    const { page, close } = await open(user)
    const { dialog } = await typeInto(page, user.email ?? '')
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    await page.locator('button:focus').filter({ hasText: 'Delete account' }).waitFor()
    assert.equal(await dueOf(user.user_id), undefined)
    const { submit } = await typeInto(page, user.email ?? '')
    await submit()
    await button(page, 'Keep my account').click()
    await button(page, 'Delete account').waitFor()
    assert.equal(await dueOf(user.user_id), undefined)
    await close()
  })

  it('says whom to ask where an organization manages the account', async () => {
    const user = await newUser()
    const acme = await makeOrganization(db, 'acme')
    await join(db, acme, user.user_id)
    const { page, close } = await open(user)
    const { submit } = await typeInto(page, user.email ?? '')
    await db.updateTable('users').set({ managing_organization_id: acme }).where('user_id', '=', user.user_id).execute()
    await submit()
    await section(page, 'Delete account').getByText('manages your account. Ask an administrator there').waitFor()
    assert.match((await section(page, 'Delete account').textContent()) ?? '', /acme/)
    await page.locator('h1:focus').waitFor()
    assert.equal(await button(page, 'Delete account').count(), 0)
    assert.equal(await dueOf(user.user_id), undefined)
    await close()
  })

  it('does not go while nobody else can give roles in an organization', async () => {
    const user = await newUser()
    await join(db, await makeOrganization(db, 'bolt'), user.user_id, 'administrator')
    const { page, close } = await open(user)
    const { submit } = await typeInto(page, user.email ?? '')
    await submit()
    await page.getByRole('alert').getByText('In one of your organizations nobody else can give roles.').waitFor()
    await page.locator('button:focus').filter({ hasText: 'Delete account' }).waitFor()
    assert.equal(await dueOf(user.user_id), undefined)
    await close()
  })

  for (const { name, width, locale, colorScheme } of LOOKS) {
    it(`is accessible, asked about and on its way: ${name}`, async () => {
      const user = await newUser()
      const { page, close } = await open(user, { locale, colorScheme, viewport: { width, height: 700 } })
      const [act, keep] =
        locale === 'de-DE' ? ['Konto löschen', 'Mein Konto behalten'] : ['Delete account', 'Keep my account']
      await button(page, act).click()
      await page
        .getByRole('dialog')
        .getByRole('textbox')
        .fill(user.email ?? '')
      await checkPage(page, `asked, ${name}`)
      await page.getByRole('dialog').getByRole('button', { name: act }).click()
      await button(page, keep).waitFor()
      await checkPage(page, `on its way, ${name}`)
      await close()
    })
  }
})

describe('one’s own data where accounts are not deleted', async () => {
  const { newUser, open } = await openServer({ ACCOUNT_DELETION: 'off' })

  it('is taken as a copy, and nothing is said of deleting it', async () => {
    const { page, close } = await open(await newUser())
    await checkPage(page, 'no deletion')
    assert.equal(await section(page, 'Delete account').count(), 0)
    assert.ok(JSON.parse((await download(page, 'Download as JSON')).text).profile)
    await close()
  })
})
