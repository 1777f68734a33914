/** The list of imports and exports, and who began one: SQL, and how it is told. */
import { type SqlBool, sql } from 'kysely'
import { type Static, Type } from 'typebox'
import { type Actor, organizationOf } from '../authorization/actor.ts'
import type { Db } from '../db/database.ts'
import { checkpointOf } from '../http/checkpoint.ts'
import type { Paging } from '../http/paging.ts'
import type { StoredJob } from './job.ts'

/** Who began a job. To whoever acts for an organization a person has a name only while he is a member. */
export const StarterReply = Type.Object({
  user_id: Type.Optional(Type.String()),
  client_id: Type.Optional(Type.String()),
  name: Type.Optional(Type.String()),
})
type Starter = Static<typeof StarterReply>

/** A job with who began it; nobody is named where it was a command. */
export type ListedJob = { job: StoredJob; startedBy: Starter | undefined }

/** Jobs that the actor may see, the newest first. */
export async function listJobs(db: Db, actor: Actor, paging: Paging): Promise<ListedJob[]> {
  const organizationId = organizationOf(actor)
  const after = checkpointOf(paging)
  const jobs = await db
    .selectFrom('jobs')
    .selectAll()
    .where('state', '<>', 'uploading')
    .$if(organizationId !== undefined, (query) => query.where('organization_id', '=', organizationId ?? ''))
    .$if(after !== undefined, (query) =>
      query.where(sql<SqlBool>`(created_at, id) < (${after?.time}::timestamptz, ${after?.id})`),
    )
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(paging.limit)
    .execute()
  const starters = await startersOf(db, actor, jobs)
  return jobs.map((job) => ({ job, startedBy: starters(job) }))
}

/** Who began these jobs, as the actor may know it. */
export async function startersOf(
  db: Db,
  actor: Actor,
  jobs: readonly StoredJob[],
): Promise<(job: StoredJob) => Starter | undefined> {
  const ids = [...new Set(jobs.flatMap(({ started_by }) => started_by ?? []))]
  const organizationId = organizationOf(actor) ?? null
  const { rows } = await sql<{ id: string; name: string | null }>`
    select user_id as id, coalesce(name, email) as name from users
    where user_id = any(${ids}::text[]) and (${organizationId}::text is null or exists (select from memberships m
      where m.user_id = users.user_id and m.organization_id = ${organizationId}))
    union all
    select client_id, name from clients where client_id = any(${ids}::text[])`.execute(db)
  const names = new Map(rows.map(({ id, name }) => [id, name]))
  return ({ started_by: id, actor: { kind } }) => {
    if (id === null) return undefined
    const name = names.get(id)
    return { ...(kind === 'user' ? { user_id: id } : { client_id: id }), ...(name ? { name } : {}) }
  }
}
