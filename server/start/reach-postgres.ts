/** Gets hold of PostgreSQL: the one DATABASE_URL names, or the built-in one in DATA_DIR. Loads little itself. */
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Logger } from 'pino'
import { StartError } from '../base/start-error.ts'
import type { Config } from '../config.ts'
import { errorCodeOf, isDatabaseUnavailable } from '../db/error-code.ts'

/** A PostgreSQL that answers. `stop` ends the built-in one and leaves any other alone. */
export type ReachedPostgres = { connectionString: string; stop: () => Promise<void> }

const UNREACHABLE_LIMIT_MS = 10_000
const ASK_EVERY_MS = 250

/**
 * Starts it if it is ours, and waits until it answers.
 *
 * @param stopping ends the waiting
 * @param onWaiting called, if at all, when there is nothing to do but wait: the moment to load other things
 * @throws StartError in words for the operator; nothing is left running then
 */
export async function reachPostgres(
  config: Config,
  log: Logger,
  stopping: AbortSignal,
  onWaiting: () => void = () => {},
): Promise<ReachedPostgres> {
  const { databaseUrl, dataDir } = config
  if (databaseUrl === undefined) {
    const { startEmbeddedPostgres } = await import('../db/embedded-postgres.ts')
    return await startEmbeddedPostgres({ dataDir, log: (message) => log.info(message), onSpawned: onWaiting })
  }
  await waitForAnswer(databaseUrl, stopping)
  return { connectionString: databaseUrl, stop: async () => {} }
}

/** A database that is started together with us may need some seconds. */
async function waitForAnswer(url: string, stopping: AbortSignal): Promise<void> {
  const began = performance.now()
  for (;;) {
    try {
      return await ask(url)
    } catch (error) {
      if (!isDatabaseUnavailable(error) || performance.now() - began > UNREACHABLE_LIMIT_MS) throw inWords(url, error)
    }
    await sleep(ASK_EVERY_MS, undefined, { signal: stopping })
  }
}

async function ask(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000, query_timeout: 5_000 })
  // A connection that breaks while idle tells nobody else.
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('select 1')
  } finally {
    // Not awaited: a server that hangs would hold us up.
    client.end().catch(() => {})
  }
}

const REFUSALS: Record<string, string> = {
  '28P01': 'does not accept the user or the password in DATABASE_URL',
  '28000': 'does not let the user of DATABASE_URL in from here (see its pg_hba.conf)',
  '3D000': 'has no database of the name in DATABASE_URL. Create it first',
}

function inWords(url: string, error: unknown): StartError {
  const { host } = new URL(url)
  const server = host ? `PostgreSQL at ${host}` : 'PostgreSQL'
  const code = errorCodeOf(error)
  const message = error instanceof Error ? error.message : String(error)
  if (REFUSALS[code]) return new StartError(`${server} ${REFUSALS[code]}.`, { cause: error })
  if (!isDatabaseUnavailable(error)) return new StartError(`${server} cannot be used: ${message}.`, { cause: error })
  return new StartError(
    `${server} did not answer for ${UNREACHABLE_LIMIT_MS / 1000} seconds (${code || message}). ` +
      'Start it, or correct DATABASE_URL.',
    { cause: error },
  )
}
