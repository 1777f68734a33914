/** The admin portal of Acme, whose people are there, for whoever looks at it in a browser. */
import { after } from 'node:test'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { PASSWORD, startSignInServer } from '../../server/oidc/sign-in.testing.ts'
import { setUpTenant } from '../../server/setup.ts'
import { makeAcme } from '../acme.ts'
import { freePorts } from '../start.testing.ts'
import { launchChromium } from './chromium.ts'
import { managementApi, visitPortal } from './portal.ts'

/** Starts it, with a browser; both end with the tests. `home` is its address. */
export async function startAdminPortal() {
  const { PORT } = await freePorts()
  const test = await startSignInServer({ PORT })
  const { app, server, call, connection } = test
  // As each start does: the portal's application belongs to this address.
  await setUpTenant(server.database.db, server.secrets, server.config)
  await app.listen({ port: Number(PORT), host: '127.0.0.1' })
  const api = managementApi(call)
  const acme = await makeAcme(api, 'acme.example', { connection: connection.name, password: PASSWORD })
  const browser = await launchChromium()
  after(() => browser.close())
  const home = `${server.config.publicUrl}/admin`
  return {
    ...test,
    api,
    acme,
    browser,
    home,
    /** Somebody signs in to it. */
    signedIn: (email: string, options: BrowserContextOptions = {}) => visitPortal(browser, home, email, options),
    button: (page: Page, name: string | RegExp) => page.getByRole('main').getByRole('button', { name }),
  }
}
