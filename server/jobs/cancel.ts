import { type Actor, holdsAny } from '../authorization/actor.ts'
import type { Tx } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import { cancelled, recordEnd } from './finish.ts'
import type { StoredJob } from './job.ts'
import { endJob, findJob, lockJobFor, requestCancel } from './store.ts'

/**
 * Cancels a job: one that waits ends at once; whoever works at one stops after the batch at hand, and what he did stays.
 *
 * @throws ApiError inexistent_job, insufficient_scope, job_ended
 */
export async function cancelJob(tx: Tx, actor: Actor, id: string): Promise<StoredJob> {
  const job = await lockJobFor(tx, actor, id)
  if (!job) throw new ApiError('inexistent_job')
  if (job.type === 'users_import' && !holdsAny(actor, ['create:users'])) {
    throw new ApiError('insufficient_scope', { with: { rule: 'any', scopes: 'create:users' } })
  }
  if (job.state === 'completed' || job.state === 'failed') throw new ApiError('job_ended')
  if (job.state === 'pending') {
    const details = cancelled(job)
    await endJob(tx, job, 'failed', details)
    await recordEnd(tx, job, details)
  } else {
    await requestCancel(tx, id)
  }
  return (await findJob(tx, id)) ?? job
}
