/** How answers show a job. */
import { Type } from 'typebox'
import { now } from '../base/clock.ts'
import type { JsonObject } from '../db/tables.ts'
import type { Server } from '../http/server.ts'
import { fileLinkOf } from './exports/file-link.ts'
import { jobWire, type StoredJob } from './job.ts'
import { type ListedJob, StarterReply } from './list.ts'

/** What of an export is written. */
export const ExportFields = Type.Array(
  Type.Object(
    {
      name: Type.String({
        minLength: 1,
        maxLength: 100,
        description: 'Attribute, or a path in metadata or identities',
      }),
      export_as: Type.Optional(Type.String({ maxLength: 100, description: 'What it is called in the file' })),
    },
    { additionalProperties: false },
  ),
  { minItems: 1, maxItems: 200, description: 'What is exported' },
)

const Summary = Type.Object({
  failed: Type.Integer(),
  updated: Type.Integer({ description: 'With those that were as in the file already' }),
  inserted: Type.Integer(),
  total: Type.Integer({ description: 'Rows done so far' }),
})

/** A job. */
export const JobReply = Type.Object({
  type: Type.String(),
  status: Type.String({ description: '`pending`, `processing`, `completed` or `failed`' }),
  created_at: Type.String(),
  id: Type.String(),
  connection_id: Type.Optional(Type.String()),
  connection: Type.Optional(Type.String({ description: 'Name of the connection' })),
  external_id: Type.Optional(Type.String()),
  upsert: Type.Optional(Type.Boolean()),
  send_completion_email: Type.Optional(Type.Boolean()),
  dry_run: Type.Optional(Type.Boolean({ description: 'Nothing was or will be changed' })),
  format: Type.Optional(Type.String()),
  limit: Type.Optional(Type.Integer()),
  fields: Type.Optional(ExportFields),
  percentage_done: Type.Optional(Type.Integer()),
  time_left_seconds: Type.Optional(Type.Integer()),
  summary: Type.Optional(Summary),
  status_details: Type.Optional(Type.String({ description: 'Why it failed' })),
  location: Type.Optional(Type.String({ description: 'Where the file is, for a minute' })),
  location_expires_at: Type.Optional(Type.String()),
})

/** A job as answers show it at this moment. */
export function wireOf(server: Server, job: StoredJob): JsonObject {
  return { ...jobWire(job, now()), ...fileLinkOf(server, job) }
}

/** A job with who began it. */
export const JobWithStarter = Type.Object({
  ...JobReply.properties,
  organization_id: Type.Optional(Type.String({ description: 'The organization whose job it is, in the list' })),
  started_by: Type.Optional(StarterReply),
})

/** Jobs as the list shows them. There is no link to a file in it: whoever reads one job gets one that holds. */
export function jobsWire(listed: readonly ListedJob[]): JsonObject[] {
  const at = now()
  return listed.map(({ job, startedBy }) => ({
    ...jobWire(job, at),
    ...(job.organization_id === null ? {} : { organization_id: job.organization_id }),
    ...startedByOf(startedBy),
  }))
}

/** Who began it, where somebody did. */
export function startedByOf(starter: ListedJob['startedBy']): JsonObject {
  return starter === undefined ? {} : { started_by: starter }
}
