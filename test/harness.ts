/**
 * A server on a database of its own, for one test file. `test/run.ts` starts PostgreSQL once and makes a template
 * database; each file gets a copy of it. Requests go through the whole application, without a port.
 */
import { randomBytes } from 'node:crypto'
import { after } from 'node:test'
import type { FastifyInstance, InjectOptions } from 'fastify'
import { sql } from 'kysely'
import pg from 'pg'
import { buildApp } from '../server/app.ts'
import { isManagementScope, OWN_ACCOUNT_SCOPES } from '../server/authorization/scopes.ts'
import { now } from '../server/base/clock.ts'
import { openLog } from '../server/base/log.ts'
import { openSecrets } from '../server/base/secrets.ts'
import { type Config, readConfig } from '../server/config.ts'
import { type Db, openDatabase } from '../server/db/database.ts'
import type { AnyScope } from '../server/http/define-route.ts'
import type { Server } from '../server/http/server.ts'
import { signAccessToken } from '../server/oidc/access-token.ts'
import { openServer } from '../server/open-server.ts'

export const TEST_KEY = Buffer.alloc(32, 7)
export const CLIENT_ID = 'testMachineClient'
export const CLIENT_SECRET = 'test-machine-secret-of-48-characters-and-then-some'

/** An answer. `body` is the parsed JSON, undefined when there is none. */
export type Answer = {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests reach into answers of every shape and assert on what they find.
  body: any
  text: string
  headers: Record<string, string | string[] | number | undefined>
}

/** How a request is sent. */
export type CallOptions = {
  /** A bearer token; by default one of the test client with every scope. `null` sends none. */
  as?: string | null
  /** Sent as JSON; a string goes out as it is. */
  body?: unknown
  headers?: Record<string, string>
  from?: string
}

/** A server under test. */
export type TestServer = {
  server: Server
  app: FastifyInstance
  db: Db
  /** What was written to the server log so far. */
  logged: () => string
  call: (method: string, url: string, options?: CallOptions) => Promise<Answer>
  /** A token of the test client with these scopes alone, or one of a user. */
  tokenFor: (holder: TokenHolder) => Promise<string>
}

/**
 * Whom a test token is for. Without `scopes`, all of the Management API. A user's token outside an organization gives him
 * the permissions it names; within one it carries what he holds by his roles there, whatever it names.
 */
export type TokenHolder = {
  scopes?: readonly AnyScope[]
  userId?: string
  sessionId?: string
  organizationId?: string
  audience?: string
  issuer?: string
  lifetimeSeconds?: number
}

/** The settings under which tests run. */
export function testConfig(environment: Record<string, string> = {}): Config {
  return readConfig({
    PORT: '3000',
    RATE_LIMITS: 'off',
    LOG_LEVEL: 'debug',
    ENCRYPTION_KEY: TEST_KEY.toString('base64'),
    BOOTSTRAP_CLIENT_ID: CLIENT_ID,
    BOOTSTRAP_CLIENT_SECRET: CLIENT_SECRET,
    ...environment,
  })
}

/** Starts a server on a fresh database; both are gone after the file's tests. */
export async function startTestServer(environment: Record<string, string> = {}): Promise<TestServer> {
  const database = await createTestDatabase()
  const config = testConfig({ DATABASE_URL: database.url, ...environment })
  const lines: string[] = []
  const server = openServer({
    config,
    secrets: openSecrets(TEST_KEY),
    log: openLog(config.logLevel, { write: (line) => void lines.push(line) }),
    isDemo: false,
    database: openDatabase({
      connectionString: database.url,
      maxConnections: 10,
      preparedStatements: true,
      onError: () => {},
    }),
  })
  const app = await buildApp(server)
  await app.ready()
  after(async () => {
    await app.close()
    await server.database.close()
    await database.drop()
  })
  const { db } = server.database
  const all = await tokenFor(server, {})
  return {
    server,
    app,
    db,
    logged: () => lines.join(''),
    tokenFor: (holder) => tokenFor(server, holder),
    call: (method, url, options = {}) => call(app, method, url, { as: all, ...options }),
  }
}

/** Creates a database from the template, or one with nothing in it. */
export async function createTestDatabase({
  isEmpty = false,
} = {}): Promise<{ url: string; drop: () => Promise<void> }> {
  const { TENANTRY_TEST_DATABASE: adminUrl, TENANTRY_TEST_TEMPLATE: template } = process.env
  if (!adminUrl || !template) throw new Error('Run tests with `npm test`, or `npm test -- server/users` for some.')
  const name = `${template.replace(/template$/, '')}${randomBytes(6).toString('hex')}`
  await administer(adminUrl, `create database ${name} template ${isEmpty ? 'template0' : template}`)
  const url = new URL(adminUrl)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => administer(adminUrl, `drop database if exists ${name} with (force)`) }
}

