/** Access tokens: JWTs signed with the tenant's current key, or with the secret of the API they are for. */
import { type CryptoKey, SignJWT } from 'jose'
import { nowSeconds } from '../base/clock.ts'
import type { RsaAlgorithm } from '../http/server.ts'

/** What a token is signed with: a key of ours (`RS256` unless said otherwise), or an API's own secret. */
export type AccessTokenKey =
  | { kid: string; privateKey: CryptoKey; algorithm?: RsaAlgorithm }
  | { algorithm: 'HS256'; secret: Uint8Array }

/** What a token says. Generations are compared with the database at each request (authorization/standing.ts). */
export type AccessTokenClaims = {
  issuer: string
  subject: string
  audience: string
  clientId: string
  clientGeneration: number
  scope: string | undefined
  lifetimeSeconds: number
  userGeneration?: number
  organizationId?: string
  organizationName?: string
  membershipGeneration?: number
  organizationGeneration?: number
  sessionId?: string
  grantType?: string
  permissions?: string[]
  tokenId?: string
  /** RFC 9068 form: header `typ: at+jwt`, `client_id` and `jti` among the claims. */
  rfc9068?: boolean
}

/** Signs an access token. */
export async function signAccessToken(key: AccessTokenKey, claims: AccessTokenClaims): Promise<string> {
  const issuedAt = nowSeconds()
  const { membershipGeneration, organizationGeneration, organizationName } = claims
  const { scope, grantType, organizationId, permissions, sessionId, tokenId, userGeneration, rfc9068 } = claims
  return await new SignJWT({
    ...(scope === undefined ? {} : { scope }),
    azp: claims.clientId,
    ...(grantType ? { gty: grantType } : {}),
    ...(organizationId ? { org_id: organizationId } : {}),
    ...(organizationName ? { org_name: organizationName } : {}),
    ...(permissions ? { permissions } : {}),
    ...(rfc9068 ? { client_id: claims.clientId } : {}),
    ...(tokenId ? { jti: tokenId } : {}),
    ...(sessionId ? { session_id: sessionId } : {}),
    client_generation: claims.clientGeneration,
    ...(userGeneration === undefined ? {} : { user_generation: userGeneration }),
    ...(membershipGeneration === undefined ? {} : { membership_generation: membershipGeneration }),
    ...(organizationGeneration === undefined ? {} : { organization_generation: organizationGeneration }),
  })
    .setProtectedHeader({
      alg: key.algorithm ?? 'RS256',
      typ: rfc9068 ? 'at+jwt' : 'JWT',
      ...('kid' in key ? { kid: key.kid } : {}),
    })
    .setIssuer(claims.issuer)
    .setSubject(claims.subject)
    .setAudience(claims.audience)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + claims.lifetimeSeconds)
    .sign('kid' in key ? key.privateKey : key.secret)
}
