/** Gives the access tokens that oidc-provider makes for people the form of Auth0's, and the claims by which they end. */
import type { AccessToken, ClientCredentials, KoaContextWithOIDC } from 'oidc-provider'
import { listUserPermissions } from './api-store.ts'
import { clientOfRequest } from './client-metadata.ts'
import { oidcDb, oidcRequest } from './context.ts'
import { DIALECTS } from './issue-token.ts'
import { organizationClaims } from './membership.ts'
import { apiOf, outwardScope } from './resources.ts'

type Structured = { header?: unknown; payload: Record<string, unknown> }

/** Rewrites a token before it is signed. */
export async function shapeAccessToken(
  _ctx: KoaContextWithOIDC,
  token: AccessToken | ClientCredentials,
  jwt: Structured,
): Promise<void> {
  if (!('accountId' in token)) throw new Error('A token for a client is not made here.')
  const { server, generations, membership } = oidcRequest()
  const { accountId, clientId } = token
  const audience = String(token.aud)
  const [client, api] = await Promise.all([clientOfRequest(clientId ?? ''), apiOf(audience)])
  const organizationId = membership?.organizationId
  const userGeneration = generations.get(accountId)
  if (!client || !api || userGeneration === undefined) throw new Error('A token for nobody.')
  const dialect = DIALECTS[api.settings.token_dialect ?? 'access_token']
  const { jti, iat, exp, iss, sub } = jwt.payload
  const scope = outwardScope(token.scope ?? '')
  const mayReadUserinfo = scope.split(' ').includes('openid')
  const permissions =
    dialect.permissions && api.settings.enforce_policies
      ? [...(await listUserPermissions(oidcDb(), { userId: accountId, organizationId }, api.id))].sort()
      : undefined
  jwt.header = { typ: dialect.rfc9068 ? 'at+jwt' : 'JWT' }
  jwt.payload = {
    iss,
    sub,
    aud: mayReadUserinfo ? [audience, `${server.config.issuer}userinfo`] : audience,
    iat,
    exp,
    ...(scope === '' ? {} : { scope }),
    ...(token.gty === 'password' ? { gty: 'password' } : {}),
    azp: clientId,
    ...(await organizationClaims()),
    ...(permissions ? { permissions } : {}),
    ...(dialect.rfc9068 ? { client_id: clientId, jti } : {}),
    // Our own APIs end with the session; others know nothing of it.
    ...(api.system_name === 'my-account' && token.sessionUid ? { session_id: token.sessionUid } : {}),
    client_generation: client.token_generation,
    user_generation: userGeneration,
    ...(membership
      ? {
          membership_generation: membership.membershipGeneration,
          organization_generation: membership.organizationGeneration,
        }
      : {}),
  }
}
