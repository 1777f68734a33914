/**
 * Where the data lies and which user PostgreSQL runs as. PostgreSQL refuses to run as root; started by root it
 * runs as user 65534 (`nobody`), who must be able to walk to the data. Where a folder above DATA_DIR is closed to
 * him, the data lies in a system folder and a file in DATA_DIR says so. We never open a folder that is not ours.
 */
import { createHash } from 'node:crypto'
import { chmod, mkdir, readdir, readFile, realpath, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'
import type { RunAs } from './postgres-binaries.ts'
import { writeAtomically } from './write-atomically.ts'

/** Where the data lies. */
export type Place = {
  /** The folder that holds `data` and that is ours: DATA_DIR itself, or one in the system folder. */
  folder: string
  /** PostgreSQL's own data folder. */
  data: string
  /** The major version of PostgreSQL that wrote `data`; undefined when there is no database yet. */
  major: number | undefined
  runAs: RunAs
}

const NOBODY = { uid: 65534, gid: 65534 }
const LOCATION_FILE = 'postgres-location.txt'

/** Makes the folder if need be and gives its real path. What we make can be entered by user 65534, not listed. */
export async function openFolder(path: string): Promise<string> {
  const asRoot = process.getuid?.() === 0
  const first = await mkdir(path, { recursive: true, mode: asRoot ? 0o711 : 0o700 })
  for (let made = resolve(path); asRoot && first && made.startsWith(resolve(first)); made = dirname(made)) {
    // The umask may have closed what we just made.
    await chmod(made, 0o711)
  }
  return await realpath(path)
}

/**
 * Finds the data, or decides where it goes. Data that exists is never passed by in favour of a new database.
 *
 * @param dataDir its real path
 * @param systemFolder where a start by root puts data that user 65534 cannot reach in `dataDir`
 */
export async function findPlace(dataDir: string, systemFolder: string): Promise<Place> {
  const asRoot = process.getuid?.() === 0
  const here = join(dataDir, 'postgres')
  const hash = createHash('sha256').update(dataDir).digest('hex').slice(0, 16)
  const elsewhere = join(systemFolder, hash, 'postgres')
  const told = await readLocation(dataDir)
  for (const data of told ? [told] : asRoot ? [here, elsewhere] : [here]) {
    const place = await findData(data, asRoot)
    if (place) return place
  }
  if (told) {
    throw new EmbeddedPostgresError(
      `The data of Tenantry should be in ${told}, as ${join(dataDir, LOCATION_FILE)} says, but it is not there. ` +
        'Restore that folder from a backup; to begin with an empty database instead, delete the file.',
    )
  }
  if (!asRoot) return { folder: dataDir, data: here, major: undefined, runAs: undefined }
  if (!(await closedFolder(dataDir, NOBODY))) return { folder: dataDir, data: here, major: undefined, runAs: NOBODY }
  const folder = await openFolder(dirname(elsewhere))
  await refuseClosed(folder, NOBODY)
  return { folder, data: elsewhere, major: undefined, runAs: NOBODY }
}

/** Says in DATA_DIR that the data lies elsewhere. Later starts read it there, also after DATA_DIR was moved. */
export async function tellLocation(dataDir: string, data: string): Promise<void> {
  if (await readLocation(dataDir)) return
  const text = `The database of Tenantry does not lie in this folder. It lies in

    ${data}

because Tenantry was started by root: PostgreSQL does not run as root, so it runs as user 65534, and
that user may not enter ${(await closedFolder(dataDir, NOBODY)) ?? dataDir}.
Back up both folders, and keep this file: the next start reads the line above.
`
  await writeAtomically(join(dataDir, LOCATION_FILE), text, 0o644)
}

async function readLocation(dataDir: string): Promise<string | undefined> {
  const text = await readIfThere(join(dataDir, LOCATION_FILE))
  if (text === undefined) return undefined
  const data = /^ +(\/.*)$/m.exec(text)?.[1]
  if (data) return data
  throw new EmbeddedPostgresError(
    `${join(dataDir, LOCATION_FILE)} does not say where the database is: it needs an indented line with the folder.`,
  )
}

async function findData(data: string, asRoot: boolean): Promise<Place | undefined> {
  const owner = await stat(data).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (!owner) return undefined
  const own = { uid: owner.uid, gid: owner.gid }
  if (!asRoot && process.getuid && owner.uid !== process.getuid()) {
    throw new EmbeddedPostgresError(
      `The database in ${data} belongs to user ${owner.uid}, and Tenantry runs as user ${process.getuid()}. ` +
        `Start it as the user who started it before (root, for user 65534), or change the owner of that folder.`,
    )
  }
  const version = await readIfThere(join(data, 'PG_VERSION'))
  if (version === undefined) {
    if ((await readdir(data)).length === 0) return undefined
    throw new EmbeddedPostgresError(
      `${data} is not empty and holds no PostgreSQL database, so Tenantry leaves it alone. ` +
        'Move it away, or set DATA_DIR to another folder.',
    )
  }
  if (asRoot && owner.uid === 0) {
    throw new EmbeddedPostgresError(
      `The database in ${data} belongs to root, as PostgreSQL does not run. Give it back to the user who had it, ` +
        `for a start by root: chown -R 65534:65534 '${data}'`,
    )
  }
  if (asRoot) await refuseClosed(dirname(data), own)
  return { folder: dirname(data), data, major: Number.parseInt(version, 10) || 0, runAs: asRoot ? own : undefined }
}

async function refuseClosed(folder: string, user: { uid: number; gid: number }): Promise<void> {
  const closed = await closedFolder(folder, user)
  if (closed) {
    throw new EmbeddedPostgresError(
      `PostgreSQL runs as user ${user.uid} here, and that user may not enter ${closed}, above the database in ` +
        `${folder}. Let others pass through it (chmod o+x '${closed}'), or start Tenantry as an ordinary user.`,
    )
  }
}

/** The outermost folder on the way that a user may not enter; undefined if he gets there. */
async function closedFolder(folder: string, user: { uid: number; gid: number }): Promise<string | undefined> {
  const above = dirname(folder) === folder ? undefined : await closedFolder(dirname(folder), user)
  if (above) return above
  const { uid, gid, mode } = await stat(folder)
  const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001
  return mode & bit ? undefined : folder
}

async function readIfThere(path: string): Promise<string | undefined> {
  return await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
}
