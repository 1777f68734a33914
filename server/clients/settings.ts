/** How what was sent becomes a client's settings: defaults, merging, and what a schema cannot say. */
import type { JsonObject } from '../db/tables.ts'
import { ApiError } from '../http/errors.ts'
import { checkAddresses } from './addresses.ts'
import type { ClientSettings } from './client.ts'
import { defaultClientSettings, type RefreshTokenKind, refreshTokenDefaults } from './defaults.ts'
import type { ClientCreate, ClientUpdate } from './schemas.ts'

/** What of a body is stored elsewhere than in the settings. */
const NOT_SETTINGS: ReadonlySet<string> = new Set([
  'name',
  'is_first_party',
  'grant_types',
  'token_endpoint_auth_method',
  'client_authentication_methods',
  'client_secret',
])

const MOST_METADATA = 10

const GRANT_TYPES: ReadonlySet<string> = new Set([
  'implicit',
  'authorization_code',
  'refresh_token',
  'client_credentials',
  'password',
  'http://auth0.com/oauth/grant-type/password-realm',
  'http://auth0.com/oauth/grant-type/mfa-oob',
  'http://auth0.com/oauth/grant-type/mfa-otp',
  'http://auth0.com/oauth/grant-type/mfa-recovery-code',
  'http://auth0.com/oauth/grant-type/passwordless/otp',
  'urn:ietf:params:oauth:grant-type:device_code',
  'urn:ietf:params:oauth:grant-type:token-exchange',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
  'urn:openid:params:grant-type:ciba',
  'urn:okta:params:oauth:grant-type:webauthn',
  'urn:auth0:params:oauth:grant-type:token-exchange:federated-connection-access-token',
])

/**
 * The settings after a body was applied to `current`. Null gives a setting back to its default, or takes it away.
 *
 * @throws ApiError invalid_body for addresses, grant types, refresh tokens and metadata that are not allowed
 */
export function settingsAfter(current: ClientSettings, body: ClientCreate | ClientUpdate): ClientSettings {
  checkAddresses(body)
  checkGrantTypes(body.grant_types ?? [])
  checkRefreshTokens(body.refresh_token)
  const defaults = defaultClientSettings()
  const settings: JsonObject = { ...current }
  for (const [name, value] of Object.entries(body)) {
    if (NOT_SETTINGS.has(name)) continue
    // The older name of the same setting; the newer one wins where both are sent.
    if (name === 'oidc_backchannel_logout') settings.oidc_logout = body.oidc_logout ?? value
    else if (value !== null) settings[name] = MERGED[name]?.(settings[name], value) ?? value
    else if (name in defaults) settings[name] = defaults[name]
    else delete settings[name]
  }
  return settings
}

type Merge = (current: unknown, given: unknown) => unknown

/** TABLE: settings that a body does not replace as they stand. */
const MERGED: Readonly<Record<string, Merge>> = {
  client_metadata: mergeMetadata,
  // Recorded: naming the algorithm alone keeps the lifetime.
  jwt_configuration: (current, given) => ({ ...objectOf(current), ...objectOf(given) }),
  // The schema has made sure of the kind.
  refresh_token: (_, given) => ({ ...refreshTokenDefaults(kindOf(given as RefreshTokenKind)), ...objectOf(given) }),
}

function kindOf({ rotation_type, expiration_type }: RefreshTokenKind): RefreshTokenKind {
  return { rotation_type, expiration_type }
}

/** Auth0 merges one level deep; null takes a key away. */
function mergeMetadata(current: unknown, given: unknown): JsonObject {
  const merged = Object.fromEntries(
    Object.entries({ ...objectOf(current), ...objectOf(given) }).filter(([, value]) => value !== null),
  )
  if (Object.keys(merged).length > MOST_METADATA) {
    const reason = `Payload validation error: 'Too many properties defined, maximum ${MOST_METADATA}' on property client_metadata.`
    throw new ApiError('invalid_body', { with: { reason } })
  }
  return merged
}

function objectOf(value: unknown): JsonObject {
  // The schemas let nothing but objects through here; a new client has nothing yet.
  return (value ?? {}) as JsonObject
}

function checkGrantTypes(names: readonly string[]): void {
  const unknown = names.filter((name) => !GRANT_TYPES.has(name))
  if (unknown.length === 0) return
  throw new ApiError('invalid_body', { with: { reason: `Invalid grant types: ${unknown.join(', ').slice(0, 500)}` } })
}

// What rotates leaves a family behind that has to end some time.
function checkRefreshTokens(given: RefreshTokenKind | null | undefined): void {
  if (given?.rotation_type !== 'rotating' || given.expiration_type === 'expiring') return
  const reason = 'Refresh tokens that rotate have to expire. Set refresh_token.expiration_type to expiring.'
  throw new ApiError('invalid_body', { with: { reason } })
}
