/** What every request can reach: the open parts of this process, made once at the start. */
import type { CryptoKey } from 'jose'
import type { Logger } from 'pino'
import type { Standing } from '../authorization/standing.ts'
import type { Secrets } from '../base/secrets.ts'
import type { Config } from '../config.ts'
import type { Database } from '../db/database.ts'
import type { RateLimiter } from './rate-limit.ts'

/** How an RSA key of ours signs. */
export type RsaAlgorithm = 'RS256' | 'RS512' | 'PS256'

/** The tenant's signing keys, opened once a process. Whether one still stands is the database's to say. */
export type KeyRing = {
  /** The public key that a token names; undefined when the tenant has no such key. */
  publicKey: (kid: string) => Promise<CryptoKey | undefined>
  /** @throws Error when there is no such key, or the encryption key is another one */
  privateKey: (kid: string, algorithm?: RsaAlgorithm) => Promise<CryptoKey>
}

/** The open parts of one server process. */
export type Server = {
  config: Config
  database: Database
  secrets: Secrets
  log: Logger
  keys: KeyRing
  standing: Standing
  rateLimiter: RateLimiter
  /** While the demo tenant is on, only requests that name our own host are answered. */
  isDemo: boolean
}

/** Something a folder keeps for the life of a server, such as a batch of reads: made when it is first asked for. */
export function perServer<T>(make: (server: Server) => T): (server: Server) => T {
  const made = new WeakMap<Server, T>()
  return (server) => {
    const known = made.get(server)
    if (known !== undefined) return known
    const fresh = make(server)
    made.set(server, fresh)
    return fresh
  }
}
