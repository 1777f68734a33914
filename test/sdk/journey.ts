/**
 * What an application does with its SDK, step by step. Each step is kept under its name as the SDK answered it;
 * what is right about an answer is the matter of the test.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { look } from './journey-look.ts'
import { organizations } from './journey-organizations.ts'
import { linkedPeople } from './journey-people.ts'
import { rolesAndUsage } from './journey-roles.ts'
import type { Caller, NewClient, Sdk, SdkError, SdkPackage } from './sdk.ts'

/** What a step came to. */
export type Outcome = { answer?: unknown; error?: SdkError }

/** The outcome of every step. */
export type Report = Record<string, Outcome>

// biome-ignore lint/suspicious/noExplicitAny: the journey reads ids and secrets out of answers of every shape.
type Found = any

/** Runs a step and keeps its outcome. */
type Step = (name: string, act: () => Promise<unknown>) => Promise<void>

/** Runs a step on which others build: hands on its answer, and ends the journey if there is none. */
type Make = (name: string, act: () => Promise<unknown>) => Promise<Found>

/** What a part of a journey has at hand. */
export type Travel = { sdk: SdkPackage; caller: Caller; own: Sdk; name: string; step: Step; make: Make }

const CONNECTION = 'Username-Password-Authentication'

/** The users that are there before the journey, for lists of several pages. */
const CROWD = 'family_name:"Crowd"'

/** Goes all the way; `name` marks what this journey makes. */
export async function travel(sdk: SdkPackage, caller: Caller, name: string): Promise<Report> {
  const report: Report = {}
  const step: Step = async (key, act) => {
    if (key in report) throw new Error(`Two steps are called ${key}.`)
    report[key] = await act().then(
      (answer) => ({ answer: answer ?? null }),
      (error) => ({ error: sdk.errorOf(error) }),
    )
  }
  const make: Make = async (key, act) => {
    await step(key, act)
    const { answer, error } = report[key] ?? {}
    if (error) throw new Error(`${key}: ${JSON.stringify(error)}`)
    return answer
  }
  const travel: Travel = { sdk, caller, own: sdk.open(caller), name, step, make }
  await step('token', () => sdk.token(caller))
  for (const part of [
    oneUser,
    refusedUsers,
    manyUsers,
    linkedPeople,
    rolesAndUsage,
    organizations,
    clients,
    smallClient,
    apis,
    connections,
    bulk,
    look,
    tenant,
  ]) {
    await part(travel)
  }
  return report
}

const PASSWORD = 'Morgentau-27-Fenster'
const NOBODY = 'auth0|000000000000000000000000'

async function oneUser({ own: { users }, name, step, make }: Travel): Promise<void> {
  const { user_id } = await make('user created', () =>
    users.create({
      connection: CONNECTION,
      email: `Lena.Brandt@${name}.example`,
      password: PASSWORD,
      given_name: 'Lena',
      family_name: 'Brandt',
      email_verified: true,
      user_metadata: { hobby: 'chess', address: { city: 'Bern', street: 'Gasse 1' } },
      app_metadata: { plan: 'team', seats: 3, tags: ['a', 'b'] },
    }),
  )
  await step('user read', () => users.get(user_id))
  await step('user read in part', () => users.get(user_id, { fields: 'email,user_metadata' }))
  await step('user read but for a part', () =>
    users.get(user_id, { fields: 'identities,picture,created_at,updated_at', include_fields: false }),
  )
  await step('metadata merged', () =>
    users.update(user_id, {
      user_metadata: { colour: 'green', address: { city: 'Basel' } },
      app_metadata: { seats: 4 },
    }),
  )
  await step('metadata key and attribute removed', () =>
    users.update(user_id, { given_name: null, user_metadata: { hobby: null } }),
  )
  await step('all metadata removed', () => users.update(user_id, { user_metadata: {}, app_metadata: {} }))
  await step('user blocked', () => users.update(user_id, { blocked: true }))
  await step('address changed', () => users.update(user_id, { email: `lena@${name}.example` }))
  await step('user found by address', () => users.byEmail(`lena@${name}.example`))
  await step('nobody found by the old address', () => users.byEmail(`lena.brandt@${name}.example`))
  await step('user deleted', () => users.delete(user_id))
  await step('deleted user read', () => users.get(user_id))
  await step('user deleted again', () => users.delete(user_id))
}

