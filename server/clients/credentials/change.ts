import { nowSeconds } from '../../base/clock.ts'
import type { Tx } from '../../db/database.ts'
import { ApiError } from '../../http/errors.ts'
import { usedCredentialIds, withUsedCredentials } from '../authentication.ts'
import { lockClient, requireLockedClient, saveClient } from '../store.ts'
import { readPublicKey, type StoredCredential } from './credential.ts'
import type { NewPublicKey } from './schemas.ts'
import { deleteCredential, findCredential, insertCredential, setCredentialExpiry } from './store.ts'

/**
 * Adds a credential to a client. It does not count until `client_authentication_methods` names it.
 *
 * @throws ApiError inexistent_client, invalid_body, credential_exists
 */
export async function addCredential(tx: Tx, clientId: string, given: NewPublicKey): Promise<StoredCredential> {
  await requireLockedClient(tx, clientId)
  return await storeCredential(tx, clientId, given)
}

/** Reads and stores a credential of a client that is locked or was made just now. */
export async function storeCredential(tx: Tx, clientId: string, given: NewPublicKey): Promise<StoredCredential> {
  return await insertCredential(tx, clientId, {
    ...readPublicKey(given),
    name: given.name,
    alg: given.alg ?? 'RS256',
  })
}

/**
 * Changes when a credential ends. A credential in use that has ended with it takes the client's tokens along.
 *
 * @throws ApiError inexistent_client, inexistent_credential
 */
export async function changeCredential(
  tx: Tx,
  clientId: string,
  id: string,
  expiresAt: string | null,
): Promise<{ before: StoredCredential; after: StoredCredential }> {
  const client = await requireLockedClient(tx, clientId)
  const before = await findCredential(tx, clientId, id)
  if (!before) throw new ApiError('inexistent_credential')
  const after = await setCredentialExpiry(tx, clientId, id, expiresAt ?? undefined)
  if (!after) throw new Error('A credential went away under its lock.')
  if (hasEnded(after) && usedCredentialIds(client).includes(id)) await saveClient(tx, client, { endsTokens: true })
  return { before, after }
}

/** Removes a credential, and with one in use the client's tokens. Undefined when there is none of this id. */
export async function removeCredential(tx: Tx, clientId: string, id: string): Promise<StoredCredential | undefined> {
  const client = await lockClient(tx, clientId)
  if (!client) return undefined
  const removed = await deleteCredential(tx, clientId, id)
  const used = usedCredentialIds(client)
  if (removed && used.includes(id)) {
    const left = used.filter((other) => other !== id)
    await saveClient(tx, withUsedCredentials(client, left), { endsTokens: true })
  }
  return removed
}

function hasEnded(credential: StoredCredential): boolean {
  return credential.expires_at !== null && credential.expires_at.getTime() <= nowSeconds() * 1000
}
