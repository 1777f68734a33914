/** What a build of the portals is made of. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, it } from 'node:test'
import { FROM_SERVER } from '../scripts/portals.ts'

const root = join(import.meta.dirname, '..')

describe('a build of the portals', () => {
  it('is made anew when a file of the server changes that they take as it is', () => {
    const sources = globSync('portals/{account,admin,shared}/**/*.{ts,tsx}', { cwd: root })
    const taken = new Set(sources.flatMap(serverFilesOf))
    assert.ok(taken.size > 0)
    assert.deepEqual([...taken].sort(), globSync(FROM_SERVER, { cwd: root }).sort())
  })
})

function serverFilesOf(file: string): string[] {
  const imports = readFileSync(join(root, file), 'utf8').matchAll(/ from '([^']*\/server\/[^']+)'/g)
  return [...imports].map(([, path = '']) => relative(root, join(root, dirname(file), path)))
}
