import type { Secrets } from '../base/secrets.ts'
import type { Tx } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import {
  methodAfter,
  type SecretColumns,
  secretColumns,
  secretOf,
  usedCredentialIds,
  withUsedCredentials,
} from './authentication.ts'
import type { StoredClient } from './client.ts'
import { knownCredentials } from './credentials/store.ts'
import type { ClientCreate, ClientUpdate } from './schemas.ts'
import { settingsAfter } from './settings.ts'
import { organizationExists, requireLockedClient, saveClient } from './store.ts'

/** The grant by which a client gets tokens in its own name. */
const OWN_NAME = 'client_credentials'

/**
 * Changes a client. Another secret or method, a credential that no longer counts, or the loss of the grant for tokens
 * in its own name ends the tokens it has.
 *
 * @throws ApiError inexistent_client, invalid_body
 */
export async function updateClient(
  tx: Tx,
  secrets: Secrets,
  clientId: string,
  body: ClientUpdate,
): Promise<{ before: StoredClient; after: StoredClient }> {
  const before = await requireLockedClient(tx, clientId)
  await checkOrganization(tx, body)
  const settings = settingsAfter(before.settings, body)
  const method = methodAfter(body, before.token_endpoint_auth_method, settings.app_type)
  const changed: StoredClient = {
    ...before,
    name: body.name ?? before.name,
    is_first_party: body.is_first_party ?? before.is_first_party,
    grant_types: body.grant_types ?? before.grant_types,
    settings,
    token_endpoint_auth_method: method,
    ...secretAfter(secrets, before, method, body.client_secret),
  }
  const after = await withAskedCredentials(tx, changed, body)
  await saveClient(tx, after, { endsTokens: isNarrower(before, after) })
  return { before, after }
}

/** Puts the credentials that the body names to use; with a method that takes a secret, none is. */
async function withAskedCredentials(tx: Tx, client: StoredClient, body: ClientUpdate): Promise<StoredClient> {
  if (client.token_endpoint_auth_method !== 'private_key_jwt') {
    const { client_authentication_methods: _, ...settings } = client.settings
    return { ...client, settings }
  }
  const asked = body.client_authentication_methods?.private_key_jwt.credentials
  if (asked === undefined) return client
  const ids = [...new Set(asked.map(({ id }) => id))]
  const known = await knownCredentials(tx, client.client_id, ids)
  const unknown = ids.find((id) => !known.has(id))
  if (unknown !== undefined) {
    const reason = `The client has no credential ${unknown}. Create it with POST /api/v2/clients/{client_id}/credentials first.`
    throw new ApiError('invalid_body', { with: { reason } })
  }
  return withUsedCredentials(client, ids)
}

function secretAfter(
  secrets: Secrets,
  before: StoredClient,
  method: StoredClient['token_endpoint_auth_method'],
  given: string | undefined,
): SecretColumns {
  if (given !== undefined && method === 'private_key_jwt') {
    const reason = 'A client that authenticates with private_key_jwt has no secret. Leave client_secret out.'
    throw new ApiError('invalid_body', { with: { reason } })
  }
  const { secret_encrypted, secret_digest } = before
  const isSame =
    method === before.token_endpoint_auth_method && (given === undefined || given === secretOf(secrets, before))
  if (isSame) return { secret_encrypted, secret_digest }
  return secretColumns(secrets, before.client_id, method, given ?? secretOf(secrets, before))
}

/** Whether the client could prove itself, or get tokens in its own name, in a way in which it cannot now. */
function isNarrower(before: StoredClient, after: StoredClient): boolean {
  if (before.secret_digest !== after.secret_digest) return true
  if (before.grant_types.includes(OWN_NAME) && !after.grant_types.includes(OWN_NAME)) return true
  if (before.token_endpoint_auth_method === 'none') return after.token_endpoint_auth_method !== 'none'
  const counting = new Set(usedCredentialIds(after))
  return usedCredentialIds(before).some((id) => !counting.has(id))
}

/** @throws ApiError invalid_body when the default organization does not exist */
export async function checkOrganization(tx: Tx, body: ClientCreate | ClientUpdate): Promise<void> {
  const id = body.default_organization?.organization_id
  if (id === undefined || (await organizationExists(tx, id))) return
  throw new ApiError('invalid_body', {
    with: { reason: `The organization ${id} of default_organization does not exist.` },
  })
}
