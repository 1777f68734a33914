import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { after, describe, it } from 'node:test'
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { sql } from 'kysely'
import { createTestDatabase } from '../../test/harness.ts'
import { coalesce } from './coalesce.ts'
import { type DatabaseOptions, type Db, isDatabaseUnavailable, openDatabase, runHot, transact } from './database.ts'

function open(connectionString: string, broken: unknown[] = [], options: Partial<DatabaseOptions> = {}) {
  const onError = (error: Error) => broken.push(error)
  return openDatabase({ connectionString, maxConnections: 4, preparedStatements: true, onError, ...options })
}

describe('a database connection that breaks', async () => {
  const { url, drop } = await createTestDatabase()
  const broken: unknown[] = []
  const database = open(url, broken)
  after(async () => {
    await database.close()
    await drop()
  })
  const backend = { name: 'backend', text: 'select pg_backend_pid() as pid' }
  const end = (pid: number | undefined) => sql`select pg_terminate_backend(${pid}::int)`.execute(database.db)

  it('in the middle of a transaction fails that one as unavailable, and the process goes on', async () => {
    const plain = transact(database.db, async (tx) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx)
      await Promise.all([sql`select pg_sleep(10)`.execute(tx), end(rows[0]?.pid)])
    })
    await assert.rejects(plain, isDatabaseUnavailable)
    const hot = database.transaction(async ({ query }) => {
      const [row] = await query<{ pid: number }>(backend, [])
      await Promise.all([query({ name: 'sleep', text: 'select pg_sleep(10)' }, []), end(row?.pid)])
    })
    await assert.rejects(hot, isDatabaseUnavailable)
    assert.ok(broken.length > 0)
    assert.equal((await database.query(backend, [])).length, 1)
  })

  it('to a standby, which takes no changes, fails as unavailable', async () => {
    const change = transact(database.db, async (tx) => {
      await sql`set transaction read only`.execute(tx)
      await sql`create table nothing (id int)`.execute(tx)
    })
    await assert.rejects(change, isDatabaseUnavailable)
  })

  it('while it is idle does not end the process either', async () => {
    const [row] = await database.query<{ pid: number }>(backend, [])
    const before = broken.length
    const other = open(url)
    await sql`select pg_terminate_backend(${row?.pid}::int)`.execute(other.db)
    await other.close()
    while (broken.length === before) await sleep(5)
    assert.equal((await database.query(backend, [])).length, 1)
  })
})

describe('a database that does not answer any more', async () => {
  const { url, drop } = await createTestDatabase()
  after(drop)
  const one = { name: 'one', text: 'select 1 as one' }

  it('fails what waits for it as unavailable, and is asked on a new connection afterwards', async (t) => {
    const line = await openLine(url)
    const broken: unknown[] = []
    // One connection: another would end while it is idle, perhaps in the moment in which it is taken.
    const database = open(line.url, broken, { silenceLimitMs: 300, maxConnections: 1 })
    t.after(async () => {
      line.close()
      await database.close()
    })
    assert.deepEqual(await database.query(one, []), [{ one: 1 }])
    line.isDead = true
    await assert.rejects(database.query(one, []), isDatabaseUnavailable)
    const transaction = database.transaction(({ query }) => query(one, []))
    line.isDead = false
    await assert.rejects(database.query({ name: 'slow', text: 'select pg_sleep(5)' }, []), isDatabaseUnavailable)
    assert.deepEqual(await transaction, [{ one: 1 }])
    assert.deepEqual(await database.query(one, []), [{ one: 1 }])
    assert.ok(broken.length > 0)
  })
})

