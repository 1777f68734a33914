/** Where lists end, forms are left and addresses are wrong: the admin portal at its edges, in a browser. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { mailWorkerOf } from '../../server/jobs/mail-worker.ts'
import { startAdminPortal } from './admin-portal.ts'
import { checkPage, settled } from './portal.ts'

const TIMEOUT = { timeout: 180_000 }

describe('the admin portal at its edges', async () => {
  const { acme, api, button, call, home, server, ...portal } = await startAdminPortal()

  const signedIn = (options = {}) => portal.signedIn(acme.administrator.email, options)
  const main = (page: Page) => page.getByRole('main')

  it('leads from behind the end of a list to its last page, and past days that there are not', TIMEOUT, async () => {
    const { page, close } = await signedIn()
    await page.goto(`${home}/members?page=9`)
    await page.getByRole('link', { name: acme.administrator.name }).waitFor()
    await page.waitForURL(`${home}/members`)
    for (const path of ['/activity?page=9', '/activity?from=yesterday&to=2026-02-31']) {
      await page.goto(home + path)
      await main(page).locator('time').first().waitFor()
      await settled(page)
      assert.equal(await page.getByRole('heading', { level: 1, name: 'Activity' }).count(), 1, path)
    }
    await page.goto(`${home}/invitations?page=9`)
    await page.waitForURL(`${home}/invitations`)
    await close()
  })

  it('does not invite a member, nor anybody twice, and says so beside the address', TIMEOUT, async () => {
    const { page, close } = await signedIn()
    const listed = () => api('GET', `/organizations/${acme.id}/invitations`)
    const before = (await listed()).length
    await page.goto(`${home}/invitations?invite=one`)
    const invite = async (email: string) => {
      await page.getByRole('textbox', { name: 'E-mail' }).fill(email)
      await button(page, 'Send invitation').click()
    }
    await invite(acme.member.email.toUpperCase())
    await page.getByText('A member has this address already', { exact: true }).waitFor()
    await checkPage(page, 'an address that a member has')
    assert.equal((await listed()).length, before)
    await invite('new@elsewhere.example')
    await page.getByText('The invitation is on its way to new@elsewhere.example.').waitFor()
    await page.goto(`${home}/invitations?invite=one`)
    await invite('New@elsewhere.example')
    await page.getByText('Is invited already; the list below sends it again', { exact: true }).waitFor()
    assert.equal((await listed()).length, before + 1)
    await close()
  })

  it('says that a link is not sent to whoever got several within the hour', TIMEOUT, async () => {
    const path = `/api/v2/users/${encodeURIComponent(acme.auditor.id)}`
    for (let sent = 0; sent < 5; sent += 1) {
      assert.equal((await call('POST', `${path}/emails`, { body: { kind: 'password_reset' } })).status, 202)
    }
    await mailWorkerOf(server).runOnce()
    const { page, close } = await signedIn()
    await page.goto(`${home}/members/${encodeURIComponent(acme.auditor.id)}`)
    await button(page, 'Send reset link').first().click()
    await page.getByText('Nothing was sent: this person got several of these mails within the hour.').waitFor()
    await checkPage(page, 'a link that is not sent')
    await close()
  })

  it('finds an invitation by a part of its address, and says when there is none', TIMEOUT, async () => {
    const client_id = 'tenantry-account'
    for (const email of ['sought.person@find.example', 'other@find.example']) {
      await api('POST', `/organizations/${acme.id}/invitations`, {
        inviter: { name: 'A' },
        invitee: { email },
        client_id,
      })
    }
    const { page, close } = await signedIn()
    await page.goto(`${home}/invitations?page=9`)
    const search = page.getByRole('searchbox', { name: 'Find an address' })
    await search.fill('SOUGHT')
    await page.waitForURL(`${home}/invitations?text=SOUGHT`)
    await page.locator('[data-row]').getByText('other@find.example').waitFor({ state: 'detached' })
    await page.locator('[data-row]').getByText('sought.person@find.example').waitFor()
    assert.equal(await page.locator('[data-row]').count(), 1)
    await search.fill('nobody-at-all')
    await page.getByText('No invitation matches').waitFor()
    await checkPage(page, 'no invitation that matches')
    await button(page, 'Clear filters').click()
    await page.waitForURL(`${home}/invitations`)
    await page.locator('[data-row]').getByText('other@find.example').waitFor()
    assert.equal(await search.inputValue(), '')
    await close()
  })

  it('asks before changes are left that are not saved, and leaves or stays', TIMEOUT, async () => {
    const { page, close } = await signedIn()
    const toMembers = () =>
      page
        .locator('#side')
        .getByRole('link', { name: /^Members/ })
        .click()
    const name = page.getByRole('textbox', { name: /^Name/ })
    await page.goto(`${home}/settings`)
    await button(page, /^Edit.*Organization/s).click()
    await name.fill('Acme elsewhere')
    await toMembers()
    const dialog = page.getByRole('dialog', { name: 'Leave without saving?' })
    await dialog.waitFor()
    await checkPage(page, 'the question before changes are left')
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    assert.equal(await name.inputValue(), 'Acme elsewhere')
    await toMembers()
    await dialog.getByRole('button', { name: 'Leave' }).click()
    await page.waitForURL(`${home}/members`)
    assert.equal((await api('GET', `/organizations/${acme.id}`)).display_name, 'Acme Freight', 'it was saved')

    // What is saved or not touched asks nothing.
    await page.goto(`${home}/settings`)
    await button(page, /^Edit.*Organization/s).click()
    await toMembers()
    await page.waitForURL(`${home}/members`)
    await close()
  })

  it('puts the menu of a phone away with Escape, and when the present page is chosen', TIMEOUT, async () => {
    const { page, close } = await signedIn({ viewport: { width: 320, height: 640 } })
    const [menu, toggle] = [page.locator('#side'), page.getByRole('button', { name: 'Menu' })]
    await toggle.click()
    await menu.getByRole('link', { name: /^Members/ }).focus()
    // What is open within the menu goes first.
    await menu.getByRole('button', { name: acme.administrator.name }).click()
    await page.keyboard.press('Escape')
    assert.equal(await menu.isVisible(), true)
    await page.keyboard.press('Escape')
    await menu.waitFor({ state: 'hidden' })
    assert.equal(await page.evaluate("document.activeElement.getAttribute('aria-label')"), 'Menu')
    await toggle.click()
    await menu.getByRole('link', { name: 'Home' }).click()
    await menu.waitFor({ state: 'hidden' })
    await close()
  })

  it('tells on a phone what is wrong with a line of a list, without scrolling sideways', TIMEOUT, async () => {
    const { page, close } = await signedIn({ viewport: { width: 320, height: 640 } })
    await page.goto(`${home}/invitations?invite=many`)
    await page.getByRole('textbox', { name: 'People' }).fill('no address\na.rather.long.address@elsewhere.example')
    await button(page, 'Check').click()
    const wrong = page.getByRole('cell', { name: 'No e-mail address' })
    await wrong.waitFor()
    const { x = 0, width = 320 } = (await wrong.boundingBox()) ?? {}
    assert.ok(x + width <= 320, `${x}, ${width}`)
    await checkPage(page, 'a checked list on a phone')
    await close()
  })

  it('has the acts on many in one menu on a phone, which leaves the list its place', TIMEOUT, async () => {
    const { page, close } = await signedIn({ viewport: { width: 320, height: 640 } })
    await page.goto(`${home}/members`)
    await button(page, 'Select').click()
    for (const at of [1, 2]) await main(page).getByRole('checkbox').nth(at).click()
    const bar = page.getByRole('region', { name: 'Acts on the selected members' })
    assert.ok(((await bar.boundingBox())?.height ?? 640) < 160)
    await bar.getByRole('button', { name: 'Acts' }).click()
    const { x = -1, width = 0 } = (await bar.getByRole('list').first().boundingBox()) ?? {}
    assert.ok(x >= 0 && x + width <= 320, `${x}, ${width}`)
    await checkPage(page, 'the menu of acts on many')
    await bar.getByRole('button', { name: 'Give role: Auditor' }).click()
    await page.getByRole('dialog', { name: 'Give 2 members the role Auditor?' }).waitFor()
    await close()
  })

  it(
    'keeps the last day of a membership wherever it is read, and exact times within their notes',
    TIMEOUT,
    async () => {
      for (const timezoneId of ['Europe/Berlin', 'America/Los_Angeles']) {
        const { page, close } = await signedIn({ timezoneId })
        await page.goto(`${home}/members/${encodeURIComponent(acme.member.id)}?tab=security`)
        await button(page, /^Edit.*Membership ends/s).click()
        await page.locator('input[type=date]').fill(timezoneId === 'Europe/Berlin' ? '2090-12-31' : '2090-12-30')
        await button(page, 'Save').click()
        await page.getByText('1 change saved.').waitFor()
        const day = timezoneId === 'Europe/Berlin' ? '31 December 2090' : '30 December 2090'
        await page.getByText(day, { exact: true }).nth(1).waitFor()
        assert.equal(await page.getByText(day, { exact: true }).count(), 2, timezoneId)

        await page.goto(`${home}/members`)
        const moment = main(page).locator('tbody time').first()
        await moment.hover()
        await page.getByRole('tooltip').waitFor()
        const note = 'document.querySelector("[role=tooltip]:not([hidden])")'
        assert.equal(await page.evaluate(`${note}.scrollWidth <= ${note}.clientWidth`), true, 'a note is cut')
        await close()
      }
    },
  )

  it('keeps what others changed of the look meanwhile, and takes back no more than was done', TIMEOUT, async () => {
    const [one, other] = [await signedIn(), await signedIn()]
    const field = (page: Page, name: RegExp) => main(page).getByRole('textbox', { name })
    const save = async (page: Page) => {
      await button(page, 'Save').click()
      await page.getByText('1 change saved.').waitFor()
      await button(page, 'Save').waitFor({ state: 'detached' })
    }
    const look = async () => (await api('GET', `/organizations/${acme.id}`)).branding
    const before = await look()
    for (const { page } of [one, other]) await page.goto(`${home}/branding`)
    await field(other.page, /^Logo/).waitFor()
    await field(one.page, /^Colour(?! of)/).fill('#7a1f5c')
    await save(one.page)
    const logo = 'https://acme.example/logo.png'
    await field(other.page, /^Logo/).fill(logo)
    await save(other.page)
    const after = await look()
    assert.deepEqual([after.logo_url, after.colors.primary], [logo, '#7a1f5c'])
    await other.page.getByRole('button', { name: 'Undo' }).click()
    await other.page.getByText('Taken back.').waitFor()
    const back = await look()
    assert.deepEqual([back.logo_url, back.colors.primary], [before.logo_url, '#7a1f5c'])
    await one.page.context().close()
    await other.page.context().close()
  })

  it('writes numbers as the reader does, and names in their own direction', TIMEOUT, async () => {
    await api('PATCH', `/users/${encodeURIComponent(acme.member.id)}`, { name: '\u202eacmE' })
    await api('PATCH', `/organizations/${acme.id}/members/${encodeURIComponent(acme.member.id)}`, { blocked: false })
    const { page, close } = await signedIn({ locale: 'de-DE' })
    await page.route('**/api/v2/organizations/*/summary', async (route) => {
      const answer = await route.fetch()
      await route.fulfill({ response: answer, json: { ...(await answer.json()), members: 12_345 } })
    })
    await page.goto(home)
    await main(page).getByText('12.345 Mitglieder').waitFor()
    await page.goto(`${home}/activity`)
    const name = main(page).locator('strong', { hasText: 'acmE' }).first()
    await name.waitFor()
    assert.equal(await name.locator('bdi').count(), 1)
    await close()
  })

  it('exports the activity as it was when the export began, and says when it is not all', TIMEOUT, async () => {
    const { page, close } = await signedIn()
    await page.goto(`${home}/activity`)
    await main(page).locator('time').first().waitFor()
    const asked: string[] = []
    page.on('request', (request) => asked.push(decodeURIComponent(request.url())))
    const [file] = await Promise.all([page.waitForEvent('download'), button(page, 'Export').click()])
    const rows = (await readFile(await file.path(), 'utf8')).trimEnd().split('\r\n')
    assert.ok(rows.length > 1)
    const pages = asked.filter((url) => url.includes('/api/v2/logs?'))
    assert.ok(pages.length > 0 && pages.every((url) => /date:\[\* ?\+?TO/.test(url.replaceAll('+', ' '))), pages.join())
    await close()
  })
})
