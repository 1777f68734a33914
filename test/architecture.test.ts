/** What holds for the code as a whole: who imports whom, how long files are, and which tables agree with which. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { sql } from 'kysely'
import { generatedDocs } from '../scripts/generated-docs.ts'
import { MANAGEMENT_ROUTES } from '../server/app.ts'
import { isManagementScope } from '../server/authorization/scopes.ts'
import { AUTH0_OPERATIONS, MANAGEMENT_OPERATIONS, matchKey, routeKey } from '../server/http/auth0-operations.ts'
import { scopesOf } from '../server/http/define-route.ts'
import { MY_ACCOUNT_ROUTES } from '../server/me/routes.ts'
import { OTHER_ROUTES } from '../server/other-routes.ts'
import { startTestServer } from './harness.ts'
import { LAYERS } from './layers.ts'

const root = join(import.meta.dirname, '..')
const sources = globSync('{server,scripts,test,bench}/**/*.ts', { cwd: root, exclude: ['**/node_modules/**'] }).sort()
const textOf = new Map(sources.map((file) => [file, readFileSync(join(root, file), 'utf8')]))
const isTest = (file: string) => /\.(test|testing)\.ts$/.test(file) || file.startsWith('test/')
const serverFiles = sources.filter((file) => file.startsWith('server/') && !isTest(file))

describe('the code', () => {
  it('imports downwards only', () => {
    const wrong: string[] = []
    for (const file of serverFiles) {
      const own = layerOf(file)
      assert.ok(own >= 0, `${file} has no place in test/layers.ts: give it one`)
      for (const imported of importsOf(file)) {
        const other = layerOf(imported)
        const beside = folderOf(file) === folderOf(imported) || LAYERS[own]?.together === true
        if (other < own || (other === own && beside)) continue
        wrong.push(`${file} (${LAYERS[own]?.name}) imports ${imported} (${LAYERS[other]?.name ?? 'no layer'})`)
      }
    }
    assert.deepEqual(wrong, [])
  })

  it('is in files of less than 250 lines; a test may have twice as many', () => {
    const long = [...textOf].flatMap(([file, text]) => {
      const lines = text.split('\n').length - 1
      return lines < (isTest(file) ? 500 : 250) ? [] : [`${file}: ${lines} lines`]
    })
    assert.deepEqual(long, [])
  })

  // TABLE: what may stand only where it belongs.
  const PLACES: readonly { what: string; sign: RegExp; allowed: RegExp }[] = [
    { what: 'reads the environment', sign: /process\.env\b/, allowed: /^server\/(config|main)\.ts$/ },
    { what: 'asks for the time', sign: /new Date\(\)|\bDate\.now\(/, allowed: /^server\/base\/clock\.ts$/ },
    { what: 'prints', sign: /\bconsole\./, allowed: /^server\/(main|create-admin)\.ts$/ },
  ]
  for (const { what, sign, allowed } of PLACES) {
    it(`${what} in one place only`, () => {
      const elsewhere = serverFiles.filter((file) => !allowed.test(file) && sign.test(textOf.get(file) ?? ''))
      assert.deepEqual(elsewhere, [])
    })
  }

  // Whatever writes such a column of `users` writes the search tables in the same transaction (docs/decisions/0018).
  it('changes what searches look for only where it writes their tables as well', () => {
    const update = /\bupdate users\b|updateTable\('users'\)/i
    const searched = /(?:updated_at|last_login|last_ip|logins_count|user_metadata|app_metadata)['"]?\s*[=:]/
    const writesTables = /\b(?:indexUsers|activitySql|metadataSql)\(/
    const forgetful = serverFiles.filter((file) => {
      const text = textOf.get(file) ?? ''
      const updates = text.split(update).slice(1)
      return updates.some((rest) => searched.test(rest.split('.execute')[0] ?? '')) && !writesTables.test(text)
    })
    assert.deepEqual(forgetful, [])
  })

  it('names no place outside this repository', () => {
    const outside = [['..', 'shared'].join('/'), ['', 'work', 'shared'].join('/'), ['', 'work', 'main'].join('/')]
    const documents = globSync('{*.md,docs/**/*,*.json,server/*.json}', { cwd: root, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== 'package-lock.json')
      .map((entry) => join(entry.parentPath, entry.name))
    const files = [...sources.map((file) => join(root, file)), ...documents]
    const naming = files.filter((file) => outside.some((place) => readFileSync(file, 'utf8').includes(place)))
    assert.deepEqual(naming, [])
  })

  it('has its generated documents up to date: if not, `npm run docs`', () => {
    const stale = Object.entries(generatedDocs()).flatMap(([path, text]) => (readOrEmpty(path) === text ? [] : [path]))
    assert.deepEqual(stale, [])
  })
})

describe('the routes of the Management API', async () => {
  const { app } = await startTestServer()
  const known = new Map(
    MANAGEMENT_OPERATIONS.map((operation) => [matchKey(operation.method, operation.path), operation]),
  )

  it('stand in the list once each, by address and by operation id', () => {
    assert.deepEqual(twice(MANAGEMENT_ROUTES.map(routeKey)), [])
    assert.deepEqual(twice(MANAGEMENT_ROUTES.map(({ operationId }) => operationId)), [])
  })

  it('are all in the list: no noun has routes that are not mounted', () => {
    const defined = serverFiles.flatMap((file) => [...(textOf.get(file) ?? '').matchAll(/operationId: '([^']+)'/g)])
    const mounted = new Set([...MANAGEMENT_ROUTES, ...MY_ACCOUNT_ROUTES].map(({ operationId }) => operationId))
    assert.deepEqual(
      defined.flatMap(([, name = '']) => (mounted.has(name) ? [] : [name])),
      [],
    )
  })

  it('ask for scopes of the table and are called as Auth0 calls them, or marked as ours', () => {
    for (const definition of MANAGEMENT_ROUTES) {
      const key = routeKey(definition)
      const theirs = known.get(key)
      for (const scope of scopesOf(definition.scope)) assert.ok(isManagementScope(scope), `${key}: ${scope}`)
      assert.equal(definition.ours === true, theirs === undefined, `${key}: \`ours\` is for what Auth0 does not have`)
      if (theirs?.operationId) assert.equal(definition.operationId, theirs.operationId, key)
    }
  })

  it('and those beside it are in their lists exactly when they are mounted', () => {
    const listed = new Set(OTHER_ROUTES.map(({ method, path }) => matchKey(method, path)))
    for (const { api, method, path } of AUTH0_OPERATIONS) {
      if (api === 'management') continue
      // Fastify types the method by its list of them.
      const wanted = { method: method as 'GET', url: path.replace(/\{([^}]+)\}/g, ':$1') }
      assert.equal(app.hasRoute(wanted), listed.has(matchKey(method, path)), `${method} ${path}`)
    }
  })
})

describe('the tables', async () => {
  const { db } = await startTestServer()

  it('in TypeScript have the columns that the migrations make, and no other', async () => {
    const { rows } = await sql<{ name: string; columns: string[] }>`
      select table_name as name, array_agg(column_name::text order by column_name::text collate "C") as columns
      from information_schema.columns
      where table_schema = 'public' and table_name not like 'kysely_%'
        -- Parts of a table have its columns.
        and not (select relispartition from pg_class where oid = quote_ident(table_name)::regclass)
      group by table_name`.execute(db)
    const migrated = Object.fromEntries(rows.map(({ name, columns }) => [name, columns]))
    const texts = [...textOf].flatMap(([file, text]) => (/^server\/db\/tables[a-z-]*\.ts$/.test(file) ? [text] : []))
    assert.deepEqual(Object.assign({}, ...texts.map(readTables)), migrated)
  })
})

function layerOf(file: string): number {
  return LAYERS.findIndex(({ files }) => files.test(file))
}

function folderOf(file: string): string {
  return file
    .split('/')
    .slice(0, 2)
    .join('/')
    .replace(/[^/]+\.ts$/, '')
}

function importsOf(file: string): string[] {
  const found = (textOf.get(file) ?? '').matchAll(/(?:from|import) ?\(?'(\.[^']+\.ts)'/g)
  return [...found].map(([, path = '']) => join(dirname(file), path))
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(join(root, path), 'utf8')
  } catch {
    return '' // A document that is not there is stale.
  }
}

function twice(names: readonly string[]): string[] {
  return names.filter((name, index) => names.indexOf(name) !== index)
}

/** Table names with their columns in order, read from the types: types are gone when the code runs. */
function readTables(text: string): Record<string, string[]> {
  const columnsOf = new Map(
    [...text.matchAll(/^export type (\w+Table) = \{(.*?)\}\n(?=\n|$)/gms)].map(([, name = '', body = '']) => [
      name,
      columnsIn(body),
    ]),
  )
  const [, names = ''] = /^export type \w*Tables = (?:\w+ &\s+)*\{(.*?)^\s*\}/ms.exec(text) ?? []
  const tables = [...names.matchAll(/(\w+): (\w+)/g)]
  return Object.fromEntries(tables.map(([, table = '', type = '']) => [table, columnsOf.get(type) ?? []]))
}

/** The names at the outermost level; a column's type may have braces of its own. */
function columnsIn(body: string): string[] {
  const flat = body.replace(/\/\*.*?\*\//gs, '').replace(/\{[^{}]*\}/g, '')
  return [...flat.matchAll(/(?:^|[;\n])\s*(\w+)\??:/g)].map(([, name = '']) => name).sort()
}
