/** The table of migration 0003, which 0008 cuts into days: the log; and its seals, of 0016. */
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

/** An entry's place in a batch of the chain, and what its content was then. */
export type EventSealsTable = {
  log_id: string
  batch: number
  place: number
  administrative: boolean
  seal: Buffer
  person_digest: Buffer | null
  person_salt: Buffer | null
}

/** A link of a chain. One with a `proof` stands for batches, up to `through`, whose entries were forgotten. */
export type EventSealBatchesTable = {
  administrative: boolean
  number: number
  through: number
  entries: number
  first_id: string
  last_id: string
  sealed_at: Timestamp
  root: Buffer | null
  hash: Buffer
  proof: Buffer | null
}

/** Of these tables, by name. */
export type EventTables = {
  events: EventsTable
  event_seals: EventSealsTable
  event_seal_batches: EventSealBatchesTable
}
