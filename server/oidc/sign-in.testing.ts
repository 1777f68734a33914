/** For tests of signing in: applications and people as rows, and what a browser and an application do between them. */
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { type Answer, type CallOptions, startTestServer, type TestServer } from '../../test/harness.ts'
import { type Visited, type Visitor, type VisitorOptions, visitor } from '../../test/visitor.ts'
import { defaultClientSettings } from '../clients/defaults.ts'
import { findConnectionByName } from '../connections/store.ts'
import { transact } from '../db/database.ts'
import type { JsonObject } from '../db/tables.ts'
import { hashPassword } from '../passwords/hash.ts'
import { FIRST_CONNECTION } from '../setup.ts'
import { createUser } from '../users/create.ts'
import type { User } from '../users/user.ts'
import { AUDIENCE, addApi, addClient } from './oidc.testing.ts'

export const PASSWORD = 'slow ferry past Vinga'
export const CALLBACK = 'https://app.example.com/callback'
export const SPA = 'spa'
export const WEB = 'web'
export const WEB_SECRET = 'web-secret-of-more-than-thirty-two-characters'
export const THIRD = 'third'

/** A request to `/authorize` and what is needed to use its code. */
export type Asked = { url: string; verifier: string; state: string; clientId: string }

/** Puts a request together: PKCE, `openid profile email`, the SPA unless another application is named. */
export function ask(change: Record<string, string | undefined> = {}): Asked {
  const verifier = randomBytes(32).toString('base64url')
  const state = randomBytes(8).toString('hex')
  const parameters = {
    client_id: SPA,
    redirect_uri: CALLBACK,
    response_type: 'code',
    scope: 'openid profile email',
    state,
    nonce: 'n-0S6',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...change,
  }
  const said = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return {
    url: `/authorize?${new URLSearchParams(said)}`,
    verifier,
    state,
    clientId: parameters.client_id ?? SPA,
  }
}

/** A server with three applications (`spa`, `web`, `third`), an API, and one person. */
export async function startSignInServer(environment: Record<string, string> = {}) {
  const test = await startTestServer(environment)
  const { db, app, server } = test
  const grants = ['authorization_code', 'refresh_token', 'implicit', 'password', PASSWORD_REALM_GRANT]
  const settings = {
    ...defaultClientSettings(),
    callbacks: [CALLBACK, 'http://localhost:4200/cb'],
    web_origins: ['https://app.example.com'],
    allowed_logout_urls: ['https://app.example.com/bye'],
    refresh_token: {
      rotation_type: 'rotating',
      expiration_type: 'expiring',
      leeway: 0,
      token_lifetime: 2_592_000,
      idle_token_lifetime: 1_296_000,
    },
  }
  await addClient(test, { id: SPA, method: 'none', grantTypes: grants, settings })
  await addClient(test, { id: WEB, method: 'client_secret_post', secret: WEB_SECRET, grantTypes: grants, settings })
  await addClient(test, { id: THIRD, method: 'none', grantTypes: grants, settings })
  await db.updateTable('clients').set({ is_first_party: false }).where('client_id', '=', THIRD).execute()
  await addApi(test, {
    identifier: AUDIENCE,
    scopes: ['read:robots', 'move:robots'],
    settings: { allow_offline_access: true } as JsonObject,
  })
  const connection = await findConnectionByName(db, FIRST_CONNECTION)
  assert.ok(connection)
  await db
    .insertInto('connection_clients')
    .values([SPA, WEB, THIRD].map((client_id) => ({ client_id, connection_id: connection.id })))
    .execute()

  let people = 0
  const newUser = async (more: Partial<User> & { email?: string } = {}): Promise<User> => {
    people += 1
    const { email = `ada-${people}@acme-robotics.example`, ...rest } = more
    const passwordHash = await hashPassword(PASSWORD)
    const { blocked, user_metadata, given_name, family_name, name, email_verified } = rest
    const attributes = { blocked, user_metadata, given_name, family_name, name, email_verified }
    const said = Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined))
    return await transact(db, (tx) =>
      createUser(
        tx,
        { kind: 'system', name: 'test' },
        { connection, email, passwordHash, email_verified: true, ...said },
      ),
    )
  }

  return {
    ...test,
    connection,
    newUser,
    visitor: (options?: VisitorOptions) => visitor(app, server.config.publicUrl, options),
    /** `POST /oauth/token`, by an application. */
    token: (body: Record<string, string>, options: CallOptions = {}): Promise<Answer> =>
      test.call('POST', '/oauth/token', { as: null, body, ...options }),
    /** Exchanges the code that the browser brought back. */
    exchange: (asked: Asked, landed: Visited, change: Record<string, string> = {}): Promise<Answer> =>
      test.call('POST', '/oauth/token', { as: null, body: codeForm(asked, landed, change) }),
  }
}

const PASSWORD_REALM_GRANT = 'http://auth0.com/oauth/grant-type/password-realm'

/** A server with which people sign in. */
export type SignInServer = Awaited<ReturnType<typeof startSignInServer>> & TestServer

/** The form that exchanges a code. */
export function codeForm(asked: Asked, landed: Visited, change: Record<string, string> = {}): Record<string, string> {
  return {
    grant_type: 'authorization_code',
    client_id: asked.clientId,
    code: codeOf(landed),
    redirect_uri: CALLBACK,
    code_verifier: asked.verifier,
    ...change,
  }
}

/** The code in the address the browser was sent back to. */
export function codeOf({ url, text }: Visited): string {
  const code = url.searchParams.get('code')
  assert.ok(code, `no code in ${url} ${text.slice(0, 500)}`)
  return code
}

/** Goes through both pages, and answers where that leads. */
export async function signIn(
  person: Visitor,
  asked: Asked,
  email: string | undefined,
  password = PASSWORD,
): Promise<Visited> {
  await person.open(asked.url)
  await person.send({ username: email ?? '' })
  return await person.send({ password })
}
