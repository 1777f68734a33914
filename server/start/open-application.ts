/** From a PostgreSQL that answers to an application that can: schema → encryption key → tenant → demo → routes. */
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { buildApp } from '../app.ts'
import { openSecrets, type Secrets } from '../base/secrets.ts'
import type { Config } from '../config.ts'
import { type Database, openDatabase } from '../db/database.ts'
import { errorCodeOf } from '../db/error-code.ts'
import { migrateToLatest } from '../db/migrate.ts'
import { type Demo, openDemo } from '../demo/demo.ts'
import { mailWorkerOf } from '../jobs/mail-worker.ts'
import { jobRunnerOf } from '../jobs/runner.ts'
import { openServer } from '../open-server.ts'
import { setUpTenant } from '../setup.ts'
import { startCleaner } from './cleaner.ts'
import { openEncryptionKey } from './encryption-key.ts'

/** Closes something that was opened on the way. */
export type Closing = () => Promise<unknown>

/**
 * Opens it. Each part that needs closing is added to `opened` as soon as it is there.
 * @throws StartError in words for the operator
 */
export async function openApplication(
  config: Config,
  connectionString: string,
  log: Logger,
  opened: Closing[],
): Promise<{ app: FastifyInstance; demo: Demo | undefined }> {
  const database = openDatabase({
    connectionString,
    maxConnections: config.databaseConnections,
    preparedStatements: config.preparedStatements,
    onError: (error) => log.warn({ kind: error.name, code: errorCodeOf(error) }, 'a database connection broke'),
  })
  opened.push(database.close)
  await migrateToLatest(database.db)
  const secrets = await openTenant(database, config)
  const demo = await openDemo(database.db, secrets, config)
  const server = openServer({ config, database, secrets, log, isDemo: demo !== undefined })
  const app = await buildApp(server)
  opened.push(() => app.close())
  await app.ready()
  const mail = mailWorkerOf(server)
  mail.start()
  opened.push(mail.stop)
  const jobs = jobRunnerOf(server)
  jobs.start()
  opened.push(jobs.stop)
  opened.push(startCleaner(database.db, log))
  return { app, demo }
}

async function openTenant({ db }: Database, config: Config): Promise<Secrets> {
  const isInUse = (await db.selectFrom('tenant_settings').select('id').executeTakeFirst()) !== undefined
  const secrets = openSecrets(await openEncryptionKey(config, isInUse))
  await setUpTenant(db, secrets, config)
  return secrets
}
