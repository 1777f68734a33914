/**
 * The keys this process has opened. Keys never change, only their standing does, and that is asked of the
 * database at each request; so nothing here goes stale.
 */
import { createPrivateKey } from 'node:crypto'
import { type CryptoKey, importJWK } from 'jose'
import type { Secrets } from '../base/secrets.ts'
import type { Database } from '../db/database.ts'
import type { KeyRing, RsaAlgorithm } from '../http/server.ts'
import { findKey, type StoredKey } from './store.ts'

const MOST_KEPT = 20

// A key opened for one algorithm cannot be used with another (RFC 8725 §3.1).
const ALGORITHMS = {
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  RS512: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-512' },
  PS256: { name: 'RSA-PSS', hash: 'SHA-256' },
} as const satisfies Record<RsaAlgorithm, { name: string; hash: string }>

/** Opens the ring. */
export function openKeyRing(database: Database, secrets: Secrets): KeyRing {
  const publicKeys = new Map<string, Promise<CryptoKey | undefined>>()
  const privateKeys = new Map<string, Promise<CryptoKey | undefined>>()
  return {
    publicKey: (kid) => remembered(publicKeys, kid, async () => readPublic(await findKey(database.db, kid))),
    privateKey: async (kid, algorithm = 'RS256') => {
      const key = await remembered(privateKeys, `${algorithm}|${kid}`, async () =>
        readPrivate(secrets, await findKey(database.db, kid), algorithm),
      )
      if (!key) throw new Error('The current signing key is not there.')
      return key
    },
  }
}

/** Requests that arrive while a key is being read wait for the same reading; what was not found is not remembered. */
async function remembered(
  keys: Map<string, Promise<CryptoKey | undefined>>,
  name: string,
  read: () => Promise<CryptoKey | undefined>,
): Promise<CryptoKey | undefined> {
  const known = keys.get(name)
  if (known) return await known
  if (keys.size >= MOST_KEPT) keys.clear()
  const reading = read()
  keys.set(name, reading)
  let key: CryptoKey | undefined
  try {
    key = await reading
    return key
  } finally {
    if (!key) keys.delete(name)
  }
}

async function readPublic(stored: StoredKey | undefined): Promise<CryptoKey | undefined> {
  if (!stored) return undefined
  const key = await importJWK(stored.public_jwk, 'RS256')
  // Only symmetric keys are imported as bytes.
  return key as CryptoKey
}

function readPrivate(secrets: Secrets, stored: StoredKey | undefined, algorithm: RsaAlgorithm): CryptoKey | undefined {
  if (!stored) return undefined
  const pem = secrets.decrypt('signing_key', stored.kid, stored.private_key_encrypted)
  return createPrivateKey(pem).toCryptoKey(ALGORITHMS[algorithm], false, ['sign'])
}
