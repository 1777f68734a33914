/**
 * Public keys with which a client signs assertions (private_key_jwt) instead of sending a secret. A key counts
 * while the client's `client_authentication_methods` name it and until it expires. Taking one away, or letting
 * it expire, ends the tokens that the client has.
 */
import { createHash, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto'
import type { Selectable } from 'kysely'
import type { ClientCredentialsTable } from '../../db/tables.ts'
import { ApiError } from '../../http/errors.ts'
import type { Credential, NewPublicKey } from './schemas.ts'

/** A stored credential. */
export type StoredCredential = Selectable<ClientCredentialsTable>

/** What is stored of a key that was handed in. `expiresAt` is ISO 8601. */
export type ReadPublicKey = { kid: string; pem: string; expiresAt: string | undefined }

const FEWEST_BITS = 2_048
const MOST_BITS = 8_192

/**
 * Reads a public key or certificate. The key id is the key's own thumbprint where none was given (RFC 7638,
 * as Auth0's is).
 *
 * @throws ApiError invalid_body when it is no RSA key of 2,048 to 8,192 bits, or a private one
 */
export function readPublicKey(given: NewPublicKey): ReadPublicKey {
  // A private key must not get here at all: whoever sent it has to be told, not helped.
  if (/PRIVATE KEY/i.test(given.pem)) refuse('A private key was sent. Send the public key, and replace this pair')
  const { key, certificate } = parse(given.pem)
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
  if (key.asymmetricKeyType !== 'rsa') refuse('The key is not an RSA key')
  if (bits < FEWEST_BITS || bits > MOST_BITS) refuse(`The key has ${bits} bits, not ${FEWEST_BITS} to ${MOST_BITS}`)
  if (given.parse_expiry_from_cert && !certificate) refuse('There is no certificate to read the expiry from')
  const expiry = given.parse_expiry_from_cert ? certificate?.validToDate.toISOString() : undefined
  return {
    kid: given.kid ?? thumbprintOf(key),
    pem: key.export({ type: 'spki', format: 'pem' }).toString(),
    // An expiry that is given counts more than the certificate's.
    expiresAt: given.expires_at ?? expiry,
  }
}

function parse(pem: string): { key: KeyObject; certificate?: X509Certificate } {
  try {
    if (!pem.includes('BEGIN CERTIFICATE')) return { key: createPublicKey({ key: pem, format: 'pem' }) }
    const certificate = new X509Certificate(pem)
    return { key: certificate.publicKey, certificate }
  } catch {
    // OpenSSL's text says nothing to the caller.
    return refuse('Neither a public key nor a certificate in PEM')
  }
}

function thumbprintOf(key: KeyObject): string {
  const { e, n } = key.export({ format: 'jwk' })
  return createHash('sha256')
    .update(JSON.stringify({ e, kty: 'RSA', n }))
    .digest('base64url')
}

function refuse(reason: string): never {
  throw new ApiError('invalid_body', { with: { reason: `Payload validation error: '${reason}' on property pem.` } })
}

/** The wire form. The key itself is never answered. */
export function credentialWire(row: StoredCredential): Credential {
  return {
    id: row.id,
    ...(row.name === null ? {} : { name: row.name }),
    credential_type: row.credential_type,
    kid: row.kid,
    alg: row.alg,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
    ...(row.expires_at === null ? {} : { expires_at: row.expires_at.toISOString() }),
  }
}
