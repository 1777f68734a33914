/** What every answer carries, and which requests are not for us. */
import type { FastifyInstance } from 'fastify'
import { isLoopbackHost } from '../config-kinds.ts'
import { ApiError } from './errors.ts'
import type { Server } from './server.ts'

/** Installs both. */
export function installHeaders(app: FastifyInstance, server: Server): void {
  const { config, isDemo, log } = server
  const own = new URL(config.publicUrl).hostname
  const isHttps = config.publicUrl.startsWith('https:')
  app.addHook('onRequest', async (request, reply) => {
    // What may be kept says so itself.
    reply.headers({ 'x-content-type-options': 'nosniff', 'x-request-id': request.id, 'cache-control': 'no-store' })
    if (isHttps) reply.header('strict-transport-security', 'max-age=31536000')
    // Another page's name that was made to point at this machine (DNS rebinding) must not reach the demo's people.
    if (isDemo && !isOurs(request.headers.host, own)) throw new ApiError('misdirected')
    // No text that PostgreSQL stores holds a NUL, so nothing can be found or kept under such an address.
    if (request.url.includes('%00')) {
      throw new ApiError('invalid_uri', { with: { reason: 'The address must not contain the character U+0000.' } })
    }
  })
  if (!log.isLevelEnabled('debug')) return
  app.addHook('onResponse', async (request, reply) => {
    const { method, id: requestId, routeOptions } = request
    // The pattern of the route, never the address: an address can hold a person's e-mail.
    const fields = { requestId, method, route: routeOptions.url, status: reply.statusCode }
    log.debug({ ...fields, milliseconds: Math.round(reply.elapsedTime) }, 'request')
  })
}

/** As the request itself says it; behind a trusted proxy Fastify would take the caller's own `X-Forwarded-Host`. */
function isOurs(host: string | undefined, own: string): boolean {
  const address = `http://${host}`
  if (host === undefined || !URL.canParse(address)) return false
  const { hostname } = new URL(address)
  return hostname === own || isLoopbackHost(hostname)
}
