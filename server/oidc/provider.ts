/**
 * oidc-provider, set up as Auth0's clients expect it. It reads its keys once, so a change of the tenant's keys makes a
 * new one; which keys there are is asked of the database at each request, in every process.
 */
import { createPrivateKey } from 'node:crypto'
import { exportJWK, type JWK } from 'jose'
import { type Configuration, type KoaContextWithOIDC, Provider } from 'oidc-provider'
import { nowSeconds } from '../base/clock.ts'
import { perServer, type Server } from '../http/server.ts'
import { listKeys, readKeyStates, type StoredKey } from '../keys/store.ts'
import { CLAIMS_OF_SCOPES, findAccount } from './account.ts'
import { adapterOf } from './adapter.ts'
import { prolongArtifact } from './artifact-store.ts'
import { addressesOf, clientOfRequest, idTokenLifetimeSeconds, RESPONSE_TYPES } from './client-metadata.ts'
import { oidcDb, oidcRequest } from './context.ts'
import { loadGrant } from './grant.ts'
import { checkOrganization } from './organization.ts'
import { registerPasswordGrants } from './password-grant.ts'
import { signInPolicy } from './policy.ts'
import { isRegisteredCallback } from './redirects.ts'
import { refreshLifetimeSeconds, rotates } from './refresh-rules.ts'
import { noteGivenOut } from './refresh-tokens.ts'
import { OFFLINE, OIDC_SCOPES, resourceServerInfo } from './resources.ts'
import { shapeAccessToken } from './token-form.ts'

/** Where the pages of a waiting request live: `/u/login/<id>`. */
const TRANSACTION_PATH = '/u/login'

const INTERACTION_SECONDS = 3_600
const CODE_SECONDS = 60
const OPAQUE_TOKEN_SECONDS = 86_400
/** Of the session's cookie; how long the session itself lives are the tenant's settings (adapter.ts). */
export const SESSION_COOKIE_SECONDS = 3_600 * 24 * 365
/** A grant outlives whatever comes from it; what is past its time itself counts no more. */
const GRANT_SECONDS = 315_360_000
const SHORT_GRANT_SECONDS = 3_600 * 24 * 31

/** The provider of a server, with the tenant's present keys. @param keyStates of which it is, where they have just been read */
export async function providerOf(server: Server, keyStates?: string): Promise<Provider> {
  return await currentProvider(server)(keyStates)
}

const currentProvider = perServer((server) => {
  let made: { fingerprint: string; provider: Promise<Provider> } | undefined
  return async (keyStates?: string) => {
    const fingerprint = keyStates ?? (await readKeyStates(server.database))
    if (made?.fingerprint === fingerprint) return await made.provider
    const keys = (await listKeys(server.database.db)).filter((key) => key.revoked_at === null)
    made = { fingerprint, provider: makeProvider(server, keys) }
    return await made.provider
  }
})

async function makeProvider(server: Server, keys: StoredKey[]): Promise<Provider> {
  const provider = new Provider(server.config.issuer, {
    ...CONFIGURATION,
    jwks: { keys: await Promise.all(keys.map((key) => privateJwk(server, key))) },
    cookies: cookiesOf(server),
  })
  provider.proxy = true
  provider.on('server_error', (ctx, error) => {
    // Told to the application as an error of its own otherwise; `run-provider.ts` rolls back.
    ctx.state.fault = error
  })
  provider.on('authorization.error', (ctx, error) => {
    ctx.state.refused = error.error
  })
  provider.on('grant.error', (ctx, error) => {
    // What the caller is not told, but the log and the choice of words need.
    ctx.state.reason = error.error_detail
  })
  adaptClients(provider)
  adaptSessions(provider)
  registerPasswordGrants(provider)
  return provider
}

async function privateJwk(server: Server, key: StoredKey): Promise<JWK> {
  const pem = server.secrets.decrypt('signing_key', key.kid, key.private_key_encrypted)
  // No `alg`: one key signs RS256, RS512 and PS256, as the API or application asks.
  return { ...(await exportJWK(createPrivateKey(pem))), kid: key.kid, use: 'sig' }
}

function cookiesOf(server: Server): NonNullable<Configuration['cookies']> {
  const attributes = cookieAttributes(server)
  const session = attributes.secure ? '__Host-tenantry_session' : 'tenantry_session'
  return {
    names: { session, interaction: 'tenantry_transaction', resume: 'tenantry_resume' },
    long: sessionCookie(server),
    // No path: oidc-provider gives these two that of their transaction.
    short: { ...attributes, sameSite: 'lax' },
    keys: [server.secrets.digest('cookie', 'signature')],
  }
}

/** DESIGN: silent renewal runs in a frame of another site, so over https the session's cookie has to go there. */
export function sessionCookie(server: Server) {
  const attributes = cookieAttributes(server)
  return { ...attributes, path: '/', sameSite: attributes.secure ? 'none' : 'lax' } as const
}

