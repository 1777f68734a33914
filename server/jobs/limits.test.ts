import assert from 'node:assert/strict'
import { afterEach, describe, it, mock } from 'node:test'
import { storeFile } from './files.ts'
import { startJobTest } from './jobs.testing.ts'
import { LostLease } from './lost-lease.ts'
import { lockLeased } from './store.ts'

describe('jobs asked for at once', async () => {
  const { call, db, read, runner, send } = await startJobTest()
  const codes = (answers: { status: number }[]) => answers.map(({ status }) => status).sort()
  const files = () => db.selectFrom('job_chunks').select('job_id').distinct().execute()
  afterEach(() => mock.timers.reset())

  it('are two imports at most, and those refused leave nothing behind', async () => {
    const rows = (name: number) => [{ email: `at-once-${name}@limits.example` }]
    const answers = await Promise.all([1, 2, 3, 4, 5, 6].map((name) => send(rows(name))))
    assert.deepEqual(codes(answers), [202, 202, 429, 429, 429, 429])
    assert.equal((await db.selectFrom('jobs').select('id').execute()).length, 2)
    assert.equal((await files()).length, 2)
    await runner.runOnce()
    for (const { body } of answers.filter(({ status }) => status === 202)) {
      assert.equal((await read(body.id)).summary.inserted, 1)
    }
  })

  it('are ten exports at most', async () => {
    const ask = () => call('POST', '/api/v2/jobs/users-exports', { body: { fields: [{ name: 'email' }] } })
    const answers = await Promise.all(Array.from({ length: 14 }, ask))
    assert.deepEqual(codes(answers), [...Array(10).fill(200), ...Array(4).fill(429)])
    await runner.runOnce()
    for (const { body } of answers.filter(({ status }) => status === 200)) {
      assert.equal((await read(body.id)).status, 'completed')
    }
  })

  it('count while their file arrives, and no longer when whoever received it is gone', async () => {
    mock.timers.enable({ apis: ['Date'], now: Date.now() })
    const sent = [await send([]), await send([])]
    const ids = sent.map(({ body }) => body.id)
    await db.updateTable('jobs').set({ state: 'uploading' }).where('id', 'in', ids).execute()
    assert.equal((await send([])).status, 429)
    mock.timers.setTime(Date.now() + 31_000)
    assert.equal((await send([])).status, 202)
    await db.deleteFrom('jobs').execute()
  })

  it('write no file that has become the work of another process', async () => {
    const { body } = await call('POST', '/api/v2/jobs/users-exports', { body: {} })
    const leaseOf = (lease: string) =>
      db.updateTable('jobs').set({ state: 'processing', lease }).where('id', '=', body.id).execute()
    await leaseOf('first')
    const piece = Buffer.alloc(1_048_576, 'x')
    async function* pieces() {
      yield piece
      await leaseOf('second')
      yield piece
    }
    const storing = storeFile(db, body.id, pieces(), async (tx) => {
      if (!(await lockLeased(tx, body.id, 'first'))) throw new LostLease()
    })
    await assert.rejects(storing, LostLease)
    const stored = await db.selectFrom('job_chunks').select('begins_at').where('job_id', '=', body.id).execute()
    assert.deepEqual(stored, [{ begins_at: 0 }])
  })
})
