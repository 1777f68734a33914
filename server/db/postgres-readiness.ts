/** Asking a PostgreSQL that is coming up until it answers, and making our database in it the first time. */
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { EmbeddedPostgresError, failureOf } from './embedded-postgres-error.ts'
import { errorCodeOf } from './error-code.ts'
import { type Cluster, SUPERUSER } from './postgres-cluster.ts'

/** What a PostgreSQL that is ready says of itself: its version such as `18.4`, and whether it syncs what it commits. */
export type Answer = { version: string; durable: boolean; data: string }

/** The database within the cluster that Tenantry uses. */
export const DATABASE = 'tenantry'

const ASK_EVERY_MS = 15
const READY_LIMIT_MS = 15_000
/** Recovery after a crash replays what was not yet in the tables; PostgreSQL says that it is at it. */
const RECOVERY_LIMIT_MS = 60_000
/** Answers of a server that may yet become ready: starting, shutting down after a crash, all connections taken. */
const NOT_YET = new Set(['57P01', '57P02', '57P03', '53300'])

/**
 * Waits until the database `tenantry` can be used.
 *
 * @param isRunning whether the server process still lives; without it there is nothing to wait for
 * @param signal ends the waiting
 * @throws EmbeddedPostgresError if it refuses us, ends, or takes too long; the caller still has to stop it
 */
export async function waitUntilReady(
  cluster: Cluster,
  port: number,
  isRunning: () => Promise<boolean>,
  signal?: AbortSignal,
): Promise<Answer> {
  const began = performance.now()
  for (let limitMs = READY_LIMIT_MS; ; await sleep(ASK_EVERY_MS)) {
    const answer = await ask(cluster, port).catch((error: unknown) => ({ error }))
    if (!('error' in answer)) return answer
    const { error } = answer
    const code = errorCodeOf(error)
    const message = error instanceof Error ? error.message : String(error)
    if (code === '28P01') throw wrongPassword(cluster)
    if (error instanceof pg.DatabaseError && !NOT_YET.has(code)) {
      throw failureOf(`PostgreSQL in ${cluster.place.data} refused to work.`, message)
    }
    if (!(await isRunning())) throw new EmbeddedPostgresError('PostgreSQL ended while it was starting.')
    if (code === '57P03' && !message.includes('shutting down')) limitMs = RECOVERY_LIMIT_MS
    if (signal?.aborted) throw new EmbeddedPostgresError('The start of PostgreSQL was called off.')
    if (performance.now() - began > limitMs) {
      const what = `PostgreSQL in ${cluster.place.data} does not answer after ${limitMs / 1000} seconds.`
      throw failureOf(what, message)
    }
  }
}

async function ask(cluster: Cluster, port: number): Promise<Answer> {
  const question = `select current_setting('server_version') as version, current_setting('data_directory') as data,
    current_setting('fsync')::boolean as durable`
  try {
    const { rows } = await withClient(cluster, port, DATABASE, (client) => client.query<Answer>(question))
    if (!rows[0]) throw new Error('PostgreSQL answered nothing')
    // Debian writes `15.20 (Debian 15.20-1)`.
    return { ...rows[0], version: rows[0].version.split(' ')[0] ?? '' }
  } catch (error) {
    if (errorCodeOf(error) !== '3D000') throw error
  }
  await withClient(cluster, port, 'postgres', async (client) => {
    // An error of a statement can quote what a person typed. It reaches the caller anyway, so the log of PostgreSQL
    // need not keep it; what its background processes warn of reaches nobody else and stays.
    await client.query(`alter role ${SUPERUSER} set log_min_messages = log`)
    await client.query(`create database ${DATABASE}`)
  })
  return await ask(cluster, port)
}

async function withClient<T>(
  cluster: Cluster,
  port: number,
  database: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: SUPERUSER,
    password: cluster.password,
    database,
    ssl: false,
    connectionTimeoutMillis: 2_000,
    query_timeout: 60_000,
    application_name: 'tenantry start',
  })
  // A connection that breaks while idle tells nobody else.
  client.on('error', () => {})
  try {
    await client.connect()
    return await work(client)
  } finally {
    // Not awaited: a server that hangs would hold us up, and the answer is here.
    client.end().catch(() => {})
  }
}

function wrongPassword({ place }: Cluster): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `The database in ${place.data} does not accept the password in the file postgres-password of DATA_DIR. ` +
      'Database and password belong together: restore both from the same backup.',
  )
}
