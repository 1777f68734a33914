/** From a PostgreSQL that answers to an application that can: schema → encryption key → tenant → demo → routes. */
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { buildApp } from '../app.ts'
import { openBreachedList } from '../attack-protection/breached-list.ts'
import { openSecrets, type Secrets } from '../base/secrets.ts'
import type { Config } from '../config.ts'
import { isLoopbackHost } from '../config-kinds.ts'
import { caughtMails } from '../config-warnings.ts'
import { type Database, openDatabase } from '../db/database.ts'
import { errorCodeOf } from '../db/error-code.ts'
import { migrateToLatest } from '../db/migrate.ts'
import { type Demo, openDemo } from '../demo/demo.ts'
import { isCaught } from '../emails/transport.ts'
import { mailWorkerOf } from '../jobs/mail-worker.ts'
import { jobRunnerOf } from '../jobs/runner.ts'
import { openServer, type Parts } from '../open-server.ts'
import { setUpTenant } from '../setup.ts'
import { startCleaner } from './cleaner.ts'
import { openEncryptionKey } from './encryption-key.ts'
import { startSealer } from './sealer.ts'

/** Closes something that was opened on the way. */
export type Closing = () => Promise<unknown>

/**
 * Brings the database up to date and makes sure that the tenant is there; once, however many processes serve it.
 * @throws StartError in words for the operator
 */
export async function openTenant(
  config: Config,
  connectionString: string,
  log: Logger,
  opened: Closing[],
): Promise<{ database: Database; secrets: Secrets; demo: Demo | undefined; warnings: string[] }> {
  if (config.breachedPasswordsFile !== undefined) await (await openBreachedList(config.breachedPasswordsFile)).close()
  const database = openDatabaseOf(config, connectionString, log, opened)
  await migrateToLatest(database)
  const isInUse = (await database.db.selectFrom('tenant_settings').select('id').executeTakeFirst()) !== undefined
  const secrets = openSecrets(await openEncryptionKey(config, isInUse))
  await setUpTenant(database.db, secrets, config)
  const demo = await openDemo(database.db, secrets, config)
  // The inbox of the demo is open to whoever reaches it.
  const isReached = demo === undefined && (!config.isLoopback || !isLoopbackHost(config.host))
  return { database, secrets, demo, warnings: caughtMails(isReached, await isCaught(config, database.db)) }
}

/** Opens the pool of a process that serves. It is added to `opened`. */
export function openDatabaseOf(config: Config, connectionString: string, log: Logger, opened: Closing[]): Database {
  const database = openDatabase({
    connectionString,
    maxConnections: config.databaseConnections,
    preparedStatements: config.preparedStatements,
    onError: (error) => log.warn({ kind: error.name, code: errorCodeOf(error) }, 'a database connection broke'),
  })
  opened.push(database.close)
  return database
}

/** Opens the application of a process. Each part that needs closing is added to `opened` as soon as it is there. */
export async function openApplication(parts: Parts, opened: Closing[]): Promise<FastifyInstance> {
  const server = openServer(parts)
  const app = await buildApp(server)
  opened.push(() => app.close())
  await app.ready()
  const mail = mailWorkerOf(server)
  mail.start()
  opened.push(mail.stop)
  const jobs = jobRunnerOf(server)
  jobs.start()
  opened.push(jobs.stop)
  opened.push(startCleaner(server, parts.config))
  opened.push(startSealer(server))
  return app
}