function cookieAttributes({ config }: Server) {
  return { httpOnly: true, signed: true, overwrite: true, secure: config.publicUrl.startsWith('https:') } as const
}

/** Addresses are compared by our rules, and every ID token names its session. */
function adaptClients(provider: Provider): void {
  provider.Client.prototype.redirectUriAllowed = function redirectUriAllowed(address: string): boolean {
    const stored = oidcRequest().clients.get(this.clientId)
    return isRegisteredCallback(addressesOf(stored, 'callbacks'), address)
  }
  provider.Client.prototype.includeSid = () => true
}

/** A new identifier takes the place of the old one in the session's row, so nothing has to be destroyed for it. */
function adaptSessions(provider: Provider): void {
  const { Session } = provider
  const payload = Session.IN_PAYLOAD
  Object.defineProperty(Session, 'IN_PAYLOAD', { get: () => [...payload, 'userGeneration', 'organizations'] })
  const save = Session.prototype.save
  Session.prototype.save = async function saveInPlace(ttl: number) {
    // Set by `resetIdentifier`; the types do not list it.
    delete (this as { oldId?: string }).oldId
    return await save.call(this, ttl)
  }
}

const CONFIGURATION: Configuration = {
  adapter: adapterOf,
  findAccount,
  loadExistingGrant: loadGrant,
  claims: CLAIMS_OF_SCOPES,
  scopes: [...OIDC_SCOPES, OFFLINE],
  conformIdTokenClaims: false,
  responseTypes: RESPONSE_TYPES,
  clientAuthMethods: ['none'],
  clientDefaults: { token_endpoint_auth_method: 'none' },
  enabledJWA: { idTokenSigningAlgValues: ['RS256', 'PS256', 'HS256'] },
  extraParams: {
    audience: null,
    connection: null,
    organization: async (ctx: KoaContextWithOIDC) => await checkOrganization(ctx),
    invitation: null,
    screen_hint: null,
  },
  // What is public has to show that it began the request itself; Auth0 asks the others nothing.
  pkce: {
    required: (_ctx, client) => oidcRequest().clients.get(client.clientId)?.token_endpoint_auth_method === 'none',
  },
  routes: { authorization: '/authorize', token: '/oauth/token' },
  interactions: { policy: signInPolicy(), url: (_ctx, interaction) => `${TRANSACTION_PATH}/${interaction.uid}` },
  features: {
    devInteractions: { enabled: false },
    dPoP: { enabled: false },
    pushedAuthorizationRequests: { enabled: false },
    rpInitiatedLogout: { enabled: false },
    userinfo: { enabled: false },
    webMessageResponseMode: { enabled: true, ack: 'individual-draft-01' },
    resourceIndicators: {
      enabled: true,
      defaultResource: (_ctx, _client, oneOf) => oneOf ?? [],
      getResourceServerInfo: resourceServerInfo,
      useGrantedResource: () => true,
    },
  },
  formats: { customizers: { jwt: shapeAccessToken } },
  expiresWithSession: () => false,
  issueRefreshToken: async (_ctx, client, source) =>
    client.grantTypeAllowed('refresh_token') && source.scopes.has(OFFLINE),
  rotateRefreshToken,
  renderError: (ctx, out, error) => {
    // `run-provider.ts` shows the page.
    ctx.state.problem = { ...out, cause: error }
    ctx.body = ''
  },
  ttl: {
    AccessToken: (_ctx, token) => token.resourceServer?.accessTokenTTL ?? OPAQUE_TOKEN_SECONDS,
    AuthorizationCode: CODE_SECONDS,
    Grant: (_ctx, grant) => (grant.getOIDCScope().includes(OFFLINE) ? GRANT_SECONDS : SHORT_GRANT_SECONDS),
    IdToken: (_ctx, _token, client) => idTokenLifetimeSeconds(oidcRequest().clients.get(client.clientId)),
    Interaction: INTERACTION_SECONDS,
    RefreshToken: (_ctx, token, client) =>
      refreshLifetimeSeconds(oidcRequest().clients.get(client.clientId), token.iiat ?? nowSeconds()),
    Session: SESSION_COOKIE_SECONDS,
  },
}

/** Tokens that do not rotate live on with each use, up to their absolute end. */
async function rotateRefreshToken(ctx: KoaContextWithOIDC): Promise<boolean> {
  const { RefreshToken: token, Client: client } = ctx.oidc.entities
  if (!token || !client) return false
  const stored = await clientOfRequest(client.clientId)
  if (rotates(stored)) return true
  const seconds = refreshLifetimeSeconds(stored, token.iiat ?? nowSeconds())
  await prolongArtifact(oidcDb(), 'RefreshToken', token.jti, seconds)
  await noteGivenOut(token)
  return false
}
