/** All SQL that reads a person's own activity. */
import { sql } from 'kysely'
import type { Db } from '../db/database.ts'
import { ACTIVITY_KINDS, type ActivityKind } from './activity-kinds.ts'

/** An entry of his; who acted, from where and through what, as far as it is known. */
export type ActivityRow = {
  log_id: string
  date: Date
  kind: ActivityKind
  /** Whether it was a request to the Management API, and not something that was done on a page of ours. */
  through_api: boolean
  actor_kind: string
  actor_id: string | null
  client_name: string | null
  organization_name: string | null
  ip: string | null
  user_agent: string | null
}

/** Which of them, and how many: those older than `before`, of these kinds alone where any are named. */
export type ActivityWindow = { before?: string | undefined; kinds?: readonly ActivityKind[] | undefined; limit: number }

/** What happened to a person's account, the newest first. */
export async function listActivity(
  db: Db,
  userId: string,
  { before, kinds, limit }: ActivityWindow,
): Promise<ActivityRow[]> {
  const cases = Object.entries(ACTIVITY_KINDS).map(([kind, condition]) => sql`when ${condition} then ${sql.lit(kind)}`)
  const older = before === undefined ? sql`` : sql`and e.log_id < ${before}`
  const wanted = kinds === undefined ? sql`k.kind is not null` : sql`k.kind = any(${[...kinds]}::text[])`
  const { rows } = await sql<ActivityRow>`
    select e.log_id, e.date, k.kind, e.actor_kind, e.actor_id,
      coalesce(e.details->'request'->>'path' like '/api/v2/%', false) as through_api,
      coalesce(c.name, e.client_name) as client_name,
      coalesce(nullif(o.display_name, ''), o.name) as organization_name,
      e.person->>'ip' as ip, e.person->>'user_agent' as user_agent
    from events e
      cross join lateral (select case ${sql.join(cases, sql` `)} end as kind) k
      left join clients c on c.client_id = e.client_id
      left join organizations o on o.id = e.organization_id
    where e.user_id = ${userId} ${older} and ${wanted}
    order by e.log_id desc limit ${limit}`.execute(db)
  return rows
}
