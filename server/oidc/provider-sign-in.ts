/**
 * Signing in at a provider elsewhere: where a person is sent, and what he comes back with. State, nonce and verifier are
 * kept with the waiting request, which only the browser that began it can open, and are good for one return.
 */
import * as client from 'openid-client'
import { now } from '../base/clock.ts'
import { newToken } from '../base/ids.ts'
import { outboundFetch } from '../base/outbound-http.ts'
import { isLoopbackHost } from '../config-kinds.ts'
import type { Connection } from '../connections/connection.ts'
import type { ProviderClaims } from '../connections/strategies/normalize.ts'
import { type OidcOptions, oidcOptionsOf } from '../connections/strategies/oidc.ts'
import type { Server } from '../http/server.ts'
import { storablePartOf } from '../http/unstorable.ts'

/** Where providers send people back to, as it is registered there, without the name of the connection. */
export const CALLBACK_PATH = '/login/callback/'

/**
 * Each connection has an address of its own: otherwise a provider could lead somebody on to another one, with a challenge
 * of its own, and be sent what that one answers (mix-up).
 */
function callbackOf({ config }: Server, { name }: Connection): string {
  return `${config.publicUrl}${CALLBACK_PATH}${name}`
}

/** What is kept until somebody comes back. */
export type ProviderVisit = {
  connectionId: string
  state: string
  nonce: string
  verifier: string
  /** Where the application wants a sign-in that is not older: since when, in seconds. */
  notBefore?: number
}

/** What is said to the provider of who comes. */
export type ProviderHints = {
  /** Id of the waiting request, which the state begins with. */
  id: string
  loginHint: string | undefined
  uiLocales: string | undefined
  /** Whether he is to prove there anew who he is, instead of being let through as who he was. */
  asksAnew: boolean
  /** As the application asked. */
  maxAgeSeconds: number | undefined
}

const KNOWN_FOR_MS = 600_000
const MOST_KNOWN = 500
const known = new Map<string, { until: number; made: Promise<client.Configuration> }>()

/** Where to send him, and what to keep. */
export async function beginProviderVisit(
  server: Server,
  connection: Connection,
  { id, loginHint, uiLocales, asksAnew, maxAgeSeconds }: ProviderHints,
): Promise<{ address: string; visit: ProviderVisit }> {
  const options = oidcOptionsOf(connection)
  const configuration = await configurationOf(server, connection)
  const visit = { connectionId: connection.id, state: `${id}.${newToken()}`, nonce: newToken(), verifier: newToken() }
  const { state, nonce, verifier } = visit
  const oldest = maxAgeSeconds === undefined ? {} : { notBefore: Math.floor(now().getTime() / 1000) - maxAgeSeconds }
  const usesPkce = options.connection_settings?.pkce !== 'disabled'
  const address = client.buildAuthorizationUrl(configuration, {
    redirect_uri: callbackOf(server, connection),
    response_type: 'code',
    scope: options.scope ?? 'openid profile email',
    state,
    nonce,
    ...(usesPkce
      ? { code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' }
      : {}),
    ...(loginHint === undefined ? {} : { login_hint: loginHint }),
    ...(uiLocales === undefined ? {} : { ui_locales: uiLocales }),
    ...(asksAnew || maxAgeSeconds === 0 ? { prompt: 'login' } : {}),
    ...(maxAgeSeconds === undefined ? {} : { max_age: String(maxAgeSeconds) }),
  })
  return { address: address.href, visit: { ...visit, ...oldest } }
}

/** Exchanges what he came back with. @param query as it stood in the address @throws whatever is wrong with it */
export async function endProviderVisit(
  server: Server,
  connection: Connection,
  visit: ProviderVisit,
  query: string,
): Promise<{ subject: string; claims: ProviderClaims }> {
  const configuration = await configurationOf(server, connection)
  const usesPkce = oidcOptionsOf(connection).connection_settings?.pkce !== 'disabled'
  const address = new URL(`${callbackOf(server, connection)}?${query}`)
  const tokens = await client.authorizationCodeGrant(configuration, address, {
    expectedState: visit.state,
    expectedNonce: visit.nonce,
    idTokenExpected: true,
    ...(usesPkce ? { pkceCodeVerifier: visit.verifier } : {}),
  })
  const tokenset = tokens.claims()
  if (!tokenset) throw new Error('The provider has sent no ID token.')
  refuseOld(visit, tokenset.auth_time)
  const hasMore = configuration.serverMetadata().userinfo_endpoint !== undefined
  const userinfo = hasMore ? await client.fetchUserInfo(configuration, tokens.access_token, tokenset.sub) : {}
  return {
    subject: tokenset.sub,
    claims: { tokenset: storablePartOf(tokenset), userinfo: storablePartOf(userinfo) },
  }
}

/** Clocks differ. */
const LEEWAY_SECONDS = 60

/** A provider that does not say when he signed in there is believed; whoever left out what it was asked is not. */
function refuseOld({ notBefore }: ProviderVisit, signedInAt: number | undefined): void {
  if (notBefore === undefined || signedInAt === undefined || signedInAt >= notBefore - LEEWAY_SECONDS) return
  throw Object.assign(new Error('The sign-in at the provider is too old.'), { error: 'auth_time_too_old' })
}

/** What the provider says of itself, asked for every ten minutes, and anew when the connection is changed. */
async function configurationOf(server: Server, connection: Connection): Promise<client.Configuration> {
  const key = JSON.stringify([server.config.publicUrl, connection.id, connection.options])
  const found = known.get(key)
  if (found && found.until > now().getTime()) return await found.made
  if (known.size >= MOST_KNOWN) known.clear()
  const made = readConfiguration(server, connection)
  known.set(key, { until: now().getTime() + KNOWN_FOR_MS, made })
  // What failed is tried again.
  made.catch(() => known.delete(key))
  return await made
}

async function readConfiguration(server: Server, connection: Connection): Promise<client.Configuration> {
  const options = oidcOptionsOf(connection)
  const mayStayHere = isLoopbackHost(new URL(server.config.publicUrl).hostname)
  const fetcher = outboundFetch(mayStayHere) as client.CustomFetch
  const secret = secretOf(server, connection, options)
  const authentication = secret === undefined ? client.None() : client.ClientSecretPost(secret)
  const insecure = mayStayHere ? [client.allowInsecureRequests] : []
  if (options.discovery_url) {
    const more = { execute: [...insecure, client.enableNonRepudiationChecks], [client.customFetch]: fetcher }
    return await client.discovery(new URL(options.discovery_url), options.client_id, undefined, authentication, more)
  }
  const { issuer = '', authorization_endpoint, token_endpoint, jwks_uri, userinfo_endpoint } = options
  const said = { authorization_endpoint, token_endpoint, jwks_uri, userinfo_endpoint }
  const metadata = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined))
  const made = new client.Configuration({ issuer, ...metadata }, options.client_id, undefined, authentication)
  made[client.customFetch] = fetcher
  for (const extend of insecure) extend(made)
  client.enableNonRepudiationChecks(made)
  return made
}

function secretOf({ secrets }: Server, { id }: Connection, options: OidcOptions): string | undefined {
  const encrypted = options.client_secret_encrypted
  return encrypted === undefined ? undefined : secrets.decrypt('connection_secret', id, encrypted)
}
