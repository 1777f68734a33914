/**
 * The portals: single-page applications, built from `portals/`. Every address of a portal answers its one page, filled
 * with whose it is and where it belongs; its other files have names that change with what is in them. Nothing here is
 * secret: what a person sees comes from the APIs, by his own token.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { escapeHtml } from './base/escape-html.ts'
import { BUILT_IN_CLIENTS } from './clients/built-in.ts'
import { addressBlock } from './http/address-block.ts'
import { ApiError } from './http/errors.ts'
import { applyRateLimit } from './http/rate-limit-headers.ts'
import type { Server } from './http/server.ts'
import { themeOf } from './pages/theme.ts'
import { readTenantSettings } from './tenants/store.ts'

const BUILD = join(import.meta.dirname, '../portals/dist')
const NOT_BUILT = 'The portals are not built. Run `npm run build`, then load this page again.\n'
const YEAR = '1y'

/** What a portal may load and call: what is ours. The frame is the silent renewal of a token. */
function policyOf(path: PortalPath): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    `img-src 'self' data:${IMAGES[path]}`,
    "connect-src 'self'",
    "frame-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ')
}

type PortalPath = (typeof BUILT_IN_CLIENTS)[keyof typeof BUILT_IN_CLIENTS]['path']

/** TABLE: pictures from elsewhere. Organizations have logos, which their administrators see before they are published. */
const IMAGES = { '/account': '', '/admin': ' https:' } as const satisfies Record<PortalPath, string>

function headersOf(path: PortalPath) {
  return {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': policyOf(path),
    'x-frame-options': 'DENY',
    'cross-origin-opener-policy': 'same-origin',
    // The address holds a code for a moment, when somebody comes back from signing in.
    'referrer-policy': 'no-referrer',
  }
}

/** Mounts them. @param folder where the build is */
export function mountPortals(app: FastifyInstance, server: Server, folder = BUILD): void {
  for (const { path } of Object.values(BUILT_IN_CLIENTS)) {
    app.register(async (portal) => {
      mountAssets(portal, path, join(folder, path, 'assets'))
      mountPage(portal, server, path, join(folder, path, 'index.html'))
    })
  }
}

function mountAssets(portal: FastifyInstance, path: string, root: string): void {
  portal.register(fastifyStatic, {
    root,
    prefix: `${path}/assets/`,
    index: false,
    // A folder would be refused with an error that is none of ours.
    allowedPath: (file) => !file.endsWith('/'),
    decorateReply: false,
    preCompressed: true,
    immutable: true,
    maxAge: YEAR,
    setHeaders: (reply) => void reply.header('cross-origin-resource-policy', 'same-origin'),
  })
}

function mountPage(portal: FastifyInstance, server: Server, path: PortalPath, file: string): void {
  const headers = headersOf(path)
  for (const url of [path, `${path}/*`]) {
    portal.get(url, async (request, reply) => {
      applyRateLimit(server.rateLimiter, `page|${addressBlock(request.ip)}`, reply)
      if (request.url.startsWith(`${path}/assets`)) throw new ApiError('not_found')
      return await sendPage(server, reply.headers(headers), file)
    })
  }
}

async function sendPage(server: Server, reply: FastifyReply, file: string): Promise<FastifyReply> {
  // Read each time: a build puts another page in its place while the server runs.
  const page = await readFile(file, 'utf8').catch(() => undefined)
  if (page === undefined) return reply.code(503).type('text/plain; charset=utf-8').send(NOT_BUILT)
  const { name } = themeOf(await readTenantSettings(server.database.db))
  return reply.send(fill(page, { tenant: name, 'public-url': server.config.publicUrl }))
}

/** Fills the page's `<meta>` elements that are there for it. */
function fill(page: string, values: Readonly<Record<string, string>>): string {
  return page.replace(/(<meta name="([\w-]+)" content=")(?=")/g, (whole, beginning: string, name: string) =>
    name in values ? beginning + escapeHtml(values[name] ?? '') : whole,
  )
}
