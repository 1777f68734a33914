/** What the tests of the built-in PostgreSQL share: a folder that is cleared, servers to kill, a look at processes. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import pg from 'pg'

/** What a server says, a line of JSON each. */
export type Line = { ready?: string; log?: string; error?: string; acknowledged?: number }

/** A server in a process of its own. */
export type Server = { child: ChildProcess; lines: Line[]; outcome: Promise<Line> }

/** A folder that other users may enter. Gone at the end of the tests, with every PostgreSQL on it. */
export function makeTestFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-postgres-'))
  chmodSync(folder, 0o755)
  return folder
}

/** Clears up, also after a test that failed half way. */
export async function clearTestFolder(folder: string, servers: Server[]): Promise<void> {
  for (const { child } of servers) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
  for (const pid of await postgresProcesses(folder)) process.kill(pid, 'SIGKILL')
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
}

/** Starts a server; `outcome` is the line that says it is ready or why not. */
export function startServer(args: string[], options: SpawnOptions & { script?: string } = {}): Server {
  const { script = join(import.meta.dirname, 'embedded-postgres.child.ts'), ...spawnOptions } = options
  const child = spawn(process.execPath, [script, ...args], { ...spawnOptions, stdio: ['ignore', 'pipe', 'inherit'] })
  const lines: Line[] = []
  const outcome = new Promise<Line>((resolve, reject) => {
    child.once('error', reject)
    if (child.stdout === null) return
    const reader = createInterface(child.stdout)
    reader.on('line', (text) => {
      const line: Line = JSON.parse(text)
      lines.push(line)
      if (line.ready || line.error) resolve(line)
    })
    reader.once('close', () => reject(new Error(`the server ended early: ${JSON.stringify(lines)}`)))
  })
  // Who kills the server before does not ask.
  outcome.catch(() => {})
  return { child, lines, outcome }
}

/** Ends a server and waits until it is gone; what it leaves behind is the matter of the test. */
export async function endServer({ child }: Server, signal: NodeJS.Signals): Promise<void> {
  const exit = once(child, 'exit')
  child.kill(signal)
  await exit
}

/** One statement on a connection of its own. */
export async function query<Row extends pg.QueryResultRow>(connectionString: string, text: string): Promise<Row[]> {
  const client = new pg.Client(connectionString)
  client.on('error', () => {})
  try {
    await client.connect()
    return (await client.query<Row>(text)).rows
  } finally {
    client.end().catch(() => {})
  }
}

/** PostgreSQL servers, and initdb, that work below a folder. */
export async function postgresProcesses(folder: string): Promise<number[]> {
  const found: number[] = []
  for (const name of await readdir('/proc')) {
    const commandLine = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '')
    const [program = '', ...flags] = commandLine.split('\0')
    if (/\/(postgres|initdb)$/.test(program) && flags.some((flag) => flag.includes(folder))) found.push(Number(name))
  }
  return found
}

/** The process that serves a data folder, as PostgreSQL wrote it down. */
export async function postmasterOf(data: string): Promise<number> {
  return Number((await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n')[0])
}
