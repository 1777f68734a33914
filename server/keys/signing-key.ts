/**
 * The tenant's signing keys. One is `current` and signs, one is `next` and is published beforehand, so that
 * whoever keeps our key set knows it when it becomes current; `previous` ones still verify what they signed
 * until they are revoked. The private part is stored encrypted.
 */
import { X509Certificate } from 'node:crypto'
import { exportJWK } from 'jose'
import { Type } from 'typebox'
import type { SigningKeysTable } from '../db/tables.ts'

/** A new key pair with a certificate of its own, ready to be stored. */
export type NewSigningKey = {
  kid: string
  certificate: string
  publicJwk: Record<string, unknown>
  /** PKCS #8, PEM; to be encrypted before it is stored. */
  privateKey: string
}

/** Makes an RSA key of 2,048 bits. The key id is the certificate's SHA-256 thumbprint, so it says nothing of the tenant. */
export async function makeSigningKey(host: string): Promise<NewSigningKey> {
  const { certifyItself, makeRsaKeyPair } = await import('../base/certificates.ts')
  const { publicKey, privateKey } = await makeRsaKeyPair()
  const certificate = await certifyItself({ publicKey, privateKey }, host)
  const parsed = new X509Certificate(certificate)
  const kid = Buffer.from(parsed.fingerprint256.replaceAll(':', ''), 'hex').toString('base64url')
  const jwk = await exportJWK(publicKey)
  return {
    kid,
    certificate,
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicJwk: {
      kty: jwk.kty,
      use: 'sig',
      n: jwk.n,
      e: jwk.e,
      kid,
      x5t: thumbprintOf(parsed),
      x5c: [parsed.raw.toString('base64')],
      alg: 'RS256',
    },
  }
}

/** RFC 7515 §4.1.7: SHA-1 of the DER, base64url. */
function thumbprintOf(certificate: X509Certificate): string {
  return Buffer.from(certificate.fingerprint.replaceAll(':', ''), 'hex').toString('base64url')
}

/** A signing key as the Management API answers it. */
export const SigningKey = Type.Object({
  kid: Type.String(),
  cert: Type.String({ description: 'The public key with its certificate, PEM' }),
  pkcs7: Type.Optional(Type.String()),
  current: Type.Optional(Type.Boolean()),
  next: Type.Optional(Type.Boolean()),
  previous: Type.Optional(Type.Boolean()),
  current_since: Type.Optional(Type.String({ format: 'date-time' })),
  current_until: Type.Optional(Type.String({ format: 'date-time' })),
  fingerprint: Type.String({ description: 'SHA-256 of the certificate, hex' }),
  thumbprint: Type.String({ description: 'SHA-1 of the certificate, hex' }),
  revoked: Type.Boolean(),
  revoked_at: Type.Optional(Type.String({ format: 'date-time' })),
})

/** The row of a key as the select type has it. */
export type SigningKeyRow = Pick<SigningKeysTable, 'kid' | 'certificate' | 'state'> & {
  current_since: Date | null
  current_until: Date | null
  revoked_at: Date | null
}

/** The wire form of a key. */
export function signingKeyWire(row: SigningKeyRow): Record<string, unknown> {
  const certificate = new X509Certificate(row.certificate)
  return {
    kid: row.kid,
    cert: row.certificate,
    [row.state]: true,
    ...(row.current_since ? { current_since: row.current_since.toISOString() } : {}),
    ...(row.current_until ? { current_until: row.current_until.toISOString() } : {}),
    fingerprint: certificate.fingerprint256,
    thumbprint: certificate.fingerprint.replaceAll(':', ''),
    revoked: row.revoked_at !== null,
    ...(row.revoked_at ? { revoked_at: row.revoked_at.toISOString() } : {}),
  }
}
