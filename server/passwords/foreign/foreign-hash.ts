/**
 * Hashes of passwords that were made elsewhere and came with an import. They are stored with all that is needed to check
 * them, and give way to one of ours at the first good sign-in (`sign-in/authenticate.ts`).
 */
import type { CustomPasswordHash } from './custom-password-hash.ts'
import { bytesOf, FORMATS, fault, type HashFault } from './formats.ts'

const PREFIX = 'imported:'

/** Whether a stored text is a foreign hash. */
export function isForeignHash(stored: string): boolean {
  return stored.startsWith(PREFIX)
}

/** The text to be stored for a description of a fitting shape, or what is wrong with it. */
export function foreignHashOf(description: CustomPasswordHash): { stored: string } | { fault: HashFault } {
  const { algorithm, hash, salt, password } = description
  const { encodings, salt: saltRule, faultOf } = FORMATS[algorithm]
  const [first] = encodings
  const encoding = hash.encoding ?? (first === 'utf8' ? 'utf8' : undefined)
  if (encoding === undefined || !encodings.includes(encoding)) {
    const message = `The hash of ${algorithm} must be written as ${encodings.join(' or ')}.`
    return { fault: fault('ENUM_MISMATCH', message, 'hash.encoding') }
  }
  if (salt && saltRule === 'inside') {
    return { fault: fault('NOT_PASSED', `${algorithm} has its salt within the hash.`, 'salt') }
  }
  if (!salt && saltRule === 'required') {
    return { fault: fault('OBJECT_REQUIRED', 'Missing required property: salt', 'salt') }
  }
  const wrong = faultOf(description)
  if (wrong) return { fault: wrong }
  // What we would have made ourselves needs no description.
  if (algorithm === 'argon2' && (password?.encoding ?? 'utf8') === 'utf8') return { stored: hash.value }
  return { stored: PREFIX + JSON.stringify(description) }
}

/** The text to be stored for a bcrypt hash (Auth0's `password_hash`), or what is wrong with it. */
export function bcryptHashOf(value: string): { stored: string } | { fault: HashFault } {
  const outcome = foreignHashOf({ algorithm: 'bcrypt', hash: { value } })
  return 'fault' in outcome ? { fault: { ...outcome.fault, path: 'password_hash' } } : outcome
}

/** Whether a foreign hash is checked in the thread for bcrypt, which takes one after the other. */
export function isBcryptStored(stored: string): boolean {
  // Only `foreignHashOf` writes such texts.
  const { algorithm } = JSON.parse(stored.slice(PREFIX.length)) as CustomPasswordHash
  return algorithm === 'bcrypt'
}

/** Whether a stored foreign hash is this password's. Keeps a processor busy: whoever calls queues. */
export async function verifyForeignHash(stored: string, password: string): Promise<boolean> {
  // Only `foreignHashOf` writes such texts.
  const description = JSON.parse(stored.slice(PREFIX.length)) as CustomPasswordHash
  const typed = [...new Set([password, password.normalize('NFC')])]
  for (const text of typed) if (await matches(description, text)) return true
  return false
}

async function matches(description: CustomPasswordHash, password: string): Promise<boolean> {
  const { algorithm, salt, password: { encoding = 'utf8' } = {} } = description
  const format = FORMATS[algorithm]
  const bytes = Buffer.from(password, encoding)
  if (!salt || format.takesSalt) return await format.matches(description, bytes)
  const parts = salt.position === 'suffix' ? [bytes, bytesOf(salt)] : [bytesOf(salt), bytes]
  return await format.matches(description, Buffer.concat(parts))
}
