/** Server processes for the tests of the start: launched as an operator would, on ports and folders of their own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { request as httpsRequest, type RequestOptions } from 'node:https'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** A server process. `exit` tells its exit code, or the signal that ended it. */
export type Launched = {
  child: ChildProcess
  url: string
  tlsUrl: string
  dataDir: string
  output: () => string
  errors: () => string
  exit: Promise<number | NodeJS.Signals | null>
}

/** An answer; `body` is parsed if it is JSON. */
// biome-ignore lint/suspicious/noExplicitAny: tests reach into answers of every shape and assert on what they find.
export type Answer = { status: number; headers: IncomingHttpHeaders; body: any }

const launched: Launched[] = []

/**
 * Starts a server process; nothing of this process's settings reaches it.
 * @param under a command of the shell that comes first, such as `ulimit`
 */
export function launch(
  dataDir: string,
  environment: Record<string, string> & { PORT: string },
  under = 'true',
): Launched {
  const { PATH = '', HOME = '' } = process.env
  const words = ['-c', `${under} && exec "$0" "$@"`, process.execPath, join(import.meta.dirname, '../server/main.ts')]
  const child = spawn('sh', words, {
    env: { PATH, HOME, RATE_LIMITS: 'off', DATA_DIR: dataDir, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const texts = { output: '', errors: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    texts.output += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    texts.errors += text
  })
  const server = {
    child,
    url: `http://localhost:${environment.PORT}`,
    tlsUrl: `https://localhost:${environment.TLS_PORT ?? Number(environment.PORT) + 443}`,
    dataDir,
    output: () => texts.output,
    errors: () => texts.errors,
    exit: once(child, 'close').then(([code, signal]) => code ?? signal),
  }
  launched.push(server)
  return server
}

/** Ends every server process of this file. */
export function killLaunched(): void {
  for (const { child } of launched) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
}

/** Waits until the server can serve. */
export async function untilReady(server: Launched): Promise<void> {
  for (;;) {
    const answer = await ask(server.url, '/health/ready').catch(() => undefined)
    if (answer?.status === 200) return
    const ended = await Promise.race([server.exit, sleep(20)])
    if (ended !== undefined) throw new Error(`The server ended with ${ended}: ${server.errors()}`)
  }
}

/** Sends one request on a connection of its own. */
export async function ask(
  base: string,
  path: string,
  { body, ca, ...options }: RequestOptions & { body?: unknown; ca?: string } = {},
): Promise<Answer> {
  const json = body === undefined ? {} : { 'content-type': 'application/json' }
  const send = base.startsWith('https:') ? httpsRequest : httpRequest
  const request = send(`${base}${path}`, {
    agent: false,
    ...options,
    ...(ca === undefined ? {} : { ca: readFileSync(ca) }),
    headers: { ...json, ...options.headers },
  })
  request.end(body === undefined ? undefined : JSON.stringify(body))
  const [response] = await once(request, 'response')
  let text = ''
  for await (const part of response.setEncoding('utf8')) text += part
  const isJson = String(response.headers['content-type']).includes('json')
  return { status: response.statusCode, headers: response.headers, body: isJson ? JSON.parse(text) : text }
}

/** Two ports that were free a moment ago: for HTTP and HTTPS. */
export async function freePorts(): Promise<{ PORT: string; TLS_PORT: string }> {
  const servers = [createServer(), createServer()]
  const ports = servers.map(async (server) => {
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('A listener without a port.')
    return String(address.port)
  })
  const [PORT = '', TLS_PORT = ''] = await Promise.all(ports)
  for (const server of servers) server.close()
  return { PORT, TLS_PORT }
}

/** The lines of the story that are meant to be pasted: those that are not indented, and not of the log. */
export function pasteable(output: string): string {
  return output
    .split('\n')
    .filter((line) => /^[^\s{]/.test(line))
    .join('\n')
}
