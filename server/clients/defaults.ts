/** What a new client has when its maker says nothing (Auth0's defaults, recorded). */
import type { JsonObject } from '../db/tables.ts'

export const DEFAULT_GRANT_TYPES = ['authorization_code', 'implicit', 'refresh_token', 'client_credentials'] as const

/** Settings of a new client beyond the columns. */
export function defaultClientSettings(): JsonObject {
  return {
    oidc_conformant: false,
    sso_disabled: false,
    cross_origin_authentication: false,
    custom_login_page_on: true,
    is_token_endpoint_ip_header_trusted: false,
    jwt_configuration: { alg: 'RS256', lifetime_in_seconds: 36_000, secret_encoded: false },
    refresh_token: refreshTokenDefaults({ rotation_type: 'non-rotating', expiration_type: 'non-expiring' }),
  }
}

/** Lifetimes of refresh tokens, in seconds: a year and 30 days, or for those that rotate 30 and 15 days. */
const REFRESH_TOKEN_LIFETIMES = {
  'non-rotating': { token_lifetime: 31_557_600, idle_token_lifetime: 2_592_000 },
  rotating: { token_lifetime: 2_592_000, idle_token_lifetime: 1_296_000 },
} as const

/** What kind of refresh tokens a client gets. */
export type RefreshTokenKind = {
  rotation_type: keyof typeof REFRESH_TOKEN_LIFETIMES
  expiration_type: 'expiring' | 'non-expiring'
}

/** What a kind of refresh token is like when nothing more is said. */
export function refreshTokenDefaults(kind: RefreshTokenKind): JsonObject {
  const isInfinite = kind.expiration_type === 'non-expiring'
  return {
    ...kind,
    leeway: 0,
    ...REFRESH_TOKEN_LIFETIMES[kind.rotation_type],
    infinite_token_lifetime: isInfinite,
    infinite_idle_token_lifetime: isInfinite,
  }
}
