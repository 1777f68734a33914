/** What the bare server and its tables agree on. */

/** The key of the digests under which the bare server keeps client secrets. */
export const CLIENT_SECRET_KEY = 'a key that protects nothing: the bare server is for measuring only'

/** How passwords are hashed on both sides, and how such a hash begins. */
export const ARGON2 = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 } as const
export const HASH_BEGINS = `$argon2id$v=19$m=${ARGON2.memory},t=${ARGON2.passes},p=${ARGON2.parallelism}$`
