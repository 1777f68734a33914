import type { Actor } from '../authorization/actor.ts'
import { endClientTokens } from '../clients/store.ts'
import type { Tx } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import {
  type ClientGrant,
  type ClientGrantUpdate,
  type GrantedApi,
  type GrantSettings,
  isSmaller,
} from './client-grant.ts'
import { checkGrant } from './create.ts'
import { deleteClientGrant, findClientGrant, holdApi, holdClient, lockClientGrant, saveClientGrant } from './store.ts'

/**
 * Changes a grant. When it becomes smaller, the client's tokens end.
 *
 * @throws ApiError inexistent_client_grant, validation_error, insufficient_scope
 */
export async function updateClientGrant(
  tx: Tx,
  actor: Actor,
  id: string,
  body: ClientGrantUpdate,
): Promise<{ before: ClientGrant; after: ClientGrant }> {
  const held = await lockInOrder(tx, id)
  if (!held) throw new ApiError('inexistent_client_grant')
  const { grant: before, api } = held
  const { scope, ...settings } = body
  const after: ClientGrant = {
    ...before,
    scope: scope === undefined ? before.scope : [...new Set(scope ?? [])],
    settings: settingsAfter(before.settings, settings),
  }
  const known = new Set(before.scope)
  checkGrant(actor, api, {
    scopes: after.scope,
    added: after.scope.filter((name) => !known.has(name)),
    settings: after.settings,
  })
  await saveClientGrant(tx, after)
  if (isSmaller(before, after)) await endClientTokens(tx, after.client_id)
  return { before, after }
}

/** Removes a grant and ends the client's tokens. Undefined when there was none. */
export async function removeClientGrant(tx: Tx, id: string): Promise<ClientGrant | undefined> {
  const held = await lockInOrder(tx, id)
  if (!held) return undefined
  await deleteClientGrant(tx, id)
  await endClientTokens(tx, held.grant.client_id)
  return held.grant
}

/**
 * Locks a grant after its client and its API, the order in which those are removed with their grants; undefined
 * when one of the three is not there, or no longer.
 */
async function lockInOrder(tx: Tx, id: string): Promise<{ grant: ClientGrant; api: GrantedApi } | undefined> {
  const found = await findClientGrant(tx, id)
  if (!found || !(await holdClient(tx, found.client_id))) return undefined
  const api = await holdApi(tx, found.audience)
  const grant = await lockClientGrant(tx, id)
  return grant && api && { grant, api }
}

/** Null takes a setting away. */
function settingsAfter(current: GrantSettings, given: Omit<ClientGrantUpdate, 'scope'>): GrantSettings {
  const entries = Object.entries({ ...current, ...given }).filter(([, value]) => value !== null)
  // What is left has the schema's types.
  return Object.fromEntries(entries) as GrantSettings
}
