/**
 * The way to PostgreSQL: one pool a process, Kysely over it for what reads better as TypeScript, and named
 * prepared statements for the few hot ones. Everything else gets a `Db` or `Tx` handed in.
 */
import { Kysely, PostgresDialect, type Transaction } from 'kysely'
import pg from 'pg'
import type { Tables } from './tables.ts'

/** The query builder, outside a transaction. */
export type Db = Kysely<Tables>
/** The query builder inside a transaction. */
export type Tx = Transaction<Tables>

/** An open database. */
export type Database = {
  db: Db
  pool: pg.Pool
  /** Runs a hot statement; it is prepared once a connection unless prepared statements are switched off. */
  query: <Row extends pg.QueryResultRow>(statement: Statement, values: unknown[]) => Promise<Row[]>
  close: () => Promise<void>
}

/** A hot statement with the name it is prepared under. */
export type Statement = { name: string; text: string }

/** How to reach the database. */
export type DatabaseOptions = {
  connectionString: string
  maxConnections: number
  preparedStatements: boolean
  onError: (error: Error) => void
}

// Counts come as bigint; none of ours passes 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

/** Opens the pool. Does not connect yet, so that a database that is still coming up is no error here. */
export function openDatabase(options: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: options.connectionString,
    max: options.maxConnections,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: 30_000,
    application_name: 'tenantry',
  })
  // Without a listener, a connection that breaks while idle would end the process.
  pool.on('error', options.onError)
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  return {
    db,
    pool,
    query: async <Row extends pg.QueryResultRow>(statement: Statement, values: unknown[]) => {
      const named = options.preparedStatements ? statement : { text: statement.text }
      return (await pool.query<Row>({ ...named, values })).rows
    },
    close: () => db.destroy(),
  }
}

const RETRIED = new Set(['40001', '40P01'])

/**
 * Runs a transaction, and runs it again (three times at most) when PostgreSQL ended it for a deadlock or a
 * serialization failure. The work must therefore have no effect outside the transaction.
 */
export async function transact<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.transaction().execute(work)
    } catch (error) {
      if (attempt === 3 || !RETRIED.has(errorCodeOf(error))) throw error
    }
  }
}

/** PostgreSQL's five-character code, or Node's (`ECONNREFUSED`), or an empty text. */
export function errorCodeOf(error: unknown): string {
  if (error instanceof AggregateError) return errorCodeOf(error.errors[0])
  if (error && typeof error === 'object' && 'code' in error && typeof error.code === 'string') return error.code
  return ''
}

/** Whether an insert or update met a unique index. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  if (errorCodeOf(error) !== '23505') return false
  if (constraint === undefined) return true
  return error !== null && typeof error === 'object' && 'constraint' in error && error.constraint === constraint
}

const UNREACHABLE = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTFOUND', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENOENT'])

/**
 * Whether the error says that the database cannot serve now (stopped, restarting, out of connections, disk
 * full) rather than that a statement was wrong. Callers answer 503; the next request tries afresh.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  const code = errorCodeOf(error)
  if (UNREACHABLE.has(code) || code.startsWith('08') || code.startsWith('53') || code.startsWith('57P')) return true
  const message = error instanceof Error ? error.message : ''
  return /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/.test(
    message,
  )
}
