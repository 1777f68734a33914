/**
 * Runs the tests: `npm test` all of them, `npm test -- server/users` those whose path contains a text. One
 * PostgreSQL serves the whole run: the one DATABASE_URL names, or a built-in one on a temporary folder.
 */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { ensurePortals } from '../scripts/portals.ts'
import { openSecrets } from '../server/base/secrets.ts'
import { openDatabase } from '../server/db/database.ts'
import { migrateToLatest } from '../server/db/migrate.ts'
import { setUpTenant } from '../server/setup.ts'
import { ensureChromium } from './browser/chromium.ts'
import { administer, dropDatabases, TEST_KEY, testConfig } from './harness.ts'
import { openPostgres } from './postgres.ts'

const wanted = process.argv.slice(2)
const root = join(import.meta.dirname, '..')
const files = globSync('{server,test,scripts,bench}/**/*.test.ts', { cwd: root })
  .filter((file) => wanted.length === 0 || wanted.some((text) => file.includes(text)))
  .map((file) => join(root, file))
  .sort()

if (files.some((file) => file.includes('/test/browser/'))) await ensureChromium()
if (files.some((file) => /\/test\/(?:browser\/|npm-start)|\/portals\.test/.test(file))) await ensurePortals(console.log)
const postgres = await openPostgres()
const template = `tenantry_test_${randomBytes(4).toString('hex')}_template`
let failed = 1
try {
  await makeTemplate(postgres.url, template)
  process.env.TENANTRY_TEST_DATABASE = postgres.url
  process.env.TENANTRY_TEST_TEMPLATE = template
  failed = await runFiles(files)
} finally {
  // The template, and the database of a file that ended before it could drop its own.
  await dropDatabases(postgres.url, template.replace(/template$/, ''))
  await postgres.stop()
}
process.exitCode = failed === 0 ? 0 : 1

async function makeTemplate(adminUrl: string, name: string): Promise<void> {
  await administer(adminUrl, `create database ${name}`)
  const url = new URL(adminUrl)
  url.pathname = `/${name}`
  const database = openDatabase({
    connectionString: url.href,
    maxConnections: 2,
    preparedStatements: true,
    onError: () => {},
  })
  await migrateToLatest(database)
  await setUpTenant(database.db, openSecrets(TEST_KEY), testConfig())
  await database.close()
}

async function runFiles(paths: string[]): Promise<number> {
  let passed = 0
  let failures = 0
  const tests = run({ files: paths, concurrency: Math.max(2, availableParallelism()), timeout: 600_000 })
  tests.on('test:pass', ({ details }) => {
    if (details.type !== 'suite') passed += 1
  })
  tests.on('test:fail', ({ details }) => {
    // A suite fails with its tests; on its own it fails when nothing in it could run.
    if (details.type !== 'suite') failures += 1
  })
  const report = tests.compose(spec)
  report.pipe(process.stdout)
  await once(report, 'end')
  if (passed + failures === 0) failures = 1
  console.log(`\n${passed} passed, ${failures} failed`)
  return failures
}