async function refusedUsers({ own: { users }, name, step, make }: Travel): Promise<void> {
  const { user_id } = await make('bare user created', () =>
    users.create({ connection: CONNECTION, email: `omar@${name}.example`, password: PASSWORD, verify_email: false }),
  )
  const create = (email: string, password: string) => users.create({ connection: CONNECTION, email, password })
  await step('unknown user read', () => users.get(NOBODY))
  await step('unknown user changed', () => users.update(NOBODY, { blocked: true }))
  await step('user created twice', () => create(`OMAR@${name}.example`, PASSWORD))
  await step('user with a weak password', () => create(`weak@${name}.example`, 'password'))
  await step('user with a wrong address', () => create('no address', PASSWORD))
  // The types of the SDKs do not let this through.
  await step('user with an unknown property', () => users.update(user_id, { shoe_size: 43 } as object))
  await step('bare user read', () => users.get(user_id))
  await step('bare user deleted', () => users.delete(user_id))
}

// TABLE: forms of the query language, each of which finds Anton and Cleo, but not Beate.
const SEARCHES = [
  ['a group', 'given_name:("Anton" OR "Cleo")'],
  ['wildcards', 'email:anton@* OR name:*leo@*'],
  ['a negation', '_exists_:email AND NOT nickname:beate'],
  ['ranges', 'created_at:[2020-01-01 TO *] AND given_name:([* TO anton] OR {beate TO cleo])'],
  ['metadata', 'user_metadata.seat.row:[2 TO 3] AND app_metadata.tags:"aisle"'],
  [
    'identities',
    'identities.connection:"Username-Password-Authentication" AND identities.provider:auth0 -given_name:Beate',
  ],
] as const

async function manyUsers({ own: { users }, name, step, make }: Travel): Promise<void> {
  const made: string[] = []
  for (const given_name of ['Cleo', 'Anton', 'Beate']) {
    const email = `${given_name.toLowerCase()}@${name}.example`
    const { user_id } = await make(`${given_name} created`, () =>
      users.create({
        ...{ connection: CONNECTION, email, given_name, family_name: name, password: PASSWORD },
        user_metadata: { seat: { row: ['Beate', 'Anton', 'Cleo'].indexOf(given_name) + 1 } },
        app_metadata: { tags: ['window', 'aisle'] },
      }),
    )
    made.push(user_id)
  }
  const q = `family_name:"${name}"`
  const page = { q, sort: 'email:1', fields: 'email', include_totals: true }
  await step('users listed by default', () => users.list())
  await step('users searched', () => users.list({ q: `email:"BEATE@${name}.example" AND ${q}` }))
  await step('users searched in vain', () => users.list({ q: `email:"nobody@${name}.example"` }))
  await step('users sorted', () => users.list(page))
  await step('users sorted downwards', () => users.list({ ...page, sort: 'created_at:-1', fields: 'given_name' }))
  await step('users on a second page', () => users.list({ ...page, page: 1, per_page: 2 }))
  await step('users beyond the last page', () => users.list({ ...page, page: 7, per_page: 2 }))
  await step('users but for a part', () =>
    users.list({ ...page, fields: 'identities,picture,created_at,updated_at,user_id', include_fields: false }),
  )
  for (const [title, form] of SEARCHES) {
    await step(`users by ${title}`, () => users.list({ ...page, q: `${q} AND (${form})` }))
  }
  await step('users by an unreadable query', () => users.list({ q: 'name:"Ann' }))
  await step('users on a wrong page', () => users.list({ page: -1 }))
  await step('a crowd', () => users.everyId({ q: CROWD }))
  await step('a crowd on small pages', () => users.everyId({ q: CROWD, per_page: 25 }))
  await step('everybody', () => users.everyId({}))
  for (const id of made) await users.delete(id)
}

async function clients({ own: { clients }, name, step, make }: Travel): Promise<void> {
  const { client_id } = await make('client created', () => clients.create(newClient(name)))
  await step('client read', () => clients.get(client_id))
  await step('client changed', () =>
    clients.update(client_id, { description: 'Reads', client_metadata: { floor: '3' } }),
  )
  await step('clients listed', () => clients.list())
  await step('client deleted', () => clients.delete(client_id))
  await step('deleted client read', () => clients.get(client_id))
}

async function smallClient({ sdk, own, caller, name, step, make }: Travel): Promise<void> {
  const { clients, clientGrants, users } = own
  const { client_id, client_secret } = await make('small client created', () => clients.create(newClient(name)))
  const smaller = { ...caller, clientId: client_id, clientSecret: client_secret }
  await step('token without grant', () => sdk.token(smaller))
  const body = { client_id, audience: `https://${caller.domain}/api/v2/`, scope: ['read:users'] }
  const grant = await make('grant created', () => clientGrants.create(body))
  await step('grant created twice', () => clientGrants.create(body))
  await step('grants listed', () => clientGrants.list({ client_id }))

  const small = sdk.open(smaller)
  await step('small client reads', () => small.users.list({ q: CROWD, per_page: 1, fields: 'family_name' }))
  await step('small client creates', () =>
    small.users.create({ connection: CONNECTION, email: `x@${name}.example`, password: PASSWORD }),
  )
  await step('nobody was created', () => users.byEmail(`x@${name}.example`))
  await step('grant changed', () => clientGrants.update(grant.id, { scope: ['read:users', 'read:logs'] }))

  const rotated = await make('secret rotated', () => clients.rotateSecret(client_id))
  const renewed = { ...smaller, clientSecret: rotated.client_secret }
  await step('old secret refused', () => sdk.token(smaller))
  await step('new secret taken', () => sdk.token(renewed))
  await step('grant deleted', () => clientGrants.delete(grant.id))
  await step('token without grant again', () => sdk.token(renewed))
  await clients.delete(client_id)
  await step('deleted client calls', () => small.users.list())
  await step('grants of nobody', () => clientGrants.list({ client_id }))
}

