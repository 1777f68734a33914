/** Access tokens: JWTs signed RS256 with the tenant's current key. */
import { type CryptoKey, SignJWT } from 'jose'
import { nowSeconds } from '../base/clock.ts'

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
  grantType?: string
  permissions?: string[]
  tokenId?: string
  /** RFC 9068 form: header `typ: at+jwt`, `client_id` and `jti` among the claims. */
  rfc9068?: boolean
}

/** Signs an access token. */
export async function signAccessToken(
  key: { kid: string; privateKey: CryptoKey },
  claims: AccessTokenClaims,
): Promise<string> {
  const issuedAt = nowSeconds()
  const { scope, grantType, organizationId, permissions, tokenId, userGeneration, rfc9068 } = claims
  return await new SignJWT({
    ...(scope === undefined ? {} : { scope }),
    azp: claims.clientId,
    ...(grantType ? { gty: grantType } : {}),
    ...(organizationId ? { org_id: organizationId } : {}),
    ...(permissions ? { permissions } : {}),
    ...(rfc9068 ? { client_id: claims.clientId } : {}),
    ...(tokenId ? { jti: tokenId } : {}),
    client_generation: claims.clientGeneration,
    ...(userGeneration === undefined ? {} : { user_generation: userGeneration }),
  })
    .setProtectedHeader({ alg: 'RS256', typ: rfc9068 ? 'at+jwt' : 'JWT', kid: key.kid })
    .setIssuer(claims.issuer)
    .setSubject(claims.subject)
    .setAudience(claims.audience)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + claims.lifetimeSeconds)
    .sign(key.privateKey)
}
