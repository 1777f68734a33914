/**
 * Passwords: how they are hashed (`hash.ts`), which ones are taken (`policy.ts`), and how one is set
 * (`set-password.ts`). A password belongs to an identity of a database connection; a user without one signs in
 * another way or by a link. Tickets that let a person set a password are `tickets/`, sign-in is `login/`.
 *
 * This file: argon2id as OWASP's password storage sheet asks (19 MiB, 2 passes, 1 lane), written as a PHC string.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { boundedQueue } from '../http/bounded-queue.ts'
import { type Argon2Hash, deriveTag, parseArgon2 } from './argon2.ts'
import { isBcryptStored, isForeignHash, verifyForeignHash } from './foreign/foreign-hash.ts'

const ARGON2 = { algorithm: 'argon2id', memory: 19_456, passes: 2, parallelism: 1 } as const
const SALT_BYTES = 16
const TAG_BYTES = 32

// Argon2 runs in Node's four worker threads; one stays free, since files, names of hosts and signatures need it.
const atOnce = Math.min(availableParallelism(), 3)
// A hash takes about 10 ms, so the last in the queue waits less than a second.
const inTurn = boundedQueue({ atOnce, mostWaiting: atOnce * 64 })
// Bcrypt has one thread and takes long: whoever waits for that keeps nobody else from his turn.
const inBcryptTurn = boundedQueue({ atOnce: 1, mostWaiting: 64 })

/**
 * Hashes a password with a fresh salt. Takes about 10 ms of a worker thread.
 *
 * @returns a PHC string, `$argon2id$v=19$m=19456,t=2,p=1$…`
 * @throws ApiError busy when too many passwords wait to be hashed
 */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  const tag = await inTurn(() => deriveTag(bytesOf(password), { ...ARGON2, salt, tag: Buffer.alloc(TAG_BYTES) }))
  return written(salt, tag)
}

/** A hash that no password has: checking one against it takes as long as against any other that was made here. */
export function hashOfNobody(): string {
  return written(randomBytes(SALT_BYTES), randomBytes(TAG_BYTES))
}

/**
 * Whether the hash is this password's. A text that is neither an argon2 hash of version 19 nor one that was imported
 * (`foreign/`) matches nothing.
 *
 * @throws ApiError busy when too many passwords wait to be hashed
 */
export async function verifyPassword(hash: string, password: string): Promise<boolean> {
  if (isForeignHash(hash)) {
    const queue = isBcryptStored(hash) ? inBcryptTurn : inTurn
    if (await queue(() => verifyForeignHash(hash, password))) return true
    // Most foreign hashes are checked in no time, which would tell that there is such a user.
    await verifyPassword(hashOfNobody(), password)
    return false
  }
  const stored = parseArgon2(hash)
  if (!stored) return false
  if (await isMadeFrom(stored, bytesOf(password))) return true
  // A hash that came from elsewhere was made of whatever bytes arrived there.
  const asSent = Buffer.from(password)
  return !asSent.equals(bytesOf(password)) && (await isMadeFrom(stored, asSent))
}

/** Whether the hash was made in another way than we make them now, so that it is to be replaced at a sign-in. */
export function needsRehash(hash: string): boolean {
  const stored = parseArgon2(hash)
  if (!stored) return true
  const isOurs = stored.algorithm === ARGON2.algorithm && stored.parallelism === ARGON2.parallelism
  return (
    !isOurs ||
    stored.memory !== ARGON2.memory ||
    stored.passes !== ARGON2.passes ||
    stored.salt.length < SALT_BYTES ||
    stored.tag.length !== TAG_BYTES
  )
}

/**
 * What is hashed. The same letter may reach us composed or decomposed, as the device has it, so the text is
 * brought into one form first: NFC, as RFC 8265 §4.2 has it for passwords. NFKC would make different ones equal.
 */
function bytesOf(password: string): Buffer {
  return Buffer.from(password.normalize('NFC'))
}

async function isMadeFrom(stored: Argon2Hash, bytes: Buffer): Promise<boolean> {
  return timingSafeEqual(await inTurn(() => deriveTag(bytes, stored)), stored.tag)
}

function written(salt: Buffer, tag: Buffer): string {
  const { memory, passes, parallelism } = ARGON2
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(tag)}`
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}