async function apis({ own: { resourceServers }, name, step, make }: Travel): Promise<void> {
  const identifier = `https://${name}.example/api/`
  const { id } = await make('API created', () =>
    resourceServers.create({ identifier, name: `API ${name}`, scopes: [{ value: 'read:x', description: 'Read x' }] }),
  )
  await step('API read', () => resourceServers.get(id))
  await step('API read by identifier', () => resourceServers.get(identifier))
  await step('API changed', () => resourceServers.update(id, { token_lifetime: 600 }))
  await step('APIs listed', () => resourceServers.list())
  await step('API deleted', () => resourceServers.delete(id))
  await step('deleted API read', () => resourceServers.get(id))
}

async function connections({ own: { connections }, name, step, make }: Travel): Promise<void> {
  const { id } = await make('connection created', () =>
    connections.create({
      name: `journey-${name}`,
      strategy: 'auth0',
      display_name: 'Journey',
      options: { requires_username: true },
    }),
  )
  await step('connection read', () => connections.get(id))
  await step('connection changed', () => connections.update(id, { options: { passwordPolicy: 'excellent' } }))
  await step('connections listed', () => connections.list())
  await step('connection deleted', () => connections.delete(id))
  await step('deleted connection read', () => connections.get(id))
}

async function bulk({ own: { connections, jobs, users }, name, step, make }: Travel): Promise<void> {
  const { id: connection_id } = await make('connection for files created', () =>
    connections.create({
      name: `files-${name}`,
      strategy: 'auth0',
      display_name: 'Files',
      options: { requires_username: false },
    }),
  )
  const rows = [
    { email: `Iris@${name}.example`, user_id: `iris-${name}`, app_metadata: { plan: 'team' } },
    { email: `iris@${name}.example` },
  ]
  const file = new Blob([JSON.stringify(rows)], { type: 'application/json' })
  const imported = await make('import asked for', () =>
    jobs.importUsers({ users: file, connection_id, upsert: false, external_id: name }),
  )
  await ended(jobs, imported.id)
  await step('import read', () => jobs.get(imported.id))
  await step('errors of the import', () => jobs.errors(imported.id))
  await step('imported user read', () => users.get(`auth0|iris-${name}`))

  const fields = [{ name: 'email' }, { name: 'app_metadata.plan', export_as: 'plan' }]
  const exported = await make('export asked for', () =>
    jobs.exportUsers({ connection_id, format: 'json', limit: 10, fields }),
  )
  await ended(jobs, exported.id)
  const { location } = await make('export read', () => jobs.get(exported.id))
  await step('file of the export', async () => {
    const answer = await fetch(location)
    return gunzipSync(Buffer.from(await answer.arrayBuffer())).toString()
  })
  await step('errors of the export', () => jobs.errors(exported.id))
  const { id } = await make('verification asked for', () => jobs.verifyEmail(`auth0|iris-${name}`))
  await step('verification read', () => jobs.get(id))
  await step('unknown job read', () => jobs.get('job_0000000000000000'))
  await connections.delete(connection_id)
}

/** Waits for a job as scripts do. */
async function ended(jobs: Sdk['jobs'], id: string): Promise<void> {
  for (;;) {
    const { status } = (await jobs.get(id)) as { status: string }
    if (status !== 'pending' && status !== 'processing') return
    await sleep(100)
  }
}

async function tenant({ own: { tenant, logs, keys }, name, step, make }: Travel): Promise<void> {
  await step('settings changed', () => tenant.update({ friendly_name: `Company ${name}` }))
  await step('settings read', () => tenant.read())
  const log = await make('log listed', () => logs.list())
  const [entry] = Array.isArray(log) ? log : log.logs
  await step('log entry read', () => logs.get(entry.log_id))
  const [key] = await make('keys listed', () => keys.list())
  await step('key read', () => keys.get(key.kid))
}

function newClient(name: string): NewClient {
  return {
    name: `Journey ${name}`,
    app_type: 'non_interactive',
    grant_types: ['client_credentials'],
    client_metadata: { team: 'blue', floor: '2' },
  }
}
