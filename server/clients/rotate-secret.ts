import type { Secrets } from '../base/secrets.ts'
import type { Tx } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import { secretColumns } from './authentication.ts'
import type { StoredClient } from './client.ts'
import { requireLockedClient, saveClient } from './store.ts'

/**
 * Gives a client another secret. The old one and the tokens got with it count no more, from the next request on.
 *
 * @throws ApiError inexistent_client; operation_not_supported for a client that has credentials instead
 */
export async function rotateClientSecret(tx: Tx, secrets: Secrets, clientId: string): Promise<StoredClient> {
  const client = await requireLockedClient(tx, clientId)
  const { token_endpoint_auth_method: method } = client
  if (method === 'private_key_jwt') {
    const reason = 'A client that authenticates with private_key_jwt has no secret to rotate. Replace its credentials.'
    throw new ApiError('operation_not_supported', { with: { reason } })
  }
  const rotated = { ...client, ...secretColumns(secrets, clientId, method) }
  await saveClient(tx, rotated, { endsTokens: true })
  return rotated
}
