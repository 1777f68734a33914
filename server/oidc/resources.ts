/**
 * APIs as oidc-provider sees them. Auth0's audiences are any text, resource indicators (RFC 8707) must be URIs: so an
 * audience travels as `urn:tenantry:api:<base64url>` through oidc-provider, and as itself everywhere else.
 */
import { errors, type KoaContextWithOIDC, type ResourceServer as ResourceServerInfo } from 'oidc-provider'
import type { Secrets } from '../base/secrets.ts'
import { isManagementAudience } from '../http/audiences.ts'
import { type Api, findApi } from './api-store.ts'
import { clientOfRequest } from './client-metadata.ts'
import { oidcDb, oidcRequest } from './context.ts'
import { organizationIdOf } from './organization.ts'
import { grantableScopes } from './user-access.ts'

/** Scopes of OpenID Connect, which a token for an API carries as well. `offline_access` goes by another name inside. */
export const OIDC_SCOPES = ['openid', 'profile', 'email', 'address', 'phone'] as const

/**
 * `offline_access` within oidc-provider, which drops that one unless the request asks for consent (OpenID Connect Core
 * §11); Auth0 does not.
 */
export const OFFLINE = 'tenantry:offline'

const PREFIX = 'urn:tenantry:api:'
const DEFAULT_LIFETIME_SECONDS = 86_400
const DEFAULT_WEB_LIFETIME_SECONDS = 7_200

/** The resource indicator of an audience. */
export function resourceOf(audience: string): string {
  return `${PREFIX}${Buffer.from(audience).toString('base64url')}`
}

/** The audience of a resource indicator; undefined for one that is not ours. */
export function audienceOf(resource: string): string | undefined {
  if (!resource.startsWith(PREFIX)) return undefined
  return Buffer.from(resource.slice(PREFIX.length), 'base64url').toString('utf8')
}

/** Scopes as the world knows them. */
export function outwardScope(scope: string): string {
  return scope
    .split(' ')
    .map((name) => (name === OFFLINE ? 'offline_access' : name))
    .join(' ')
}

/** Scopes as oidc-provider knows them. */
export function inwardScope(scope: string): string {
  return scope
    .split(/\s+/)
    .map((name) => (name === 'offline_access' ? OFFLINE : name))
    .join(' ')
}

/** The API of an audience; undefined when there is none. The Management API is stored under the first of its addresses. */
export async function apiOf(audience: string): Promise<Api | undefined> {
  const { config } = oidcRequest().server
  const isManagement = isManagementAudience(config, audience)
  return await findApi(oidcDb(), isManagement ? config.managementAudience : audience)
}

/** What a token for the API may say, for the person who is signed in, if there is one yet. */
export async function resourceServerInfo(
  ctx: KoaContextWithOIDC,
  resource: string,
  client: { clientId: string },
): Promise<ResourceServerInfo> {
  const audience = audienceOf(resource) ?? resource
  const api = await apiOf(audience)
  if (!api) throw new errors.CustomOIDCProviderError('access_denied', `Service not found: ${audience.slice(0, 600)}`)
  const { settings } = api
  if (settings.token_encryption || settings.proof_of_possession?.required) {
    throw new errors.InvalidRequest(
      'This API demands tokens that are not offered: encrypted ones, or proof of possession',
    )
  }
  const userId = ctx.oidc.account?.accountId ?? ctx.oidc.session?.accountId ?? oidcRequest().proved?.userId
  const stored = await clientOfRequest(client.clientId)
  if (!stored) throw new Error('A client that is not there asks for an API.')
  const organizationId = userId === undefined ? undefined : await organizationIdOf(ctx)
  const scopes = await grantableScopes(oidcDb(), { api, client: stored, userId, organizationId })
  return {
    audience,
    scope: [...OIDC_SCOPES, OFFLINE, ...scopes].join(' '),
    accessTokenFormat: 'jwt',
    accessTokenTTL: lifetimeSeconds(ctx, settings),
    jwt: { sign: signingOf(oidcRequest().server.secrets, api) },
  }
}

/** What a page gets in its address lives shorter. 0 says no more than nothing does. */
function lifetimeSeconds(ctx: KoaContextWithOIDC, settings: Api['settings']): number {
  const isFrontChannel = ctx.oidc.route === 'authorization' || ctx.oidc.route === 'resume'
  const longest = settings.token_lifetime || DEFAULT_LIFETIME_SECONDS
  return isFrontChannel ? Math.min(settings.token_lifetime_for_web || DEFAULT_WEB_LIFETIME_SECONDS, longest) : longest
}

function signingOf(secrets: Secrets, api: Api) {
  const alg = api.settings.signing_alg ?? 'RS256'
  if (alg !== 'HS256') return { alg } as const
  if (!api.signing_secret_encrypted) throw new Error('An API that signs with HS256 has no secret.')
  const secret = secrets.decrypt('resource_server_secret', api.id, api.signing_secret_encrypted)
  return { alg, key: Buffer.from(secret) } as const
}
