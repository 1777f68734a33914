/**
 * The keys this process has opened. Keys never change, only their standing does, and that is asked of the
 * database at each request; so nothing here goes stale.
 */
import { createPrivateKey } from 'node:crypto'
import { type CryptoKey, importJWK } from 'jose'
import type { Secrets } from '../base/secrets.ts'
import type { Database } from '../db/database.ts'
import type { KeyRing } from '../http/server.ts'
import { findKey, type StoredKey } from './store.ts'

const MOST_KEPT = 20

/** Opens the ring. */
export function openKeyRing(database: Database, secrets: Secrets): KeyRing {
  const publicKeys = new Map<string, CryptoKey>()
  const privateKeys = new Map<string, CryptoKey>()
  return {
    publicKey: (kid) => remembered(publicKeys, kid, async () => readPublic(await findKey(database.db, kid))),
    privateKey: async (kid) => {
      const key = await remembered(privateKeys, kid, async () => readPrivate(secrets, await findKey(database.db, kid)))
      if (!key) throw new Error('The current signing key is not there.')
      return key
    },
  }
}

async function remembered(
  keys: Map<string, CryptoKey>,
  kid: string,
  read: () => Promise<CryptoKey | undefined>,
): Promise<CryptoKey | undefined> {
  const known = keys.get(kid)
  if (known) return known
  const key = await read()
  if (!key) return undefined
  if (keys.size >= MOST_KEPT) keys.clear()
  keys.set(kid, key)
  return key
}

async function readPublic(stored: StoredKey | undefined): Promise<CryptoKey | undefined> {
  if (!stored) return undefined
  const key = await importJWK(stored.public_jwk, 'RS256')
  // Only symmetric keys are imported as bytes.
  return key as CryptoKey
}

function readPrivate(secrets: Secrets, stored: StoredKey | undefined): CryptoKey | undefined {
  if (!stored) return undefined
  const pem = secrets.decrypt('signing_key', stored.kid, stored.private_key_encrypted)
  return createPrivateKey(pem).toCryptoKey({ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, false, ['sign'])
}
