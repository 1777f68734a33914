/** The description of a password's hash from elsewhere, as an import file has it (Auth0's `custom_password_hash`). */
import { Type } from 'typebox'

/** How bytes are written as text. */
export type TextEncoding = 'utf8' | 'hex' | 'base64'

/** How a typed password was turned into bytes before it was hashed. */
export type PasswordEncoding = 'ascii' | 'utf8' | 'utf16le' | 'ucs2' | 'latin1' | 'binary'

/** TABLE: the algorithms that a description may name. */
export const ALGORITHMS = [
  'argon2',
  'bcrypt',
  'hmac',
  'ldap',
  'md4',
  'md5',
  'sha1',
  'sha256',
  'sha512',
  'pbkdf2',
  'scrypt',
] as const

/** TABLE: digests of an HMAC, with their lengths in bytes. */
export const DIGESTS = {
  md4: 16,
  md5: 16,
  ripemd160: 20,
  sha1: 20,
  sha224: 28,
  sha256: 32,
  sha384: 48,
  sha512: 64,
  whirlpool: 64,
} as const

/** A digest's name. */
export type Digest = keyof typeof DIGESTS

/** The description, parsed. */
export type CustomPasswordHash = {
  algorithm: (typeof ALGORITHMS)[number]
  hash: {
    value: string
    encoding?: TextEncoding
    digest?: Digest
    key?: { value: string; encoding?: TextEncoding }
  }
  salt?: { value: string; encoding?: TextEncoding; position?: 'prefix' | 'suffix' }
  password?: { encoding?: PasswordEncoding }
  keylen?: number
  cost?: number
  blockSize?: number
  parallelization?: number
}

const closed = { additionalProperties: false }
const oneOf = (values: readonly string[]) => Type.Unsafe<string>({ type: 'string', enum: [...values] })
const Encoding = Type.Optional(oneOf(['utf8', 'hex', 'base64']))
/** A hash, a salt or a key of more than this was made by nobody. */
const Value = Type.String({ minLength: 1, maxLength: 1_024 })

/** The shape of a description; what the algorithms ask for besides stands in `formats.ts`. */
export const CustomPasswordHashSchema = Type.Object(
  {
    algorithm: oneOf(ALGORITHMS),
    hash: Type.Object(
      {
        value: Value,
        encoding: Encoding,
        digest: Type.Optional(oneOf(Object.keys(DIGESTS))),
        key: Type.Optional(Type.Object({ value: Value, encoding: Encoding }, closed)),
      },
      closed,
    ),
    salt: Type.Optional(
      Type.Object({ value: Value, encoding: Encoding, position: Type.Optional(oneOf(['prefix', 'suffix'])) }, closed),
    ),
    password: Type.Optional(
      Type.Object({ encoding: Type.Optional(oneOf(['ascii', 'utf8', 'utf16le', 'ucs2', 'latin1', 'binary'])) }, closed),
    ),
    keylen: Type.Optional(Type.Integer({ minimum: 16, maximum: 512 })),
    cost: Type.Optional(Type.Integer({ minimum: 2, maximum: 1_048_576 })),
    blockSize: Type.Optional(Type.Integer({ minimum: 1, maximum: 64 })),
    parallelization: Type.Optional(Type.Integer({ minimum: 1, maximum: 16 })),
  },
  { ...closed, description: 'Hash of the password from elsewhere' },
)
