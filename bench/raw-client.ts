/** What the bare server and its tables agree on. */

/** The key of the digests under which the bare server keeps client secrets. */
export const CLIENT_SECRET_KEY = 'a key that protects nothing: the bare server is for measuring only'

/** How passwords are hashed on both sides, and how such a hash begins. */
// 2: argon2id, as the library numbers them.
export const ARGON2 = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 } as const
export const HASH_BEGINS = `$argon2id$v=19$m=${ARGON2.memoryCost},t=${ARGON2.timeCost},p=${ARGON2.parallelism}$`
