/**
 * The way to PostgreSQL: one pool a process, Kysely over it for what reads better as TypeScript, and named
 * prepared statements for the few hot ones. Everything else gets a `Db` or `Tx` handed in.
 */
import { CompiledQuery, Kysely, PostgresDialect, type RawBuilder, type Transaction } from 'kysely'
import pg from 'pg'
import { hasGivenWay, refersToNothing } from './error-code.ts'
import { BEGIN, endWhenSilent, onOneConnection } from './one-connection.ts'
import type { Tables } from './tables.ts'

export { errorCodeOf, hasGivenWay, isDatabaseBusy, isDatabaseUnavailable, isUniqueViolation } from './error-code.ts'

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
  /**
   * A transaction on one connection in which hot statements stay prepared; anything else goes through `tx`. Like
   * `transact`, it runs again after a deadlock or a serialization failure. Of a snapshot all statements see the same moment.
   */
  transaction: <T>(work: (connection: Connection) => Promise<T>, kind?: 'snapshot') => Promise<T>
  /** Opens a connection beside the pool, without a limit on how long a statement may take: for work that lasts. */
  openOwn: () => Promise<OwnConnection>
  close: () => Promise<void>
}

/** One connection within a transaction. */
export type Connection = Pick<Database, 'query'> & {
  /**
   * Sends the last statement, together with the commit; its error fails the transaction. Its rows are there once the
   * transaction is, and must not be waited for within.
   */
  finish: <Row extends pg.QueryResultRow>(statement: Statement, values: unknown[]) => Promise<Row[]>
  /** The query builder on this connection, made when it is first asked for. */
  tx: () => Tx
}

/** A connection of its own, through which streams go as well. */
export type OwnConnection = {
  client: pg.Client
  /** Runs a transaction on it. */
  transact: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>
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
  /** How long nothing may come or go on a connection, in milliseconds; a little more than a statement may take. */
  silenceLimitMs?: number
}

// Counts come as bigint; none of ours passes 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

const STATEMENT_LIMIT_MS = 30_000

/** Opens the pool. Does not connect yet, so that a database that is still coming up is no error here. */
export function openDatabase(options: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: options.connectionString,
    max: options.maxConnections,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: STATEMENT_LIMIT_MS,
    keepAlive: true,
    // Statements that do not wait for one another travel together: `begin` with the first, `commit` with the last.
    pipeline: true,
    application_name: 'tenantry',
  })
  // A connection that breaks says so in an event, idle or in the middle of a transaction; unheard, it would end the
  // process. The pool repeats those of idle ones.
  pool.on('connect', (client) => {
    client.on('error', options.onError)
    endWhenSilent(client, options.silenceLimitMs ?? STATEMENT_LIMIT_MS + 5_000)
  })
  pool.on('error', () => {})
  const builderPool = {
    connect: async () => builderClient(await pool.connect(), options.preparedStatements),
    end: () => pool.end(),
  }
  // As much of a pool as Kysely looks at.
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: builderPool as unknown as pg.Pool }) })
  const queryOn = (on: Pick<pg.ClientBase, 'query'> | pg.Pool) => {
    return async <Row extends pg.QueryResultRow>(statement: Statement, values: unknown[]) => {
      const named = options.preparedStatements ? statement : { text: statement.text }
      return (await on.query<Row>({ ...named, values })).rows
    }
  }
  return {
    db,
    pool,
    query: queryOn(pool),
    transaction: (work, kind) =>
      retried(() =>
        onOneConnection(pool, BEGIN[kind ?? 'plain'], async (client) => {
          const query = queryOn(client)
          const last: Promise<unknown>[] = []
          const result = await work({
            query,
            finish: <Row extends pg.QueryResultRow>(statement: Statement, values: unknown[]) => {
              const rows = query<Row>(statement, values)
              last.push(rows)
              return rows
            },
            tx: () => builderOn(client, options.preparedStatements),
          })
          return { result, last }
        }),
      ),
    openOwn: () => openOwn(options),
    close: () => db.destroy(),
  }
}

async function openOwn({ connectionString, onError }: DatabaseOptions): Promise<OwnConnection> {
  const client = new pg.Client({ connectionString, keepAlive: true, application_name: 'tenantry jobs' })
  client.on('error', onError)
  await client.connect()
  return {
    client,
    async transact(work) {
      await client.query('begin')
      try {
        const result = await work(builderOn(client))
        await client.query('commit')
        return result
      } catch (error) {
        await client.query('rollback').catch(() => {})
        throw error
      }
    },
    close: () => client.end(),
  }
}

/** By their text: what `runHot` has run, and the names under which it is prepared. */
const HOT_NAMES = new Map<string, string>()

/** Runs a hot statement where a query builder runs, prepared once a connection as by `Database.query`. */
export async function runHot<Row>(db: Db, { name, text }: Statement, values: unknown[]): Promise<Row[]> {
  HOT_NAMES.set(text, name)
  return (await db.executeQuery<Row>(CompiledQuery.raw(text, values))).rows
}

/** The same for what Kysely's `sql` makes; its text is the same each time. */
export async function runHotSql<Row>(db: Db, name: string, made: RawBuilder<Row>): Promise<Row[]> {
  const { sql: text, parameters } = made.compile(db)
  return await runHot<Row>(db, { name, text }, [...parameters])
}

const BUILDER_CLIENTS = new WeakMap<pg.PoolClient, Pick<pg.PoolClient, 'query' | 'release'>>()

/** The connection as a query builder gets it: hot statements have their names. */
function builderClient(client: pg.PoolClient, prepares: boolean) {
  const known = BUILDER_CLIENTS.get(client)
  if (known) return known
  const made = { query: queryOf(client, prepares), release: (broken?: boolean | Error) => client.release(broken) }
  // Kysely calls `query` with a text and its values alone.
  BUILDER_CLIENTS.set(client, made as unknown as pg.PoolClient)
  return made
}

function queryOf(client: Pick<pg.ClientBase, 'query'>, prepares: boolean) {
  return (text: string, values?: unknown[]) => {
    const name = prepares ? HOT_NAMES.get(text) : undefined
    return client.query({ ...(name === undefined ? {} : { name }), text, ...(values ? { values } : {}) })
  }
}

/** A query builder on a connection that is in a transaction already; it neither begins nor ends one. */
export function builderOn(client: Pick<pg.ClientBase, 'query'>, prepares = false): Tx {
  const borrowed = {
    query: queryOf(client, prepares),
    release: () => {},
  }
  const pool = { connect: async () => borrowed, end: async () => {} }
  const dialect = new PostgresDialect({ pool: pool as unknown as pg.Pool })
  // Only Kysely's own transactions are of type Transaction; this one began outside of it.
  return new Kysely<Tables>({ dialect }) as Tx
}

/**
 * Runs a transaction, and runs it again (three times at most) when PostgreSQL ended it for a deadlock or a
 * serialization failure, or because what it had looked at was removed before it could refer to it: looked for anew, that
 * is not there. The work must therefore have no effect outside the transaction.
 */
export async function transact<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  return await retried(() => db.transaction().execute(work))
}

async function retried<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run()
    } catch (error) {
      if (attempt === 3 || !(hasGivenWay(error) || refersToNothing(error))) throw error
    }
  }
}
