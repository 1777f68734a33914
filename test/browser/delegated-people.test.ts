/** What administrators of a customer do with its people, in a browser and with mail: helping, inviting, blocking. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { PASSWORD } from '../../server/oidc/sign-in.testing.ts'
import { checkPage } from './portal.ts'
import { startTwoCustomers, submit } from './two-customers.ts'

const TIMEOUT = { timeout: 180_000 }
const NEW_PASSWORD = 'quick ferry past Vinga'
/** What a helper is not to find: it edits, blocks, invites, takes away or gives roles. */
const BEYOND_HELP = /Edit|^Block(?!ed)|^Unblock|Invit|Give|Take|Save|Remove|Delete|Revoke|More acts/

describe('delegated administration of people', async () => {
  const test = await startTwoCustomers()
  const { api, organizations, people, publicUrl, administers, newPage, signInAt, openLogin, nextMail } = test
  const membersOf = async (customer: 'acme' | 'beta'): Promise<string[]> => {
    const { members } = await api('GET', `/organizations/${organizations[customer]}/members?include_totals=true`)
    return members.map(({ email }: { email: string }) => email)
  }
  const openInvitations = async (): Promise<string[]> =>
    (await api('GET', `/organizations/${organizations.acme}/invitations`)).map(
      ({ invitee }: { invitee: { email: string } }) => invitee.email,
    )
  const main = (page: Page) => page.getByRole('main')
  const button = (page: Page, name: string | RegExp) => main(page).getByRole('button', { name })

  /** From the list to the page of a member. */
  async function findMember(page: Page, name: string): Promise<void> {
    await page
      .locator('#side')
      .getByRole('link', { name: /^Members/ })
      .click()
    await page.getByRole('searchbox', { name: 'Name or e-mail' }).fill(name)
    await page.getByRole('link', { name }).click()
    await page.getByRole('heading', { level: 1, name }).waitFor()
  }

  async function findsNothingBeyondHelp(page: Page, what: string): Promise<void> {
    await main(page).getByText('Loading', { exact: true }).first().waitFor({ state: 'detached' })
    for (const role of ['button', 'link'] as const) {
      const found = await main(page).getByRole(role, { name: BEYOND_HELP }).allTextContents()
      assert.deepEqual(found, [], what)
    }
  }

  it('a helper lets a member in again who was locked out, and sends a reset link', TIMEOUT, async () => {
    const { tomasz } = people
    const member = await newPage()
    await openLogin(member, 'acme')
    await submit(member, { username: tomasz.email })
    for (let tries = 0; tries < 10; tries += 1) await submit(member, { password: 'a wrong password' })
    await submit(member, { password: PASSWORD })
    assert.equal(new URL(member.url()).origin, publicUrl, 'he is locked out, whatever he types')

    const { page, close } = await administers('dmitra')
    await findsNothingBeyondHelp(page, 'home')
    await findMember(page, tomasz.name)
    await findsNothingBeyondHelp(page, 'profile')
    await page.getByRole('tab', { name: 'Roles' }).click()
    await main(page).getByRole('heading', { name: 'Roles' }).first().waitFor()
    await findsNothingBeyondHelp(page, 'roles of a member')
    await page.getByRole('tab', { name: 'Security' }).click()
    await page.getByText(/^Closed to /).waitFor()
    await findsNothingBeyondHelp(page, 'security')
    await checkPage(page, 'a member who is locked out')
    await button(page, 'Let in again').click()
    await page.getByText('No address is kept out.', { exact: true }).waitFor()
    await button(page, 'Send reset link').first().click()
    await page.getByText(`A reset link is on its way to ${tomasz.email}.`).waitFor()

    const { mail, link } = await nextMail(tomasz.email, '/u/reset-password')
    assert.equal(mail.fromName, 'Acme Freight')
    assert.match(mail.text, /Acme Freight/)
    await member.goto(link)
    assert.match((await member.textContent('header.brand')) ?? '', /Acme Freight/)
    await checkPage(member, 'a new password')
    await submit(member, { password: NEW_PASSWORD })
    await member.getByRole('heading', { name: 'Password changed' }).waitFor()
    await signInAt(member, 'acme', tomasz.email, NEW_PASSWORD)

    for (const path of ['/members', '/invitations', '/roles', '/branding', '/settings']) {
      await page.goto(`${publicUrl}/admin${path}`)
      await page.waitForSelector('h1')
      await findsNothingBeyondHelp(page, path)
    }
    await page.goto(`${publicUrl}/admin/members`)
    await page.getByRole('checkbox', { name: `Select ${tomasz.name}` }).click()
    await button(page, 'Send reset link').waitFor()
    await findsNothingBeyondHelp(page, 'acts on many')
    await close()
    await member.context().close()
  })

  it('an administrator invites three by CSV, and each gets in as who they are', TIMEOUT, async () => {
    const { amara, bea, carla, nora } = people
    const kim = 'kim@new.example'
    const { page, close } = await administers('amara')
    await page.goto(`${publicUrl}/admin/invitations`)
    await button(page, 'Invite many').click()
    const rows = [
      'email,roles,language',
      'kim at new.example,Helper,en',
      `${bea.email},Auditor,en`,
      `${carla.email},,en`,
    ]
    const file = { name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(rows.join('\n')) }
    await page.locator('input[type=file]').setInputFiles(file)
    await button(page, 'Check').click()
    await page.getByText('2 of 3 would be invited.').waitFor()
    await page.getByRole('row', { name: /kim at new\.example.*No e-mail address/ }).waitFor()
    await checkPage(page, 'the preview')
    assert.deepEqual(await openInvitations(), [], 'a preview invites nobody')
    await button(page, 'Change the list').click()
    const list = page.getByRole('textbox', { name: 'People' })
    assert.equal(await list.inputValue(), rows.join('\n'), 'what was typed is kept')
    await list.fill(rows.join('\n').replace('kim at new.example', kim))
    await button(page, 'Check').click()
    await page.getByText('3 of 3 would be invited.').waitFor()
    await button(page, 'Invite 3 people').click()
    await page.getByText('3 of 3 are invited.').waitFor()
    assert.deepEqual((await openInvitations()).sort(), [bea.email, carla.email, kim].sort())

    const linkFor = async (email: string) => {
      const { mail, link } = await nextMail(email, '?invitation=')
      assert.match(mail.text, new RegExp(`member of Acme Freight[^]*Invited by: ${amara.name}`))
      return link
    }
    const arrives = async (visitor: Page) => {
      await visitor.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
      await visitor.context().close()
    }
    const newcomer = await newPage()
    await newcomer.goto(await linkFor(kim))
    await newcomer.getByRole('heading', { name: 'Join Acme Freight' }).waitFor()
    await checkPage(newcomer, 'an invitation')
    await submit(newcomer)
    assert.equal(await newcomer.inputValue('#email'), kim)
    await submit(newcomer, { password: PASSWORD })
    await arrives(newcomer)

    const known = await newPage()
    await known.goto(await linkFor(bea.email))
    await known.getByRole('button', { name: 'Sign in and accept' }).waitFor()
    await submit(known)
    await submit(known, { password: PASSWORD })
    await arrives(known)

    const shared = await newPage()
    await signInAt(shared, 'beta', nora.email)
    await shared.goto(await linkFor(carla.email))
    await shared.getByRole('heading', { name: 'This invitation is for somebody else' }).waitFor()
    await checkPage(shared, 'an invitation for somebody else')
    const said = (await shared.textContent('main')) ?? ''
    for (const words of [carla.email, nora.email, 'The invitation stays open']) assert.ok(said.includes(words), said)
    assert.deepEqual(await openInvitations(), [carla.email])
    assert.ok(!(await membersOf('acme')).includes(nora.email))
    await submit(shared)
    await submit(shared, { password: PASSWORD })
    await arrives(shared)
    assert.ok(!(await membersOf('acme')).includes(nora.email), 'only whom it was for gets in')
    assert.ok((await membersOf('beta')).includes(bea.email), 'and leaves nothing for it')

    await page.goto(`${publicUrl}/admin/members`)
    await page.getByRole('row', { name: new RegExp(`${kim}.*Helper`) }).waitFor()
    await page.getByRole('row', { name: new RegExp(`${bea.name}.*Auditor`) }).waitFor()
    const third = page.getByRole('row', { name: new RegExp(carla.name) })
    await third.waitFor()
    assert.doesNotMatch((await third.textContent()) ?? '', /Helper|Auditor|Operator|Administrator/)
    await page.goto(`${publicUrl}/admin/invitations`)
    await page.getByText('Nobody is invited').waitFor()
    assert.deepEqual(await openInvitations(), [])
    await close()
  })

  it(
    'an administrator blocks somebody of two organizations in his own alone, at once, and lets him in again',
    TIMEOUT,
    async () => {
      const { sam } = people
      const open = await administers('sam')
      await open.page.getByRole('heading', { level: 1, name: 'Acme Freight' }).waitFor()

      const { page, close } = await administers('amara')
      await findMember(page, sam.name)
      await button(page, 'Block…').click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('textbox', { name: 'Reason' }).fill('Lost his badge')
      await checkPage(page, 'the question before a block')
      await dialog.getByRole('button', { name: 'Block' }).click()
      await page.getByText('Blocked: Lost his badge').waitFor()

      await open.page
        .locator('#side')
        .getByRole('link', { name: /^Members/ })
        .click()
      await open.page.getByRole('heading', { name: 'You could not be signed in' }).waitFor()
      await checkPage(open.page, 'a page that lost its session')
      assert.equal(await open.page.getByText(people.amara.name).count(), 0)
      await open.close()

      const visitor = await newPage()
      await openLogin(visitor, 'acme')
      await submit(visitor, { username: sam.email })
      await submit(visitor, { password: 'a wrong password' })
      assert.doesNotMatch(
        (await visitor.textContent('main')) ?? '',
        /cannot sign in to/,
        'whoever guesses learns nothing',
      )
      await submit(visitor, { password: PASSWORD })
      await isShutOut(visitor)
      await checkPage(visitor, 'shut out')
      await visitor.context().close()
      const elsewhere = await newPage()
      await signInAt(elsewhere, 'beta', sam.email)
      await elsewhere.context().close()

      await button(page, 'Unblock').click()
      await button(page, 'Block…').waitFor()
      await close()
      const again = await newPage()
      await signInAt(again, 'acme', sam.email)
      await again.context().close()
    },
  )

  /** The page that says so, whom to ask, and not why. */
  async function isShutOut(page: Page): Promise<void> {
    await page.getByRole('heading', { name: 'You cannot sign in to Acme Freight' }).waitFor()
    assert.equal(
      await page.getByRole('link', { name: 'help@acme.example' }).getAttribute('href'),
      'mailto:help@acme.example',
    )
    assert.doesNotMatch((await page.textContent('body')) ?? '', /badge|blocked/i)
  }
})
