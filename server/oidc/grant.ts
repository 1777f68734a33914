/**
 * What an application gets of what it asks for. A first-party application needs nobody's leave; any other gets what the
 * person has allowed it, and its request waits for his consent where something is missing.
 */
import type { Grant, KoaContextWithOIDC } from 'oidc-provider'
import { clientOfRequest } from './client-metadata.ts'
import { findConsents } from './consent-store.ts'
import { oidcDb } from './context.ts'
import { apiOf, audienceOf, OFFLINE } from './resources.ts'

/** The grant of an authorization request. Each request has its own, so that ending one family leaves the others. */
export async function loadGrant(ctx: KoaContextWithOIDC): Promise<Grant | undefined> {
  const { account, client, provider, params } = ctx.oidc
  if (!account || !client) return undefined
  const stored = await clientOfRequest(client.clientId)
  const grant = new provider.Grant({ accountId: account.accountId, clientId: client.clientId })
  const asked = new Set(String(params?.scope ?? '').split(' '))
  const resources = Object.values(ctx.oidc.resourceServers ?? {})
  const consents = stored?.is_first_party ? undefined : await findConsents(oidcDb(), account.accountId, client.clientId)
  const allowedOf = (audience: string, scopes: Iterable<string>) => {
    const allowed = consents && new Set(consents.get(audience) ?? [])
    return [...scopes].filter((scope) => asked.has(scope) && (!allowed || allowed.has(scope)))
  }
  const oidcScopes = allowedOf('', ctx.oidc.requestParamOIDCScopes)
  if (oidcScopes.length > 0) grant.addOIDCScope(oidcScopes.join(' '))
  for (const resource of resources) {
    const identifier = resource.identifier()
    const scopes = [...resource.scopes].filter((scope) => !ctx.oidc.requestParamOIDCScopes.has(scope))
    const allowed = [...oidcScopes, ...allowedOf(audienceOf(identifier) ?? '', scopes)]
    if (allowed.length > 0) grant.addResourceScope(identifier, allowed.join(' '))
  }
  if (!(await mayStay(ctx))) {
    grant.rejectOIDCScope(OFFLINE)
    for (const resource of resources) grant.rejectResourceScope(resource.identifier(), OFFLINE)
  }
  await grant.save()
  return grant
}

/** Whether the request may lead to a refresh token. */
async function mayStay(ctx: KoaContextWithOIDC): Promise<boolean> {
  const { client, params } = ctx.oidc
  if (!client?.grantTypeAllowed('refresh_token')) return false
  if (!String(params?.response_type ?? 'code').includes('code')) return false
  for (const resource of Object.keys(ctx.oidc.resourceServers ?? {})) {
    const api = await apiOf(audienceOf(resource) ?? '')
    if (!api?.settings.allow_offline_access) return false
  }
  return true
}
