/** `/api/v2/jobs/users-exports`, and the files that come of it. */
import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { type Actor, organizationOf } from '../authorization/actor.ts'
import { CONNECTION_ID, type Connection } from '../connections/connection.ts'
import { findConnection } from '../connections/store.ts'
import type { Db } from '../db/database.ts'
import { type Route, route } from '../http/define-route.ts'
import { ApiError } from '../http/errors.ts'
import type { Server } from '../http/server.ts'
import { findOrganizationConnection } from '../organizations/connections.ts'
import { beginExport } from './exports/begin-export.ts'
import { FILE_PATH, isGoodLink } from './exports/file-link.ts'
import { readFile } from './files.ts'
import type { ExportSettings } from './job.ts'
import { jobRunnerOf } from './runner.ts'
import { findJob } from './store.ts'
import { ExportFields, JobReply, wireOf } from './wire.ts'

const NewExport = Type.Object(
  {
    connection_id: Type.Optional(
      Type.String({ pattern: CONNECTION_ID, description: 'Connection whose users are exported' }),
    ),
    format: Type.Optional(
      Type.Unsafe<'json' | 'csv'>({ type: 'string', enum: ['json', 'csv'], description: 'An object a line, or CSV' }),
    ),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 2_147_483_647, description: 'Users at most, the oldest first' }),
    ),
    fields: Type.Optional(ExportFields),
  },
  { additionalProperties: false },
)

export const exportRoutes: readonly Route[] = [
  route({
    kind: 'change',
    method: 'POST',
    url: '/jobs/users-exports',
    operationId: 'post_users-exports',
    summary: 'Create export users job',
    scope: ['read:users'],
    withinOrganization: 'scoped',
    event: 'sapi',
    body: NewExport,
    reply: { 200: JobReply },
    handler: async ({ server, tx, actor, body, audit }) => {
      const { connection_id, format = 'json', limit, fields } = body
      const settings: ExportSettings = { format, ...(limit ? { limit } : {}), ...(fields ? { fields } : {}) }
      const connection = connection_id === undefined ? undefined : await findConnectionFor(tx, actor, connection_id)
      if (connection_id !== undefined && !connection) {
        throw new ApiError('invalid_body', { with: { reason: 'The connection does not exist.' } })
      }
      const job = await beginExport(tx, actor, settings, connection)
      audit.target = { kind: 'job', id: job.id }
      return wireOf(server, job)
    },
    afterCommit: ({ server }) => jobRunnerOf(server).wake(),
  }),
]

/** Serves the files behind the links of jobs. Whoever has a link needs nothing else, for as long as it holds. */
export function mountExportedFiles(app: FastifyInstance, server: Server): void {
  const { db } = server.database
  app.get<{ Params: { id: string; expires: string; signature: string } }>(FILE_PATH, async ({ params }, reply) => {
    const job = isGoodLink(server, params) ? await findJob(db, params.id) : undefined
    if (job?.type !== 'users_export' || job.state !== 'completed') throw new ApiError('inexistent_file')
    // The route that made the job has checked them.
    const { format } = job.settings as ExportSettings
    return reply
      .headers({
        'content-type': 'application/gzip',
        'content-length': String(job.size_bytes),
        'content-disposition': `attachment; filename="${job.id}.${format}.gz"`,
        'referrer-policy': 'no-referrer',
      })
      .send(Readable.from(readFile(db, job.id), { objectMode: false }))
  })
}

/** A connection that is not open to an organization is to its administrators as one that never was. */
async function findConnectionFor(db: Db, actor: Actor, id: string): Promise<Connection | undefined> {
  const organizationId = organizationOf(actor)
  if (organizationId === undefined) return await findConnection(db, id)
  const open = await findOrganizationConnection(db, organizationId, id)
  return open?.is_enabled ? await findConnection(db, id) : undefined
}
