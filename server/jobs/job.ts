/**
 * Jobs: work that goes on after the answer, and what can be asked of it. Imports and exports of users are rows of `jobs`,
 * worked at by one process at a time (`runner.ts`); sending a verification mail is a row of the queue of mails
 * (`verification-email.ts`). A job waits, is worked at, and is completed or failed; a day later it is forgotten with its
 * file. Imports are in `imports/`, exports in `exports/`.
 *
 * @see docs/decisions/0014-imports-are-copied-in-batches.md
 */
import type { Selectable } from 'kysely'
import { type Actor, clientActor, personActor } from '../authorization/actor.ts'
import type { JsonObject } from '../db/tables.ts'
import type { JobsTable } from '../db/tables-jobs.ts'

/** A job as stored. */
export type StoredJob = Selectable<JobsTable>

/** What an import was asked for with. */
export type ImportSettings = { upsert: boolean; send_completion_email: boolean; dry_run: boolean }

/** What an export was asked for with. */
export type ExportSettings = {
  format: 'json' | 'csv'
  limit?: number
  fields?: { name: string; export_as?: string }[]
}

/** So long a job, its file and what it says of single rows can be read (Auth0's day). */
export const KEPT_SECONDS = 86_400

/** Who asked, so that the work is done in his name; of whoever acts for an organization also what he was let do. */
export function actorJson(actor: Actor): JsonObject {
  if (actor.kind === 'system') return { ...actor }
  const { organizationId } = actor
  const within = organizationId === undefined ? {} : { organizationId, scopes: [...actor.scopes].sort() }
  if (actor.kind === 'client') return { kind: 'client', clientId: actor.clientId, ...within }
  return { kind: 'user', userId: actor.userId, clientId: actor.clientId, ...within }
}

/** The id of whoever asked; null for a command. */
export function starterOf(actor: Actor): string | null {
  if (actor.kind === 'system') return null
  return actor.kind === 'user' ? actor.userId : actor.clientId
}

/** The actor of a job; no scope is his any more (present-actor.ts asks for what he holds). */
export function actorOf({ actor }: StoredJob): Actor {
  const { kind, clientId, userId, organizationId } = actor
  const within = typeof organizationId === 'string' ? { organizationId } : {}
  if (kind === 'client') return { ...clientActor(String(clientId)), ...within }
  if (kind !== 'user') return { kind: 'system', name: 'import' }
  return { ...personActor(String(userId), typeof clientId === 'string' ? clientId : undefined), ...within }
}

/** TABLE: Auth0's word for where a job stands. */
const STATUS = {
  uploading: 'pending',
  pending: 'pending',
  processing: 'processing',
  completed: 'completed',
  failed: 'failed',
} as const satisfies Record<StoredJob['state'], string>

/** A job as answers show it. @param at the present moment, for the time that is left */
export function jobWire(job: StoredJob, at: Date): JsonObject {
  const { id, type, state, connection_id, connection_name, external_id, status_details, created_at } = job
  return {
    type,
    status: STATUS[state],
    ...(connection_id === null ? {} : { connection_id, connection: connection_name }),
    created_at: created_at.toISOString(),
    id,
    ...(external_id === null ? {} : { external_id }),
    ...job.settings,
    ...progressOf(job, at),
    ...(status_details === null ? {} : { status_details }),
  }
}

function progressOf(job: StoredJob, at: Date): JsonObject {
  const { type, state, total_rows, rows_done, inserted, updated, failed, started_at } = job
  const summary = type === 'users_import' ? { summary: { failed, updated, inserted, total: rows_done } } : {}
  if (state === 'completed') return { percentage_done: 100, ...summary }
  if (state === 'failed') return rows_done > 0 ? summary : {}
  if (state !== 'processing') return {}
  const part = total_rows > 0 ? Math.min(rows_done / total_rows, 0.99) : 0
  const seconds = started_at === null ? 0 : (at.getTime() - started_at.getTime()) / 1_000
  return {
    percentage_done: Math.floor(part * 100),
    ...(part > 0 ? { time_left_seconds: Math.max(1, Math.ceil((seconds * (1 - part)) / part)) } : {}),
    ...summary,
  }
}
