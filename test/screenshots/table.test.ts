/** The table of pictures against the pages that there are. Needs no browser. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { BUILT_IN_CLIENTS } from '../../server/clients/built-in.ts'
import { startDemoServer } from '../../server/demo/demo.testing.ts'
import { EMAIL_TEMPLATES, isSentTemplate } from '../../server/emails/templates.ts'
import { looksOf, slugOf } from './camera.ts'
import { PAGES } from './table.ts'

/** TABLE: what is asked for by programs, or is a part of a page; everything else that is answered to a GET is a page. */
const NO_PAGES: readonly RegExp[] = [
  /^\/(?:api|me\/v1|health|\.well-known|oauth|authorize|userinfo|oidc|v2)(?:\/|$)/,
  /^\/(?:pem|cer|rawpem|metrics)$/,
  /\/assets\//,
  /^\/inbox\/:id\/content$/,
  // The way on to a page.
  /^\/login\/callback$/,
  /^\/u\/login\/:id\/provider$/,
  // A file.
  /^\/exports\//,
  /^\/\*$/,
]

describe('the pictures', async () => {
  const { app } = await startDemoServer()
  const listed = new Set(PAGES.map(({ route }) => route))

  it('are taken of every page that the server answers', () => {
    const portals = Object.values(BUILT_IN_CLIENTS).map(({ path }) => path)
    // A portal's pages stand in its own table.
    const isOfPortal = (url: string) => portals.some((path) => url === path || url === `${path}*`)
    const isPage = (url: string) => !NO_PAGES.some((kind) => kind.test(url)) && !isOfPortal(url)
    assert.deepEqual(
      getRoutesOf(app.printRoutes({ commonPrefix: false })).filter((url) => isPage(url) && !listed.has(url)),
      [],
      'pages without a row in test/screenshots/pages',
    )
  })

  it('are taken of every page of the portals', () => {
    const files = globSync('portals/*/router.tsx', { cwd: join(import.meta.dirname, '../..') })
    assert.ok(files.length > 0)
    for (const file of files) {
      const text = readFileSync(join(import.meta.dirname, '../..', file), 'utf8')
      const [, base = ''] = /basepath: '([^']+)'/.exec(text) ?? []
      const paths = [...text.matchAll(/\bpath: '([^']+)'/g)].map(([, path = '']) => base + path.replace(/\/$/, ''))
      assert.ok(paths.length > 0, file)
      assert.deepEqual(
        paths.filter((path) => !listed.has(path)),
        [],
        `pages of ${file} without a row in test/screenshots/pages`,
      )
    }
  })

  it('are taken of every mail that is sent', () => {
    const templates = Object.keys(EMAIL_TEMPLATES).filter(isSentTemplate)
    assert.deepEqual(
      templates.filter((name) => !listed.has(`mail:${name}`)),
      [],
    )
  })

  it('each have a name of their own, and every page has a state', () => {
    const names = PAGES.flatMap(({ page, states }) => Object.keys(states).map((state) => `${page}/${slugOf(state)}`))
    assert.equal(new Set(names).size, names.length)
    assert.equal(new Set(PAGES.map(({ page }) => page)).size, PAGES.length)
    for (const { page, states } of PAGES) assert.ok(Object.keys(states).length > 0, page)
    assert.equal(looksOf(undefined).length, 4)
  })
})

/** The addresses that answer a GET, of Fastify's drawing of its routes as a tree. */
function getRoutesOf(drawing: string): string[] {
  const parts: string[] = []
  return drawing.split('\n').flatMap((line) => {
    const [, indent = '', part = '', methods = ''] = /^([│ ]*)[├└]── (\S*) ?(?:\(([A-Z, ]+)\))?/.exec(line) ?? []
    if (part === '') return []
    parts.splice(indent.length / 4, parts.length, part)
    return methods.split(', ').includes('GET') ? [parts.join('')] : []
  })
}
