/** The tables of jobs as TypeScript sees them. */
import type { Generated } from 'kysely'
import type { Json, JsonObject, Timestamp } from './tables.ts'

export type JobsTable = {
  id: string
  type: 'users_import' | 'users_export'
  state: 'uploading' | 'pending' | 'processing' | 'completed' | 'failed'
  connection_id: string | null
  connection_name: string | null
  actor: Json<JsonObject>
  /** Whose job it is; null for the tenant's own. */
  organization_id: string | null
  /** The person's id, or the application's; null for a command. */
  started_by: string | null
  external_id: string | null
  settings: Json<JsonObject>
  shape: Generated<'unknown' | 'array' | 'lines'>
  fault: string | null
  size_bytes: Generated<number>
  position_bytes: Generated<number>
  total_rows: Generated<number>
  rows_done: Generated<number>
  inserted: Generated<number>
  updated: Generated<number>
  failed: Generated<number>
  status_details: string | null
  lease: string | null
  lease_until: Timestamp
  attempts: Generated<number>
  cancel_requested: Generated<boolean>
  created_at: Timestamp
  touched_at: Timestamp
  started_at: Timestamp | null
  /** For whoever asks the database; Auth0's job has no such word. */
  ended_at: Timestamp | null
}

export type JobChunksTable = { job_id: string; begins_at: number; ends_at: number; bytes: Buffer }

export type JobRowsTable = {
  job_id: string
  row: number
  outcome: 'failed' | 'inserted' | 'updated' | 'unchanged'
  user_id: string | null
  document: Json<JsonObject> | null
  errors: Json<JsonObject[]> | null
}

export type JobIdentifiersTable = { job_id: string; kind: string; value: string }

/** Nothing reads them yet: they are kept for when sign-in asks for second factors, since no file is left to read them from. */
export type ImportedFactorsTable = {
  user_id: string
  position: number
  kind: 'totp' | 'phone' | 'email'
  value_encrypted: string
  created_at: Timestamp
}

export type JobTables = {
  jobs: JobsTable
  job_chunks: JobChunksTable
  job_rows: JobRowsTable
  job_identifiers: JobIdentifiersTable
  imported_factors: ImportedFactorsTable
}
