/**
 * The listeners: HTTP on PORT and HTTPS on TLS_PORT, both before the same application. They end gently: what is
 * under way is answered, and every answer from then on tells its connection to close.
 */
import { once } from 'node:events'
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { Server as NetServer } from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Bag, bag } from '../base/bag.ts'
import { StartError } from '../base/start-error.ts'
import type { Config } from '../config.ts'
import { errorCodeOf } from '../db/error-code.ts'
import type { TlsMaterial } from './local-tls.ts'

/** Listeners that accept requests. */
export type Listeners = {
  /** Accepts nothing new, waits for what is under way, and cuts what is not done after the limit. */
  drain: (limitMs: number) => Promise<void>
}

type Listener = { setting: 'PORT' | 'TLS_PORT'; port: number; server: Server }

/** How long answers under way are waited for at the end; leaves three of the nine seconds to the database. */
export const DRAIN_LIMIT_MS = 6_000
/** A client that has just been told of nothing may be sending; after this pause its next request has been answered. */
const LAST_REQUESTS_MS = 300
const LOOK_EVERY_MS = 20
// A little longer than the minute for which proxies commonly keep a connection, so that they close it, not we.
const HTTP_OPTIONS = { keepAliveTimeout: 72_000 }

/**
 * Begins to listen.
 * @throws StartError when a port is taken or may not be used; nothing listens then
 */
export async function listen(
  config: Config,
  tls: TlsMaterial | undefined,
  handle: RequestListener,
): Promise<Listeners> {
  const underWay = bag<ServerResponse>()
  let draining = false
  const onRequest: RequestListener = (request, response) => {
    response.once('close', underWay.add(response))
    if (draining) response.setHeader('connection', 'close')
    handle(request, response)
  }
  const listeners = makeListeners(config, tls, onRequest)
  try {
    for (const listener of listeners) await begin(listener, config.host)
  } catch (error) {
    for (const { server } of listeners) server.close()
    throw error
  }
  return {
    drain: async (limitMs) => {
      draining = true
      await drain(listeners, underWay, limitMs)
    },
  }
}

function makeListeners(config: Config, tls: TlsMaterial | undefined, onRequest: RequestListener): Listener[] {
  const listeners: Listener[] = []
  if (config.listensPlain) {
    listeners.push({ setting: 'PORT', port: config.port, server: createServer(HTTP_OPTIONS, onRequest) })
  }
  if (tls && config.tlsPort !== undefined) {
    const options = { ...HTTP_OPTIONS, cert: tls.cert, key: tls.key, minVersion: 'TLSv1.2' } as const
    listeners.push({ setting: 'TLS_PORT', port: config.tlsPort, server: createTlsServer(options, onRequest) })
  }
  for (const { server } of listeners) server.on('clientError', refuseMalformed)
  return listeners
}

async function begin({ setting, port, server }: Listener, host: string): Promise<void> {
  try {
    server.listen({ port, host })
    // Rejects with the error of `listen`, if there is one.
    await once(server, 'listening')
  } catch (error) {
    const words = REFUSALS[errorCodeOf(error)]
    if (!words) throw error
    throw new StartError(words(setting, port, host), { cause: error })
  }
}

const REFUSALS: Record<string, (setting: string, port: number, host: string) => string> = {
  EADDRINUSE: (setting, port, host) =>
    `Port ${port} on ${host} is taken by another program. Stop that one, or choose another port, for example: ` +
    `${setting}=${port + 1} npm start`,
  EACCES: (setting, port) =>
    `This user may not listen on port ${port}. Choose a ${setting} above 1023, with a proxy before it if need be.`,
  EADDRNOTAVAIL: (_setting, _port, host) => `HOST is ${host}, which is no address of this machine.`,
  ENOTFOUND: (_setting, _port, host) => `HOST is ${host}, a name that this machine does not know.`,
}

async function drain(listeners: Listener[], underWay: Bag<ServerResponse>, limitMs: number): Promise<void> {
  const began = performance.now()
  // Not http's own `close`: it cuts connections without a request at once, also those on which one just arrives.
  for (const { server } of listeners) NetServer.prototype.close.call(server)
  for (const response of underWay) if (!response.headersSent) response.setHeader('connection', 'close')
  await sleep(LAST_REQUESTS_MS)
  while (underWay.size > 0 && performance.now() - began < limitMs) await sleep(LOOK_EVERY_MS)
  for (const { server } of listeners) server.closeAllConnections()
}

const MALFORMED: Record<string, { status: number; reason: string; message: string }> = {
  HPE_HEADER_OVERFLOW: { status: 431, reason: 'Request Header Fields Too Large', message: 'The headers are too long.' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, reason: 'Request Timeout', message: 'The request did not arrive in time.' },
}
const ADDRESS_TOO_LONG = {
  status: 414,
  reason: 'URI Too Long',
  message: 'The address is too long. Ask for less at a time.',
}
/** Half of what Node reads of address and headers together; a token with every scope has most of the other half. */
const LONGEST_ADDRESS_BYTES = 8_192
const NOT_HTTP = { status: 400, reason: 'Bad Request', message: 'This is not a valid HTTP request.' }

/** Answers what cannot be read as HTTP, before there is a request that the application could answer. */
function refuseMalformed(error: Error, socket: Duplex): void {
  if (!socket.writable || errorCodeOf(error) === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const { status, reason, message } = answerFor(error)
  const body = JSON.stringify({ statusCode: status, error: reason, message })
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\nContent-Type: application/json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}

function answerFor(error: Error): { status: number; reason: string; message: string } {
  const code = errorCodeOf(error)
  // Node tells both in one code, and has the bytes. The SDKs' search by GET is what grows long.
  const { rawPacket } = error as { rawPacket?: Buffer }
  if (code === 'HPE_HEADER_OVERFLOW' && rawPacket && /^[A-Z]+ \//.test(rawPacket.toString('latin1', 0, 20))) {
    const end = rawPacket.indexOf('\r\n')
    if (end < 0 || end > LONGEST_ADDRESS_BYTES) return ADDRESS_TOO_LONG
  }
  return MALFORMED[code] ?? NOT_HTTP
}
