/** A batch of rows: planned, carried out and noted in one transaction, so that it is done once or not at all. */
import type { OrganizationActor } from '../../authorization/visible-to.ts'
import type { Connection } from '../../connections/connection.ts'
import { addToCounter } from '../../db/counters.ts'
import { hasGivenWay, isUniqueViolation, type OwnConnection, type Tx } from '../../db/database.ts'
import type { Server } from '../../http/server.ts'
import { isOwnConnection } from '../../users/members/create.ts'
import { forgetBefore } from '../files.ts'
import { HaltedJob } from '../halted-job.ts'
import { actorOf, type ImportSettings, type StoredJob } from '../job.ts'
import { LostLease } from '../lost-lease.ts'
import { requirePresentActor } from '../present-actor.ts'
import { lockLeased, saveProgress } from '../store.ts'
import { addImportedMembers, withoutMembership } from './add-members.ts'
import type { FailedRow, ImportRow } from './import-row.ts'
import { refuseUnwritableRows } from './member-rows.ts'
import { planBatch } from './plan.ts'
import { changeUsers, insertUsers, saveKeys, saveRows, type WriteFor } from './write.ts'

/** An import under way. */
export type ImportRun = {
  server: Server
  own: OwnConnection
  job: StoredJob
  lease: string
  settings: ImportSettings
  connection: Connection
}

/** Rows, and the place in the file behind the last of them. */
export type Batch = { rows: readonly (ImportRow | FailedRow)[]; endsAt: number }

/** Others may create the same users meanwhile; then the plan is made anew. */
const TRIES = 5

/** Carries a batch out. Answers false when the job is to be given up. @throws LostLease, HaltedJob */
export async function importBatch(run: ImportRun, batch: Batch): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run.own.transact((tx) => carryOut(tx, run, batch))
    } catch (error) {
      if (attempt === TRIES || !(isUniqueViolation(error) || hasGivenWay(error))) throw error
    }
  }
}

async function carryOut(tx: Tx, run: ImportRun, { rows, endsAt }: Batch): Promise<boolean> {
  const { server, own, lease, settings, connection } = run
  const { upsert, dry_run: isDry } = settings
  const job = await lockLeased(tx, run.job.id, lease)
  if (!job) throw new LostLease()
  if (job.cancel_requested) return false
  const within = await requireActorFor(tx, job, connection)
  const { rows: accounts, blocked } = within
    ? withoutMembership(await refuseUnwritableRows(tx, within, rows))
    : { rows, blocked: NOBODY }
  const remembers = upsert || isDry
  const plan = await planBatch(tx, { jobId: job.id, connection, upsert, remembers, within }, accounts)
  const of: WriteFor = {
    client: own.client,
    secrets: server.secrets,
    actor: actorOf(job),
    connection,
    jobId: job.id,
    temporary: within !== undefined,
  }
  if (!isDry) {
    await insertUsers(of, plan.inserts)
    if (within) await addImportedMembers(tx, within, job.id, plan.inserts, blocked)
    await changeUsers(of, plan.updates)
  }
  // An organization is told of each of its rows; a tenant's file may have a million.
  await saveRows(of, plan, { keepsAll: isDry || within !== undefined, isTrial: isDry })
  if (remembers) await saveKeys(tx, job.id, plan.keys)
  await forgetBefore(tx, job.id, endsAt)
  await saveProgress(tx, job.id, {
    position_bytes: endsAt,
    rows_done: job.rows_done + rows.length,
    inserted: job.inserted + plan.inserts.length,
    updated: job.updated + plan.updates.length,
    failed: job.failed + plan.failed.length,
  })
  // Last, since every writer of the tenant waits for these rows.
  if (!isDry && plan.inserts.length > 0) await addToCounter(tx, 'tenant', 'users', plan.inserts.length)
  return true
}

const NOBODY: ReadonlySet<number> = new Set()

/** For whom the batch is, where it is an organization's; the connection has to be that one's alone still. */
async function requireActorFor(tx: Tx, job: StoredJob, { name }: Connection): Promise<OrganizationActor | undefined> {
  const actor = await requirePresentActor(tx, job)
  if (actor && !(await isOwnConnection(tx, actor.organizationId, name))) {
    throw new HaltedJob("The connection is no longer the organization's own, so the job was stopped")
  }
  return actor
}
