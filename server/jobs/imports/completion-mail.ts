/**
 * The mail that an import ends with, where it was asked for (Auth0's `send_completion_email`, on by default). It goes to
 * the person who asked for the import; Auth0's goes to the owners of the tenant, and so does ours where an application
 * asked: to those who hold the built-in role Administrator tenant-wide.
 */
import type { Tx } from '../../db/database.ts'
import { enqueueEmail } from '../../emails/enqueue.ts'
import { BUILT_IN_ROLES } from '../../roles/built-in.ts'
import { listHolders } from '../../roles/members.ts'
import { HaltedJob } from '../halted-job.ts'
import { actorOf, type ImportSettings, type StoredJob } from '../job.ts'
import { requirePresentActor } from '../present-actor.ts'

/** Queues it, in the transaction that ends the job. @param details why the job failed; null when it did not */
export async function queueCompletionMail(tx: Tx, job: StoredJob, details: string | null): Promise<void> {
  if (job.type !== 'users_import') return
  // The route that made the job has checked them.
  const { send_completion_email, dry_run } = job.settings as ImportSettings
  if (!send_completion_email || dry_run) return
  const { id, connection_name, external_id, rows_done: total, inserted, updated, failed, started_at } = job
  const variables = {
    job_id: id,
    external_id: external_id ?? '',
    into: connection_name ?? '',
    total,
    inserted,
    updated,
    failed,
    reason: details ?? '',
    started_at: started_at?.toISOString() ?? '',
  }
  const template = details === null ? 'import_completed' : 'import_failed'
  const within = job.organization_id === null ? {} : { organizationId: job.organization_id }
  for (const userId of await recipientsOf(tx, job)) {
    await enqueueEmail(tx, { template, to: { userId }, variables, ...within })
  }
}

async function recipientsOf(tx: Tx, job: StoredJob): Promise<readonly string[]> {
  const actor = actorOf(job)
  if (job.organization_id !== null && !(await isStillEntitled(tx, job))) return []
  if (actor.kind === 'user') return [actor.userId]
  return actor.kind === 'client' ? await listHolders(tx, BUILT_IN_ROLES.administrator.name) : []
}

/** Who may do such a thing in the organization no more is told nothing of it either. */
async function isStillEntitled(tx: Tx, job: StoredJob): Promise<boolean> {
  try {
    await requirePresentActor(tx, job)
    return true
  } catch (error) {
    if (error instanceof HaltedJob) return false
    throw error
  }
}