/** Runs one statement on the server's first database. */
export async function administer(adminUrl: string, statement: string): Promise<void> {
  const client = new pg.Client(adminUrl)
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

/** Drops every database whose name begins so. */
export async function dropDatabases(adminUrl: string, beginning: string): Promise<void> {
  const client = new pg.Client(adminUrl)
  await client.connect()
  try {
    const { rows } = await client.query<{ name: string }>(
      'select datname as name from pg_database where starts_with(datname, $1)',
      [beginning],
    )
    for (const { name } of rows) await client.query(`drop database if exists ${name} with (force)`)
  } finally {
    await client.end()
  }
}

/** A token as `TestServer.tokenFor` makes it, signed with the keys of any server. */
export async function tokenFor(server: Server, holder: TokenHolder): Promise<string> {
  const { db } = server.database
  const { kid } = await db
    .selectFrom('signing_keys')
    .select('kid')
    .where('state', '=', 'current')
    .executeTakeFirstOrThrow()
  const client = await db
    .selectFrom('clients')
    .select('token_generation')
    .where('client_id', '=', CLIENT_ID)
    .executeTakeFirstOrThrow()
  const user = holder.userId
    ? await db.selectFrom('users').select('token_generation').where('user_id', '=', holder.userId).executeTakeFirst()
    : undefined
  if (user && !holder.organizationId) await permit(db, holder.userId ?? '', holder.scopes ?? [])
  const within = holder.userId && holder.organizationId ? await generationsOf(db, holder) : {}
  const grant = await db
    .selectFrom('client_grants')
    .select('scope')
    .where('client_id', '=', CLIENT_ID)
    .executeTakeFirst()
  return await signAccessToken(
    { kid, privateKey: await server.keys.privateKey(kid) },
    {
      issuer: holder.issuer ?? server.config.issuer,
      subject: holder.userId ?? `${CLIENT_ID}@clients`,
      audience: holder.audience ?? server.config.managementAudience,
      clientId: CLIENT_ID,
      clientGeneration: client.token_generation,
      scope: (holder.scopes ?? grant?.scope ?? []).join(' '),
      lifetimeSeconds: holder.lifetimeSeconds ?? 3600,
      ...(holder.userId ? { userGeneration: user?.token_generation ?? 0 } : {}),
      ...(holder.organizationId ? { organizationId: holder.organizationId } : {}),
      ...within,
      ...(holder.sessionId ? { sessionId: holder.sessionId } : {}),
    },
  )
}

/** Gives a user what his token says, as far as it is of the Management API. */
async function permit(db: Db, userId: string, scopes: readonly string[]): Promise<void> {
  const rights = scopes.filter((name) => isManagementScope(name) && !OWN_ACCOUNT_SCOPES.has(name))
  if (rights.length === 0) return
  await sql`
    insert into user_permissions (user_id, resource_server_id, permission, created_at)
    select ${userId}, id, unnest(${rights}::text[]), ${now()} from resource_servers where system_name = 'management'
    on conflict do nothing`.execute(db)
}

async function generationsOf(db: Db, { userId = '', organizationId = '' }: TokenHolder) {
  const row = await db
    .selectFrom('memberships as m')
    .innerJoin('organizations as o', 'o.id', 'm.organization_id')
    .select(['m.token_generation as membershipGeneration', 'o.token_generation as organizationGeneration'])
    .where('m.user_id', '=', userId)
    .where('o.id', '=', organizationId)
    .executeTakeFirst()
  return row ?? { membershipGeneration: 0, organizationGeneration: 0 }
}

async function call(app: FastifyInstance, method: string, url: string, options: CallOptions): Promise<Answer> {
  const { as, body, headers = {}, from } = options
  const request: InjectOptions = {
    // Any method may be tried.
    method: method as 'GET',
    url,
    headers: {
      ...(as ? { authorization: `Bearer ${as}` } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    ...(from ? { remoteAddress: from } : {}),
  }
  const answer = await app.inject(request)
  const isJson = /\bjson/.test(String(answer.headers['content-type'] ?? ''))
  return {
    status: answer.statusCode,
    body: isJson && answer.body !== '' ? JSON.parse(answer.body) : undefined,
    text: answer.body,
    headers: answer.headers,
  }
}
