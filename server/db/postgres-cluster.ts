/**
 * The data folder itself and the password to it. A folder named `postgres` is always a finished database: it is
 * made under another name and renamed, so a start that was killed half way leaves nothing but a draft to clear.
 */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { EmbeddedPostgresError, failureOf } from './embedded-postgres-error.ts'
import type { Binaries } from './postgres-binaries.ts'
import type { Place } from './postgres-place.ts'
import { syncPath, writeAtomically } from './write-atomically.ts'

/** A database on the disk, and all that is needed to run it. */
export type Cluster = {
  binaries: Binaries
  place: Place
  password: string
  /** What PostgreSQL has to say; kept in DATA_DIR, opened by us. */
  logFile: string
  /** Gives up durability for speed: for tests alone, whose data nobody was promised. */
  temporary: boolean
}

/** The only user of the cluster, and its superuser. */
export const SUPERUSER = 'postgres'

/** Nothing of ours is handed down: neither settings such as PGDATA nor our own secrets. */
export const POSTGRES_ENVIRONMENT = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' }

const DRAFT = 'postgres.draft-'
const INITDB_LIMIT_MS = 120_000

/**
 * The password of the database, made at the first start.
 *
 * @throws EmbeddedPostgresError when there is a database but its password is gone
 */
export async function keepPassword(dataDir: string, place: Place): Promise<string> {
  const path = join(dataDir, 'postgres-password')
  const kept = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  if (kept.trim() !== '') return kept.trim()
  if (place.major !== undefined) {
    throw new EmbeddedPostgresError(
      `${path}, which holds the password to the database in ${place.data}, is missing or empty. ` +
        'Restore it from the backup the database came from.',
    )
  }
  const password = randomBytes(24).toString('hex')
  await writeAtomically(path, `${password}\n`, 0o600)
  return password
}

/** Makes the database. Drafts of starts that were killed are cleared first; the caller holds the folder's lock. */
export async function createCluster(cluster: Cluster): Promise<void> {
  const { folder, data, runAs } = cluster.place
  for (const name of await readdir(folder)) {
    if (name.startsWith(DRAFT)) await rm(join(folder, name), { recursive: true, force: true, maxRetries: 3 })
  }
  // A new name each time: the initdb of a killed start may still be at work in the old one.
  const draft = join(folder, `${DRAFT}${randomBytes(6).toString('hex')}`)
  try {
    await mkdir(draft, { mode: 0o700 })
    await writeFile(join(draft, 'password'), `${cluster.password}\n`, { mode: 0o600 })
    if (runAs) {
      await chown(join(draft, 'password'), runAs.uid, runAs.gid)
      await chown(draft, runAs.uid, runAs.gid)
    }
    await runInitdb(cluster, draft)
    await rename(join(draft, 'data'), data)
    await syncPath(folder)
  } finally {
    await rm(draft, { recursive: true, force: true, maxRetries: 3 })
  }
}

async function runInitdb(cluster: Cluster, draft: string): Promise<void> {
  const { binaries, place, temporary } = cluster
  const flags = [
    `--pgdata=${join(draft, 'data')}`,
    `--pwfile=${join(draft, 'password')}`,
    `--username=${SUPERUSER}`,
    '--encoding=UTF8',
    '--locale=C',
    '--auth=scram-sha-256',
    '--data-checksums',
    ...(temporary ? ['--no-sync'] : []),
  ]
  const child = spawn(binaries.initdb, flags, {
    ...place.runAs,
    cwd: '/',
    env: POSTGRES_ENVIRONMENT,
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: INITDB_LIMIT_MS,
    killSignal: 'SIGKILL',
  })
  let output = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  const failure = await new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code, signal) => resolve(code === 0 ? undefined : `It ended with ${signal ?? code}.`))
  })
  if (failure) throw failureOf(`The database could not be made in ${place.data}.`, output || failure)
}
