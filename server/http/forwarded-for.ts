/**
 * The addresses that a proxy names. Some write the port of the caller's connection behind his address, which is another one
 * each time: nobody would ever be the same caller twice.
 */
import type { FastifyInstance } from 'fastify'
import type { Server } from './server.ts'

const IPV4_WITH_PORT = /^(\d{1,3}(?:\.\d{1,3}){3}):\d+$/
const IPV6_IN_BRACKETS = /^\[([\da-f:.]+)\](?::\d+)?$/i

/** Takes the ports away before anything asks for the caller's address. */
export function installForwardedFor(app: FastifyInstance, { config }: Server): void {
  if (config.trustProxy.length === 0) return
  app.addHook('onRequest', async ({ raw: { headers } }) => {
    const named = headers['x-forwarded-for']
    if (typeof named === 'string') headers['x-forwarded-for'] = named.split(',').map(withoutPort).join(', ')
  })
}

function withoutPort(part: string): string {
  const address = part.trim()
  return (IPV4_WITH_PORT.exec(address) ?? IPV6_IN_BRACKETS.exec(address))?.[1] ?? address
}
