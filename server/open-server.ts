/** Opens the parts of a server process that every request can reach. */
import type { Logger } from 'pino'
import { standingReader } from './authorization/standing.ts'
import type { Secrets } from './base/secrets.ts'
import type { Config } from './config.ts'
import type { Database } from './db/database.ts'
import { callerLimiter } from './http/rate-limit.ts'
import type { Server } from './http/server.ts'
import { openKeyRing } from './keys/key-ring.ts'

/** What has to be there before a server can open. */
export type Parts = { config: Config; database: Database; secrets: Secrets; log: Logger; isDemo: boolean }

/** Opens them; nothing is asked of the database yet. */
export function openServer(parts: Parts): Server {
  return {
    ...parts,
    keys: openKeyRing(parts.database, parts.secrets),
    standing: standingReader(parts.database),
    rateLimiter: callerLimiter(parts.config.rateLimits, parts.config.rateLimitBuckets, parts.config.workers),
  }
}
