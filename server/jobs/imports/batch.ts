/**
 * A batch of rows: planned, carried out and noted in one transaction, so that it is done once or not at all. It may be worked
 * at ahead of its turn, while the one before is not committed yet; it is noted and committed behind that one in any case.
 */
import { setTimeout as sleep } from 'node:timers/promises'
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
  job: StoredJob
  lease: string
  settings: ImportSettings
  connection: Connection
}

/** Rows, what of them there may be once, and the place in the file behind the last of them. */
export type Batch = { rows: readonly (ImportRow | FailedRow)[]; keys: ReadonlySet<string>; endsAt: number }

/** Others may create the same users meanwhile; then the plan is made anew. */
const TRIES = 5

/**
 * So long a batch that is ahead waits with its work done. Its turn may never come: whoever else is about to create users may
 * wait for it and be waited for by the one before, which PostgreSQL cannot see. Then it gives way.
 */
const AHEAD_MS = 5_000

/** A batch ahead of its turn gives up what it did, and begins anew when it is its turn. */
class GaveWay extends Error {}
/** The job is to be given up, and what the batch did with it. */
class GivenUp extends Error {}

/**
 * Carries a batch out. Answers false when the job is to be given up.
 * @param own a connection that nothing else uses meanwhile
 * @param before what comes of the batch before
 * @throws LostLease, HaltedJob, and whatever the batch before threw
 */
export async function importBatch(
  run: ImportRun,
  own: OwnConnection,
  batch: Batch,
  before: Promise<boolean>,
): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await own.transact((tx) => carryOut(tx, run, own, batch, before))
    } catch (error) {
      if (error instanceof GivenUp) return false
      const isToRepeat = error instanceof GaveWay || isUniqueViolation(error) || hasGivenWay(error)
      if (attempt === TRIES || !isToRepeat) throw error
      // Once is enough of being ahead.
      if (!(await before)) return false
    }
  }
}

async function carryOut(
  tx: Tx,
  run: ImportRun,
  own: OwnConnection,
  { rows, endsAt }: Batch,
  before: Promise<boolean>,
): Promise<boolean> {
  const { server, settings, connection, job } = run
  const { upsert, dry_run: isDry } = settings
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
  const { rows_done, inserted, updated, failed } = await lockInTurn(tx, run, before)
  // An organization is told of each of its rows; a tenant's file may have a million.
  await saveRows(of, plan, { keepsAll: isDry || within !== undefined, isTrial: isDry })
  if (remembers) await saveKeys(tx, job.id, plan.keys)
  await forgetBefore(tx, job.id, endsAt)
  await saveProgress(tx, job.id, {
    position_bytes: endsAt,
    rows_done: rows_done + rows.length,
    inserted: inserted + plan.inserts.length,
    updated: updated + plan.updates.length,
    failed: failed + plan.failed.length,
  })
  // Last, since every writer of the tenant waits for these rows.
  if (!isDry && plan.inserts.length > 0) await addToCounter(tx, 'tenant', 'users', plan.inserts.length)
  return true
}

/** Locks the job when the batch before is done. @throws GaveWay, GivenUp, LostLease */
async function lockInTurn(tx: Tx, { job: { id }, lease }: ImportRun, before: Promise<boolean>): Promise<StoredJob> {
  const isBeforeDone = await Promise.race([before, sleep(AHEAD_MS, undefined, { ref: false })])
  if (isBeforeDone === undefined) throw new GaveWay()
  const job = await lockLeased(tx, id, lease)
  if (!job) throw new LostLease()
  if (!isBeforeDone || job.cancel_requested) throw new GivenUp()
  return job
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
