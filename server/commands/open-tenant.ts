/** How commands get at the database that the server's settings name, beside a running server and without one. */
import { openLog } from '../base/log.ts'
import type { Secrets } from '../base/secrets.ts'
import { StartError } from '../base/start-error.ts'
import { type Config, readConfig } from '../config.ts'
import { type Database, openDatabase } from '../db/database.ts'
import { startEmbeddedPostgres } from '../db/embedded-postgres.ts'
import { isUpToDate } from '../db/migrate.ts'
import { findRunningPostgres } from '../db/running-postgres.ts'
import { type ReachedPostgres, reachPostgres } from '../start/reach-postgres.ts'
import { openTenantSecrets } from '../start/tenant-secrets.ts'

/** A PostgreSQL, and whether a server is at work on it; undefined where that cannot be told. */
export type OpenPostgres = ReachedPostgres & { isServerRunning: boolean | undefined }

/** A tenant that is there, of this version. */
export type OpenTenant = {
  config: Config
  database: Database
  /** Opened, and checked, when it is first asked for: not every command needs the key. */
  secrets: () => Promise<Secrets>
  isServerRunning: boolean | undefined
}

/**
 * The database the server's settings name. A built-in one that a server runs on is shared with it.
 * @param making whether a built-in one may be made where there is none
 * @throws StartError in words for the operator
 */
export async function openPostgres(config: Config, making = false): Promise<OpenPostgres> {
  const { databaseUrl, dataDir } = config
  if (databaseUrl !== undefined) {
    // Whether a server runs on it cannot be told from here.
    const log = openLog(config.logLevel, { write: () => {} })
    return { ...(await reachPostgres(config, log, new AbortController().signal)), isServerRunning: undefined }
  }
  const { connectionString, hasDatabase } = await findRunningPostgres(dataDir)
  if (connectionString !== undefined) return { connectionString, stop: async () => {}, isServerRunning: true }
  if (!hasDatabase && !making) {
    throw new StartError(
      `There is no database in ${dataDir} yet. Start the server once: npm start. Nothing was changed.`,
    )
  }
  return { ...(await startEmbeddedPostgres({ dataDir, log: () => {} })), isServerRunning: false }
}

/**
 * Works on the tenant of the server's settings.
 * @throws StartError in words for the operator: no database, another version, another key
 */
export async function withTenant<T>(work: (tenant: OpenTenant) => Promise<T>): Promise<T> {
  const config = readConfig()
  const postgres = await openPostgres(config)
  return await withDatabase(postgres, async (database) => {
    // What a command writes has to fit the schema.
    if (!(await isUpToDate(database.db))) {
      throw new StartError(
        'The database is not of this version. Start the server once (npm start), or run `npx tenantry migrate`. ' +
          'Nothing was changed.',
      )
    }
    const { isServerRunning } = postgres
    return await work({ config, database, secrets: () => openTenantSecrets(database.db, config), isServerRunning })
  })
}

/** Works with a few connections to the PostgreSQL, and then closes them and it. */
export async function withDatabase<T>(postgres: OpenPostgres, work: (database: Database) => Promise<T>): Promise<T> {
  const { connectionString } = postgres
  const database = openDatabase({ connectionString, maxConnections: 2, preparedStatements: false, onError: () => {} })
  try {
    return await work(database)
  } finally {
    await database.close().finally(postgres.stop)
  }
}
