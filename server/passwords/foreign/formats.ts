/**
 * TABLE: the formats of foreign hashes: what a description must say, and how a password is checked. Every cost is
 * bounded, so that no import can make sign-ins expensive.
 */
import { createHash, createHmac, pbkdf2, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { createHMAC, createMD4, createWhirlpool, md4, whirlpool } from 'hash-wasm'
import { deriveTag, parseArgon2 } from '../argon2.ts'
import { isBcryptHash, MOST_COST, verifyBcrypt } from './bcrypt.ts'
import { type CustomPasswordHash, DIGESTS, type Digest } from './custom-password-hash.ts'

/** What is wrong with a description: Auth0's code, and where. */
export type HashFault = { code: string; message: string; path: string }

type Format = {
  /** How the hash may be written; `utf8` stands for a text with all parameters in it, which is the default there. */
  encodings: readonly ('utf8' | 'hex' | 'base64')[]
  /** `inside`: the text has its own, and none beside it is taken. */
  salt: 'inside' | 'allowed' | 'required'
  /** What else is wrong. */
  faultOf: (description: CustomPasswordHash) => HashFault | undefined
  /** @param bytes of the password, with the salt before or after it where there is one */
  matches: (description: CustomPasswordHash, bytes: Buffer) => Promise<boolean>
  /** The salt is given to the function, not put beside the password. */
  takesSalt?: true
}

const MEMORY_LIMIT = 256 * 1024 * 1024
const MOST_ITERATIONS = 2_000_000
const deriveScrypt = promisify<Buffer, Buffer, number, object, Buffer>(scrypt)
const derivePbkdf2 = promisify(pbkdf2)

export const FORMATS: Record<CustomPasswordHash['algorithm'], Format> = {
  argon2: {
    encodings: ['utf8'],
    salt: 'inside',
    faultOf: ({ hash }) => (parseArgon2(hash.value) ? undefined : unreadable('an argon2 PHC string of version 19')),
    matches: async ({ hash }, bytes) => {
      const stored = parseArgon2(hash.value)
      return stored !== undefined && isEqual(await deriveTag(bytes, stored), stored.tag)
    },
  },
  bcrypt: {
    encodings: ['utf8'],
    salt: 'allowed',
    faultOf: ({ hash }) =>
      isBcryptHash(hash.value) ? undefined : unreadable(`a bcrypt hash of cost 4 to ${MOST_COST}`),
    matches: async ({ hash }, bytes) => await verifyBcrypt(hash.value, bytes),
  },
  hmac: {
    encodings: ['hex', 'base64'],
    salt: 'allowed',
    faultOf: ({ hash }) => {
      if (!hash.digest) return missing('hash.digest')
      return hash.key ? wrongLength(hash, DIGESTS[hash.digest]) : missing('hash.key')
    },
    matches: async ({ hash }, bytes) => {
      if (!hash.digest || !hash.key) return false
      const key = Buffer.from(hash.key.value, hash.key.encoding ?? 'utf8')
      return isEqual(await hmacOf(hash.digest, key, bytes), bytesOf(hash))
    },
  },
  ldap: {
    encodings: ['utf8'],
    salt: 'inside',
    faultOf: ({ hash }) => (parseLdap(hash.value) ? undefined : unreadable('{MD5}, {SMD5}, {SHA…} or {SSHA…}')),
    matches: async ({ hash }, bytes) => {
      const stored = parseLdap(hash.value)
      if (!stored) return false
      return isEqual(await digestOf(stored.digest, Buffer.concat([bytes, stored.salt])), stored.hash)
    },
  },
  md4: plainDigest('md4'),
  md5: plainDigest('md5'),
  sha1: plainDigest('sha1'),
  sha256: plainDigest('sha256'),
  sha512: plainDigest('sha512'),
  pbkdf2: {
    encodings: ['utf8'],
    salt: 'inside',
    faultOf: ({ hash }) =>
      parsePbkdf2(hash.value) ? undefined : unreadable(`$pbkdf2-<digest>$i=<up to ${MOST_ITERATIONS}>,l=<length>$…$…`),
    matches: async ({ hash }, bytes) => {
      const stored = parsePbkdf2(hash.value)
      if (!stored) return false
      const { salt, iterations, digest } = stored
      return isEqual(await derivePbkdf2(bytes, salt, iterations, stored.hash.length, digest), stored.hash)
    },
  },
  scrypt: {
    encodings: ['hex', 'base64'],
    salt: 'required',
    takesSalt: true,
    faultOf: (description) => {
      const { hash, keylen } = description
      if (keylen === undefined) return missing('keylen')
      const { N, r, p } = scryptCost(description)
      if (!Number.isInteger(Math.log2(N))) return fault('FORMAT', 'The cost must be a power of two.', 'cost')
      // RFC 7914 §2 bounds the cost by the block size, and OpenSSL refuses what is beyond.
      if (N >= 2 ** (16 * r) || 128 * N * r * p > MEMORY_LIMIT) return fault('MAXIMUM', 'The cost is too high.', 'cost')
      return wrongLength(hash, keylen)
    },
    matches: async (description, bytes) => {
      const { hash, salt, keylen = 0 } = description
      const options = { ...scryptCost(description), maxmem: 2 * MEMORY_LIMIT }
      return isEqual(await deriveScrypt(bytes, bytesOf(salt), keylen, options), bytesOf(hash))
    },
  },
}

/** The bytes of a value as it is written; none of what is not there. */
export function bytesOf(value: { value: string; encoding?: 'utf8' | 'hex' | 'base64' } | undefined): Buffer {
  return value ? Buffer.from(value.value, value.encoding ?? 'utf8') : Buffer.alloc(0)
}

function plainDigest(digest: Digest): Format {
  return {
    encodings: ['hex', 'base64'],
    salt: 'allowed',
    faultOf: ({ hash }) => wrongLength(hash, DIGESTS[digest]),
    matches: async ({ hash }, bytes) => isEqual(await digestOf(digest, bytes), bytesOf(hash)),
  }
}

// OpenSSL 3 has neither MD4 nor Whirlpool.
async function digestOf(digest: Digest, bytes: Buffer): Promise<Buffer> {
  if (digest === 'md4') return Buffer.from(await md4(bytes), 'hex')
  if (digest === 'whirlpool') return Buffer.from(await whirlpool(bytes), 'hex')
  return createHash(digest).update(bytes).digest()
}

async function hmacOf(digest: Digest, key: Buffer, bytes: Buffer): Promise<Buffer> {
  if (digest !== 'md4' && digest !== 'whirlpool') return createHmac(digest, key).update(bytes).digest()
  const hmac = await createHMAC(digest === 'md4' ? createMD4() : createWhirlpool(), key)
  return Buffer.from(hmac.update(bytes).digest('hex'), 'hex')
}

// RFC 2307 §5.3, with the digests that came later: {SSHA256} and its like.
const LDAP = /^\{(S?)(MD5|SHA(?:-?(?:1|224|256|384|512))?)\}([A-Za-z0-9+/]+={0,2})$/i

function parseLdap(text: string): { digest: Digest; hash: Buffer; salt: Buffer } | undefined {
  const [, salted, scheme = '', value = ''] = LDAP.exec(text) ?? []
  const name = scheme.toLowerCase().replace('-', '')
  const digest = name === 'sha' ? 'sha1' : name
  if (digest !== 'md5' && !digest.startsWith('sha')) return undefined
  // The pattern leaves only names of the table.
  const length = DIGESTS[digest as Digest]
  const bytes = Buffer.from(value, 'base64')
  if (salted ? bytes.length <= length : bytes.length !== length) return undefined
  return { digest: digest as Digest, hash: bytes.subarray(0, length), salt: bytes.subarray(length) }
}

const PBKDF2 = /^\$pbkdf2-([a-z0-9]+)\$i=(\d{1,7}),l=(\d{1,4})\$([A-Za-z0-9+/]+={0,2})\$([A-Za-z0-9+/]+={0,2})$/

function parsePbkdf2(text: string) {
  const [, digest = '', i, l, salt = '', value = ''] = PBKDF2.exec(text) ?? []
  const [iterations, length] = [Number(i), Number(l)]
  const hash = Buffer.from(value, 'base64')
  const isKnown = Object.hasOwn(DIGESTS, digest) && digest !== 'md4' && digest !== 'whirlpool'
  if (!isKnown || iterations < 1 || hash.length < 16 || hash.length !== length || length > 512) return undefined
  // RFC 8018 §5.2: every block of the result, which is as long as the digest, takes all iterations anew.
  // What is known is a name of the table.
  if (iterations * Math.ceil(length / DIGESTS[digest as Digest]) > MOST_ITERATIONS) return undefined
  return { digest, iterations, salt: Buffer.from(salt, 'base64'), hash }
}

function scryptCost({ cost: N = 16_384, blockSize: r = 8, parallelization: p = 1 }: CustomPasswordHash) {
  return { N, r, p }
}

function isEqual(left: Buffer, right: Buffer): boolean {
  return left.length === right.length && timingSafeEqual(left, right)
}

function wrongLength(hash: CustomPasswordHash['hash'], length: number): HashFault | undefined {
  const isText = hash.encoding === 'hex' ? /^[0-9a-f]+$/i : /^[A-Za-z0-9+/_-]+={0,2}$/
  if (isText.test(hash.value) && bytesOf(hash).length === length) return undefined
  return fault('FORMAT', `The hash must have ${length} bytes, written as ${hash.encoding}.`, 'hash.value')
}

function unreadable(expected: string): HashFault {
  return fault('FORMAT', `The hash must be ${expected}.`, 'hash.value')
}

function missing(path: string): HashFault {
  return fault('OBJECT_REQUIRED', `Missing required property: ${path}`, path)
}

/** A fault at a place within the description. */
export function fault(code: string, message: string, path: string): HashFault {
  return { code, message, path: `custom_password_hash.${path}` }
}
