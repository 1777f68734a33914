/**
 * The way into the built-in database while a server is at work on it. One server alone may hold DATA_DIR, but a
 * command beside it may use its PostgreSQL: port and password lie in files that whoever runs the server can read.
 */
import { readFile, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { connectionStringOf, SYSTEM_FOLDER } from './embedded-postgres.ts'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'
import { findPlace } from './postgres-place.ts'
import { lockHolder } from './process-lock.ts'

/** A DATA_DIR: `connectionString` while a server holds it, undefined while none does; whether it has a database. */
export type FoundPostgres = { connectionString: string | undefined; hasDatabase: boolean }

/**
 * Looks into DATA_DIR and changes nothing in it.
 *
 * @throws EmbeddedPostgresError in words when a server holds the folder but its database cannot be reached
 */
export async function findRunningPostgres(dataDir: string, systemFolder = SYSTEM_FOLDER): Promise<FoundPostgres> {
  const folder = await unlessMissing(realpath(dataDir))
  if (folder === undefined) return { connectionString: undefined, hasDatabase: false }
  const { data, major } = await findPlace(folder, systemFolder)
  const holder = await lockHolder(join(folder, 'tenantry.pid'))
  if (holder === undefined) return { connectionString: undefined, hasDatabase: major !== undefined }
  const pidFile = await unlessMissing(readFile(join(data, 'postmaster.pid'), 'utf8'))
  const password = await unlessMissing(readFile(join(folder, 'postgres-password'), 'utf8'))
  // postmaster.pid: process, folder, start, port, and further lines.
  const port = Number(pidFile?.split('\n')[3])
  if (!port || !password) {
    throw new EmbeddedPostgresError(
      `The server on ${folder} (process ${holder}) is still starting, or stopping. Try again in a moment.`,
    )
  }
  return { connectionString: connectionStringOf(password.trim(), port), hasDatabase: true }
}

async function unlessMissing<T>(reading: Promise<T>): Promise<T | undefined> {
  return await reading.catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    if (error.code !== 'EACCES') throw error
    throw new EmbeddedPostgresError(
      `This user may not read ${error.path}. Run the command as the user who runs the server.`,
      { cause: error },
    )
  })
}
