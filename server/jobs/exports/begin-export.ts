/** How an export begins, whoever asks for it. */
import { type Actor, organizationOf } from '../../authorization/actor.ts'
import type { Connection } from '../../connections/connection.ts'
import { readCounter } from '../../db/counters.ts'
import type { Tx } from '../../db/database.ts'
import { ApiError } from '../../http/errors.ts'
import { countMembers } from '../../organizations/member-count.ts'
import type { ExportSettings, StoredJob } from '../job.ts'
import { countActive, findJob, insertJob, lockQueue } from '../store.ts'
import { exportSqlOf } from './export-fields.ts'
import { memberExportSqlOf } from './member-export.ts'

/** So many exports wait or are worked at; each keeps a file for a day. */
const MOST_EXPORTS = 10
/** The same of an organization, counted for itself. */
const MOST_WITHIN = 3

/**
 * Queues it, and answers the job. Without a connection, everybody whom the actor may see is exported.
 * @throws ApiError too_many_jobs, invalid_body for fields that there are none of, or that CSV cannot hold
 */
export async function beginExport(
  tx: Tx,
  actor: Actor,
  settings: ExportSettings,
  connection?: Connection,
): Promise<StoredJob> {
  const organizationId = organizationOf(actor)
  if (organizationId === undefined) exportSqlOf(settings)
  else memberExportSqlOf(settings)
  await lockQueue(tx)
  const count = await countActive(tx, actor, 'users_export')
  if (count >= (organizationId === undefined ? MOST_EXPORTS : MOST_WITHIN)) {
    throw new ApiError('too_many_jobs', { with: { count, what: 'export users' }, retryAfterSeconds: 5 })
  }
  const users =
    organizationId === undefined ? await readCounter(tx, 'tenant', 'users') : await countMembers(tx, organizationId)
  const id = await insertJob(tx, {
    type: 'users_export',
    state: 'pending',
    connection,
    actor,
    settings,
    totalRows: Math.min(settings.limit ?? users, users),
  })
  const job = await findJob(tx, id)
  if (!job) throw new Error('The job that was just stored is gone.')
  return job
}
