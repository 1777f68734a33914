import { Readable } from 'node:stream'
import { Type } from 'typebox'
import { seesWholeTenant } from '../authorization/visible-to.ts'
import { newLogId } from '../base/ids.ts'
import { type Route, route } from '../http/define-route.ts'
import { limitedSearchOf } from '../http/limited-search.ts'
import { operationEvent } from '../http/operation-event.ts'
import { LOG_FORMATS, logText, type RunRead } from './export.ts'
import { hostnameOf } from './log-entry.ts'
import { readLogDates, readLogQuery } from './query.ts'
import { recordEvent } from './record.ts'

const EXPORT = {
  operationId: 'get_logs_export',
  summary: 'Export the log',
  event: 'mgmt_api_read',
  scope: ['read:logs'],
} as const

const Moment = (what: string) => Type.Optional(Type.String({ maxLength: 30, description: what }))
const ExportQuery = Type.Object({
  format: Type.Optional(
    Type.Union([Type.Literal('json'), Type.Literal('csv')], {
      description: 'json, an object a line (the default), or csv',
    }),
  ),
  q: Type.Optional(Type.String({ maxLength: 2_000, description: 'Query in Lucene syntax' })),
  from: Moment('Entries from this date on, such as 2026-01-31 or 2026-01-31T12:00:00.000Z'),
  to: Moment('Entries up to this date, as precise as it is written: 2026-01 is to the end of January'),
})

/** `/api/v2/logs/export`. */
export const logExportRoutes: readonly Route[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/logs/export',
    ...EXPORT,
    withinOrganization: 'scoped',
    query: ExportQuery,
    reply: { 200: Type.String({ description: 'The entries, oldest first: JSON objects or CSV, a line each' }) },
    ours: true,
    isRecorded: true,
    handler: async (call) => {
      const { server, actor, query, db, answerHeaders } = call
      const { format = 'json', q, from, to } = query
      const conditions = [readLogQuery(q, hostnameOf(server)) ?? [], readLogDates(from, to)].flat()
      // Ids never go back, so what comes from now on lies behind this one, the export's own entry among it.
      const upTo = newLogId()
      const reader = { hostname: hostnameOf(server), seesWholeTenant: seesWholeTenant(actor) }
      const search = limitedSearchOf(server.database)
      const run: RunRead = (read) => search((connection) => read(connection.tx()))
      const text = logText(run, actor, reader, { conditions, upTo }, format)
      // What cannot be searched is refused before anything goes out.
      const first = await text.next()
      const audit = { target: { kind: 'log', id: format } }
      await recordEvent(db, operationEvent({ ...EXPORT, status: 200 }, call, audit))
      const { type } = LOG_FORMATS[format]
      answerHeaders['content-type'] = type
      answerHeaders['content-disposition'] = `attachment; filename="log.${format === 'json' ? 'ndjson' : 'csv'}"`
      answerHeaders['cache-control'] = 'no-store'
      return Readable.from(behind(first, text), { objectMode: false })
    },
  }),
]

async function* behind(first: IteratorResult<string>, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  if (first.done) return
  yield first.value
  yield* rest
}
