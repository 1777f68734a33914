/**
 * What the pictures are made of: a supplier's server with its applications and a mail server, and one that shows the
 * demo. Both run as processes of their own, as an operator starts them, and are set up through the Management API.
 */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { administer } from '../harness.ts'
import { type MailSink, type ReceivedMail, startMailSink } from '../mail-sink.ts'
import { openPostgres } from '../postgres.ts'
import { ask, freePorts, type Launched, launch, untilReady } from '../start.testing.ts'

const CLIENT_ID = 'screenshots'
const CLIENT_SECRET = 'a-secret-for-pictures-of-more-than-32-characters'
/** It keeps the rules of every connection. */
export const PASSWORD = 'Slow ferry past Vinga 7'
/** One that stands in the list of those that were made public. */
export const BREACHED_PASSWORD = 'Slow ferry past Elsinore 3'
export const SUPPLIER = 'Harborline'
/** Vain tries after which an account is closed; fewer than by default, since a browser makes them. */
export const MOST_TRIES = 3

/** A server's Management API. */
// biome-ignore lint/suspicious/noExplicitAny: answers have the shape of whatever is called.
export type Api = (method: string, path: string, body?: unknown) => Promise<any>

/** An application of the supplier: its client id, and the connection that is open to it. */
export type Application = { clientId: string; connection: string }

/** A person, who signs in with `PASSWORD`. */
export type Person = { id: string; email: string }

/** The stage. */
export type Stage = {
  /** Addresses of the supplier's server and of the demo's. */
  url: string
  demoUrl: string
  api: Api
  demoApi: Api
  applications: Record<ApplicationName, Application>
  /** Makes somebody. @param more fields of the Management API */
  newPerson: (language: string, more?: Record<string, unknown>, application?: ApplicationName) => Promise<Person>
  /** The next mail that comes to an address; the first that came and was not asked for yet. */
  nextMail: (to: string) => Promise<ReceivedMail>
  /** Makes an organization of the supplier's, which anybody signs in to by the connection of the application. */
  newOrganization: (name: string, more?: Record<string, unknown>) => Promise<{ id: string }>
  /** Runs a statement on the supplier's database, for what no API does. */
  sql: (text: string, values?: unknown[]) => Promise<unknown>
  close: () => Promise<void>
}

const RULES = {
  passwordPolicy: 'fair',
  password_history: { enable: true, size: 5 },
  password_dictionary: { enable: true },
  password_no_personal_info: { enable: true },
}

/** Where the identity providers elsewhere are to be; nothing answers there. */
export const PROVIDER = 'http://127.0.0.1:9'
const DOWN = { discovery_url: `${PROVIDER}/.well-known/openid-configuration` }
/** Of a provider whose description need not be fetched: people are sent there. */
const KNOWN = {
  issuer: PROVIDER,
  authorization_endpoint: `${PROVIDER}/authorize`,
  token_endpoint: `${PROVIDER}/token`,
  jwks_uri: `${PROVIDER}/keys`,
}

/** TABLE: the providers, by the application that lets people in by them. */
const PROVIDERS: Readonly<Record<string, readonly { name: string; display_name: string; options: object }[]>> = {
  partners: [
    { name: 'northwind', display_name: 'Northwind', options: DOWN },
    {
      name: 'suedhafen',
      display_name: 'Süddeutsche Hafen- und Lagerhausgesellschaft Mannheim',
      options: KNOWN,
    },
  ],
  staff: [
    { name: 'harborline-people', display_name: 'Harborline People', options: KNOWN },
    { name: 'harborline-crews', display_name: 'Harborline Crews', options: KNOWN },
  ],
  workforce: [
    {
      name: 'workforce',
      display_name: 'Harborline Workforce',
      options: { ...DOWN, domain_aliases: ['workforce.example'] },
    },
  ],
}