/** A line to PostgreSQL that can go dead: nobody hears anything of the other then. */
async function openLine(url: string) {
  const { hostname, port } = new URL(url)
  const line = { url: '', isDead: false, close: () => {} }
  const server = createServer((near) => {
    const far = connect(Number(port), hostname)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('data', (bytes) => line.isDead || to.write(bytes))
      from.on('close', () => to.destroy())
      from.on('error', () => to.destroy())
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  const changed = new URL(url)
  changed.host = `127.0.0.1:${address.port}`
  return Object.assign(line, { url: changed.href, close: () => void server.close() })
}

describe('a transaction that is a snapshot', async () => {
  const { url, drop } = await createTestDatabase()
  after(drop)
  const count = { name: 'count', text: "select count(*) as n from counters where scope = 'snapshot'" }
  const add = { name: 'add', text: "insert into counters (scope, name, slot, value) values ('snapshot', $1, 0, 1)" }

  for (const [kind, second] of [
    ['snapshot', 0],
    [undefined, 1],
  ] as const) {
    it(`sees ${kind ? 'nothing' : 'in any other case something'} of what others have done since its first statement`, async () => {
      const database = open(url)
      const seen = await database.transaction(async ({ query }) => {
        const first = await query<{ n: number }>(count, [])
        await database.query(add, [String(kind)])
        return [first[0]?.n, (await query<{ n: number }>(count, []))[0]?.n]
      }, kind)
      assert.equal(Number(seen[1]) - Number(seen[0]), second)
      await database.close()
    })
  }
})

describe('hot statements', async () => {
  const { url, drop } = await createTestDatabase()
  after(drop)
  const HOT = { name: 'hot-one', text: 'select 1 as one where $1' }

  for (const preparedStatements of [true, false]) {
    it(`are ${preparedStatements ? '' : 'not '}prepared where a query builder runs them`, async () => {
      const options = { connectionString: url, maxConnections: 1, preparedStatements, onError: () => {} }
      const database = openDatabase(options)
      const names = async (on: Db) => {
        const { rows } = await sql<{ name: string }>`select name from pg_prepared_statements`.execute(on)
        return rows.map(({ name }) => name)
      }
      const expected = preparedStatements ? ['hot-one'] : []
      try {
        assert.deepEqual(await runHot(database.db, HOT, [true]), [{ one: 1 }])
        assert.deepEqual(await names(database.db), expected)
        await database.transaction(async (connection) => {
          assert.deepEqual(await runHot(connection.tx(), HOT, [false]), [])
          assert.deepEqual(await names(connection.tx()), expected)
        })
      } finally {
        await database.close()
      }
    })
  }
})

describe('requests that share a statement', () => {
  it('fail together when the database is away, with one attempt', async () => {
    const sockets: Socket[] = []
    const deaf = createServer((socket) => {
      sockets.push(socket)
      socket.destroy()
    })
    deaf.listen(0, '127.0.0.1')
    await once(deaf, 'listening')
    const address = deaf.address()
    assert.ok(address !== null && typeof address === 'object')
    const database = open(`postgres://a:b@127.0.0.1:${address.port}/c`)
    const ask = coalesce<number, number>({
      atOnce: 2,
      most: 500,
      run: async (numbers) => {
        await database.query({ name: 'one', text: 'select 1' }, [])
        return numbers
      },
    })
    const settled = await Promise.allSettled(Array.from({ length: 50 }, (_, number) => ask(number)))
    assert.ok(settled.every((one) => one.status === 'rejected' && isDatabaseUnavailable(one.reason)))
    assert.equal(sockets.length, 1)
    await database.close()
    deaf.close()
  })

  it('are asked again one by one when one of them is wrong', async () => {
    const ask = coalesce<number, number>({
      atOnce: 1,
      most: 10,
      run: async (numbers) => {
        if (numbers.includes(3)) throw new Error('three')
        return numbers.map((number) => number * 2)
      },
    })
    const settled = await Promise.allSettled([1, 2, 3, 4].map(ask))
    assert.deepEqual(
      settled.map((one) => (one.status === 'fulfilled' ? one.value : one.reason.message)),
      [2, 4, 'three', 8],
    )
  })

  it('go in one batch while another is under way, and beside it when that one takes too long', async () => {
    const batches: number[][] = []
    const [first, later] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const ask = coalesce<number, number>({
      atOnce: 2,
      patience: { eager: 1, ms: 500 },
      most: 10,
      run: async (numbers) => {
        batches.push(numbers)
        if (batches.length === 1) await first.promise
        else later.resolve()
        return numbers
      },
    })
    const slow = ask(1)
    await turn()
    const others = [ask(2)]
    await turn()
    others.push(ask(3))
    // The first one goes on only when the others are through.
    await later.promise
    assert.deepEqual(await Promise.all(others), [2, 3])
    assert.deepEqual(batches, [[1], [2, 3]])
    first.resolve()
    assert.equal(await slow, 1)
  })

  it('wait a moment for others where that is wanted, also behind a batch', async () => {
    const batches: number[][] = []
    const ask = coalesce<number, number>({
      atOnce: 1,
      gatherMs: 300,
      most: 10,
      run: async (numbers) => {
        batches.push(numbers)
        // Comes while this one is under way.
        if (numbers.includes(1)) late.push(ask(3))
        return numbers
      },
    })
    const late: Promise<number>[] = []
    const first = ask(1)
    await turn()
    assert.deepEqual(await Promise.all([first, ask(2)]), [1, 2])
    late.push(ask(4))
    assert.deepEqual(await Promise.all(late), [3, 4])
    assert.deepEqual(batches, [
      [1, 2],
      [3, 4],
    ])
  })

  it('start at once as many as are eager, and one more when the newest takes too long', async () => {
    const held = Promise.withResolvers<void>()
    const batches: number[][] = []
    const ask = coalesce<number, number>({
      atOnce: 3,
      patience: { eager: 2, ms: 300 },
      most: 10,
      run: async (numbers) => {
        batches.push(numbers)
        if (batches.length === 3) held.resolve()
        await held.promise
        return numbers
      },
    })
    const answers = []
    for (const number of [1, 2, 3, 4]) {
      answers.push(ask(number))
      await turn()
    }
    assert.deepEqual(batches, [[1], [2]])
    // The two go on only when the third has started, which waited for what came meanwhile.
    assert.deepEqual(await Promise.all(answers), [1, 2, 3, 4])
    assert.deepEqual(batches, [[1], [2], [3, 4]])
  })
})
