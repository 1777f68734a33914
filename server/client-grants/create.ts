import type { Actor } from '../authorization/actor.ts'
import type { Tx } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import type { ClientGrant, GrantedApi, GrantSettings, NewClientGrant } from './client-grant.ts'
import { holdApi, holdClient, insertClientGrant } from './store.ts'

/**
 * Makes a grant.
 *
 * @throws ApiError inexistent_client, inexistent_resource_server, validation_error, scopes_not_held,
 *   client_grant_exists
 */
export async function createClientGrant(tx: Tx, actor: Actor, body: NewClientGrant): Promise<ClientGrant> {
  const { client_id, audience, scope = [], subject_type = 'client', ...settings } = body
  if (!(await holdClient(tx, client_id))) throw new ApiError('inexistent_client')
  const api = await holdApi(tx, audience)
  if (!api) throw new ApiError('inexistent_resource_server')
  const scopes = [...new Set(scope)]
  checkGrant(actor, api, { scopes, added: scopes, settings })
  return await insertClientGrant(tx, api, { client_id, scope: scopes, subject_type, settings })
}

/** What a grant is to have, and what of it is new. */
type Wanted = { scopes: readonly string[]; added: readonly string[]; settings: GrantSettings }

/** @throws ApiError validation_error, insufficient_scope */
export function checkGrant(actor: Actor, api: GrantedApi, { scopes, added, settings }: Wanted): void {
  const unknown = added.filter((name) => !api.scopes.has(name))
  if (unknown.length > 0) {
    refuse(`The API ${api.identifier} has no scope ${unknown.slice(0, 10).join(', ')}. Name scopes that it has.`)
  }
  if (settings.allow_all_scopes && api.is_system) {
    refuse('`allow_all_scopes` cannot be provided when `audience` is a system API')
  }
  if (settings.allow_all_scopes && scopes.length > 0) {
    refuse('`scope` cannot be provided when `allow_all_scopes` is true')
  }
  if (api.is_system) refuseScopesNotHeld(actor, added)
}

/**
 * A person gives no right over the tenant that he does not have: a client with it would be his. Applications may,
 * as with Auth0, where a deploy tool sets up others with what it does not need itself.
 */
function refuseScopesNotHeld(actor: Actor, scopes: readonly string[]): void {
  if (actor.kind !== 'user') return
  const lacking = scopes.filter((name) => !actor.scopes.has(name))
  if (lacking.length === 0) return
  throw new ApiError('insufficient_scope', { with: { rule: 'all', scopes: lacking.join(',') } })
}

function refuse(reason: string): never {
  throw new ApiError('validation_error', { with: { reason } })
}
