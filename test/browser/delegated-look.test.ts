/** How a customer's administrators change its look, and what an auditor of it cannot change, in a browser and with mail. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { PASSWORD } from '../../server/oidc/sign-in.testing.ts'
import { FIRST_CONNECTION } from '../../server/setup.ts'
import { checkPage, settled } from './portal.ts'
import { type CustomerKey, lookOfMail, lookOfPage, type PersonKey, startTwoCustomers } from './two-customers.ts'

const TIMEOUT = { timeout: 180_000 }

/** What an auditor may press or fill in: it changes what is shown, and nothing else. */
const ONLY_SHOWS =
  /^(Sort by .*|Columns|Views|Keep this view…|Export CSV|Copy.*|Previous page|Next page|Clear .*|Role|Status|Last sign-in|Who|What|When|Dark|Profile|Roles|Security|Activity)$/

describe('the look of a customer, and its auditors', async () => {
  const test = await startTwoCustomers()
  const { api, call, organizations, people, publicUrl, sink, administers, newPage, openLogin, nextMail } = test

  /** The sign-in page of the application in an organization, and the next mail of that organization to somebody. */
  async function looksOf(customer: CustomerKey, key: PersonKey) {
    const page = await newPage({ colorScheme: 'light' })
    await openLogin(page, customer)
    await checkPage(page, `sign-in of ${customer}`)
    const login = await lookOfPage(page)
    await page.context().close()
    const { administrator, id } = {
      administrator: customer === 'acme' ? people.amara : people.bruno,
      id: people[key].id,
    }
    const as = await test.tokenFor({ userId: administrator.id, organizationId: organizations[customer] })
    const path = `/api/v2/users/${encodeURIComponent(id)}/emails`
    assert.equal((await call('POST', path, { as, body: { kind: 'password_reset' } })).status, 202)
    const { mail } = await nextMail(people[key].email, '/u/reset-password')
    return { login, mail: lookOfMail(mail) }
  }

  it('an administrator gives the organization another colour and name, and no other changes', TIMEOUT, async () => {
    const [acme, beta] = [await looksOf('acme', 'tomasz'), await looksOf('beta', 'nora')]
    assert.deepEqual(acme, {
      login: { brand: 'Acme Freight', colour: 'rgb(35, 64, 142)' },
      mail: { brand: 'Acme Freight', colour: '#23408e' },
    })
    assert.equal(beta.login.brand, 'Beta Bakeries')
    assert.equal(beta.mail.brand, 'Beta Bakeries')

    const { page, close } = await administers('amara')
    await page.goto(`${publicUrl}/admin/branding`)
    await page.locator('#branding-primary').fill('#7a1f5c')
    await checkPage(page, 'branding that is edited')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('button', { name: 'Save' }).waitFor({ state: 'detached' })
    await page.goto(`${publicUrl}/admin/settings`)
    await page.getByRole('button', { name: /^Edit.*Organization$/ }).click()
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Acme Ocean')
    await checkPage(page, 'settings that are edited')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByRole('button', { name: /^Edit.*Organization$/ }).waitFor()
    await close()

    assert.deepEqual(await looksOf('acme', 'tomasz'), {
      login: { brand: 'Acme Ocean', colour: 'rgb(122, 31, 92)' },
      mail: { brand: 'Acme Ocean', colour: '#7a1f5c' },
    })
    assert.deepEqual(await looksOf('beta', 'nora'), beta)
  })

  it('an auditor finds no act on any page, and the API refuses each', TIMEOUT, async () => {
    const { page, close } = await administers('hannah')
    const asked = page.waitForRequest(
      (request) => Boolean(request.headers().authorization) && request.url().includes('/api/v2/'),
    )
    const id = encodeURIComponent(people.tomasz.id)
    const [token] = await Promise.all([
      asked.then((request) => (request.headers().authorization ?? '').replace('Bearer ', '')),
      page.goto(`${publicUrl}/admin/members`),
    ])
    const tabs = ['', '?tab=roles', '?tab=security', '?tab=activity'].map((tab) => `/members/${id}${tab}`)
    for (const path of ['/members', ...tabs, '/invitations', '/roles', '/branding', '/settings']) {
      await page.goto(`${publicUrl}/admin${path}`)
      await page.waitForSelector('h1')
      await checkPage(page, path)
      const main = page.getByRole('main')
      for (const button of await main.getByRole('button').all()) {
        if ((await button.getAttribute('aria-expanded')) !== null) continue // Opens a line, or a list.
        const name = (await button.getAttribute('aria-label')) ?? (await button.textContent()) ?? ''
        assert.match(name.trim(), ONLY_SHOWS, path)
      }
      for (const role of ['textbox', 'radio', 'checkbox', 'combobox'] as const) {
        for (const field of await main.getByRole(role).all()) {
          assert.equal(await field.isEditable(), false, `${path}: ${await field.getAttribute('name')}`)
        }
      }
    }
    await page.goto(`${publicUrl}/admin/invitations?invite=many`)
    await page.waitForSelector('h1')
    await settled(page)
    assert.equal(await page.getByRole('main').getByRole('textbox').count(), 0, 'not by its address either')
    await close()

    const as = await test.tokenFor({ userId: people.amara.id, organizationId: organizations.acme })
    const requests = await changesOf(as)
    const before = await state()
    for (const { method, path, body } of requests) {
      const { status, body: answer } = await call(method, path, { as: token, ...(body ? { body } : {}) })
      assert.deepEqual([status, answer.errorCode], [403, 'insufficient_scope'], `${method} ${path}`)
    }
    assert.deepEqual(await state(), before)
    assert.deepEqual(sink.mails, [])
    // They are what the pages send: an administrator's pass.
    for (const { method, path, body } of requests) {
      const { status, text, body: answer } = await call(method, path, { as, ...(body ? { body } : {}) })
      // In a connection that others have too, people are invited.
      const isInvitedOnly = path === '/api/v2/users' && answer.errorCode === 'operation_not_supported'
      assert.ok(status < 300 || isInvitedOnly, `${method} ${path}: ${status} ${text}`)
    }
    assert.notDeepEqual(await state(), before)
  })

  /** What could have been changed. */
  async function state() {
    const base = `/organizations/${organizations.acme}`
    const paths = [
      '',
      '/settings',
      '/members?include_totals=true&fields=user_id,roles&include_fields=true',
      '/invitations',
    ]
    return await Promise.all(paths.map((path) => api('GET', base + path)))
  }

  /** Every changing request of the pages, about a member whose account the organization manages. */
  async function changesOf(as: string): Promise<{ method: string; path: string; body?: object }[]> {
    const organization = `/api/v2/organizations/${organizations.acme}`
    const [role] = (await api('GET', '/roles?per_page=100')).filter(({ name }: { name: string }) => name === 'Auditor')
    const { user_id: id } = await api('POST', '/users', { ...newMember('managed@acme.example'), verify_email: false })
    await api('POST', `/organizations/${organizations.acme}/members`, { members: [id] })
    await test.db
      .updateTable('users')
      .set({ managing_organization_id: organizations.acme })
      .where('user_id', '=', id)
      .execute()
    const invite = { inviter: { name: 'Amara' }, client_id: 'tenantry-account', send_invitation_email: false }
    const invited = await call('POST', `${organization}/invitations`, {
      as,
      body: { ...invite, invitee: { email: 'open@acme.example' } },
    })
    assert.equal(invited.status, 201, invited.text)
    const invitation = `${organization}/invitations/${invited.body.id}`
    const user = `/api/v2/users/${encodeURIComponent(id)}`
    const member = `${organization}/members/${encodeURIComponent(id)}`
    const roles = { roles: [role.id] }
    const bulk = (action: string, more: object = {}) => ({
      method: 'POST',
      path: `${organization}/members/bulk`,
      body: { action, members: [id], ...more },
    })
    return [
      { method: 'POST', path: '/api/v2/users', body: newMember('second@acme.example') },
      { method: 'PATCH', path: user, body: { given_name: 'Changed' } },
      { method: 'DELETE', path: `${user}/sessions` },
      { method: 'DELETE', path: `/api/v2/user-blocks/${encodeURIComponent(id)}` },
      { method: 'POST', path: `${user}/emails`, body: { kind: 'password_reset' } },
      { method: 'PATCH', path: member, body: { blocked: true, blocked_reason: 'Left' } },
      { method: 'PATCH', path: member, body: { blocked: false } },
      { method: 'PATCH', path: member, body: { attributes: { title: 'Changed' } } },
      { method: 'PATCH', path: member, body: { ends_at: '2099-01-01T00:00:00.000Z' } },
      { method: 'POST', path: `${member}/roles`, body: roles },
      { method: 'DELETE', path: `${member}/roles`, body: roles },
      bulk('block', { reason: 'Left' }),
      bulk('unblock'),
      bulk('assign_roles', roles),
      bulk('withdraw_roles', roles),
      bulk('send_password_reset'),
      bulk('remove', { dry_run: true }),
      {
        method: 'POST',
        path: `${organization}/invitations`,
        body: { ...invite, invitee: { email: 'more@acme.example' } },
      },
      {
        method: 'POST',
        path: `${organization}/invitations/batch`,
        body: { inviter: invite.inviter, client_id: invite.client_id, invitations: [{ email: 'many@acme.example' }] },
      },
      { method: 'POST', path: `${invitation}/resend` },
      { method: 'DELETE', path: invitation },
      {
        method: 'PATCH',
        path: organization,
        body: { branding: { colors: { primary: '#000000', page_background: '#ffffff' } } },
      },
      { method: 'PATCH', path: organization, body: { display_name: 'Changed' } },
      { method: 'PATCH', path: `${organization}/settings`, body: { language: 'de' } },
      { method: 'PATCH', path: `${organization}/settings`, body: { default_role_ids: [role.id] } },
      { method: 'DELETE', path: user },
      { method: 'DELETE', path: `${organization}/members`, body: { members: [people.tomasz.id] } },
    ]
  }
})

/** Somebody with an account and a password. */
function newMember(email: string) {
  return { email, name: 'Managed Member', connection: FIRST_CONNECTION, password: PASSWORD }
}
