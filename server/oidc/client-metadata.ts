/**
 * Clients as oidc-provider sees them. They have proved who they are before it is called (`authenticate-client.ts`), so to
 * it none has a secret; which addresses they may be sent to is compared by our own rules (`redirects.ts`).
 */
import type { AdapterPayload, ResponseType } from 'oidc-provider'
import { secretOf } from '../clients/authentication.ts'
import type { StoredClient } from '../clients/client.ts'
import { findClient } from '../clients/store.ts'
import { oidcDb, oidcRequest } from './context.ts'

/** Never reached: oidc-provider asks for an address where there is a code, and compares it by ours. */
const NOWHERE = 'https://nowhere.invalid/'

// The types list the combinations of OpenID Connect's first version; `token` alone is not offered: nothing would say for
// whom it is.
const CODE_TYPES: ResponseType[] = ['code']
const IMPLICIT_TYPES = ['id_token', 'id_token token'] as ResponseType[]
const HYBRID_TYPES = ['code id_token', 'code id_token token', 'code token'] as ResponseType[]

/** Every combination of what `/authorize` gives. */
export const RESPONSE_TYPES: readonly ResponseType[] = [...CODE_TYPES, ...IMPLICIT_TYPES, ...HYBRID_TYPES]

/** Grants of oidc-provider's own, and those we give it. */
export const PASSWORD_REALM = 'http://auth0.com/oauth/grant-type/password-realm'
const KNOWN_GRANTS: ReadonlySet<string> = new Set([
  'authorization_code',
  'implicit',
  'refresh_token',
  'password',
  PASSWORD_REALM,
])

/** The client with this id, read once a request. */
export async function clientOfRequest(clientId: string): Promise<StoredClient | undefined> {
  const { clients } = oidcRequest()
  if (!clients.has(clientId)) clients.set(clientId, await findClient(oidcDb(), clientId))
  return clients.get(clientId)
}

/** The metadata of a client; undefined when there is none of this id. */
export async function findClientMetadata(clientId: string): Promise<AdapterPayload | undefined> {
  const client = await clientOfRequest(clientId)
  if (!client) return undefined
  // Requests cannot be pushed yet: who must push his has no way in, rather than one that he has closed.
  const mustPush = client.settings.require_pushed_authorization_requests === true
  const closed: readonly string[] = mustPush ? ['authorization_code', 'implicit'] : []
  const grants = client.grant_types.filter((name) => KNOWN_GRANTS.has(name) && !closed.includes(name))
  const hasCode = grants.includes('authorization_code')
  const hasImplicit = grants.includes('implicit')
  return {
    client_id: clientId,
    client_name: client.name,
    application_type: 'web',
    token_endpoint_auth_method: 'none',
    grant_types: grants,
    response_types: [
      ...(hasCode ? CODE_TYPES : []),
      ...(hasImplicit ? IMPLICIT_TYPES : []),
      ...(hasCode && hasImplicit ? HYBRID_TYPES : []),
    ],
    redirect_uris: hasCode || hasImplicit ? [NOWHERE] : [],
    ...signingOf(client),
  }
}

/** How its ID tokens are signed: RS256, or as its `jwt_configuration` says. */
function signingOf(client: StoredClient): AdapterPayload {
  const { alg } = client.settings.jwt_configuration ?? {}
  if (alg === 'PS256') return { id_token_signed_response_alg: 'PS256' }
  const secret = alg === 'HS256' ? secretOf(oidcRequest().server.secrets, client) : undefined
  if (secret === undefined) return { id_token_signed_response_alg: 'RS256' }
  return { id_token_signed_response_alg: 'HS256', client_secret: secret }
}

/** Seconds that its ID tokens live. */
export function idTokenLifetimeSeconds(client: StoredClient | undefined): number {
  const seconds = client?.settings.jwt_configuration?.lifetime_in_seconds
  return typeof seconds === 'number' ? seconds : 36_000
}

/** A list of addresses among a client's settings. */
export function addressesOf(
  client: StoredClient | undefined,
  name: 'callbacks' | 'allowed_logout_urls' | 'web_origins' | 'allowed_origins',
): string[] {
  const value = client?.settings[name]
  return Array.isArray(value) ? value.map(String) : []
}
