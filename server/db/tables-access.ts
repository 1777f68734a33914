/** The tables of migration 0008, permissions of people, families of refresh tokens, statistics, the log's retention; and of 0022. */
import type { ColumnType } from 'kysely'
import type { Json, JsonObject, Timestamp } from './tables.ts'

export type UserPermissionsTable = {
  user_id: string
  resource_server_id: string
  permission: string
  created_at: Timestamp
}

export type RefreshTokensTable = {
  id: string
  grant_id: string
  user_id: string
  client_id: string
  session_id: string | null
  organization_id: ColumnType<string | null, string | null | undefined, string | null>
  rotating: boolean
  resource_servers: Json<{ audience: string; scopes: string }[]>
  metadata: Json<JsonObject | null> | null
  created_at: Timestamp
  last_exchanged_at: Timestamp | null
  idle_expires_at: Timestamp | null
  absolute_expires_at: Timestamp | null
  expires_at: Timestamp
  initial_ip: string | null
  initial_user_agent: string | null
  last_ip: string | null
  last_user_agent: string | null
}

export type DailyStatsTable = {
  /** Written and read as `YYYY-MM-DD`. */
  day: ColumnType<string, string, string>
  logins: number
  signups: number
  leaked_passwords: number
  created_at: Timestamp
  updated_at: Timestamp
}

export type LogRetentionTable = {
  id: number
  trusted_at: Timestamp
}

export type ClosedApplicationsTable = {
  user_id: string
  client_id: string
  organization_id: string | null
  reason: string | null
  closed_at: Timestamp
}

/** Of these tables, by name. */
export type AccessTables = {
  user_permissions: UserPermissionsTable
  closed_applications: ClosedApplicationsTable
  refresh_tokens: RefreshTokensTable
  daily_stats: DailyStatsTable
  log_retention: LogRetentionTable
}
