/** Makes the access token that a client gets for itself, in the form its API asks for. */
import { newToken } from '../base/ids.ts'
import type { Server } from '../http/server.ts'
import { type AccessTokenKey, signAccessToken } from './access-token.ts'
import type { ClientAccess } from './grant-client-access.ts'
import type { Access, TokenSettings } from './store.ts'

/** A token and what its answer and its log entry say of it. */
export type TokenPlan = {
  lifetimeSeconds: number
  scope: string | undefined
  tokenId: string | undefined
  organizationId: string | undefined
  sign: () => Promise<string>
}

const DEFAULT_LIFETIME_SECONDS = 86_400

/** TABLE: what each of Auth0's token dialects adds. */
export const DIALECTS = {
  access_token: { rfc9068: false, permissions: false },
  access_token_authz: { rfc9068: false, permissions: true },
  rfc9068_profile: { rfc9068: true, permissions: false },
  rfc9068_profile_authz: { rfc9068: true, permissions: true },
} as const satisfies Record<NonNullable<TokenSettings['token_dialect']>, { rfc9068: boolean; permissions: boolean }>

/** Lays out the token, so that it can be signed while its event is stored. */
export function planToken(server: Server, access: Access, { audience, scopes, settings }: ClientAccess): TokenPlan {
  const { client_id: clientId, token_generation: clientGeneration } = access
  if (clientId === null) throw new Error('A token for no client.')
  const dialect = DIALECTS[settings.token_dialect ?? 'access_token']
  // 0, which Auth0's schema allows, says no more than nothing does.
  const lifetimeSeconds = settings.token_lifetime || DEFAULT_LIFETIME_SECONDS
  const scope = scopes.length > 0 ? scopes.join(' ') : undefined
  const tokenId = dialect.rfc9068 ? newToken() : undefined
  return {
    lifetimeSeconds,
    scope,
    tokenId,
    organizationId: access.organization_id ?? undefined,
    sign: async () =>
      await signAccessToken(await signingKey(server, access, settings), {
        issuer: server.config.issuer,
        subject: `${clientId}@clients`,
        audience,
        clientId,
        clientGeneration,
        scope,
        lifetimeSeconds,
        grantType: 'client-credentials',
        rfc9068: dialect.rfc9068,
        ...organizationOf(access),
        ...(tokenId === undefined ? {} : { tokenId }),
        // Roles are for people; what a client may do is its grant.
        ...(dialect.permissions && settings.enforce_policies ? { permissions: scopes } : {}),
      }),
  }
}

function organizationOf(access: Access) {
  const { organization_id: id, organization_name: name, organization_generation: generation } = access
  if (id === null || generation === null) return {}
  return {
    organizationId: id,
    organizationGeneration: generation,
    ...(access.tells_organization_name && name !== null ? { organizationName: name } : {}),
  }
}

async function signingKey(server: Server, access: Access, settings: TokenSettings): Promise<AccessTokenKey> {
  const algorithm = settings.signing_alg ?? 'RS256'
  if (algorithm !== 'HS256') {
    return { kid: access.kid, algorithm, privateKey: await server.keys.privateKey(access.kid, algorithm) }
  }
  const { resource_server_id: id, signing_secret_encrypted: sealed } = access
  if (id === null || sealed === null) throw new Error('An API that signs with HS256 has no secret.')
  return { algorithm, secret: Buffer.from(server.secrets.decrypt('resource_server_secret', id, sealed)) }
}
