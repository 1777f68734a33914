/** Whether a request was made on this machine. */
import type { FastifyRequest } from 'fastify'
import { isLoopbackHost } from '../config-kinds.ts'

const PASSED_ON = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'] as const

/**
 * Whether a request comes from this machine and asks for it by name. A page of somebody else whose name was made to point
 * here (DNS rebinding) asks for its own.
 */
export function isWithinThisMachine(request: FastifyRequest): boolean {
  const address = `http://${request.headers.host}`
  const isNamed = URL.canParse(address) && isLoopbackHost(new URL(address).hostname)
  return isNamed && isFromThisMachine(request)
}

/**
 * Whether a request comes from a program on this machine that speaks for nobody else: a proxy or tunnel that runs here
 * passes on what strangers ask, and says so in a header. Whom a proxy names is not believed.
 */
export function isFromThisMachine({ socket, headers }: FastifyRequest): boolean {
  const address = socket.remoteAddress?.replace(/^::ffff:/i, '')
  return address !== undefined && isLoopbackHost(address) && PASSED_ON.every((name) => headers[name] === undefined)
}
