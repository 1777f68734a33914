/** One running PostgreSQL: starting it, finding one that outlived us, stopping it. */
import { execFile, spawn } from 'node:child_process'
import { randomBytes, randomInt } from 'node:crypto'
import { closeSync, fstatSync, openSync } from 'node:fs'
import { chown, readFile, readlink, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { EmbeddedPostgresError, failureOf, readLogFrom } from './embedded-postgres-error.ts'
import { type Cluster, POSTGRES_ENVIRONMENT } from './postgres-cluster.ts'
import { waitUntilReady } from './postgres-readiness.ts'

/** A PostgreSQL that answered on 127.0.0.1. */
export type Postmaster = {
  pid: number
  port: number
  version: string
  isRunning: () => Promise<boolean>
  /** Settles when the process is gone, with what is known of why. Never keeps our process alive. */
  ended: Promise<string>
}

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  // A path to a socket may have 107 bytes, and a data folder can lie deeper.
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '128MB',
  jit: 'off',
  // The log may hold nothing about a person: no statements, no parameters, no DETAIL with the value of a key.
  log_min_messages: 'warning',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_statement: 'none',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
  log_checkpoints: 'off',
}
const DURABLE = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' }
const TEMPORARY = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }

const FAST_SHUTDOWN_MS = 8_000
const IMMEDIATE_SHUTDOWN_MS = 7_000
const LOOK_EVERY_MS = 2_000

/**
 * A port of 127.0.0.1 that nobody listens on. It lies below the range from which systems take ports of outgoing
 * connections, so that none of those has it while PostgreSQL is being restarted.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = randomInt(20_000, 30_000)
    const isFree = await new Promise<boolean>((resolve) => {
      const server = createServer()
      server.once('error', () => resolve(false))
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
    })
    if (isFree) return port
  }
  throw new EmbeddedPostgresError('No free port between 20000 and 30000 was found on 127.0.0.1 for PostgreSQL.')
}

/**
 * Starts PostgreSQL on the cluster's data and waits until it can be used. It runs in a process group of its own:
 * Ctrl-C in a terminal reaches us alone, and we stop it when our own work is done.
 *
 * @throws EmbeddedPostgresError with the last lines of its log; nothing is left running then
 */
export async function startPostmaster(
  cluster: Cluster,
  port: number,
  { signal, onSpawned }: { signal?: AbortSignal; onSpawned?: (() => void) | undefined } = {},
): Promise<Postmaster> {
  const { place, binaries, logFile } = cluster
  const settings = { ...SETTINGS, ...(cluster.temporary ? TEMPORARY : DURABLE) }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  await disownPidFile(place.data)
  const log = openSync(logFile, 'a', 0o600)
  const logBegin = fstatSync(log).size
  const child = spawn(binaries.postgres, ['-D', place.data, '-p', String(port), ...flags], {
    ...place.runAs,
    cwd: '/',
    env: POSTGRES_ENVIRONMENT,
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  child.unref()
  let running = true
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, killedBy) => resolve(killedBy ? `killed by ${killedBy}` : `exit code ${code}`))
  }).finally(() => {
    running = false
  })
  if (child.pid === undefined) throw new EmbeddedPostgresError(`PostgreSQL cannot be run: ${await ended}.`)
  const postmaster = { pid: child.pid, port, version: '', isRunning: async () => running, ended }
  onSpawned?.()
  try {
    const { version } = await waitUntilReady(cluster, port, postmaster.isRunning, signal)
    return { ...postmaster, version }
  } catch (error) {
    const exited = !running
    await stopPostmaster(postmaster)
    const output = await readLogFrom(logFile, logBegin)
    throw exited ? failureOf(`PostgreSQL did not start on ${place.data} (${await ended}).`, output) : error
  }
}

/**
 * The PostgreSQL on this data that a killed Tenantry left behind, if it is what we would start: same version, same
 * care for the data, our password. One that is not is stopped.
 */
