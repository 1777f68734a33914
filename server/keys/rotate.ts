import type { Secrets } from '../base/secrets.ts'
import type { Tx } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import type { NewSigningKey } from './signing-key.ts'
import { findKey, insertKey, lockSigningKeys, type StoredKey, setKeyState } from './store.ts'

/**
 * Makes the next key current, the current one previous, and `fresh` the next. Nothing signed before is lost:
 * previous keys verify until they are revoked. Of two rotations at once, the second follows the first.
 *
 * @returns the key that is current now
 */
export async function rotateSigningKeys(tx: Tx, secrets: Secrets, fresh: NewSigningKey): Promise<StoredKey> {
  const keys = await lockSigningKeys(tx)
  const current = keys.find((key) => key.state === 'current')
  const next = keys.find((key) => key.state === 'next')
  if (!current || !next) throw new Error('The tenant lacks a current or a next signing key.')
  await setKeyState(tx, current.kid, { state: 'previous' })
  await setKeyState(tx, next.kid, { state: 'current' })
  await insertKey(tx, secrets, fresh, 'next')
  return { ...next, state: 'current' }
}

/**
 * Revokes a previous key: what it signed counts no more, from the next request on.
 *
 * @throws ApiError inexistent_key; system_entity for the current and the next key
 */
export async function revokeSigningKey(tx: Tx, kid: string): Promise<StoredKey> {
  const key = await findKey(tx, kid)
  if (!key) throw new ApiError('inexistent_key')
  if (key.state !== 'previous') {
    // The published API knows no 400 here.
    throw new ApiError('system_entity', {
      with: {
        reason: `The ${key.state} signing key cannot be revoked. Rotate the keys first; then it is a previous one.`,
      },
    })
  }
  if (key.revoked_at === null) await setKeyState(tx, kid, { revoked: true })
  return key
}
