/** The end of a job: its state, its event, and what was needed to work at it is forgotten, in one transaction. */
import { type Tx, transact } from '../db/database.ts'
import type { Server } from '../http/server.ts'
import { recordEvent } from '../logs/record.ts'
import { queueCompletionMail } from './imports/completion-mail.ts'
import { actorOf, type ImportSettings, type StoredJob } from './job.ts'
import { mailWorkerOf } from './mail-worker.ts'
import type { Outcome } from './runner.ts'
import { endJob, lockLeased } from './store.ts'

/** Ends a job, unless it is another process's by now. */
export async function finishJob(
  server: Server,
  { id }: StoredJob,
  lease: string,
  outcome: Exclude<Outcome, { state: 'stopped' }>,
): Promise<void> {
  await transact(server.database.db, async (tx) => {
    const job = await lockLeased(tx, id, lease)
    if (!job) return
    const { state } = outcome
    const details = detailsOf(job, outcome)
    await endJob(tx, job, state === 'completed' ? 'completed' : 'failed', details)
    await recordEnd(tx, job, details)
    // Whoever cancelled it knows.
    if (state !== 'cancelled') await queueCompletionMail(tx, job, details)
  })
  mailWorkerOf(server).wake()
}

function detailsOf(job: StoredJob, outcome: Outcome): string | null {
  if (outcome.state === 'failed') return outcome.details
  if (outcome.state === 'halted') return stopped(job, outcome.reason)
  return outcome.state === 'cancelled' ? cancelled(job) : null
}

/** What is said of a job that was cancelled. */
export function cancelled(job: StoredJob): string {
  return stopped(job, 'The job was cancelled')
}

function stopped({ type, rows_done, total_rows, settings }: StoredJob, words: string): string {
  const hasChanged = type === 'users_import' && rows_done > 0 && settings.dry_run !== true
  if (!hasChanged) return `${words}. Nothing was changed.`
  return `${words} after ${rows_done} of ${total_rows} users. What was imported stays.`
}

/** Records the end of an import as a whole (Auth0's `sui` and `fui`); an export changes nothing. */
export async function recordEnd(tx: Tx, job: StoredJob, details: string | null): Promise<void> {
  if (job.type !== 'users_import') return
  // The route that made the job has checked them.
  const { dry_run } = job.settings as ImportSettings
  if (dry_run) return
  const { id, connection_id, connection_name, rows_done: total, inserted, updated, failed } = job
  await recordEvent(tx, {
    type: details === null ? 'sui' : 'fui',
    actor: actorOf(job),
    ...(details === null ? {} : { description: details }),
    ...(connection_id === null
      ? {}
      : { connection: { id: connection_id, name: connection_name ?? '', strategy: 'auth0' } }),
    target: { kind: 'job', id },
    details: { job_id: id, summary: { total, inserted, updated, failed } },
  })
}
