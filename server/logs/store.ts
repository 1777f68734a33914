/** All SQL that reads the log. */
import { type Expression, type SqlBool, sql } from 'kysely'
import type { Actor } from '../authorization/actor.ts'
import { eventsVisibleTo } from '../authorization/visible-to.ts'
import type { Db } from '../db/database.ts'
import type { Found } from '../http/paging.ts'
import type { LogRow } from './log-entry.ts'
import type { LogOrder } from './query.ts'

/** Which entries are wanted; the bounds are ids, which sort by time. */
export type LogFilter = { conditions: readonly Expression<SqlBool>[]; after?: string; upTo?: string }

/** Which of them, and in which order. */
export type LogWindow = { order: LogOrder; start: number; limit: number }

// A log grows without end and filters are many, so a total is exact only up to here.
const MOST_COUNTED = 10_000

/** A page of entries and how many there are: exact up to 10,000, beyond that at least as many as were seen. */
export async function listLogs(db: Db, actor: Actor, filter: LogFilter, window: LogWindow): Promise<Found<LogRow>> {
  const rows = await readLogs(db, actor, filter, window)
  const counted = await countLogs(db, actor, filter)
  const seen = window.start + rows.length + (rows.length > 0 && rows.length === window.limit ? 1 : 0)
  return { rows, total: counted < MOST_COUNTED ? counted : Math.max(counted, seen) }
}

/** Entries without their number. */
export async function readLogs(db: Db, actor: Actor, filter: LogFilter, window: LogWindow): Promise<LogRow[]> {
  const { column, direction } = window.order
  return await entries(db)
    .where(conditionOf(actor, filter))
    .$if(column !== undefined, (query) =>
      query.orderBy(sql`${column} collate "C"`, (order) =>
        (direction === 'asc' ? order.asc() : order.desc()).nullsLast(),
      ),
    )
    .orderBy('events.log_id', column === undefined ? direction : 'desc')
    .offset(window.start)
    .limit(window.limit)
    .execute()
}

/** The entry with this id; undefined when there is none that the actor may see. */
export async function findLog(db: Db, actor: Actor, logId: string): Promise<LogRow | undefined> {
  return await entries(db).where(eventsVisibleTo(actor, 'events')).where('events.log_id', '=', logId).executeTakeFirst()
}

function entries(db: Db) {
  return db
    .selectFrom('events')
    .leftJoin('clients', 'clients.client_id', 'events.client_id')
    .leftJoin('organizations', 'organizations.id', 'events.organization_id')
    .selectAll('events')
    .select(['clients.name as current_client_name', 'organizations.name as organization_name'])
}

async function countLogs(db: Db, actor: Actor, filter: LogFilter): Promise<number> {
  const { rows } = await sql<{ total: number }>`
    select count(*) as total
    from (select from events where ${conditionOf(actor, filter)} limit ${MOST_COUNTED}) as counted`.execute(db)
  return rows[0]?.total ?? 0
}

function conditionOf(actor: Actor, { conditions: asked, after, upTo }: LogFilter): Expression<SqlBool> {
  const conditions = [
    eventsVisibleTo(actor, 'events'),
    ...asked,
    ...(after === undefined ? [] : [sql<SqlBool>`events.log_id > ${after}`]),
    ...(upTo === undefined ? [] : [sql<SqlBool>`events.log_id <= ${upTo}`]),
  ]
  return sql<SqlBool>`${sql.join(conditions, sql` and `)}`
}
