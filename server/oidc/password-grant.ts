/**
 * The grants `password` (RFC 6749 §4.3) and Auth0's `password-realm`, which names the connection. The password has been
 * checked before oidc-provider is called (`exchange.ts`), outside of any transaction; here the tokens are made.
 */
import { errors, type KoaContextWithOIDC, type Provider } from 'oidc-provider'
import { newToken } from '../base/ids.ts'
import { claimsOf } from '../users/profile.ts'
import { userOfRequest } from './account.ts'
import { clientOfRequest, PASSWORD_REALM } from './client-metadata.ts'
import { oidcRequest } from './context.ts'
import { checkSignIn, organizationClaims, refusedBy } from './membership.ts'
import { apiOf, audienceOf, OFFLINE, OIDC_SCOPES, resourceServerInfo } from './resources.ts'

const PARAMETERS = ['username', 'password', 'realm', 'scope', 'audience', 'resource', 'connection']

/** Teaches them to the provider. */
export function registerPasswordGrants(provider: Provider): void {
  for (const name of ['password', PASSWORD_REALM]) {
    provider.registerGrantType(name, async (ctx) => await givePasswordTokens(provider, ctx), PARAMETERS, ['resource'])
  }
}

async function givePasswordTokens(provider: Provider, ctx: KoaContextWithOIDC): Promise<void> {
  const { proved } = oidcRequest()
  const { client, params } = ctx.oidc
  if (!proved || !client) throw new Error('A password grant without a password.')
  const { userId } = proved
  const organizationId = proved.organizationId
  const signIn = { userId, clientId: client.clientId, organizationId }
  // The user is needed for the ID token, and both come in one round trip.
  const [user, code] = await Promise.all([userOfRequest(userId), checkSignIn(signIn)])
  if (!user) throw new errors.InvalidGrant('deleted since he proved who he is')
  if (code !== undefined) throw refusedBy(code, signIn)
  const resource = typeof params?.resource === 'string' ? params.resource : undefined
  const info = resource === undefined ? undefined : await resourceServerInfo(ctx, resource, client)
  const asked = await askedScopes(client.clientId, params?.scope, resource, info?.scope)
  const granted = grantedScopes(asked, info?.scope)

  const oidcScopes = granted.filter((scope) => INWARD_OIDC.has(scope))
  const grant = new provider.Grant({ accountId: userId, clientId: client.clientId })
  if (oidcScopes.length > 0) grant.addOIDCScope(oidcScopes.join(' '))
  if (resource !== undefined && granted.length > 0) grant.addResourceScope(resource, granted.join(' '))
  const stays = granted.includes(OFFLINE)
  // Only what can be renewed makes a family, which ends as one; nothing else is kept under the id.
  const grantId = stays ? await grant.save() : newToken()

  const common = { accountId: userId, client, grantId, gty: 'password' }
  const accessToken = new provider.AccessToken({ ...common, scope: granted.join(' ') })
  if (resource !== undefined && info) accessToken.resourceServer = new provider.ResourceServer(resource, info)
  ctx.oidc.entity('AccessToken', accessToken)
  const access = await accessToken.save()
  ctx.body = {
    access_token: access,
    ...(stays ? { refresh_token: await refreshToken(provider, ctx, { ...common, granted, resource }) } : {}),
    ...(granted.includes('openid') ? { id_token: await idToken(provider, ctx, userId, oidcScopes) } : {}),
    scope: granted.join(' '),
    expires_in: accessToken.expiration,
    token_type: 'Bearer',
  }
}

const INWARD_OIDC: ReadonlySet<string> = new Set<string>([...OIDC_SCOPES, OFFLINE])

/** Auth0: without a scope, all of the API's. */
async function askedScopes(
  clientId: string,
  scope: unknown,
  resource: string | undefined,
  available: string | undefined,
): Promise<string[]> {
  const asked =
    typeof scope === 'string' && scope !== ''
      ? scope.split(' ')
      : (available ?? '').split(' ').filter((name) => !INWARD_OIDC.has(name))
  if (!asked.includes(OFFLINE)) return asked
  const [client, api] = await Promise.all([
    clientOfRequest(clientId),
    resource === undefined ? undefined : apiOf(audienceOf(resource) ?? ''),
  ])
  const mayStay =
    client?.grant_types.includes('refresh_token') && (resource === undefined || api?.settings.allow_offline_access)
  return mayStay ? asked : asked.filter((name) => name !== OFFLINE)
}

function grantedScopes(asked: string[], available: string | undefined): string[] {
  const known = available === undefined ? INWARD_OIDC : new Set(available.split(' '))
  return [...new Set(asked)].filter((scope) => known.has(scope))
}

type RefreshSource = {
  accountId: string
  client: NonNullable<KoaContextWithOIDC['oidc']['client']>
  grantId: string
  gty: string
  granted: string[]
  resource: string | undefined
}

async function refreshToken(provider: Provider, ctx: KoaContextWithOIDC, source: RefreshSource): Promise<string> {
  const { granted, resource, ...common } = source
  const token = new provider.RefreshToken({
    ...common,
    scope: granted.join(' '),
    ...(resource === undefined ? {} : { resource }),
    rotations: 0,
  } as ConstructorParameters<typeof provider.RefreshToken>[0])
  ctx.oidc.entity('RefreshToken', token)
  return await token.save()
}

async function idToken(provider: Provider, ctx: KoaContextWithOIDC, userId: string, scopes: string[]): Promise<string> {
  const user = await userOfRequest(userId)
  if (!user) throw new errors.InvalidGrant('the user is there no more')
  const token = new provider.IdToken({ ...claimsOf(user, new Set(scopes)), ...(await organizationClaims()) }, { ctx })
  // The claims are filtered by it; the types do not list it.
  Object.assign(token, { scope: scopes.join(' ') })
  return await token.issue({ use: 'idtoken' })
}