export async function findPostmaster(
  cluster: Cluster,
  log: (message: string) => void,
): Promise<Postmaster | undefined> {
  const { data } = cluster.place
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')
  const [pid, , , port] = text.split('\n').map(Number)
  if (!pid || !port || !(await isPostmasterOf(pid, data))) return undefined
  const isRunning = () => isPostmasterOf(pid, data)
  const postmaster = { pid, port, version: '', isRunning, ended: watch(isRunning) }
  try {
    const answer = await waitUntilReady(cluster, port, isRunning)
    const fits = answer.version === cluster.binaries.version && answer.durable === !cluster.temporary
    if (fits && answer.data === data) return { ...postmaster, version: answer.version }
    log(`PostgreSQL ${answer.version} still runs on ${data} with other settings (process ${pid}); stopping it.`)
  } catch (error) {
    if (!(error instanceof EmbeddedPostgresError)) throw error
    log(`PostgreSQL still runs on ${data} (process ${pid}) but cannot be used; stopping it. ${error.message}`)
  }
  await stopPostmaster(postmaster)
  return undefined
}

/**
 * Stops PostgreSQL: it ends the connections and writes everything down; after 8 seconds it is made to go at once,
 * which costs a recovery at the next start and no data. Fine if it is gone already.
 */
export async function stopPostmaster(postmaster: Pick<Postmaster, 'pid' | 'isRunning'>): Promise<void> {
  for (const [signal, limitMs] of [
    ['SIGINT', FAST_SHUTDOWN_MS],
    ['SIGQUIT', IMMEDIATE_SHUTDOWN_MS],
    ['SIGKILL', IMMEDIATE_SHUTDOWN_MS],
  ] as const) {
    const began = performance.now()
    if (!(await postmaster.isRunning())) return
    try {
      process.kill(postmaster.pid, signal)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'ESRCH') throw new EmbeddedPostgresError(notOurs(postmaster.pid), { cause: error })
    }
    while ((await postmaster.isRunning()) && performance.now() - began < limitMs) await sleep(10)
  }
}

function notOurs(pid: number): string {
  return `PostgreSQL (process ${pid}) runs on this data and belongs to another user, so it cannot be stopped. Stop it and start again.`
}

/** Whether the process is a PostgreSQL server on this data folder. A process id alone says nothing: they are reused. */
async function isPostmasterOf(pid: number, data: string): Promise<boolean> {
  if (process.platform !== 'linux') {
    const listed = await promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => undefined)
    return listed?.stdout.includes(`/postgres -D ${data} `) ?? false
  }
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  const [program = '', ...flags] = commandLine.split('\0')
  if (basename(program) !== 'postgres') return false
  // The server works in its data folder, under the present name of it; other users may not look, then the flag counts.
  const folder = await readlink(`/proc/${pid}/cwd`).catch(() => undefined)
  return folder === undefined ? flags.includes(data) : folder === data
}

/**
 * Sets a `postmaster.pid` right that names a process which is something else by now, or has ended and was not buried by
 * its new parent: PostgreSQL would take either for a server at work and refuse to start. Our own process is put in its
 * place, since PostgreSQL takes a file with the id of its parent for stale. The other lines stay, because they tell it
 * whether processes of its predecessor still use the shared memory.
 */
async function disownPidFile(data: string): Promise<void> {
  const path = join(data, 'postmaster.pid')
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined || (await isPostmasterOf(Number.parseInt(text, 10), data))) return
  const draft = `${path}.${randomBytes(4).toString('hex')}`
  const { uid, gid } = await stat(data)
  try {
    await writeFile(draft, text.replace(/^.*/, String(process.pid)), { flag: 'wx', mode: 0o600 })
    if (process.getuid?.() === 0) await chown(draft, uid, gid)
    await rename(draft, path)
  } finally {
    await rm(draft, { force: true })
  }
}

/** Tells the end of a process that is not our child. */
async function watch(isRunning: () => Promise<boolean>): Promise<string> {
  do await sleep(LOOK_EVERY_MS, undefined, { ref: false })
  while (await isRunning())
  return 'the process is gone'
}