/** TABLE: the supplier's applications: name, options of the connection that is open to each one, whether it is a stranger's. */
const APPLICATIONS = {
  fleet: { name: 'Harborline Fleet', options: RULES },
  warehouse: {
    name: 'Harborline Warehouse',
    options: {
      attributes: {
        email: { identifier: { active: true }, profile_required: true, signup: { status: 'required' } },
        username: { identifier: { active: true }, profile_required: false, signup: { status: 'optional' } },
        phone_number: { identifier: { active: true }, profile_required: false, signup: { status: 'optional' } },
      },
    },
  },
  verified: { name: 'Harborline Pay', options: { require_verified_email: true } },
  closed: { name: 'Harborline Archive', options: { disable_signup: true, disable_self_service_change_password: true } },
  stranger: { name: 'Cargo Weather', options: {}, isStranger: true },
  nowhere: { name: 'Harborline Draft' },
  partners: { name: 'Harborline Partners', options: RULES },
  staff: { name: 'Harborline Crew Rooms' },
  workforce: { name: 'Harborline Payroll' },
  customers: { name: 'Harborline Portal', options: RULES, organizations: 'post_login_prompt' },
  found: { name: 'Harborline Terminal', options: RULES, organizations: 'pre_login_prompt' },
} as const satisfies Record<string, { name: string; options?: object; isStranger?: true; organizations?: string }>

/** Its name in the table. */
export type ApplicationName = keyof typeof APPLICATIONS

/** Where the applications want their people back; nothing answers there. */
export const CALLBACK = 'http://127.0.0.1:9/callback'

/** Starts it all; what was started is stopped if the rest cannot be. */
export async function openStage(): Promise<Stage> {
  const opened: (() => Promise<unknown>)[] = []
  const close = async () => {
    for (const end of opened.splice(0).reverse()) await end()
  }
  try {
    return { ...(await openParts((end) => opened.push(end))), close }
  } catch (error) {
    await close()
    throw error
  }
}

/** @param afterwards says how what was just started ends */
async function openParts(afterwards: (end: () => Promise<unknown>) => void): Promise<Omit<Stage, 'close'>> {
  const folder = await mkdtemp(join(tmpdir(), 'tenantry-screenshots-'))
  afterwards(() => rm(folder, { recursive: true, force: true }))
  await chmod(folder, 0o755)
  const postgres = await openPostgres()
  afterwards(postgres.stop)
  const mails = await startMailSink()
  afterwards(mails.stop)
  const database = await createDatabase(postgres.url)
  afterwards(database.drop)
  const start = async (name: string, settings: Record<string, string>) => {
    const server = await launchServer(join(folder, name), settings)
    afterwards(() => stopServer(server))
    await untilReady(server)
    return { url: server.url, api: await apiOf(server) }
  }
  const BREACHED_PASSWORDS_FILE = join(folder, 'breached.txt')
  await writeFile(BREACHED_PASSWORDS_FILE, `${BREACHED_PASSWORD}\n`)
  const settings = { DATABASE_URL: database.url, SMTP_URL: mails.url, DEMO: 'off', BREACHED_PASSWORDS_FILE }
  const ours = await start('supplier', settings)
  const demo = await start('demo', { DEMO: 'on' })
  const client = new pg.Client(database.url)
  await client.connect()
  afterwards(() => client.end())
  const applications = await makeApplications(ours.api)
  return {
    url: ours.url,
    demoUrl: demo.url,
    api: ours.api,
    demoApi: demo.api,
    applications,
    newOrganization: organizationMaker(ours.api, applications),
    newPerson: personMaker(ours.api, applications),
    nextMail: (to) => nextMail(mails, to),
    sql: (text, values) => client.query(text, values),
  }
}

async function createDatabase(adminUrl: string): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = `tenantry_screenshots_${randomBytes(4).toString('hex')}`
  await administer(adminUrl, `create database ${name}`)
  const url = new URL(adminUrl)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => administer(adminUrl, `drop database if exists ${name} with (force)`) }
}

async function launchServer(dataDir: string, settings: Record<string, string>): Promise<Launched> {
  return launch(dataDir, {
    ...(await freePorts()),
    TLS: 'off',
    BOOTSTRAP_CLIENT_ID: CLIENT_ID,
    BOOTSTRAP_CLIENT_SECRET: CLIENT_SECRET,
    ...settings,
  })
}

