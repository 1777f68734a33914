/**
 * Two customers of one tenant, as an operator makes them: Acme and Beta, with people of every role, an application in
 * which both sign in, and mail by a real SMTP conversation. For tests that live what their administrators do.
 */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { mailWorkerOf } from '../../server/jobs/mail-worker.ts'
import { ask, PASSWORD } from '../../server/oidc/sign-in.testing.ts'
import { FIRST_CONNECTION, setUpTenant } from '../../server/setup.ts'
import type { AcmePerson, ManagementApi } from '../acme.ts'
import { startTestServer } from '../harness.ts'
import { type ReceivedMail, startMailSink } from '../mail-sink.ts'
import { freePorts } from '../start.testing.ts'
import { launchChromium } from './chromium.ts'
import { visitPortal } from './portal.ts'

/** TABLE: the two. */
const ORGANIZATIONS = {
  acme: {
    name: 'acme',
    display_name: 'Acme Freight',
    branding: { colors: { primary: '#23408e', page_background: '#fbfaf8' } },
    contact: { email: 'help@acme.example' },
  },
  beta: {
    name: 'beta',
    display_name: 'Beta Bakeries',
    branding: { colors: { primary: '#7a3b12', page_background: '#fbfaf8' } },
    contact: { email: 'help@beta.example' },
  },
} as const

/** An organization's key. */
export type CustomerKey = keyof typeof ORGANIZATIONS

/** TABLE: the people, with the built-in role they have in each organization; an empty one is membership alone. */
const PEOPLE = {
  amara: { name: 'Amara Okafor', acme: 'Administrator' },
  dmitra: { name: 'Dmitra Pappas', acme: 'Helper' },
  hannah: { name: 'Hannah Brandt', acme: 'Auditor' },
  tomasz: { name: 'Tomasz Kowalczyk', acme: '' },
  bruno: { name: 'Bruno Keller', beta: 'Administrator' },
  nora: { name: 'Nora Lindgren', beta: '' },
  bea: { name: 'Bea Almeida', beta: '' },
  carla: { name: 'Carla Weiss' },
  sam: { name: 'Sam Adeyemi', acme: 'Auditor', beta: '' },
} as const satisfies Record<string, { name: string; acme?: string; beta?: string }>

/** A person's key. */
export type PersonKey = keyof typeof PEOPLE

/** What a page or a mail shows of whose it is. */
export type Look = { brand: string; colour: string }

