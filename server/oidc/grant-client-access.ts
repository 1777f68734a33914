/** What a client that has proved its identity gets from an API: the scopes of its token, or a refusal. */
import { ApiError } from '../http/errors.ts'
import { isPublicClient } from './authenticate-client.ts'
import type { Access, TokenSettings } from './store.ts'
import type { TokenRequest } from './token-request.ts'

/** What the token is made from. */
export type ClientAccess = { audience: string; scopes: string[]; settings: TokenSettings }

// What an API or a grant demands of its tokens and we cannot give yet. A token without it would be more than was allowed.
const DEMANDS: readonly { reason: string; stands: (access: Access) => boolean }[] = [
  {
    reason: 'Encrypted access tokens are not offered, and this API accepts no others',
    stands: ({ resource_server_settings }) => Boolean(resource_server_settings?.token_encryption),
  },
  {
    reason: 'Proof of possession is not offered, and this client or API demands it',
    stands: ({ resource_server_settings, client_settings }) =>
      resource_server_settings?.proof_of_possession?.required === true ||
      client_settings?.require_proof_of_possession === true,
  },
]

/**
 * Decides on a token for `client_credentials`.
 *
 * @param audience as asked for, or the tenant's default
 * @throws ApiError unauthorized_client, missing_audience, unknown_audience, no_client_grant, invalid_request,
 *   scopes_not_granted
 */
export function grantClientAccess(access: Access, request: TokenRequest, audience: string | undefined): ClientAccess {
  if (!access.may_use_client_credentials || isPublicClient(access)) {
    const reason = "Grant type 'client_credentials' not allowed for the client."
    throw new ApiError('unauthorized_client', { with: { reason } })
  }
  if (audience === undefined) throw new ApiError('missing_audience')
  const { resource_server_id, resource_server_settings: settings, grant_id } = access
  if (resource_server_id === null) throw new ApiError('unknown_audience', { with: { audience: short(audience) } })
  const isClosed = settings?.subject_type_authorization?.client?.policy === 'deny_all'
  if (grant_id === null || isClosed) throw new ApiError('no_client_grant', { with: { audience } })
  refuseOrganization(access, request, audience)
  const demand = DEMANDS.find(({ stands }) => stands(access))
  if (demand) throw new ApiError('invalid_request', { with: { reason: demand.reason } })
  return { audience, scopes: chosenScopes(words(access.scope), words(request.scope)), settings: settings ?? {} }
}

/**
 * Whether the token can be one of the organization that was asked for, or of none, as the grant wants it. The Management
 * API is the tenant's: within an organization only people get in to it, as members.
 */
function refuseOrganization(access: Access, { organization: named }: TokenRequest, audience: string): void {
  const { organization_usage: usage, organization_id: id, client_settings } = access
  const { organization_id: own = '', flows = [] } = client_settings?.default_organization ?? {}
  const asked = named ?? (flows.includes('client_credentials') ? own : undefined)
  const refuse = (reason: string) => new ApiError('invalid_request', { with: { reason } })
  if (asked === undefined) {
    if (usage === 'require') throw refuse('parameter organization is required for this client')
    return
  }
  const isAllowed = (usage === 'allow' || usage === 'require') && access.resource_server_name !== 'management'
  if (!isAllowed) throw refuse('parameter organization is not allowed for this client')
  if (id === null) throw refuse(`parameter organization is invalid: ${asked.slice(0, 100)}`)
  if (!access.is_granted_in_organization) throw new ApiError('no_client_grant', { with: { audience } })
  if (access.is_organization_suspended) {
    throw new ApiError('access_denied', { with: { reason: 'The organization is suspended.' } })
  }
}

/** All that is granted, or what was asked of it. Auth0 refuses a scope outside the grant rather than leave it out. */
function chosenScopes(granted: string[], asked: string[]): string[] {
  if (asked.length === 0) return granted
  const known = new Set(granted)
  const missing = asked.filter((scope) => !known.has(scope))
  if (missing.length > 0) throw new ApiError('scopes_not_granted', { with: { scopes: short(missing.join(', ')) } })
  return [...new Set(asked)]
}

function words(text: string | null | undefined): string[] {
  return (text ?? '').split(' ').filter(Boolean)
}

/** What a caller sent, cut to what an answer and a log entry should repeat: an identifier's greatest length. */
function short(text: string): string {
  return text.length > 600 ? `${text.slice(0, 600)}…` : text
}