async function stopServer({ child, exit }: Launched): Promise<void> {
  child.kill('SIGTERM')
  await exit
}

async function apiOf({ url }: Launched): Promise<Api> {
  const credentials = { client_id: CLIENT_ID, client_secret: CLIENT_SECRET, audience: `${url}/api/v2/` }
  const { body } = await ask(url, '/oauth/token', {
    method: 'POST',
    body: { grant_type: 'client_credentials', ...credentials },
  })
  assert.ok(body.access_token, JSON.stringify(body))
  return async (method, path, sent) => {
    const headers = { authorization: `Bearer ${body.access_token}` }
    const answer = await ask(url, `/api/v2${path}`, { method, headers, body: sent })
    assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body
  }
}

async function makeApplications(api: Api): Promise<Stage['applications']> {
  await api('PATCH', '/tenants/settings', { friendly_name: SUPPLIER, support_email: 'help@harborline.example' })
  await api('PATCH', '/attack-protection/brute-force-protection', { max_attempts: MOST_TRIES })
  const shields = ['block', 'user_notification']
  await api('PATCH', '/attack-protection/breached-password-detection', { enabled: true, shields })
  await api('PATCH', '/email-templates/welcome_email', { enabled: true }).catch(() => undefined)
  const made: [string, Application][] = []
  for (const [key, { name, ...more }] of Object.entries(APPLICATIONS)) {
    const { client_id: clientId } = await api('POST', '/clients', {
      name,
      app_type: 'spa',
      callbacks: [CALLBACK],
      initiate_login_uri: 'https://fleet.harborline.example/sign-in',
      is_first_party: !('isStranger' in more),
      token_endpoint_auth_method: 'none',
      oidc_conformant: true,
      ...('organizations' in more
        ? {
            organization_usage: 'require',
            organization_require_behavior: more.organizations,
            organization_discovery_methods: ['email', 'organization_name'],
          }
        : {}),
    })
    const connection = `Harborline-${key}`
    if ('options' in more) {
      const { options } = more
      await api('POST', '/connections', { name: connection, strategy: 'auth0', options, enabled_clients: [clientId] })
    }
    for (const { options, ...provider } of PROVIDERS[key] ?? []) {
      const known = { client_id: 'harborline', client_secret: 'harborline', ...options }
      await api('POST', '/connections', { ...provider, strategy: 'oidc', options: known, enabled_clients: [clientId] })
    }
    made.push([key, { clientId, connection }])
  }
  // The keys are those of the table.
  return Object.fromEntries(made) as Stage['applications']
}

function organizationMaker(api: Api, { customers }: Stage['applications']): Stage['newOrganization'] {
  return async (display_name, more = {}) => {
    const [connection] = (await api('GET', `/connections?name=${customers.connection}`)) as { id: string }[]
    organizations += 1
    const name = `customer-${organizations}`
    const enabled_connections = [{ connection_id: connection?.id, assign_membership_on_login: false }]
    return await api('POST', '/organizations', { name, display_name, enabled_connections, ...more })
  }
}

let organizations = 0

function personMaker(api: Api, applications: Stage['applications']): Stage['newPerson'] {
  let people = 0
  return async (language, more = {}, application = 'fleet') => {
    people += 1
    const email = `lucia.ferrer${people}@harborline-shipping.example`
    const { connection } = applications[application]
    const { user_metadata: metadata = {}, ...others } = more
    const { user_id: id } = await api('POST', '/users', {
      connection,
      email,
      password: PASSWORD,
      email_verified: true,
      // A record, as the Management API takes it.
      user_metadata: { locale: language, ...(metadata as object) },
      ...others,
    })
    return { id, email }
  }
}

async function nextMail({ mails }: MailSink, to: string): Promise<ReceivedMail> {
  for (let tries = 0; tries < 300; tries += 1) {
    const at = mails.findIndex((mail) => mail.to === to)
    const [mail] = at === -1 ? [] : mails.splice(at, 1)
    if (mail) return mail
    await sleep(100)
  }
  throw new Error(`No mail came to ${to}.`)
}
