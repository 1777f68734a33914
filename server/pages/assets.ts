/** The files that pages load: the two parts of their font, under names that change with what is in them. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { ApiError } from '../http/errors.ts'

const YEAR_SECONDS = 31_536_000
const folder = join(import.meta.dirname, 'assets')

/** The letters of most European languages; and those that only some of them have, loaded where a page needs one. */
export const FONTS = {
  latin: assetOf('hanken-grotesk-latin'),
  latinExtended: assetOf('hanken-grotesk-latin-ext'),
} as const

type Asset = { path: string; bytes: Buffer }

function assetOf(name: string): Asset {
  const bytes = readFileSync(join(folder, `${name}.woff2`))
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 12)
  return { path: `/u/assets/${name}.${hash}.woff2`, bytes }
}

/** Mounts them. */
export function mountAssets(app: FastifyInstance): void {
  for (const { path, bytes } of Object.values(FONTS)) {
    app.get(path, (_request, reply) =>
      reply
        .type('font/woff2')
        .header('cache-control', `public, max-age=${YEAR_SECONDS}, immutable`)
        .header('cross-origin-resource-policy', 'same-origin')
        .send(bytes),
    )
  }
  app.get('/u/assets/*', async () => {
    throw new ApiError('not_found')
  })
}
