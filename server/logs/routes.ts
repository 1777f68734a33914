import { setTimeout as sleep } from 'node:timers/promises'
import { type Expression, type SqlBool, sql } from 'kysely'
import { type Static, Type } from 'typebox'
import type { Actor } from '../authorization/actor.ts'
import { seesWholeTenant } from '../authorization/visible-to.ts'
import { now } from '../base/clock.ts'
import type { Db } from '../db/database.ts'
import { type Route, route } from '../http/define-route.ts'
import { ApiError } from '../http/errors.ts'
import { pickFields } from '../http/fields.ts'
import { limitedSearchOf } from '../http/limited-search.ts'
import { FieldsQuery, PageQuery, pageOf } from '../http/paging.ts'
import type { Server } from '../http/server.ts'
import { hostnameOf, LogEntry, type LogRow, logEntryWire } from './log-entry.ts'
import { readLogOrder, readLogQuery } from './query.ts'
import { findLog, listLogs, readLogs } from './store.ts'

const LogPageQuery = Type.Object({
  ...PageQuery.properties,
  ...FieldsQuery.properties,
  sort: Type.Optional(
    Type.String({ maxLength: 100, description: 'field:1 or field:-1; date:-1, the newest first, by default' }),
  ),
})
const LogQuery = Type.Object({
  ...LogPageQuery.properties,
  q: Type.Optional(Type.String({ maxLength: 2_000, description: 'Query in Lucene syntax' })),
  search: Type.Optional(Type.String({ maxLength: 2_000, description: 'The same as q' })),
  from: Type.Optional(Type.String({ pattern: '^\\d{1,60}$', description: 'Entries after this log_id, oldest first' })),
  take: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: 'Entries after `from` at most' })),
})
const LogId = Type.Object({ id: Type.String({ minLength: 1, maxLength: 60, description: 'Log id' }) })
const UserId = Type.Object({ id: Type.String({ minLength: 1, maxLength: 300, description: 'User id' }) })
const LogPage = Type.Object({
  start: Type.Integer(),
  limit: Type.Integer(),
  length: Type.Integer({ description: 'Entries on this page' }),
  total: Type.Integer({ description: 'Entries in all; beyond 10,000 at least as many' }),
  logs: Type.Array(LogEntry),
})
const LogList = Type.Union([Type.Array(LogEntry), LogPage])

/** `/api/v2/logs` and `/api/v2/users/:id/logs`. */
export const logRoutes: readonly Route[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/logs',
    operationId: 'get_logs',
    summary: 'Search the log',
    scope: ['read:logs', 'read:logs_users'],
    withinOrganization: 'scoped',
    query: LogQuery,
    reply: { 200: LogList },
    handler: async ({ db, server, actor, query, answerHeaders }) => {
      const asked = [query.q, query.search].flatMap((text) => readLogQuery(text, hostnameOf(server)) ?? [])
      if (query.from === undefined && query.take === undefined)
        return await logPage(server, db, actor, asked, query, asked.length > 0)
      const { from, take = 50 } = query
      const rows = await settledLogs(readerOf(server, db, asked.length > 0), actor, asked, from ?? '', take)
      answerHeaders.link = nextLink(server, rows.at(-1)?.log_id ?? from, take, query)
      return writeEntries(server, actor, rows, query)
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/logs/:id',
    operationId: 'get_logs_by_id',
    summary: 'Get a log entry',
    scope: ['read:logs', 'read:logs_users'],
    withinOrganization: 'scoped',
    params: LogId,
    reply: { 200: LogEntry },
    handler: async ({ db, server, actor, params }) => {
      const row = await findLog(db, actor, params.id)
      if (!row) throw new ApiError('inexistent_log')
      return writeEntries(server, actor, [row], {})[0]
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/users/:id/logs',
    operationId: 'get_logs_by_user',
    summary: 'List what happened to a user',
    scope: ['read:logs', 'read:logs_users'],
    withinOrganization: 'member',
    params: UserId,
    query: LogPageQuery,
    reply: { 200: LogList },
    handler: async ({ db, server, actor, params, query }) =>
      await logPage(server, db, actor, [sql<SqlBool>`events.user_id = ${params.id}`], query, false),
  }),
]

type Conditions = readonly Expression<SqlBool>[]
type PageRequest = Static<typeof LogPageQuery>
type Reader = <T>(read: (db: Db) => Promise<T>) => Promise<T>

/** How the log is read: what is searched or ordered in any other way than by time has a limit of time and of company. */
function readerOf({ database }: Server, db: Db, isSearch: boolean): Reader {
  if (!isSearch) return (read) => read(db)
  return (read) => limitedSearchOf(database)((connection) => read(connection.tx()))
}

async function logPage(
  server: Server,
  db: Db,
  actor: Actor,
  conditions: Conditions,
  query: PageRequest,
  isSearch: boolean,
): Promise<unknown> {
  const { start, limit } = pageOf(query)
  const order = readLogOrder(query.sort)
  const window = { order, start, limit }
  const read = readerOf(server, db, isSearch || order.column !== undefined)
  if (!query.include_totals) {
    const rows = await read((reader) => readLogs(reader, actor, { conditions }, window))
    return writeEntries(server, actor, rows, query)
  }
  const { rows, total } = await read((reader) => listLogs(reader, actor, { conditions }, window))
  return { start, limit, length: rows.length, total, logs: writeEntries(server, actor, rows, query) }
}

function writeEntries(server: Server, actor: Actor, rows: LogRow[], query: Static<typeof FieldsQuery>) {
  const reader = { hostname: hostnameOf(server), seesWholeTenant: seesWholeTenant(actor) }
  return rows.map((row) => pickFields(logEntryWire(row, reader), query))
}

// An event gets its id shortly before its transaction commits; by then every one with an older id has, too.
const SETTLING_MILLISECONDS = 500

/**
 * Entries after a checkpoint, oldest first. A reader never asks again for what lies behind him, so entries of the
 * last moment are read once more when whatever was under way beside them has been committed.
 */
async function settledLogs(
  read: Reader,
  actor: Actor,
  conditions: Conditions,
  after: string,
  limit: number,
): Promise<LogRow[]> {
  const window = { order: readLogOrder('date:1'), start: 0, limit }
  const rows = await read((db) => readLogs(db, actor, { conditions, after }, window))
  const last = rows.at(-1)
  const age = last ? now().getTime() - last.date.getTime() : SETTLING_MILLISECONDS
  if (!last || age >= SETTLING_MILLISECONDS) return rows
  await sleep(Math.min(SETTLING_MILLISECONDS, SETTLING_MILLISECONDS - age))
  return await read((db) => readLogs(db, actor, { conditions, after, upTo: last.log_id }, window))
}

function nextLink(
  server: Server,
  from: string | undefined,
  take: number,
  { q, search, fields, include_fields: includeFields }: Static<typeof LogQuery>,
): string {
  const next = new URL('/api/v2/logs', server.config.publicUrl)
  const parameters = { from, take, q, search, fields, include_fields: includeFields }
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) next.searchParams.set(name, String(value))
  }
  return `<${next.href}>; rel="next"`
}
