/**
 * A server of its own for the tests to kill: starts the built-in PostgreSQL in the folder given as first argument,
 * says so in one line of JSON, stops it on SIGTERM. With `write` as second argument it commits rows and says each
 * number, counted from 0 over all its lives, after its commit.
 */
import pg from 'pg'
import { EmbeddedPostgresError, startEmbeddedPostgres } from './embedded-postgres.ts'

const [dataDir = '', task, systemFolder] = process.argv.slice(2)
const say = (line: unknown) => process.stdout.write(`${JSON.stringify(line)}\n`)

try {
  const started = await startEmbeddedPostgres({
    dataDir,
    log: (message) => say({ log: message }),
    ...(systemFolder && { systemFolder }),
  })
  process.once('SIGTERM', () => started.stop().then(() => process.exit(0)))
  say({ ready: started.connectionString })
  if (task === 'write') {
    const client = new pg.Client(started.connectionString)
    client.on('error', () => {})
    await client.connect()
    await client.query('create table if not exists acknowledged (number int primary key)')
    const { rows } = await client.query<{ next: number }>('select count(*)::int as next from acknowledged')
    for (let number = rows[0]?.next ?? 0; ; number += 1) {
      await client.query('insert into acknowledged values ($1)', [number])
      say({ acknowledged: number })
    }
  }
  // Neither PostgreSQL nor its supervisor keeps a process alive.
  setInterval(() => {}, 60_000)
} catch (error) {
  say({ error: error instanceof EmbeddedPostgresError ? error.message : `unexpected: ${error}` })
  process.exitCode = 1
}
