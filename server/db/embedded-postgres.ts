/**
 * The database of a server that was given none: a real PostgreSQL from the binaries of an npm package, started on
 * DATA_DIR/postgres, bound to 127.0.0.1, with a password of its own, restarted when it dies and stopped with us.
 *
 * - `process-lock.ts`: two servers never share a DATA_DIR
 * - `postgres-place.ts`, `postgres-binaries.ts`: where the data lies, which PostgreSQL runs, as which user
 * - `postgres-cluster.ts`: making the database, keeping its password
 * - `postmaster.ts`, `postgres-readiness.ts`, `postgres-supervisor.ts`: the process, from start to stop
 */
import { truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { EmbeddedPostgresError, inWords } from './embedded-postgres-error.ts'
import { chooseBinaries } from './postgres-binaries.ts'
import { type Cluster, createCluster, keepPassword, SUPERUSER } from './postgres-cluster.ts'
import { findPlace, openFolder, tellLocation } from './postgres-place.ts'
import { DATABASE } from './postgres-readiness.ts'
import { supervise } from './postgres-supervisor.ts'
import { findPostmaster, freePort, type Postmaster, startPostmaster } from './postmaster.ts'
import { acquireLock, type Lock } from './process-lock.ts'

export { EmbeddedPostgresError } from './embedded-postgres-error.ts'

/** How to start the built-in PostgreSQL. */
export type EmbeddedPostgresOptions = {
  /** Made if it is missing. Holds data, password, log and lock, or says where the data is. */
  dataDir: string
  /** Gets sentences for the operator: a first start, a restart, a copy made. Nothing secret, nothing personal. */
  log: (message: string) => void
  /** Called while PostgreSQL comes up in processes of its own: the moment for work that keeps ours busy. */
  onSpawned?: () => void
  /** For tests: nothing is synced to the disk, so that a crash of the machine may lose everything. */
  temporary?: boolean
  /** Where a start by root puts what user 65534 cannot reach; /var/lib/tenantry. */
  systemFolder?: string
}

/** A built-in PostgreSQL that runs. */
export type EmbeddedPostgres = {
  /** For `pg`, with user, password and database. The same as long as we run, also after PostgreSQL was restarted. */
  connectionString: string
  /** Such as `18.4`. */
  version: string
  /** Stops PostgreSQL and gives DATA_DIR free; close the pool before. A second call waits for the first. */
  stop: () => Promise<void>
}

/** Where a start by root puts data that user 65534 cannot reach in DATA_DIR. */
export const SYSTEM_FOLDER = '/var/lib/tenantry'

const RETRY_LIMIT_MS = 15_000

/**
 * Starts PostgreSQL, or goes on with the one that a killed server left behind on the same data.
 *
 * @throws EmbeddedPostgresError whatever the operator can mend: its message is for him, and nothing is left running
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const locks: Lock[] = []
  function releaseLocks(): void {
    for (const lock of locks) lock.release()
  }
  try {
    const cluster = await prepareCluster(options, locks)
    const postmaster = (await findPostmaster(cluster, options.log)) ?? (await startFirst(cluster, options.onSpawned))
    const supervised = supervise(cluster, postmaster, options.log)
    // Who ends without stopping us (an error at the start, an uncaught one) leaves no server behind.
    function onExit(): void {
      supervised.abandon()
      releaseLocks()
    }
    process.once('exit', onExit)
    return {
      connectionString: connectionStringOf(cluster.password, postmaster.port),
      version: postmaster.version,
      stop: async () => {
        await supervised.stop()
        process.off('exit', onExit)
        releaseLocks()
      },
    }
  } catch (error) {
    releaseLocks()
    throw inWords(error)
  }
}

/** Everything up to the first process: folders, locks (added to `locks` as they are taken), binaries, data. */
async function prepareCluster(options: EmbeddedPostgresOptions, locks: Lock[]): Promise<Cluster> {
  const { log, temporary = false, systemFolder = SYSTEM_FOLDER } = options
  const dataDir = await openFolder(options.dataDir)
  locks.push(await lockFolder(dataDir, dataDir))
  const place = await findPlace(dataDir, systemFolder)
  const isElsewhere = place.folder !== dataDir
  // A copy of DATA_DIR says the same of where the data lies.
  if (isElsewhere) locks.push(await lockFolder(place.folder, dataDir))
  const copyFolder = place.runAs ? systemFolder : dataDir
  const binaries = await chooseBinaries({ runAs: place.runAs, major: place.major, copyFolder, log })
  const password = await keepPassword(dataDir, place)
  const cluster = { binaries, place, password, logFile: join(dataDir, 'postgres.log'), temporary }
  if (place.major === undefined) {
    log(`Making a new database with PostgreSQL ${binaries.version} in ${place.data}.`)
    await createCluster(cluster)
  }
  if (isElsewhere) await tellLocation(dataDir, place.data)
  return cluster
}

async function lockFolder(folder: string, dataDir: string): Promise<Lock> {
  const lock = await acquireLock(join(folder, 'tenantry.pid'))
  if ('release' in lock) return lock
  throw new EmbeddedPostgresError(
    `Tenantry already runs on the data in ${dataDir}: process ${lock.heldBy} (${join(folder, 'tenantry.pid')}). ` +
      'Stop that one first, or give this one a data folder and a port of its own, ' +
      `for example: DATA_DIR=./data-2 PORT=3001 npm start`,
  )
}

/** The first start of this run, on a port of our choice; what may pass by itself is tried again for a while. */
async function startFirst(cluster: Cluster, onSpawned: (() => void) | undefined): Promise<Postmaster> {
  await truncate(cluster.logFile).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
  const began = performance.now()
  for (;;) {
    try {
      return await startPostmaster(cluster, await freePort(), { onSpawned })
    } catch (error) {
      const passing = error instanceof EmbeddedPostgresError && error.passing
      if (!passing || performance.now() - began > RETRY_LIMIT_MS) throw error
    }
  }
}

/** For `pg`. */
export function connectionStringOf(password: string, port: number): string {
  // Without `sslmode`, PGSSLMODE of the environment would have its say.
  return `postgres://${SUPERUSER}:${encodeURIComponent(password)}@127.0.0.1:${port}/${DATABASE}?sslmode=disable`
}
