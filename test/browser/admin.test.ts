/** The admin portal in a browser, as administrators of an organization use it: signed in through the pages. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { PASSWORD } from '../../server/oidc/sign-in.testing.ts'
import { startAdminPortal } from './admin-portal.ts'
import { checkPage, LOOKS, settled } from './portal.ts'

/** TABLE: every page, with its title in English and German; `:member` stands for somebody's id. */
const PAGES = [
  { path: '', titles: ['Acme Freight', 'Acme Freight'] },
  { path: '/members', titles: ['Members', 'Mitglieder'] },
  { path: '/members/:member', titles: ['Tomasz Kowalczyk', 'Tomasz Kowalczyk'] },
  { path: '/members/:member?tab=roles', titles: ['Tomasz Kowalczyk', 'Tomasz Kowalczyk'] },
  { path: '/members/:member?tab=security', titles: ['Tomasz Kowalczyk', 'Tomasz Kowalczyk'] },
  { path: '/members/:member?tab=activity', titles: ['Tomasz Kowalczyk', 'Tomasz Kowalczyk'] },
  { path: '/invitations', titles: ['Invitations', 'Einladungen'] },
  { path: '/invitations?invite=one', titles: ['Invitations', 'Einladungen'] },
  { path: '/invitations?invite=many', titles: ['Invitations', 'Einladungen'] },
  { path: '/roles', titles: ['Roles', 'Rollen'] },
  { path: '/activity', titles: ['Activity', 'Aktivität'] },
  { path: '/terms', titles: ['Terms', 'Bedingungen'] },
  { path: '/terms/new', titles: ['New terms', 'Neue Bedingungen'] },
  { path: '/branding', titles: ['Branding', 'Erscheinungsbild'] },
  { path: '/settings', titles: ['Settings', 'Einstellungen'] },
] as const

