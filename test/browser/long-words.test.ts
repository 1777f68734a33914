/** Names, addresses and ids without a place to break, in a window of a phone's width and in a wide one. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { PASSWORD, startSignInServer } from '../../server/oidc/sign-in.testing.ts'
import { setUpTenant } from '../../server/setup.ts'
import { type Acme, makeAcme } from '../acme.ts'
import { freePorts } from '../start.testing.ts'
import { launchChromium } from './chromium.ts'
import { managementApi, settled, visitPortal } from './portal.ts'

const WORD = 'Donaudampfschifffahrtsgesellschaftskapitänsmützenfabrik'
/** As long as names may be. */
const NAME = `${WORD}${WORD.toLowerCase()}`.repeat(3).slice(0, 290)
const EMAIL = `${'donaudampfschifffahrtsgesellschaft'.repeat(2).slice(0, 60)}@${'hauptbetriebswerk'.repeat(3)}.acme.example`

describe('long words', async () => {
  const { PORT } = await freePorts()
  const { app, server, call, connection } = await startSignInServer({ PORT })
  const { publicUrl } = server.config
  let browser: Browser
  let acme: Acme
  let longId = ''

  before(async () => {
    await setUpTenant(server.database.db, server.secrets, server.config)
    await app.listen({ port: Number(PORT), host: '127.0.0.1' })
    acme = await makeAcme(api, 'acme.example', { connection: connection.name, password: PASSWORD })
    const { user_id: id } = await api('POST', '/users', {
      connection: connection.name,
      user_id: 'x'.repeat(180),
      email: EMAIL,
      name: NAME,
      password: PASSWORD,
      email_verified: true,
    })
    longId = id
    const [administrator] = (await api('GET', '/roles?name_filter=Administrator')) as { id: string }[]
    assert.ok(administrator)
    const organization = `/organizations/${acme.id}`
    const member = `${organization}/members/${encodeURIComponent(id)}`
    await api('PATCH', organization, { display_name: NAME.slice(0, 100) })
    await api('POST', `${organization}/members`, { members: [id] })
    await api('POST', `${member}/roles`, { roles: [administrator.id] })
    const { id: role } = await api('POST', '/roles', { name: WORD, description: NAME })
    await api('POST', `${member}/roles`, { roles: [role] })
    await api('PATCH', member, { attributes: { title: WORD, department: WORD, employee_number: '0'.repeat(100) } })
    await api('POST', `${organization}/invitations`, {
      inviter: { name: NAME },
      invitee: { email: `x${EMAIL}` },
      client_id: 'tenantry-account',
      send_invitation_email: false,
    })
    browser = await launchChromium()
  })
  after(() => browser.close())

  const api = managementApi(call)
  const pathsOf = () => {
    const member = `/admin/members/${encodeURIComponent(longId)}`
    return [
      ...['', '/members', '/invitations', '/roles', '/activity', '/branding', '/settings', '/jobs'].map(
        (path) => `/admin${path}`,
      ),
      ...['', '?tab=roles', '?tab=security', '?tab=activity'].map((tab) => member + tab),
      ...['', '/personal', '/security', '/activity'].map((path) => `/account${path}`),
    ]
  }
  /** What is wider than the window, or than a cell of a table may be; what scrolls in a frame of its own aside. */
  const tooWide = (page: Page) =>
    page.evaluate<string[]>(`(() => {
      const isWide = (one) => one.getBoundingClientRect().right > innerWidth + 1 && one.getClientRects().length > 0
      const frames = '#side, .unseen, [class*=frame], [class*=panel], [role=tablist], pre'
      const found = [...document.querySelectorAll('body *')].filter((one) => isWide(one) && !one.closest(frames))
      const cells = [...document.querySelectorAll('td')].filter(
        (one) => one.clientWidth > 330 || one.scrollWidth > one.clientWidth + 1)
      const page = document.documentElement.scrollWidth > innerWidth ? [document.documentElement] : []
      return [...page, ...found, ...cells].map((one) => one.outerHTML.slice(0, 160))
    })()`)

  /** Rows of a table that are higher than three lines. */
  const tooHigh = (page: Page) =>
    page.evaluate<string[]>(`[...document.querySelectorAll('tr[data-row]')]
      .filter((one) => one.clientHeight > 72).map((one) => one.outerHTML.slice(0, 160))`)

  for (const width of [320, 1280]) {
    it(`break, and nothing scrolls sideways: ${width}`, { timeout: 240_000 }, async () => {
      const options = { viewport: { width, height: 700 } }
      const { page, close } = await visitPortal(browser, `${publicUrl}/admin`, EMAIL, options)
      for (const path of pathsOf()) {
        await page.goto(publicUrl + path)
        await page.waitForSelector('h1')
        await settled(page)
        assert.deepEqual(await tooWide(page), [], `${path}, ${width}`)
        assert.deepEqual(await tooHigh(page), [], `${path}, ${width}`)
      }
      await close()
    })
  }
})
