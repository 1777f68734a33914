/**
 * Works at the jobs of one server process, a few at a time. Several processes share the queue: whoever takes a job has a
 * lease, renews it while he works, and loses it soon after he died, so that another goes on where he was. Every step that
 * changes something checks the lease in its own transaction.
 */
import { randomUUID } from 'node:crypto'
import { isDatabaseUnavailable } from '../db/database.ts'
import { perServer, type Server } from '../http/server.ts'
import { runExport } from './exports/run-export.ts'
import { finishJob } from './finish.ts'
import { HaltedJob } from './halted-job.ts'
import { runImport } from './imports/run-import.ts'
import type { StoredJob } from './job.ts'
import { lanesOf } from './lanes.ts'
import { LostLease } from './lost-lease.ts'
import { releaseJob, renewLease, takeJob } from './store.ts'

/** A job at work. `lost` is aborted when it was cancelled, or is another process's. */
export type JobRun = { server: Server; job: StoredJob; lease: string; lost: AbortSignal; isStopping: () => boolean }

/** What came of a run. `stopped`: another process, or the next start, goes on. */
export type Outcome =
  | { state: 'completed' | 'cancelled' | 'stopped' }
  | { state: 'failed'; details: string }
  | { state: 'halted'; reason: string }

/** The runner. */
export type JobRunner = {
  /** Says that a job was added and committed; does not wait. */
  wake: () => void
  /** Works at one job, unless somebody else does or it is not due. For commands, which start no runner. */
  runJob: (id: string) => Promise<void>
  /** Works at what is due until nothing is. For tests, which start no runner. */
  runOnce: () => Promise<void>
  /** Looks for jobs from now on. */
  start: () => void
  /** Ends the batches at hand, and gives their jobs back. */
  stop: () => Promise<void>
}

/** TABLE: what does the work. */
const WORK: Record<StoredJob['type'], (run: JobRun) => Promise<Outcome>> = {
  users_import: runImport,
  users_export: runExport,
}

/** More would leave too little of the machine to everybody else. */
const AT_ONCE = 2
const LEASE_SECONDS = 15
const RENEW_EVERY_MS = 5_000
/** A supervisor that stops a process waits ten seconds at most. */
const STOP_MS = 3_000
/** TABLE: seconds until a job that failed without getting on is tried again; after these it is given up. */
const PAUSES = [1, 5, 30, 120]

/** The runner of a server. */
export const jobRunnerOf: (server: Server) => JobRunner = perServer((server) => {
  const { db } = server.database
  const lanes = lanesOf(server, {
    atOnce: AT_ONCE,
    run: runLane,
    says: { waiting: 'jobs wait for the database', failed: 'a job failed' },
  })
  const { isStopping, report } = lanes

  async function runLane(): Promise<void> {
    while (!isStopping()) {
      const lease = randomUUID()
      const job = await takeJob(db, lease, LEASE_SECONDS)
      if (!job) return
      await work(job, lease)
    }
  }
  async function work(job: StoredJob, lease: string): Promise<void> {
    const lost = new AbortController()
    const renewing = setInterval(() => {
      renewLease(db, job.id, lease, LEASE_SECONDS).then((isKept) => isKept || lost.abort(), report)
    }, RENEW_EVERY_MS)
    try {
      // Whoever took it before did not live to say so.
      if (job.attempts > PAUSES.length + 1) return await giveUp(job, lease)
      const run: JobRun = { server, job, lease, lost: lost.signal, isStopping }
      const outcome = await WORK[job.type](run)
      if (outcome.state === 'stopped') await releaseJob(db, job.id, lease, 0)
      else await finishJob(server, job, lease, outcome)
    } catch (error) {
      if (error instanceof LostLease) return
      if (error instanceof HaltedJob)
        return await finishJob(server, job, lease, { state: 'halted', reason: error.message })
      await giveUpOrRetry(job, lease, error)
    } finally {
      clearInterval(renewing)
    }
  }
  async function giveUpOrRetry(job: StoredJob, lease: string, error: unknown): Promise<void> {
    report(error)
    const pause = PAUSES[job.attempts - 1]
    if (pause !== undefined || isDatabaseUnavailable(error)) await releaseJob(db, job.id, lease, pause ?? 5)
    else await giveUp(job, lease)
  }
  async function giveUp(job: StoredJob, lease: string): Promise<void> {
    await finishJob(server, job, lease, { state: 'failed', details: 'The job could not be done.' })
  }

  return {
    wake: lanes.wake,
    async runJob(id) {
      const lease = randomUUID()
      const job = await takeJob(db, lease, LEASE_SECONDS, id)
      if (job) await work(job, lease)
    },
    runOnce: lanes.runOnce,
    start: lanes.start,
    async stop() {
      lanes.stop()
      await lanes.emptied(STOP_MS)
    },
  }
})