describe('the admin portal in a browser', async () => {
  const { acme, api, browser, button, connection, home, newUser, signedIn } = await startAdminPortal()

  const addressOf = (path: string) => home + path.replace(':member', encodeURIComponent(acme.member.id))
  const membershipOf = (id: string) => api('GET', `/organizations/${acme.id}/members/${encodeURIComponent(id)}`)

  for (const { name, width, locale, colorScheme } of LOOKS) {
    it(`is accessible on every page: ${name}`, async () => {
      const options = { locale, colorScheme, viewport: { width, height: 700 } }
      const { page, close } = await signedIn(acme.administrator.email, options)
      for (const { path, titles } of PAGES) {
        await page.goto(addressOf(path))
        const title = titles[locale === 'de-DE' ? 1 : 0]
        await page.getByRole('heading', { level: 1, name: title }).waitFor()
        await checkPage(page, `${path}, ${name}`)
        assert.equal(await page.getByRole('alert').count(), 0, `${path} could not load something`)
      }
      await close()
    })
  }

  it('finds a member, blocks with a reason, and unblocks', async () => {
    const { page, close } = await signedIn(acme.administrator.email)
    await page
      .locator('#side')
      .getByRole('link', { name: /^Members/ })
      .click()
    const search = page.getByRole('searchbox', { name: 'Name or e-mail' })
    // As somebody types: the first letters find who begins so, of his names or his address, and many words are no fault.
    for (const begun of ['k', 'ko', 'to k']) {
      await search.fill(begun)
      await page.waitForURL((url) => url.searchParams.get('text') === begun)
      await page.getByRole('link', { name: 'Amara Okafor' }).waitFor({ state: 'detached' })
      await page.getByRole('link', { name: 'Tomasz Kowalczyk' }).waitFor()
    }
    await search.fill('one two three four five six seven eight nine ten')
    await page.getByText('No members match').waitFor()
    assert.equal(await page.getByRole('alert').count(), 0)
    await search.fill('tomasz')
    await page.waitForURL(/\/members\?text=tomasz$/)
    await page.getByRole('link', { name: 'Tomasz Kowalczyk' }).waitFor()
    assert.equal(await page.locator('[data-row]').count(), 1)
    await page.getByRole('link', { name: 'Tomasz Kowalczyk' }).click()

    await button(page, 'Block…').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('heading', { name: 'Block Tomasz Kowalczyk?' }).waitFor()
    assert.equal(await dialog.getByRole('button', { name: 'Block' }).isDisabled(), true, 'blocks without a reason')
    await checkPage(page, 'the question before a block')
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('Left the company')
    await dialog.getByRole('button', { name: 'Block' }).click()
    await page.getByText('Blocked: Left the company').waitFor()
    const { blocked, blocked_reason: reason } = await membershipOf(acme.member.id)
    assert.deepEqual([blocked, reason], [true, 'Left the company'])

    // The list is where it was, and says so too.
    await page.goBack()
    await page.waitForURL(/\/members\?text=tomasz$/)
    await page.locator('[data-row]').getByText('Blocked').waitFor()
    await page.goForward()
    await button(page, 'Unblock').click()
    await button(page, 'Block…').waitFor()
    assert.equal((await membershipOf(acme.member.id)).blocked, false)

    await page.getByRole('tab', { name: 'Roles' }).click()
    await button(page, 'Give the role Auditor').click()
    await button(page, 'Take the role Auditor away').waitFor()
    const path = `/organizations/${acme.id}/members/${encodeURIComponent(acme.member.id)}/roles`
    assert.deepEqual(
      (await api('GET', path)).map((role: { name: string }) => role.name),
      ['Auditor'],
    )
    await button(page, 'Take the role Auditor away').click()
    await button(page, 'Give the role Auditor').waitFor()
    assert.deepEqual(await api('GET', path), [])
    await close()
  })

  it('acts on several members, and says whom it leaves out and why', async () => {
    const { page, close } = await signedIn(acme.administrator.email)
    await page.goto(`${home}/members`)
    for (const name of ['Amara Okafor', 'Dmitra Pappas', 'Jun Watanabe'])
      await page.getByRole('checkbox', { name: `Select ${name}` }).click()
    await button(page, 'Block 2…').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('That is you').waitFor()
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('Season is over')
    await dialog.getByRole('button', { name: 'Block 2' }).click()
    await page.getByText('Blocked 2 of 3 members.').waitFor()
    const { members } = await api('GET', `/organizations/${acme.id}/members?include_totals=true&per_page=100`)
    const stored = await Promise.all(members.map((one: { user_id: string }) => membershipOf(one.user_id)))
    assert.equal(stored.filter(({ blocked }) => blocked).length, 2)
    assert.equal((await membershipOf(acme.administrator.id)).blocked, false)
    await close()
  })

  it('shows to an auditor what there is, and nothing that changes it', async () => {
    const { page, close } = await signedIn(acme.auditor.email)
    for (const { path } of PAGES.filter(({ path }) => !path.includes('invite='))) {
      await page.goto(addressOf(path))
      await page.waitForSelector('h1')
      await settled(page)
      const acts = /Block|Unblock|Remove|Delete|Invite|Edit|Save|Give|Take|Send|Sign out everywhere|Revoke|Select/
      const found = await page.getByRole('main').getByRole('button', { name: acts }).allTextContents()
      assert.deepEqual(found, [], path)
      assert.equal(await page.getByRole('main').getByRole('checkbox').count(), 0, path)
    }
    await close()
  })

  it('tells a member without a role which right is missing, and who can give it', async () => {
    const { page, close } = await signedIn(acme.member.email)
    // Without an organization that is named, the sign-in itself has nothing to offer.
    await page.getByRole('heading', { name: 'There is nothing for you to administer' }).waitFor()
    await page.goto(`${home}/members?organization=${acme.id}`)
    await page.getByText('It needs the right “See members”').waitFor()
    await page.getByText(/An administrator of \S+.* can give it\./).waitFor()
    await page.getByRole('link', { name: /^Invitations/ }).waitFor({ state: 'detached' })
    await checkPage(page, 'a page that is not open')
    await close()
  })

  it('says what failed and what is filtered out, each with the way on', async () => {
    const { page, close } = await signedIn(acme.administrator.email)
    const fail = '**/api/v2/users?**'
    await page.route(fail, (route) => route.fulfill({ status: 500, json: {} }))
    await page.goto(`${home}/members`)
    await page.getByRole('alert').getByText('The members could not be loaded').waitFor()
    await page.unroute(fail)
    await button(page, 'Try again').click()
    await page.getByRole('link', { name: 'Tomasz Kowalczyk' }).waitFor()

    await page.goto(`${home}/members?text=nobody-of-this-name`)
    await page.getByRole('heading', { name: 'No members match' }).waitFor()
    await checkPage(page, 'a list that is filtered to nothing')
    await button(page, 'Clear filters').click()
    await page.getByRole('link', { name: 'Tomasz Kowalczyk' }).waitFor()
    assert.equal(new URL(page.url()).search, '')
    await close()
  })

  it('switches to another organization, and shows that one alone', async () => {
    const { user_id: id, email = '' } = await newUser({ email: 'both@acme.example', name: 'Rune Dahl' })
    const bolt = await api('POST', '/organizations', { name: 'bolt', display_name: 'Bolt' })
    await api('POST', `/organizations/${bolt.id}/enabled_connections`, { connection_id: connection.id })
    const roles = await api('GET', '/roles?per_page=100')
    const administrator = roles.find(({ name }: { name: string }) => name === 'Administrator')
    for (const organization of [acme.id, bolt.id]) {
      await api('POST', `/organizations/${organization}/members`, { members: [id] })
      const path = `/organizations/${organization}/members/${encodeURIComponent(id)}/roles`
      await api('POST', path, { roles: [administrator.id] })
    }
    const { page, close } = await signedIn(email)
    await page.goto(`${home}?organization=${acme.id}`)
    await page.getByRole('heading', { level: 1, name: 'Acme Freight' }).waitFor()
    assert.equal(new URL(page.url()).search, '')
    await page
      .locator('#side')
      .getByRole('button', { name: /^Acme Freight/ })
      .click()
    await page.locator('#side').getByRole('button', { name: 'Bolt' }).click()
    await page.getByRole('heading', { level: 1, name: 'Bolt' }).waitFor()
    await page.goto(`${home}/members`)
    await page.getByRole('link', { name: 'Rune Dahl' }).waitFor()
    assert.equal(await page.locator('[data-row]').count(), 1)
    await close()
  })

  it('invites somebody, who joins by the link through the profile portal', async () => {
    const { page, close } = await signedIn(acme.administrator.email)
    await page.goto(`${home}/invitations?invite=one`)
    await page.getByRole('textbox', { name: 'E-mail' }).fill('new@acme.example')
    await button(page, 'Send invitation').click()
    await page.locator('[data-row]').getByText('new@acme.example').waitFor()
    const [invitation] = await api('GET', `/organizations/${acme.id}/invitations?sort=created_at:-1`)
    assert.equal(invitation.invitee.email, 'new@acme.example')

    const context = await browser.newContext({ locale: 'en-GB' })
    const guest = await context.newPage()
    await guest.goto(invitation.invitation_url)
    await guest.getByRole('heading', { name: 'Join Acme Freight' }).waitFor()
    await guest.click('main button[type=submit]')
    await guest.fill('[name=password]', PASSWORD)
    await guest.click('main button[type=submit]')
    await guest.getByRole('heading', { name: 'Overview' }).waitFor()
    assert.equal(new URL(guest.url()).search, '', 'an invitation stays in the address')
    await context.close()

    await page.goto(`${home}/members?text=new@acme.example`)
    await page.locator('[data-row]').getByText('Managed here').waitFor()
    await close()
  })

  it('finds members, pages and acts by the keyboard alone', async () => {
    const { page, close } = await signedIn(acme.administrator.email)
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Find or do' }).fill('tomasz')
    await page.getByRole('option', { name: /Tomasz Kowalczyk/ }).waitFor()
    await checkPage(page, 'the palette')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Tomasz Kowalczyk' }).waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('s')
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor()
    await close()
  })
})
