/**
 * Records what happened, in the transaction in which it happened. Nothing else writes events, and nothing
 * changes one afterwards but erasure, which blanks `person`.
 */

import type { Insertable } from 'kysely'
import type { Actor } from '../authorization/actor.ts'
import { organizationOf } from '../authorization/actor.ts'
import { now } from '../base/clock.ts'
import { newLogId } from '../base/ids.ts'
import type { Db } from '../db/database.ts'
import type { JsonObject } from '../db/tables.ts'
import type { EventsTable } from '../db/tables-events.ts'
import type { RequestInfo } from '../http/request-info.ts'
import { EVENT_TYPES, type EventType } from './event-types.ts'

/** What to record. Personal values belong in `person`, `before`, `after` and `request` alone. */
export type Event = {
  type: EventType
  actor: Actor
  description?: string
  operation?: string
  request?: RequestInfo
  status?: number
  /** The user it happened to. */
  userId?: string
  userName?: string
  target?: { kind: string; id: string }
  /** The organization that it concerns, where the actor is not bound to one: it is part of that one's log. */
  organizationId?: string
  connection?: { id: string; name: string; strategy: string }
  clientId?: string
  audience?: string
  scope?: string
  before?: unknown
  after?: unknown
  details?: JsonObject
  person?: JsonObject
}

/** A row ready to be inserted, all values plain. */
export type EventRow = Insertable<EventsTable>

/** Records an event, and answers its id. `tx` is the transaction of the change; a refusal is recorded in one of its own. */
export async function recordEvent(tx: Db, event: Event): Promise<string> {
  const row = eventRow(event)
  await tx.insertInto('events').values(row).execute()
  return row.log_id
}

/** Records several events with one statement. */
export async function recordEventList(db: Db, events: readonly Event[]): Promise<void> {
  if (events.length > 0) await db.insertInto('events').values(events.map(eventRow)).execute()
}

/** Makes the row of an event, for statements that change and record at once. */
export function eventRow(event: Event): EventRow {
  const { actor, connection } = event
  return {
    log_id: newLogId(),
    date: now(),
    type: event.type,
    description: event.description ?? EVENT_TYPES[event.type].description,
    operation: event.operation ?? null,
    actor_kind: actor.kind,
    actor_id: actorId(actor),
    client_id: event.clientId ?? (actor.kind === 'system' ? null : (actor.clientId ?? null)),
    client_name: null,
    user_id: event.userId ?? null,
    target_kind: event.target?.kind ?? null,
    target_id: event.target?.id ?? null,
    connection: connection?.name ?? null,
    connection_id: connection?.id ?? null,
    organization_id: organizationOf(actor) ?? event.organizationId ?? null,
    strategy: connection?.strategy ?? null,
    strategy_type: strategyTypeOf(connection),
    audience: event.audience ?? null,
    scope: event.scope ?? null,
    details: jsonOrNull(detailsOf(event)),
    person: personText(personOf(event)),
  }
}

/** In Auth0's words: whatever is no database of ours is a provider elsewhere. */
function strategyTypeOf(connection: Event['connection']): string | null {
  if (!connection) return null
  return connection.strategy === 'auth0' ? 'database' : 'enterprise'
}

function actorId(actor: Actor): string {
  if (actor.kind === 'client') return actor.clientId
  return actor.kind === 'user' ? actor.userId : actor.name
}

function detailsOf({ request, status, details }: Event): JsonObject {
  return {
    ...details,
    ...(request ? { request: { id: request.id, method: request.method, path: request.path } } : {}),
    ...(request?.correlationId ? { correlation_id: request.correlationId } : {}),
    ...(request?.auth0Client ? { auth0_client: request.auth0Client } : {}),
    ...(status === undefined ? {} : { status }),
  }
}

function personOf({ request, userName, before, after, person }: Event): JsonObject {
  return {
    ...person,
    ...(request ? { ip: request.ip } : {}),
    ...(request?.userAgent ? { user_agent: request.userAgent } : {}),
    ...(request && Object.keys(request.query).length > 0 ? { query: request.query } : {}),
    ...(request?.body === undefined ? {} : { body: request.body }),
    ...(userName === undefined ? {} : { user_name: userName }),
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  }
}

/** A log page holds a hundred entries, each with what was sent, was there before and was answered. */
const LONGEST_PERSON = 50_000
const LONGEST_PART = 10_000

/** Long parts give way to a word about their length, so that no page of the log can be larger than the server. */
function personText(person: JsonObject): string | null {
  const text = jsonOrNull(person)
  if (text === null || text.length <= LONGEST_PERSON) return text
  return JSON.stringify(
    Object.fromEntries(
      Object.entries(person).map(([name, part]) => {
        const { length } = JSON.stringify(part) ?? ''
        return [name, length > LONGEST_PART ? `left out: ${length} characters` : part]
      }),
    ),
  )
}

function jsonOrNull(value: JsonObject): string | null {
  return Object.keys(value).length === 0 ? null : JSON.stringify(value)
}
