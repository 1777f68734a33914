/**
 * Encryption of stored secrets, and keyed digests to check them by. One root key (`ENCRYPTION_KEY`) gives a
 * key for each purpose; a ciphertext is bound to its purpose and record, so it cannot be moved to another row.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'

/** What a secret is for; each purpose has a key of its own. */
export type SecretPurpose =
  | 'signing_key'
  | 'client_secret'
  | 'resource_server_secret'
  | 'form_token'
  | 'cookie'
  | 'login_failure'
  | 'email_credentials'
  | 'inbox'
  | 'imported_factor'
  | 'job_file'
  | 'probe'
  | 'invitation'
  | 'connection_secret'
  | 'audit_entry'
  | 'audit_batch'
  | 'audit_forgotten'

/** The operations on stored secrets under one root key. */
export type Secrets = {
  /** Ciphertext as `v1.<key id>.<iv>.<tag and text>`, base64url. */
  encrypt: (purpose: SecretPurpose, recordId: string, text: string) => string
  /** @throws Error when the key is another one, or the ciphertext was altered or belongs to another record */
  decrypt: (purpose: SecretPurpose, recordId: string, ciphertext: string) => string
  /** A digest that nobody without the root key can make or try out; equal texts have equal digests. */
  digest: (purpose: SecretPurpose, text: string) => string
}

/** @param rootKey 32 bytes */
export function openSecrets(rootKey: Buffer): Secrets {
  if (rootKey.length !== 32) throw new Error('The root key must have 32 bytes.')
  const keyId = createHash('sha256').update(rootKey).digest('hex').slice(0, 8)
  // As key objects: made anew of its bytes for each use, a key costs more than the use.
  const keys = new Map<string, KeyObject>()
  const keyFor = (use: string): KeyObject => {
    const known = keys.get(use)
    if (known) return known
    const key = createSecretKey(Buffer.from(hkdfSync('sha256', rootKey, 'tenantry', use, 32)))
    keys.set(use, key)
    return key
  }
  return {
    encrypt(purpose, recordId, text) {
      const iv = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', keyFor(`encrypt|${purpose}`), iv)
      cipher.setAAD(Buffer.from(`${purpose}|${recordId}`))
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return [
        'v1',
        keyId,
        iv.toString('base64url'),
        Buffer.concat([cipher.getAuthTag(), sealed]).toString('base64url'),
      ].join('.')
    },
    decrypt(purpose, recordId, ciphertext) {
      const [version, sealedWith, iv, sealed] = ciphertext.split('.')
      if (version !== 'v1' || !iv || !sealed) throw new Error('Not a ciphertext of ours.')
      if (sealedWith !== keyId) throw new Error('The ciphertext was made with another encryption key.')
      const bytes = Buffer.from(sealed, 'base64url')
      const decipher = createDecipheriv('aes-256-gcm', keyFor(`encrypt|${purpose}`), Buffer.from(iv, 'base64url'))
      decipher.setAAD(Buffer.from(`${purpose}|${recordId}`))
      decipher.setAuthTag(bytes.subarray(0, 16))
      return Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]).toString('utf8')
    },
    digest: (purpose, text) =>
      createHmac('sha256', keyFor(`digest|${purpose}`))
        .update(text)
        .digest('base64url'),
  }
}

/** SHA-256 of a token that has enough randomness of its own, base64url. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}

/** Compares two texts in time that does not depend on where they differ. */
export function equalInConstantTime(left: string, right: string): boolean {
  const a = createHash('sha256').update(left).digest()
  const b = createHash('sha256').update(right).digest()
  return timingSafeEqual(a, b)
}
