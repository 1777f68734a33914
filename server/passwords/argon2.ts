/** Argon2 hashes as PHC strings: reading them, and making the tag of a password anew. */
import { hashRaw } from '@node-rs/argon2'
import { lowerWorkerPriority } from './worker-priority.ts'

/** TABLE: how the library numbers them; its own names for them are not there at run time. */
const ALGORITHMS = { argon2d: 0, argon2i: 1, argon2id: 2 } as const
const VERSION_19 = 1

export type Argon2Algorithm = keyof typeof ALGORITHMS

/** What an argon2 hash was made with. `memory` is in KiB. */
export type Argon2Hash = {
  algorithm: Argon2Algorithm
  memory: number
  passes: number
  parallelism: number
  salt: Buffer
  tag: Buffer
}

/** A stored hash that asks for more than this was not made to be checked at a sign-in. `work`: memory times passes. */
const MOST = { memory: 262_144, passes: 64, work: 1_048_576, parallelism: 16, bytes: 128 }

/** Makes the tag of a password as that of the hash was made. Keeps a worker thread busy: whoever calls queues. */
export async function deriveTag(message: Buffer, hash: Argon2Hash): Promise<Buffer> {
  const { memory, passes, parallelism, salt, tag } = hash
  // Node's own argon2 takes more than twice as long: it is built without the processor's wide instructions.
  const made = await hashRaw(message, {
    algorithm: ALGORITHMS[hash.algorithm],
    version: VERSION_19,
    memoryCost: memory,
    timeCost: passes,
    parallelism,
    salt,
    outputLen: tag.length,
  })
  lowerWorkerPriority()
  return made
}

/** Reads a PHC string; undefined for what is no argon2 hash of version 19, or asks for too much. */
export function parseArgon2(text: string): Argon2Hash | undefined {
  const [empty, algorithm, version, cost = '', salt = '', tag = '', ...rest] = text.split('$')
  if (empty !== '' || rest.length > 0 || version !== 'v=19') return undefined
  if (!isAlgorithm(algorithm)) return undefined
  const values = new Map(cost.split(',').map((part) => [part.slice(0, 2), Number(part.slice(2))]))
  const parsed = {
    algorithm,
    memory: values.get('m=') ?? 0,
    passes: values.get('t=') ?? 0,
    parallelism: values.get('p=') ?? 0,
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  } as const
  // A parameter we do not know (a key id, associated data) changes the result, so such a hash is not ours to check.
  return values.size === 3 && isWithinLimits(parsed) ? parsed : undefined
}

function isAlgorithm(text: string | undefined): text is Argon2Algorithm {
  return text !== undefined && Object.hasOwn(ALGORITHMS, text)
}

function isWithinLimits({ memory, passes, parallelism, salt, tag }: Argon2Hash): boolean {
  return (
    isWithin(parallelism, 1, MOST.parallelism) &&
    isWithin(passes, 1, MOST.passes) &&
    // RFC 9106 §3.1: at least eight KiB a lane.
    isWithin(memory, 8 * parallelism, MOST.memory) &&
    memory * passes <= MOST.work &&
    isWithin(salt.length, 8, MOST.bytes) &&
    isWithin(tag.length, 16, MOST.bytes)
  )
}

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most
}