/** Starts the server, the application and the browser; all are gone after the file's tests. */
export async function startTwoCustomers() {
  const { PORT } = await freePorts()
  const sink = await startMailSink()
  const test = await startTestServer({ PORT, SMTP_URL: sink.url })
  const { app, server, call } = test
  const { publicUrl } = server.config
  // Another origin than ours, as applications have.
  const application = createServer((_request, answer) => answer.end('the application'))
  const redirect_uri = `http://127.0.0.1:${(await freePorts()).PORT}/callback`
  const organizations = {} as Record<CustomerKey, string>
  const people = {} as Record<PersonKey, AcmePerson>
  let browser: Browser
  let clientId = ''

  const api: ManagementApi = async (method, path, body) => {
    const { status, text, body: answer } = await call(method, `/api/v2${path}`, body === undefined ? {} : { body })
    assert.ok(status < 300, `${method} ${path}: ${status} ${text}`)
    return answer
  }

  before(async () => {
    // As each start does: the portals' applications belong to this address.
    await setUpTenant(server.database.db, server.secrets, server.config)
    await app.listen({ port: Number(PORT), host: '127.0.0.1' })
    application.listen(Number(new URL(redirect_uri).port), '127.0.0.1')
    mailWorkerOf(server).start()
    clientId = await makeApplication(api, redirect_uri)
    Object.assign(organizations, await makeOrganizations(api))
    Object.assign(people, await makePeople(api, organizations))
    browser = await launchChromium()
  })
  after(async () => {
    await browser.close()
    await mailWorkerOf(server).stop()
    await sink.stop()
    application.closeAllConnections()
    application.close()
  })

  const askAt = (customer: CustomerKey) =>
    ask({ client_id: clientId, redirect_uri, organization: organizations[customer] })

  return {
    ...test,
    api,
    organizations,
    people,
    publicUrl,
    sink,
    /** A browser of somebody's own. */
    newPage: async (options: BrowserContextOptions = {}): Promise<Page> =>
      await (await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', ...options })).newPage(),
    /** Somebody's visit to the admin portal, signed in through the pages. */
    administers: async (key: PersonKey, customer: CustomerKey = 'acme', options: BrowserContextOptions = {}) => {
      const home = `${publicUrl}/admin?organization=${organizations[customer]}`
      const visit = await visitPortal(browser, home, people[key].email, options)
      await visit.page.locator('#side').waitFor({ state: 'attached' })
      return visit
    },
    /** Opens the sign-in of the application in an organization. */
    openLogin: async (page: Page, customer: CustomerKey): Promise<void> => {
      await page.goto(publicUrl + askAt(customer).url)
      await page.waitForSelector('h1')
    },
    /** Signs somebody in to the application; answers once it has a token of that organization. */
    signInAt: async (page: Page, customer: CustomerKey, email: string, password = PASSWORD): Promise<void> => {
      const asked = askAt(customer)
      await page.goto(publicUrl + asked.url)
      await submit(page, { username: email })
      await submit(page, { password })
      await page.waitForURL(`${redirect_uri}?code=*`)
      const code = new URL(page.url()).searchParams.get('code') ?? ''
      const form = { grant_type: 'authorization_code', client_id: clientId, redirect_uri, code }
      const { body } = await call('POST', '/oauth/token', {
        as: null,
        body: { ...form, code_verifier: asked.verifier },
      })
      const [, claims = ''] = String(body.id_token).split('.')
      assert.equal(JSON.parse(Buffer.from(claims, 'base64url').toString()).org_id, organizations[customer])
    },
    /** The next mail to somebody that leads to a path, and where it leads. */
    nextMail: async (to: string, path: string): Promise<{ mail: ReceivedMail; link: string }> => {
      for (let tries = 0; tries < 200; tries += 1) {
        for (const [at, mail] of sink.mails.entries()) {
          const link = mail.text.match(/https?:\/\/[^\s<>")]+/g)?.find((one) => one.includes(path))
          if (mail.to !== to || !link) continue
          sink.mails.splice(at, 1)
          return { mail, link }
        }
        await sleep(100)
      }
      throw new Error(`No mail to ${to} with a link to ${path} came.`)
    },
  }
}

/** Fills the form of one of our pages and sends it. */
export async function submit(page: Page, fields: Record<string, string> = {}): Promise<void> {
  for (const [name, value] of Object.entries(fields)) {
    await page.waitForSelector(`[name="${name}"]`)
    await page.fill(`[name="${name}"]`, value)
  }
  await Promise.all([page.waitForNavigation(), page.click('main button[type=submit]')])
}

/** How a sign-in page looks. */
export async function lookOfPage(page: Page): Promise<Look> {
  const brand = await page.textContent('header.brand')
  const colour = await page.evaluate("getComputedStyle(document.querySelector('main button.primary')).backgroundColor")
  return { brand: brand?.replace(/^\S(?=[A-Z])/, '') ?? '', colour: String(colour) }
}

/** How a mail looks: the name of its sender, and the colour of its button. */
export function lookOfMail({ html, fromName }: ReceivedMail): Look {
  return { brand: fromName, colour: /<a class="fill"[^>]*background:(#[0-9a-f]{6})/.exec(html)?.[1] ?? '' }
}

async function makeApplication(api: ManagementApi, redirect_uri: string): Promise<string> {
  const { client_id: id } = await api('POST', '/clients', {
    name: 'Tracker',
    app_type: 'spa',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code'],
    callbacks: [redirect_uri],
    organization_usage: 'allow',
  })
  return id
}

async function makeOrganizations(api: ManagementApi): Promise<Record<CustomerKey, string>> {
  const [connection] = await api('GET', `/connections?name=${FIRST_CONNECTION}`)
  const made = Object.entries(ORGANIZATIONS).map(async ([key, { contact, ...organization }]) => {
    const { id } = await api('POST', '/organizations', organization)
    await api('POST', `/organizations/${id}/enabled_connections`, { connection_id: connection.id })
    await api('PATCH', `/organizations/${id}/settings`, { support_contact: contact })
    return [key, id] as const
  })
  return Object.fromEntries(await Promise.all(made)) as Record<CustomerKey, string>
}

async function makePeople(
  api: ManagementApi,
  organizations: Record<CustomerKey, string>,
): Promise<Record<PersonKey, AcmePerson>> {
  const roles: { id: string; name: string }[] = await api('GET', '/roles?per_page=100')
  const made = Object.entries(PEOPLE).map(async ([key, { name, ...memberships }]) => {
    const email = `${key}@people.example`
    const person = { email, name, password: PASSWORD, connection: FIRST_CONNECTION, email_verified: true }
    const { user_id: id } = await api('POST', '/users', person)
    for (const [customer, role] of Object.entries(memberships)) {
      const members = `/organizations/${organizations[customer as CustomerKey]}/members`
      await api('POST', members, { members: [id] })
      const held = roles.filter((one) => one.name === role).map((one) => one.id)
      if (held.length > 0) await api('POST', `${members}/${encodeURIComponent(id)}/roles`, { roles: held })
    }
    return [key, { id, email, name }] as const
  })
  return Object.fromEntries(await Promise.all(made)) as Record<PersonKey, AcmePerson>
}
