/** Transactions on one connection of the pool, with few messages, and the end of a connection that went dead. */
import type { Socket } from 'node:net'
import type pg from 'pg'

/** What statements are asked of. */
export type Querying = Pick<pg.ClientBase, 'query'>

/** How transactions begin: all statements of a snapshot see the same moment. */
export const BEGIN = { plain: 'begin', snapshot: 'begin isolation level repeatable read' } as const

/** A transaction on a connection of the pool; what stands in `last` goes out together with the commit. */
export async function onOneConnection<T>(
  pool: pg.Pool,
  begin: string,
  work: (client: Querying) => Promise<{ result: T; last: Promise<unknown>[] }>,
): Promise<T> {
  const connection = await pool.connect()
  const client = sendingTogether(connection)
  let broken = false
  try {
    const begun = client.query(begin)
    // Should it fail, so does what was sent behind it, and that is waited for first.
    begun.catch(() => {})
    const { result, last } = await work(client)
    // After a statement that failed PostgreSQL takes `commit` for `rollback`, and the statement's error is thrown here.
    await Promise.all([begun, ...last, client.query('commit')])
    return result
  } catch (error) {
    await client.query('rollback').catch(() => {
      broken = true
    })
    throw error
  } finally {
    // A connection on which not even the rollback went through is of no further use.
    connection.release(broken)
  }
}

/**
 * Ends a connection on which nothing has come or gone for so long: PostgreSQL does not even answer that it gave up, frozen
 * or behind a line that went dead. (The driver's own `query_timeout` makes a timer a statement, and with it what a request
 * made outlives the collection of short-lived objects, which then takes ten times as long.)
 */
export function endWhenSilent(client: pg.PoolClient, limitMs: number): void {
  const stream = streamOf(client)
  stream.setTimeout(limitMs, () => {
    stream.destroy(Object.assign(new Error('The database does not answer.'), { code: 'ETIMEDOUT' }))
  })
}

/** Not among the types: the connection's own stream. */
function streamOf(client: pg.PoolClient): Socket {
  return (client as unknown as { connection: { stream: Socket } }).connection.stream
}

/** The connection such that statements of one turn of the event loop go out in one message: sending costs more than most of them. */
function sendingTogether(client: pg.PoolClient): Querying {
  const stream = streamOf(client)
  let isHeld = false
  const query = (...statement: Parameters<pg.ClientBase['query']>) => {
    if (!isHeld) {
      isHeld = true
      stream.cork()
      setImmediate(() => {
        isHeld = false
        stream.uncork()
      })
    }
    return client.query(...statement)
  }
  // `query` has many forms, which are handed on as they are.
  return { query: query as unknown as pg.ClientBase['query'] }
}
