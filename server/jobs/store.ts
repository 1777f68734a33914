/** All SQL about jobs and their files. */
import { sql } from 'kysely'
import { type Actor, organizationOf } from '../authorization/actor.ts'
import { now, secondsFromNow } from '../base/clock.ts'
import { newId } from '../base/ids.ts'
import type { Db, Tx } from '../db/database.ts'
import type { JsonObject } from '../db/tables.ts'
import { actorJson, KEPT_SECONDS, type StoredJob, starterOf } from './job.ts'

/** A job to be. */
export type NewJob = Pick<StoredJob, 'type' | 'state'> & {
  connection?: { id: string; name: string } | undefined
  actor: Actor
  settings: JsonObject
  totalRows?: number
}

/** Stores a job, as that of the organization for which the actor acts, and answers its id. */
export async function insertJob(db: Db, job: NewJob): Promise<string> {
  const id = newId('job')
  const at = now()
  await db
    .insertInto('jobs')
    .values({
      id,
      type: job.type,
      state: job.state,
      connection_id: job.connection?.id ?? null,
      connection_name: job.connection?.name ?? null,
      actor: JSON.stringify(actorJson(job.actor)),
      organization_id: organizationOf(job.actor) ?? null,
      started_by: starterOf(job.actor),
      external_id: null,
      settings: JSON.stringify(job.settings),
      fault: null,
      total_rows: job.totalRows ?? 0,
      status_details: null,
      lease: null,
      lease_until: at,
      created_at: at,
      touched_at: at,
      started_at: null,
      ended_at: null,
    })
    .execute()
  return id
}

/** The job; undefined when there is none, or its file is still arriving. */
export async function findJob(db: Db, id: string): Promise<StoredJob | undefined> {
  return await jobQuery(db, id).executeTakeFirst()
}

/** The same, where the actor may see it: whoever acts for an organization sees that one's jobs alone. */
export async function findJobFor(db: Db, actor: Actor, id: string): Promise<StoredJob | undefined> {
  return await visibleQuery(db, actor, id).executeTakeFirst()
}

/** The same, locked for a change. */
export async function lockJobFor(tx: Tx, actor: Actor, id: string): Promise<StoredJob | undefined> {
  return await visibleQuery(tx, actor, id).forUpdate().executeTakeFirst()
}

function visibleQuery(db: Db, actor: Actor, id: string) {
  const organizationId = organizationOf(actor)
  return jobQuery(db, id).$if(organizationId !== undefined, (query) =>
    query.where('organization_id', '=', organizationId ?? ''),
  )
}

function jobQuery(db: Db, id: string) {
  return db.selectFrom('jobs').selectAll().where('id', '=', id).where('state', '<>', 'uploading')
}

/** Without a sign of life for so long, whoever received a file is gone. */
const UPLOAD_SECONDS = 30
/** So often such a sign is given. */
export const TOUCH_EVERY_MS = 10_000

/**
 * Jobs of a type that wait, are worked at, or whose file is arriving: those of the actor's organization, or the tenant's
 * own, so that nobody learns what others do. Whoever counts in order to add one holds `lockQueue`.
 * @param but leaves out this one
 */
export async function countActive(db: Db, actor: Actor, type: StoredJob['type'], but = ''): Promise<number> {
  const { count } = await db
    .selectFrom('jobs')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('type', '=', type)
    .where('id', '<>', but)
    .where('organization_id', 'is not distinct from', organizationOf(actor) ?? null)
    .where((eb) =>
      eb.or([
        eb('state', 'in', ['pending', 'processing']),
        eb.and([eb('state', '=', 'uploading'), eb('touched_at', '>', secondsFromNow(-UPLOAD_SECONDS))]),
      ]),
    )
    .executeTakeFirstOrThrow()
  return count
}

