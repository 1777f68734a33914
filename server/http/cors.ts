/**
 * Which pages elsewhere may read our answers: those of origins that an application has registered, on the routes that
 * pages call. No API accepts a cookie, so this lets nobody act in another's name; it keeps answers to those they are for.
 */
import type { FastifyInstance } from 'fastify'
import { sql } from 'kysely'
import type { Db } from '../db/database.ts'
import type { Server } from './server.ts'

const PATHS = ['/oauth/', '/userinfo', '/dbconnections/', '/me/', '/api/v2/'] as const
/** The documents of discovery are for every page, and libraries ask for them with headers of their own. */
const PUBLIC = '/.well-known/'
const METHODS = 'GET, POST, PUT, PATCH, DELETE'
/** What the SDKs send besides what every page may. */
const HEADERS = 'authorization, content-type, auth0-client, x-request-language, x-correlation-id'
const EXPOSED = 'x-ratelimit-limit, x-ratelimit-remaining, x-ratelimit-reset, retry-after, x-request-id'
const PREFLIGHT_SECONDS = '600'

/** Installs it. */
export function installCors(app: FastifyInstance, server: Server): void {
  const own = new URL(server.config.publicUrl).origin
  app.addHook('onRequest', async (request, reply) => {
    const { origin } = request.headers
    if (origin === undefined || origin === own || !PATHS.some((path) => request.url.startsWith(path))) return
    reply.header('vary', 'origin')
    if (!(await isRegistered(server.database.db, origin))) return
    reply.headers({ 'access-control-allow-origin': origin, 'access-control-expose-headers': EXPOSED })
  })
  for (const path of [...PATHS, PUBLIC]) {
    app.options(path.endsWith('/') ? `${path}*` : path, async (_request, reply) => {
      if (path === PUBLIC) reply.header('access-control-allow-origin', '*')
      return await reply
        .headers({
          'access-control-allow-methods': METHODS,
          'access-control-allow-headers': HEADERS,
          'access-control-max-age': PREFLIGHT_SECONDS,
        })
        .code(204)
        .send()
    })
  }
}

/** By any application: a preflight names none. An origin is one of those listed, or that of a callback. */
async function isRegistered(db: Db, origin: string): Promise<boolean> {
  if (!/^https?:\/\/[^/?#\s]{1,255}$/.test(origin)) return false
  const { rows } = await sql<{ found: boolean }>`
    select exists (
      select 1 from clients c, lateral (
        select jsonb_array_elements_text(c.settings->'web_origins') as address
        union all select jsonb_array_elements_text(c.settings->'allowed_origins')
        union all select jsonb_array_elements_text(c.settings->'callbacks')
      ) as listed
      where listed.address = ${origin} or starts_with(listed.address, ${`${origin}/`})
        or (listed.address like '%://*.%' and split_part(listed.address, '://', 1) = split_part(${origin}, '://', 1)
          and regexp_replace(${origin}, '^[a-z]+://[a-zA-Z0-9-]+', '')
            = (regexp_match(split_part(listed.address, '://', 2), '^[*]([^/?#]*)'))[1])
    ) as found`.execute(db)
  return rows[0]?.found === true
}
