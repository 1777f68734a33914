/**
 * Searches whose cost nobody knows beforehand, whatever they search: a part of the connections runs them, so that slow ones
 * leave the others to everybody else, and none may take longer than ten seconds.
 */
import { type Connection, type Database, errorCodeOf } from '../db/database.ts'
import { gate } from '../db/gate.ts'
import { ApiError } from './errors.ts'

/**
 * Runs a search when its turn comes, in a transaction of its own whose statements all see the same moment.
 *
 * @throws ApiError search_timeout
 */
export type LimitedSearch = <T>(search: (connection: Connection) => Promise<T>) => Promise<T>

/** How long one search may take. */
const LIMIT_MS = 10_000

const PART_OF_CONNECTIONS = 1 / 3

// Compiling a plan to machine code takes longer than most searches.
const LIMITS_SQL = `select set_config('statement_timeout', '${LIMIT_MS}', true), set_config('jit', 'off', true)`

const made = new WeakMap<Database, LimitedSearch>()

/** The one of a database: all kinds of searches share its part of the connections. */
export function limitedSearchOf(database: Database): LimitedSearch {
  const known = made.get(database)
  if (known) return known
  const admitted = gate(Math.max(1, Math.floor(database.pool.options.max * PART_OF_CONNECTIONS)))
  const search: LimitedSearch = (run) => admitted(() => runWithinLimit(database, run))
  made.set(database, search)
  return search
}

async function runWithinLimit<T>(database: Database, search: (connection: Connection) => Promise<T>): Promise<T> {
  try {
    return await database.transaction(async (connection) => {
      const limited = connection.query({ name: 'search-limits', text: LIMITS_SQL }, [])
      const [, found] = await Promise.all([limited, search(connection)])
      return found
    }, 'snapshot')
  } catch (error) {
    // PostgreSQL: query_canceled.
    if (errorCodeOf(error) === '57014') throw new ApiError('search_timeout', { cause: error })
    throw error
  }
}
