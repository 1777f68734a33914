/**
 * The first story in a browser that runs no script, with mail over SMTP and an application of another origin: everything
 * but the portal is whole without.
 */
import assert from 'node:assert/strict'
import { createServer as createHttpServer } from 'node:http'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'
import { findClient } from '../../server/clients/store.ts'
import { mailWorkerOf } from '../../server/jobs/mail-worker.ts'
import { ask as askFor, SPA, startSignInServer, THIRD } from '../../server/oidc/sign-in.testing.ts'
import { startMailSink } from '../mail-sink.ts'
import { freePorts } from '../start.testing.ts'
import { launchChromium } from './chromium.ts'

const EMAIL = 'mira.lindholm@acme-robotics.example'
const FIRST = 'slow ferry past Vinga'
const SECOND = 'quick ferry past Vinga'
const THIRD_PASSWORD = 'late ferry past Vinga'

describe('without script', async () => {
  const { PORT } = await freePorts()
  const sink = await startMailSink()
  const { app, db, server, token } = await startSignInServer({ PORT, SMTP_URL: sink.url })
  const { publicUrl } = server.config
  const application = createHttpServer((_request, answer) => answer.end('the application'))
  const home = `http://127.0.0.1:${(await freePorts()).PORT}`
  const callback = `${home}/callback`
  let browser: Browser

  before(async () => {
    await app.listen({ port: Number(PORT), host: '127.0.0.1' })
    application.listen(Number(new URL(home).port), '127.0.0.1')
    for (const clientId of [SPA, THIRD]) {
      const { settings } = (await findClient(db, clientId)) ?? { settings: {} }
      const changed = JSON.stringify({ ...settings, callbacks: [callback], allowed_logout_urls: [`${home}/bye`] })
      await db.updateTable('clients').set({ settings: changed }).where('client_id', '=', clientId).execute()
    }
    mailWorkerOf(server).start()
    browser = await launchChromium()
  })
  after(async () => {
    await browser.close()
    application.close()
    await mailWorkerOf(server).stop()
    await sink.stop()
  })

  async function nextLink(path: string): Promise<string> {
    for (let tries = 0; tries < 200; tries += 1) {
      const at = sink.mails.findIndex(({ link }) => link?.includes(path))
      const [mail] = at === -1 ? [] : sink.mails.splice(at, 1)
      if (mail?.link) return mail.link
      await sleep(100)
    }
    throw new Error(`No mail with a link to ${path} came.`)
  }
  const submit = async (page: Page, fields: Record<string, string> = {}) => {
    for (const [name, value] of Object.entries(fields)) await page.fill(`[name="${name}"]`, value)
    await Promise.all([page.waitForNavigation(), page.click('main button[type=submit]')])
  }
  const follow = (page: Page, fits: string) => Promise.all([page.waitForNavigation(), page.click(fits)])
  const title = (page: Page) => page.textContent('h1')
  const begin = async (page: Page, change: Record<string, string> = {}) => {
    const asked = askFor({ redirect_uri: callback, ...change })
    await page.goto(publicUrl + asked.url)
    return asked
  }
  const signIn = async (page: Page, password: string, change: Record<string, string> = {}) => {
    const asked = await begin(page, change)
    await submit(page, { username: EMAIL })
    await submit(page, { password })
    return asked
  }
  /** The code in the browser's address is good for tokens. */
  const exchanged = async (page: Page, { clientId, verifier }: { clientId: string; verifier: string }) => {
    assert.ok(page.url().startsWith(`${callback}?code=`), page.url())
    const code = new URL(page.url()).searchParams.get('code') ?? ''
    const form = { grant_type: 'authorization_code', client_id: clientId, redirect_uri: callback }
    const { status, body } = await token({ ...form, code, code_verifier: verifier })
    assert.equal(status, 200)
    return body.id_token as string
  }

  it('the first story is lived from end to end', { timeout: 240_000 }, async () => {
    const context = await browser.newContext({ locale: 'en-GB', javaScriptEnabled: false })
    const page = await context.newPage()

    await begin(page)
    await follow(page, 'a[href*="/signup"]')
    await submit(page, { email: EMAIL, password: FIRST })
    assert.equal(await title(page), 'Check your mail')
    await page.goto(await nextLink('/u/email-verification'))
    await submit(page)
    assert.equal(await title(page), 'Address confirmed')

    const idToken = await exchanged(page, await signIn(page, FIRST))
    const end = { id_token_hint: idToken, post_logout_redirect_uri: `${home}/bye` }
    await page.goto(`${publicUrl}/oidc/logout?${new URLSearchParams(end)}`)
    assert.equal(page.url(), `${home}/bye`)

    await begin(page)
    await submit(page, { username: EMAIL })
    await follow(page, 'a[href*="/forgot"]')
    await submit(page)
    assert.equal(await title(page), 'Check your mail')
    const reset = await nextLink('/u/reset-password')
    await page.goto(reset)
    await submit(page, { password: SECOND })
    assert.equal(await title(page), 'Password changed')
    await page.goto(reset)
    assert.equal(await title(page), 'This link no longer works')

    await begin(page)
    await submit(page, { username: EMAIL })
    for (let tries = 0; tries < 10; tries += 1) await submit(page, { password: 'a wrong password' })
    await signIn(page, SECOND)
    assert.equal(await title(page), 'Too many wrong passwords')
    await page.goto(await nextLink('/u/unblock'))
    await submit(page)
    await exchanged(page, await signIn(page, SECOND))

    // Another application, which is not first-party, asks whether it may.
    const other = await begin(page, { client_id: THIRD })
    assert.match((await title(page)) ?? '', /third/)
    await submit(page)
    await exchanged(page, other)

    await page.goto(`${publicUrl}/oidc/logout?client_id=${SPA}`)
    assert.equal(await title(page), 'Sign out?')
    await submit(page)
    assert.equal(await title(page), 'You are signed out')

    await db.updateTable('passwords').set({ temporary: true }).execute()
    const forced = await signIn(page, SECOND)
    await submit(page, { password: THIRD_PASSWORD })
    await exchanged(page, forced)
    await context.close()
  })
})
