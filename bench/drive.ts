/** The load: so many connections, each with one request under way at any time. */
import { connect } from 'node:net'
import type { Asker, Case, Request } from './cases.ts'
import { readExtent, requestText } from './http.ts'

/** Where to send what. */
export type Load = { port: number; asker: Asker; kind: Case; connections: number; seconds: number }

/** What came of it. */
export type Outcome = {
  answers: number
  seconds: number
  /** In milliseconds, ascending. */
  latencies: Float64Array
}

let turn = 0

/** Puts load on a server. @throws Error for an answer other than 2xx, or a first answer that is not the right one */
export async function drive(load: Load): Promise<Outcome> {
  const latencies: number[] = []
  const began = performance.now()
  const until = began + load.seconds * 1_000
  await Promise.all(Array.from({ length: load.connections }, () => driveConnection(load, until, latencies)))
  const seconds = (performance.now() - began) / 1_000
  return { answers: latencies.length, seconds, latencies: Float64Array.from(latencies).sort() }
}

function driveConnection({ port, asker, kind }: Load, until: number, latencies: number[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    let received: Buffer | undefined
    let request: Request
    let sentAt = 0
    let isFirst = true
    function send(): void {
      turn += 1
      request = kind.make(asker, turn)
      received = undefined
      sentAt = performance.now()
      socket.write(requestText(request, asker.token))
    }
    function receive(bytes: Buffer): void {
      received = received === undefined ? bytes : Buffer.concat([received, bytes])
      const extent = readExtent(received)
      if (!extent || received.length < extent.end) return
      const at = performance.now()
      latencies.push(at - sentAt)
      // Reading every answer would cost the machine more than some take to make.
      if (isFirst) refuseWrong(request, received.toString('utf8', extent.begin, extent.end))
      isFirst = false
      if (at < until) send()
      else socket.end(resolve)
    }
    socket.on('connect', send)
    socket.on('data', (bytes) => {
      try {
        receive(bytes)
      } catch (error) {
        socket.destroy()
        reject(error)
      }
    })
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('A server closed a connection that should stay open.')))
  })
}

function refuseWrong(request: Request, body: string): void {
  if (request.isRight(request.isText ? { text: body } : JSON.parse(body))) return
  throw new Error(`${request.method} ${request.path} was answered with something else: ${body.slice(0, 500)}`)
}
