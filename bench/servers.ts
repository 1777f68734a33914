/** The two servers, each a process of its own: ours as `node server/main.ts`, and the bare one. */
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { get } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** A server that answers. */
export type RunningServer = { port: number; pid: number; stop: () => Promise<void> }

/** Ours, and how long it took from the call of `node` to its first answer. */
export type OurServer = RunningServer & { startMs: number; client: { id: string; secret: string } }

const root = join(import.meta.dirname, '..')
const CLIENT = { id: 'bench', secret: randomBytes(24).toString('hex') }
const START_LIMIT_MS = 60_000
const ASK_EVERY_MS = 5

/** Starts ours. @param settings `DATABASE_URL` is left out for the built-in database */
export async function startOurs(
  settings: { DATA_DIR: string; DATABASE_URL?: string },
  flags: string[] = [],
): Promise<OurServer> {
  const port = await freePort()
  const began = performance.now()
  const child = spawn(process.execPath, [...flags, join(root, 'server/main.ts')], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      PORT: String(port),
      RATE_LIMITS: 'off',
      LOG_LEVEL: 'warn',
      DEMO: 'off',
      TLS: 'off',
      BOOTSTRAP_CLIENT_ID: CLIENT.id,
      BOOTSTRAP_CLIENT_SECRET: CLIENT.secret,
      ...settings,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const server = running(child, port)
  while (!(await isReady(port))) {
    if (child.exitCode !== null || performance.now() - began > START_LIMIT_MS) {
      await server.stop()
      throw new Error('The server did not start.')
    }
    await sleep(ASK_EVERY_MS)
  }
  return { ...server, startMs: performance.now() - began, client: CLIENT }
}

/** Starts the bare one. */
export async function startRaw(databaseUrl: string): Promise<RunningServer> {
  const child = fork(join(import.meta.dirname, 'raw.ts'), {
    env: { PATH: process.env.PATH, DATABASE_URL: databaseUrl },
  })
  const ended = once(child, 'exit').then(() => {
    throw new Error('The bare server did not start.')
  })
  // It says where it listens.
  const [{ port }] = (await Promise.race([once(child, 'message'), ended])) as [AddressInfo]
  ended.catch(() => {})
  return running(child, port)
}

function running(child: ChildProcess, port: number): RunningServer {
  const ended = once(child, 'exit')
  return {
    port,
    pid: child.pid ?? 0,
    stop: async () => {
      child.kill()
      await ended
    },
  }
}

async function isReady(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    get({ port, host: '127.0.0.1', path: '/health/ready', agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    }).on('error', () => resolve(false))
  })
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
