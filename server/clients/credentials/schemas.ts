/** TABLE: what can be said of a client's credential. Only public keys are taken; there is no mutual TLS. */
import { type Static, Type } from 'typebox'

const closed = { additionalProperties: false } as const

/** What signs the assertions of a key. */
export const CREDENTIAL_ALGORITHMS = ['RS256', 'RS384', 'PS256'] as const

/** A public key as it is handed in: with POST /clients, or to a client that exists. */
export const NewPublicKey = Type.Object(
  {
    credential_type: Type.Enum(['public_key']),
    name: Type.Optional(Type.String({ maxLength: 128, description: 'Name of the credential' })),
    pem: Type.String({ minLength: 1, maxLength: 16_384, description: 'Public key or certificate, PEM' }),
    alg: Type.Optional(Type.Enum(CREDENTIAL_ALGORITHMS)),
    parse_expiry_from_cert: Type.Optional(Type.Boolean()),
    expires_at: Type.Optional(Type.String({ format: 'date-time', description: 'When it stops counting' })),
    kid: Type.Optional(Type.String({ minLength: 10, maxLength: 64, pattern: '^([0-9a-zA-Z-_]{10,64})$' })),
  },
  closed,
)
/** A public key as it is handed in. */
export type NewPublicKey = Static<typeof NewPublicKey>

/** The body of PATCH: only the end can be changed; null takes it away. */
export const CredentialUpdate = Type.Object(
  { expires_at: Type.Optional(Type.Union([Type.String({ format: 'date-time' }), Type.Null()])) },
  { ...closed, minProperties: 1 },
)

/** A credential as the Management API answers it, without the key. */
export const Credential = Type.Object({
  id: Type.String(),
  name: Type.Optional(Type.String()),
  credential_type: Type.String(),
  kid: Type.String(),
  alg: Type.String(),
  created_at: Type.String(),
  updated_at: Type.String(),
  expires_at: Type.Optional(Type.String()),
})
/** A credential as the Management API answers it. */
export type Credential = Static<typeof Credential>
