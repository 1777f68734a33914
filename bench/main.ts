/**
 * `npm run bench`: how fast the server is, as a part of what a bare one reaches in the same minutes on the same
 * database. docs/benchmarks.md says how to read it. It ends with an error only when something is broken, never
 * because something is slow.
 */
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { caseOf } from './cases.ts'
import { type BenchDatabase, openDatabase } from './database.ts'
import { measureExport, measureImport } from './jobs.ts'
import { loadRawClient, loadUsers } from './load-users.ts'
import { measureMail, startSink } from './mail.ts'
import { type Field, measure, type Result } from './measure.ts'
import { type MembersResult, measureMembers } from './members.ts'
import { type Options, readOptions, UsageError } from './options.ts'
import { prepareAsker } from './prepare.ts'
import { memoryOf, mostMemoryOf } from './processor-time.ts'
import { planText, type Report, reportText } from './report.ts'
import { type OurServer, startOurs, startRaw } from './servers.ts'
import { measureStartUp } from './start-up.ts'
import { measureStorm, type Storm } from './storm.ts'

type Closing = () => Promise<unknown>

/** Which events have to be there for every answer of a case. */
const EVENTS: Partial<Record<Result['name'], string>> = { update: 'sapi', token: 'seccft', 'sign-in': 'sepft' }

const opened: Closing[] = []
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => close().finally(() => process.exit(1)))
try {
  await run(readOptions(process.argv.slice(2)))
} catch (error) {
  console.error(error instanceof UsageError ? error.message : error)
  process.exitCode = 1
} finally {
  await close()
}

async function run(options: Options): Promise<void> {
  console.error(planText(options))
  const database = await openDatabase(process.env.DATABASE_URL)
  opened.push(database.remove, database.stop)
  const { users, rounds, seconds } = options
  const report: Report = {
    users,
    rounds,
    seconds,
    results: [],
    storm: undefined,
    members: [],
    startUp: undefined,
    loadedMiB: undefined,
    mostMiB: undefined,
  }
  Object.assign(report, await measureCases(database, options))
  if (options.measuresStart) {
    // A start of ours starts the built-in database as well.
    await database.stop()
    report.startUp = await measureStartUp(database)
  }
  console.log(options.json ? JSON.stringify(report, null, 2) : `\n${reportText(report)}`)
}

async function measureCases(
  database: BenchDatabase,
  options: Options,
): Promise<Pick<Report, 'results' | 'storm' | 'members' | 'loadedMiB' | 'mostMiB'>> {
  const kept = opened.length
  const profiling = options.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${options.profile}`]
  const sink = await startSink()
  opened.push(sink.stop)
  const key = randomBytes(32)
  const settings = { SMTP_URL: `smtp://127.0.0.1:${sink.port}`, ENCRYPTION_KEY: key.toString('base64') }
  const ours = await startOurs({ DATA_DIR: database.dataDir, DATABASE_URL: database.url, ...settings }, profiling)
  opened.push(ours.stop)
  await loadUsers(database.url, options.users)
  const asker = await prepareAsker(ours, options.users)
  await loadRawClient(database.url, asker.client)
  const raw = await startRaw(database.url)
  opened.push(raw.stop)
  const client = new pg.Client(database.url)
  await client.connect()
  opened.push(() => client.end())
  const { rows } = await client.query<{ backend: number }>('select pg_backend_pid() as backend')
  const field: Field = { ours, raw, asker, backend: rows[0]?.backend ?? 0 }
  const results = await measureAll(field, options, client)
  const storm = options.measuresStorm ? await measureStormOf(field, options) : undefined
  if (options.measuresMail) results.push(await said('Mails …', () => measureMail(field, sink, options)))
  const members = options.measuresMembers ? await measureMembersOf(ours, { database, key }, options) : []
  // They add to the users, so they come last, and what reads before what writes.
  const bulk = { field, url: database.url, folder: database.dataDir, users: options.users, rounds: options.rounds }
  if (options.measuresExport) results.push(await said('Exports …', () => measureExport(bulk)))
  if (options.measuresImport) results.push(await said('Imports …', () => measureImport(bulk)))
  const [loadedMiB, mostMiB] = [memoryOf(ours.pid), mostMemoryOf(ours.pid)]
  await close(kept)
  return { results, storm, members, loadedMiB, mostMiB }
}

async function measureAll(field: Field, options: Options, client: pg.Client): Promise<Result[]> {
  const results: Result[] = []
  for (const kind of options.cases) {
    const event = EVENTS[kind.name]
    const before = await countEvents(client, event)
    let answers = 0
    for (const connections of options.connections) {
      console.error(`${kind.title}, ${connections} connections …`)
      const { rounds, seconds } = options
      results.push(await measure(field, kind, { connections, rounds, seconds }, (count) => (answers += count)))
    }
    const recorded = (await countEvents(client, event)) - before
    if (event && recorded !== answers) throw new Error(`${kind.title}: ${answers} answers, but ${recorded} events.`)
  }
  return results
}

async function measureStormOf(field: Field, options: Options): Promise<Storm> {
  return await said('GET user while many people sign in …', () =>
    measureStorm(field, { read: caseOf('read'), signIn: caseOf('sign-in') }, options),
  )
}

async function measureMembersOf(
  ours: OurServer,
  { database: { url }, key }: { database: BenchDatabase; key: Buffer },
  { users, rounds }: Options,
): Promise<MembersResult[]> {
  const measuring = () => measureMembers(ours, { url, key, users }, rounds * 10)
  return await said('Members of a large organization …', measuring)
}

async function said<T>(what: string, measuring: () => Promise<T>): Promise<T> {
  console.error(what)
  return await measuring()
}

async function countEvents(client: pg.Client, type: string | undefined): Promise<number> {
  if (type === undefined) return 0
  const { rows } = await client.query<{ count: string }>('select count(*) from events where type = $1', [type])
  return Number(rows[0]?.count)
}

/** Closes what was opened, the last first, down to what was there at some point. */
async function close(kept = 0): Promise<void> {
  while (opened.length > kept) await opened.pop()?.()
}
