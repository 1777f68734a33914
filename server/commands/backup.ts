/** `tenantry backup FILE`, `tenantry restore FILE` and `tenantry migrate`. */
import { backUp } from '../backup/backup.ts'
import { restore } from '../backup/restore.ts'
import { openSecrets } from '../base/secrets.ts'
import { readConfig } from '../config.ts'
import { migrateToLatest } from '../db/migrate.ts'
import { openEncryptionKey } from '../start/encryption-key.ts'
import { openPostgres, withDatabase } from './open-tenant.ts'
import { counted, progressBar, type Result, type Telling } from './terminal.ts'

const MEGABYTE = 1_000_000

/** Backs the tenant up, also while a server is at work on it. */
export async function backUpTo(path: string, telling: Telling): Promise<Result> {
  const postgres = await openPostgres(readConfig())
  const bar = progressBar('Backing up', telling)
  try {
    const { tables, rows, bytes } = await backUp(postgres.connectionString, path, (done) =>
      bar.show(done.tables, done.ofTables, counted(done.rows, 'row')),
    )
    const size = `${(bytes / MEGABYTE).toFixed(1)} MB`
    const words =
      `${path}: ${counted(tables, 'table')}, ${counted(rows, 'row')}, ${size}. Keep it apart from the encryption key, ` +
      'without which the secrets in it cannot be read, and where only you can read it: it holds personal data.'
    return { words, facts: { file: path, tables, rows, bytes } }
  } finally {
    bar.end()
    await postgres.stop()
  }
}

/** Restores a backup into an empty database. */
export async function restoreFrom(path: string, telling: Telling): Promise<Result> {
  const config = readConfig()
  // A key of its own would read nothing of what the backup holds, so none is made.
  const secrets = openSecrets(await openEncryptionKey(config, true))
  const postgres = await openPostgres(config, true)
  const bar = progressBar('Restoring', telling)
  try {
    const { madeAt, tables, rows } = await restore(postgres.connectionString, path, secrets, (done) =>
      bar.show(done.tables, done.ofTables, counted(done.rows, 'row')),
    )
    const words = `Restored as it was on ${madeAt}: ${counted(tables, 'table')}, ${counted(rows, 'row')}. Start the server: npm start.`
    return { words, facts: { made_at: madeAt, tables, rows } }
  } finally {
    bar.end()
    await postgres.stop()
  }
}

/** Brings the schema of the database up to this version. */
export async function migrate(): Promise<Result> {
  return await withDatabase(await openPostgres(readConfig(), true), async (database) => {
    const applied = await migrateToLatest(database)
    const words = applied.length === 0 ? 'Nothing was missing.' : `Applied: ${applied.join(', ')}.`
    return { words, facts: { applied } }
  })
}
