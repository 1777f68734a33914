import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import * as testing from './embedded-postgres.testing.ts'
import { endServer, postgresProcesses, postmasterOf, query, type Server } from './embedded-postgres.testing.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts'

const skip = process.platform === 'linux' ? false : 'looks at processes through /proc'
const folder = testing.makeTestFolder()
const dataDir = join(folder, 'data')
const data = join(dataDir, 'postgres')
const servers: Server[] = []

function start(): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({ dataDir, log: () => {} })
}

function startServer(args: string[]): Server {
  const server = testing.startServer(args)
  servers.push(server)
  return server
}

/** Waits for a hundred rows more, and gives the number of the last one acknowledged when the deed was done. */
async function writeUntil(server: Server, deed: () => Promise<void>): Promise<number> {
  const acknowledged = () => server.lines.flatMap(({ acknowledged }) => acknowledged ?? [])
  while (acknowledged().length < 100) await sleep(5)
  await deed()
  return acknowledged().at(-1) ?? 0
}

async function countUpTo(postgres: EmbeddedPostgres, number: number): Promise<number> {
  const text = `select count(*)::int as count from acknowledged where number <= ${number}`
  return (await query<{ count: number }>(postgres.connectionString, text))[0]?.count ?? 0
}

describe('the built-in PostgreSQL', { skip }, () => {
  after(() => testing.clearTestFolder(folder, servers))

  it('makes a database at the first start that is durable, sorts by code point and is open to nobody else', async () => {
    const postgres = await start()
    const rows = await query(
      postgres.connectionString,
      `select current_setting('fsync') fsync, current_setting('synchronous_commit') synchronous_commit,
        current_setting('listen_addresses') addresses, current_setting('unix_socket_directories') sockets,
        current_setting('server_encoding') encoding, datcollate collation from pg_database where datname = 'tenantry'`,
    )
    const durable = { fsync: 'on', synchronous_commit: 'on' }
    assert.deepEqual(rows, [{ ...durable, addresses: '127.0.0.1', sockets: '', encoding: 'UTF8', collation: 'C' }])
    assert.equal((await stat(join(dataDir, 'postgres-password'))).mode & 0o777, 0o600)
    const guessed = postgres.connectionString.replace(/:[^:@]+@/, ':guessed@')
    await assert.rejects(query(guessed, 'select 1'), { code: '28P01' })
    assert.match(postgres.version, /^\d+\.\d+$/)
    await query(postgres.connectionString, 'create table kept (email text primary key)')
    await query(postgres.connectionString, `insert into kept values ('ann@example.test')`)
    await postgres.stop()
    await assert.rejects(query(postgres.connectionString, 'select 1'), { code: 'ECONNREFUSED' })
  })

  it('keeps the data for the next start, and its log tells nothing about a person', async () => {
    const postgres = await start()
    assert.deepEqual(await query(postgres.connectionString, 'select * from kept'), [{ email: 'ann@example.test' }])
    const faulty = [
      `insert into kept values ('ann@example.test')`,
      `select 'ann@example.test'::uuid`,
      `select '{"email":"ann@example.test"'::jsonb`,
    ]
    for (const text of faulty) await assert.rejects(query(postgres.connectionString, text))
    await postgres.stop()
    const log = await readFile(join(dataDir, 'postgres.log'), 'utf8')
    assert.match(log, /ready to accept connections/)
    assert.doesNotMatch(log, /ann@|kept/)
  })

  it('loses no acknowledged row when the server is killed, and goes on with the PostgreSQL left behind', async () => {
    const server = startServer([dataDir, 'write'])
    const { ready } = await server.outcome
    const last = await writeUntil(server, () => endServer(server, 'SIGKILL'))
    const postgres = await start()
    assert.equal(postgres.connectionString, ready)
    assert.equal(await countUpTo(postgres, last), last + 1)
    await postgres.stop()
    assert.deepEqual(await postgresProcesses(dataDir), [])
  })

  it('loses no acknowledged row when server and PostgreSQL are killed', async () => {
    const server = startServer([dataDir, 'write'])
    const last = await writeUntil(server, async () => {
      server.child.kill('SIGSTOP')
      for (const pid of await postgresProcesses(dataDir)) process.kill(pid, 'SIGKILL')
      await endServer(server, 'SIGKILL')
    })
    const postgres = await start()
    assert.equal(await countUpTo(postgres, last), last + 1)
    await postgres.stop()
  })

  it('comes back at the same address after it was killed under a running server', async () => {
    const messages: string[] = []
    const postgres = await startEmbeddedPostgres({ dataDir, log: (message) => messages.push(message) })
    const killed = await postmasterOf(data)
    process.kill(killed, 'SIGKILL')
    for (let back = false; !back; await sleep(20)) {
      back = await query(postgres.connectionString, 'select email from kept').then(
        (rows) => rows.length === 1,
        () => false,
      )
    }
    assert.notEqual(await postmasterOf(data), killed)
    assert.match(messages.join('\n'), /ended without being asked to \(killed by SIGKILL\)/)
    await postgres.stop()
    assert.deepEqual(await postgresProcesses(dataDir), [])
  })

  it('comes back also when it was one left behind by a killed server', async () => {
    const server = startServer([dataDir])
    await server.outcome
    await endServer(server, 'SIGKILL')
    const postgres = await start()
    process.kill(await postmasterOf(data), 'SIGKILL')
    for (let back = false; !back; await sleep(20)) {
      back = await query(postgres.connectionString, 'select 1').then(
        () => true,
        () => false,
      )
    }
    await postgres.stop()
    assert.deepEqual(await postgresProcesses(dataDir), [])
  })

  it('stops with the server: no process and no lock is left after SIGTERM', async () => {
    const server = startServer([dataDir])
    assert.ok((await server.outcome).ready)
    assert.equal((await postgresProcesses(dataDir)).length, 1)
    await endServer(server, 'SIGTERM')
    assert.equal(server.child.exitCode, 0)
    assert.deepEqual(await postgresProcesses(dataDir), [])
    assert.ok(!(await readdir(dataDir)).includes('tenantry.pid'))
    assert.ok(!(await readdir(data)).includes('postmaster.pid'))
  })

  it('lets one of two servers have the data, and tells the other which process has it and what to do', async () => {
    const killed = startServer([dataDir])
    await killed.outcome
    await endServer(killed, 'SIGKILL')
    const pair = [startServer([dataDir]), startServer([dataDir])]
    const outcomes = await Promise.all(pair.map(({ outcome }) => outcome))
    const winner = outcomes.findIndex(({ ready }) => ready)
    const refused = outcomes[1 - winner]?.error ?? ''
    assert.match(refused, new RegExp(`already runs on the data in ${dataDir}: process ${pair[winner]?.child.pid} `))
    assert.match(refused, /DATA_DIR=\S+ PORT=\d+/)
    const third = await start().then(() => '', String)
    assert.match(third, new RegExp(`process ${pair[winner]?.child.pid} `))
    assert.equal((await query(outcomes[winner]?.ready ?? '', 'select 1')).length, 1)
    for (const server of pair) if (server.child.exitCode === null) await endServer(server, 'SIGTERM')
  })

  it('starts in spite of pid files that name a living process which is something else', async () => {
    const { uid, gid } = await stat(data)
    const stranger = spawn('sleep', ['60'], { uid, gid, stdio: 'ignore' })
    await writeFile(join(data, 'postmaster.pid'), `${stranger.pid}\n${data}\n1700000000\n29999\n\n127.0.0.1\n  1 2\n`)
    await writeFile(join(dataDir, 'tenantry.pid'), `${stranger.pid}\n17 another-boot\n`)
    await chmod(join(data, 'postmaster.pid'), 0o600)
    const postgres = await start()
    assert.equal((await query(postgres.connectionString, 'select 1')).length, 1)
    assert.equal(stranger.signalCode, null)
    await postgres.stop()
    assert.equal(stranger.signalCode, null)
    stranger.kill('SIGKILL')
  })

  it('begins anew when the first start was killed in the middle of making the database', async () => {
    const half = join(folder, 'half')
    const server = startServer([half])
    for (let begun = false; !begun; await sleep(5)) {
      const names: string[] = await readdir(half, { recursive: true }).catch(() => [])
      begun = names.some((name) => /^postgres\.draft-\w+\/data\/base$/.test(name))
    }
    await endServer(server, 'SIGKILL')
    assert.ok(!(await readdir(half)).includes('postgres'))
    const postgres = await startEmbeddedPostgres({ dataDir: half, log: () => {}, temporary: true })
    assert.equal((await query(postgres.connectionString, 'select 1')).length, 1)
    await postgres.stop()
    const left = (await readdir(half)).sort()
    assert.deepEqual(left, ['postgres', 'postgres-password', 'postgres.log'])
  })
})