/** Lets nobody else add a job until the transaction ends. */
export async function lockQueue(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('jobs', 0))`.execute(tx)
}

/** Says that the file of a job is still arriving. Answers false when the job was given up meanwhile. */
export async function touchUpload(db: Db, id: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('jobs')
    .set({ touched_at: now() })
    .where('id', '=', id)
    .where('state', '=', 'uploading')
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** What the upload has found out. */
export type Uploaded = Pick<StoredJob, 'connection_id' | 'connection_name' | 'external_id' | 'shape' | 'fault'> & {
  settings: JsonObject
  size_bytes: number
  total_rows: number
}

/** Puts an uploaded file into the queue. */
export async function enqueueUploaded(tx: Tx, id: string, { settings, ...uploaded }: Uploaded): Promise<void> {
  const at = now()
  const row = { ...uploaded, settings: JSON.stringify(settings), state: 'pending' as const }
  await tx
    .updateTable('jobs')
    .set({ ...row, lease_until: at, touched_at: at })
    .where('id', '=', id)
    .execute()
}

/** Forgets a job with all that belongs to it. */
export async function deleteJob(db: Db, id: string): Promise<void> {
  await db.deleteFrom('jobs').where('id', '=', id).execute()
}

/**
 * Takes the job that has waited longest, and keeps other processes from it for a while. One of an organization waits while
 * another of it is worked at, so that others get their turn.
 * @param only takes this one or none
 */
export async function takeJob(
  db: Db,
  lease: string,
  leaseSeconds: number,
  only: string | null = null,
): Promise<StoredJob | undefined> {
  const at = now()
  const { rows } = await sql<StoredJob>`
    update jobs set state = 'processing', lease = ${lease}, lease_until = ${secondsFromNow(leaseSeconds)},
      attempts = attempts + 1, started_at = coalesce(started_at, ${at}), touched_at = ${at}
    where id = (select id from jobs where state in ('pending', 'processing') and lease_until <= ${at}
        and id = coalesce(${only}, id) and not exists (
          select from jobs other where other.organization_id = jobs.organization_id and other.id <> jobs.id
            and other.state = 'processing' and other.lease_until > ${at})
      order by created_at, id limit 1 for update skip locked)
    returning *`.execute(db)
  return rows[0]
}

/** Keeps a job for longer. Answers false when it is another's by now, or to be given up. */
export async function renewLease(db: Db, id: string, lease: string, leaseSeconds: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('jobs')
    .set({ lease_until: secondsFromNow(leaseSeconds), touched_at: now() })
    .where('id', '=', id)
    .where('lease', '=', lease)
    .where('state', '=', 'processing')
    .where('cancel_requested', '=', false)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Locks a job for whoever works at it; undefined when it is another's by now. */
export async function lockLeased(tx: Tx, id: string, lease: string): Promise<StoredJob | undefined> {
  return await tx
    .selectFrom('jobs')
    .selectAll()
    .where('id', '=', id)
    .where('lease', '=', lease)
    .where('state', '=', 'processing')
    .forUpdate()
    .executeTakeFirst()
}

/** Lets another try after a while. */
export async function releaseJob(db: Db, id: string, lease: string, pauseSeconds: number): Promise<void> {
  await db
    .updateTable('jobs')
    .set({ lease: null, lease_until: secondsFromNow(pauseSeconds) })
    .where('id', '=', id)
    .where('lease', '=', lease)
    .execute()
}

/** How far a job has come. */
export type Progress = Partial<
  Pick<StoredJob, 'position_bytes' | 'rows_done' | 'inserted' | 'updated' | 'failed' | 'total_rows' | 'size_bytes'>
>

/** Notes how far a job has come. One that got on for good has the tries before counted no more. */
export async function saveProgress(db: Db, id: string, progress: Progress): Promise<void> {
  await db
    .updateTable('jobs')
    .set({ ...progress, ...(progress.position_bytes === undefined ? {} : { attempts: 0 }), touched_at: now() })
    .where('id', '=', id)
    .execute()
}

/** Ends a job, and forgets what was needed to work at it. */
export async function endJob(
  tx: Tx,
  job: Pick<StoredJob, 'id' | 'type'>,
  state: 'completed' | 'failed',
  details: string | null = null,
): Promise<void> {
  const at = now()
  await tx
    .updateTable('jobs')
    .set({ state, status_details: details, lease: null, ended_at: at, touched_at: at })
    .where('id', '=', job.id)
    .execute()
  await tx.deleteFrom('job_identifiers').where('job_id', '=', job.id).execute()
  // The file of an export is what it was for.
  if (job.type === 'users_export' && state === 'completed') return
  await tx.deleteFrom('job_chunks').where('job_id', '=', job.id).execute()
}

/** Asks whoever works at a job to stop. */
export async function requestCancel(tx: Tx, id: string): Promise<void> {
  await tx.updateTable('jobs').set({ cancel_requested: true }).where('id', '=', id).execute()
}

/** Forgets jobs that ended a day ago, and files that ceased to arrive. Answers how many there were. */
export async function forgetJobs(db: Db): Promise<number> {
  const { rows } = await sql`delete from jobs where id in (
    select id from jobs where touched_at < ${secondsFromNow(-KEPT_SECONDS)} and state in ('completed', 'failed', 'uploading')
    order by touched_at limit 10 for update skip locked)
    returning id`.execute(db)
  return rows.length
}
