/** How an import begins, whoever asks for it: its place in the queue is taken, its file arrives, and it waits its turn. */

import type { Actor } from '../../authorization/actor.ts'
import { actsForOrganization, type OrganizationActor } from '../../authorization/visible-to.ts'
import type { Connection } from '../../connections/connection.ts'
import { findConnection } from '../../connections/store.ts'
import { type Db, type Tx, transact } from '../../db/database.ts'
import { ApiError } from '../../http/errors.ts'
import { isOwnConnection } from '../../users/members/create.ts'
import type { ImportSettings, StoredJob } from '../job.ts'
import { scopesOfImport } from '../present-actor.ts'
import {
  countActive,
  deleteJob,
  enqueueUploaded,
  findJob,
  insertJob,
  lockQueue,
  TOUCH_EVERY_MS,
  touchUpload,
} from '../store.ts'
import type { ReceivedFile } from './upload.ts'

/** So many imports of the tenant, or of an organization, arrive, wait or are worked at (Auth0's). */
const MOST_IMPORTS = 2

/** What was asked for, and what came of the file. */
export type NewImport = {
  file: ReceivedFile
  connectionId: string
  externalId: string | undefined
  settings: ImportSettings
}

/** An import to be. `receive` stores the file as that of the job; `record` tells of it in the transaction that queues it. */
export type ImportToBe = {
  actor: Actor
  receive: (jobId: string) => Promise<NewImport>
  record: (tx: Tx, job: StoredJob) => Promise<void>
}

/**
 * Begins it, and answers the job, which waits then. Where that cannot be, nothing of it is left.
 * @throws ApiError too_many_jobs, invalid_body for a connection that takes no imports, and within an
 * organization insufficient_scope and people_are_invited, and whatever `receive` throws
 */
export async function beginImport(db: Db, { actor, receive, record }: ImportToBe): Promise<StoredJob> {
  const id = await transact(db, async (tx) => {
    await lockQueue(tx)
    await refuseMore(tx, actor)
    return await insertJob(tx, { type: 'users_import', state: 'uploading', actor, settings: {} })
  })
  // A file may come slowly, and counts all the while.
  const touching = setInterval(() => void touchUpload(db, id).catch(() => {}), TOUCH_EVERY_MS)
  try {
    const asked = await receive(id)
    return await transact(db, async (tx) => {
      await lockQueue(tx)
      await refuseMore(tx, actor, id)
      const job = await enqueue(tx, actor, id, asked)
      await record(tx, job)
      return job
    })
  } catch (error) {
    await deleteJob(db, id)
    throw error
  } finally {
    clearInterval(touching)
  }
}

async function refuseMore(tx: Tx, actor: Actor, but?: string): Promise<void> {
  const count = await countActive(tx, actor, 'users_import', but)
  if (count < MOST_IMPORTS) return
  throw new ApiError('too_many_jobs', { with: { count, what: 'import users' }, retryAfterSeconds: 5 })
}

async function enqueue(tx: Tx, actor: Actor, id: string, asked: NewImport): Promise<StoredJob> {
  const { file, connectionId, externalId, settings } = asked
  const connection = await findConnection(tx, connectionId)
  if (actsForOrganization(actor)) await refuseWithin(tx, actor, settings, connection)
  if (!connection) throw refuse('The connection does not exist.')
  if (connection.strategy !== 'auth0') throw refuse('Users can be imported into a database connection only.')
  await enqueueUploaded(tx, id, {
    ...file,
    connection_id: connection.id,
    connection_name: connection.name,
    external_id: externalId ?? null,
    settings,
  })
  const job = await findJob(tx, id)
  if (!job) throw new Error('The job that was just stored is gone.')
  return job
}

/** Within an organization: accounts are made in its own connections alone, as one by one (users/members/create.ts). */
async function refuseWithin(
  tx: Tx,
  actor: OrganizationActor,
  settings: ImportSettings,
  connection: Connection | undefined,
): Promise<void> {
  const scopes = scopesOfImport(settings)
  if (!scopes.every((scope) => actor.scopes.has(scope))) {
    throw new ApiError('insufficient_scope', { with: { rule: 'all', scopes: scopes.join(',') } })
  }
  const isOwn = connection && (await isOwnConnection(tx, actor.organizationId, connection.name))
  if (!isOwn) throw new ApiError('people_are_invited')
}

function refuse(reason: string): ApiError {
  return new ApiError('invalid_body', { with: { reason } })
}
