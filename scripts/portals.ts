/**
 * The portals' build: from `portals/` into `portals/dist/`, one folder a portal, with every file that browsers take
 * compressed beside it. A stamp says which sources it was made of, so that a start with a fresh build loads no bundler.
 */
import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { glob, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const root = join(import.meta.dirname, '..')
const sources = join(root, 'portals')
const dist = join(sources, 'dist')
const stamp = join(dist, 'built-from')

/** TABLE: the portals, by the folder each has in `portals/` and the path at which it is served. */
const PORTALS = ['account', 'admin'] as const

type PortalName = (typeof PORTALS)[number]

/** Files of the server that portals take as they are: pure functions and tables, of which there is one (docs/decisions/0023). */
export const FROM_SERVER = [
  'server/pages/{accent,colour,isolate,scope-words,text-blocks}.ts',
  'server/logs/user-agent.ts',
]

const LEAST_COMPRESSED_BYTES = 1_000

/** Builds all portals. @param watch to build again at each change, until the process ends */
export async function buildPortals({ watch = false } = {}): Promise<void> {
  const digest = digestOfSources()
  await rm(stamp, { force: true })
  for (const name of PORTALS) {
    if (watch) await buildPortal(name, join(dist, name), true)
    else await replacePortal(name)
  }
  if (!watch) await writeFile(stamp, digest)
}

/** Builds all portals, if there is no build or the sources have changed since. @param say what is being done, in a line */
export async function ensurePortals(say: (line: string) => void): Promise<void> {
  const built = await readFile(stamp, 'utf8').catch(() => undefined)
  if (built === digestOfSources()) return
  say('Building the portals; this takes a few seconds, once.')
  await buildPortals()
}

/** Built beside the present build, which a running server may be serving, and then put in its place. */
async function replacePortal(name: PortalName): Promise<void> {
  const fresh = join(dist, `${name}.${process.pid}`)
  try {
    await buildPortal(name, fresh, false)
    await compressAssets(join(fresh, 'assets'))
    await rm(join(dist, name), { recursive: true, force: true })
    await rename(fresh, join(dist, name))
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
}

async function buildPortal(name: PortalName, outDir: string, watch: boolean): Promise<void> {
  const [{ build }, { default: react }] = await Promise.all([import('vite'), import('@vitejs/plugin-react')])
  await build({
    configFile: false,
    root: join(sources, name),
    base: `/${name}/`,
    publicDir: false,
    logLevel: watch ? 'info' : 'warn',
    plugins: [react()],
    build: {
      outDir,
      emptyOutDir: true,
      // The policy of the pages lets nothing through that stands in an address.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      watch: watch ? {} : null,
    },
  })
}

/** The sources, how they are built, and the packages they are built with. */
function digestOfSources(): string {
  const files = globSync(['portals/{account,admin,shared}/**/*.*', ...FROM_SERVER], { cwd: root })
  const hash = createHash('sha256')
  for (const file of [...files, 'portals/package.json', 'package-lock.json', 'scripts/portals.ts'].sort()) {
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)))
      .update('\0')
  }
  return hash.digest('hex')
}

async function compressAssets(folder: string): Promise<void> {
  for await (const file of glob(`${folder}/*.{js,css,svg}`)) {
    const bytes = await readFile(file)
    if (bytes.length < LEAST_COMPRESSED_BYTES) continue
    const params = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length }
    await writeFile(`${file}.br`, await promisify(brotliCompress)(bytes, { params }))
    await writeFile(`${file}.gz`, await promisify(gzip)(bytes, { level: 9 }))
  }
}
