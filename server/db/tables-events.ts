/** The table of migration 0003, which 0008 cuts into days: the log. */
import type { Json, JsonObject, Timestamp } from './tables.ts'

export type EventsTable = {
  log_id: string
  date: Timestamp
  type: string
  description: string | null
  operation: string | null
  actor_kind: string
  actor_id: string | null
  client_id: string | null
  client_name: string | null
  user_id: string | null
  target_kind: string | null
  target_id: string | null
  connection: string | null
  connection_id: string | null
  organization_id: string | null
  strategy: string | null
  strategy_type: string | null
  audience: string | null
  scope: string | null
  details: Json<JsonObject | null> | null
  person: Json<JsonObject | null> | null
}

/** Of this table, by name. */
export type EventTables = {
  events: EventsTable
}
