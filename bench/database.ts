/** Where the bench works: the built-in PostgreSQL on a folder of its own, or a database of its own on the one that is named. */
import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { startEmbeddedPostgres } from '../server/db/embedded-postgres.ts'

/** An empty database, durable as in production. */
export type BenchDatabase = {
  url: string
  /** DATA_DIR of the servers that are measured. */
  dataDir: string
  /** Whether the database is the built-in one in `dataDir`, which a server may start once `stop` is done. */
  isBuiltIn: boolean
  stop: () => Promise<void>
  /** Clears everything away. */
  remove: () => Promise<void>
}

// Linux's number for file systems in memory, on which durability costs nothing.
const TMPFS = 0x0102_1994

/** Opens it. @param adminUrl of a PostgreSQL on which a database may be made; undefined for the built-in one */
export async function openDatabase(adminUrl: string | undefined): Promise<BenchDatabase> {
  const dataDir = await mkdtemp(join(await folderOnDisk(), 'tenantry-bench-'))
  // PostgreSQL does not run as root, and whoever it then runs as must get in.
  await chmod(dataDir, 0o755)
  const removeFolder = () => rm(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
  try {
    if (adminUrl !== undefined) return await makeDatabase(adminUrl, dataDir, removeFolder)
    const { connectionString: url, stop } = await startEmbeddedPostgres({ dataDir, log: () => {} })
    return { url, dataDir, isBuiltIn: true, stop, remove: removeFolder }
  } catch (error) {
    await removeFolder()
    throw error
  }
}

/** Runs statements on a connection of their own. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

async function makeDatabase(adminUrl: string, dataDir: string, removeFolder: () => Promise<void>) {
  const name = `tenantry_bench_${randomBytes(4).toString('hex')}`
  await withClient(adminUrl, (client) => client.query(`create database ${name}`))
  const url = new URL(adminUrl)
  url.pathname = `/${name}`
  return {
    url: url.href,
    dataDir,
    isBuiltIn: false,
    stop: async () => {},
    remove: async () => {
      await withClient(adminUrl, (client) => client.query(`drop database if exists ${name} with (force)`))
      await removeFolder()
    },
  }
}

async function folderOnDisk(): Promise<string> {
  for (const folder of [tmpdir(), '/var/tmp']) {
    const type = await statfs(folder).then(
      ({ type }) => type,
      () => TMPFS,
    )
    if (type !== TMPFS) return folder
  }
  process.stderr.write('All temporary folders are in memory: updates look faster here than they are on a disk.\n')
  return tmpdir()
}
