/**
 * `node bench/seals.ts [entries]`: how fast the log is sealed and checked, beside how fast entries can be written at all:
 * the plain insert that the server uses, 200 at a time on two connections. Prints entries a second.
 */
import { openSecrets } from '../server/base/secrets.ts'
import { openDatabase } from '../server/db/database.ts'
import { migrateToLatest } from '../server/db/migrate.ts'
import { prepareEventDays } from '../server/logs/partitions.ts'
import { type Event, eventRow } from '../server/logs/record.ts'
import { eventsJson, insertEventsSql } from '../server/logs/record-batch.ts'
import { sealEvents } from '../server/logs/seals/seal-events.ts'
import { verifyLog } from '../server/logs/seals/verify.ts'
import { openPostgres } from '../test/postgres.ts'

const ENTRIES = Number(process.argv[2] ?? 100_000)
const AT_ONCE = 200
const INSERT = { name: 'insert', text: insertEventsSql('$1') }
const EVENT: Event = {
  type: 'sapi',
  actor: { kind: 'client', clientId: 'aBenchmarkingClientWith32Letters', scopes: new Set() },
  description: 'Update a User',
  operation: 'patch_users_by_id',
  userId: 'auth0|66f0a1b2c3d4e5f6a7b8c9d0',
  target: { kind: 'user', id: 'auth0|66f0a1b2c3d4e5f6a7b8c9d0' },
  status: 200,
  details: { scopes: ['update:users'], jti: 'a'.repeat(22) },
  before: { user_metadata: { plan: 'free', theme: 'dark' } },
  after: { user_metadata: { plan: 'team', theme: 'dark' } },
  person: {
    ip: '203.0.113.7',
    user_agent: 'Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0',
  },
}

const postgres = await openPostgres()
const options = { maxConnections: 6, preparedStatements: true, onError: () => {} }
const database = openDatabase({ connectionString: postgres.url, ...options })
const secrets = openSecrets(Buffer.alloc(32, 7))
try {
  await migrateToLatest(database)
  await prepareEventDays(database.db)
  const alone = await rate('inserted alone', write)
  await rate('sealed alone', async () => Number(await sealEvents(database.db, secrets)))
  await rate('checked', async () => (await verifyLog(database, secrets)).checked)
  const together = { isOver: false }
  const sealing = sealWhile(together)
  const beside = await rate('inserted while being sealed', write)
  together.isOver = true
  console.log(`of those sealed meanwhile, or a moment later: ${await sealing}`)
  console.log(`inserts keep ${Math.round((100 * beside) / alone)} % of their rate`)
  const { whole, waiting } = await verifyLog(database, secrets)
  if (!whole || waiting > 0) throw new Error('The log is not sealed as a whole.')
} finally {
  await database.close()
  await postgres.stop()
}

async function write(): Promise<number> {
  const batches = Array.from({ length: Math.ceil(ENTRIES / AT_ONCE) }, (_, index) => index)
  const writer = async () => {
    while (batches.pop() !== undefined) {
      const rows = Array.from({ length: AT_ONCE }, () => eventRow(EVENT))
      await database.query(INSERT, [eventsJson(rows)])
    }
  }
  await Promise.all([writer(), writer()])
  return ENTRIES
}

async function sealWhile(together: { isOver: boolean }): Promise<number> {
  let sealed = 0
  for (let isLast = false; !isLast; ) {
    isLast = together.isOver
    sealed += Number(await sealEvents(database.db, secrets))
  }
  return sealed
}

async function rate(what: string, work: () => Promise<number>): Promise<number> {
  const began = performance.now()
  const entries = await work()
  const each = Math.round((entries * 1000) / (performance.now() - began))
  console.log(`${what}: ${entries} entries, ${each} a second`)
  return each
}
