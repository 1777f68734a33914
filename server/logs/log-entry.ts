/**
 * The tenant log: what happened, in Auth0's shape. An event is a row of `events`, written by `record.ts` in the
 * transaction of the change; personal values stand in its column `person` alone, and after an erasure the entry
 * is the same without them. Every key is always there; what is not known is null.
 */
import type { Selectable } from 'kysely'
import { type Static, type TSchema, Type } from 'typebox'
import type { JsonObject } from '../db/tables.ts'
import type { EventsTable } from '../db/tables-events.ts'
import { describeUserAgent, isMobileUserAgent } from './user-agent.ts'

/** A stored event with the names that belong to its ids. */
export type LogRow = Selectable<EventsTable> & {
  current_client_name: string | null
  organization_name: string | null
}

function orNull<Schema extends TSchema>(schema: Schema) {
  return Type.Union([schema, Type.Null()])
}

const text = () => Type.Optional(orNull(Type.String()))

/** A log entry on the wire; `fields` may leave keys out. */
export const LogEntry = Type.Object({
  _id: Type.Optional(Type.String()),
  log_id: Type.Optional(Type.String({ description: '54 digits that sort by time' })),
  date: Type.Optional(Type.String({ format: 'date-time' })),
  type: Type.Optional(Type.String({ description: 'Code of the kind of event' })),
  description: text(),
  connection: text(),
  connection_id: text(),
  organization_id: text(),
  organization_name: text(),
  client_id: text(),
  client_name: text(),
  ip: text(),
  hostname: text(),
  user_id: Type.Optional(orNull(Type.String({ description: 'The user it happened to' }))),
  user_name: text(),
  user_agent: Type.Optional(orNull(Type.String({ description: 'Browser and system, with versions' }))),
  audience: text(),
  scope: text(),
  strategy: text(),
  strategy_type: text(),
  isMobile: Type.Optional(Type.Boolean()),
  location_info: Type.Optional(Type.Null({ description: 'Addresses are not looked up' })),
  details: Type.Optional(orNull(Type.Object({}, { additionalProperties: true }))),
  auth0_client: Type.Optional(orNull(Type.Object({}, { additionalProperties: true }))),
  security_context: Type.Optional(Type.Object({ ja3: text(), ja4: text() })),
})

/** For whom an entry is written. */
export type LogReader = { hostname: string; seesWholeTenant: boolean }

/** The host that every entry shows: that of the server's address. */
export function hostnameOf({ config }: { config: { publicUrl: string } }): string {
  return new URL(config.publicUrl).host
}

/** Writes an entry. */
export function logEntryWire(row: LogRow, reader: LogReader): Static<typeof LogEntry> {
  const person = row.person ?? {}
  const userAgent = textOf(person.user_agent)
  return {
    _id: row.log_id,
    log_id: row.log_id,
    date: row.date.toISOString(),
    type: row.type,
    description: row.description,
    connection: row.connection,
    connection_id: row.connection_id,
    organization_id: row.organization_id,
    organization_name: row.organization_name,
    client_id: row.client_id,
    client_name: row.client_name ?? row.current_client_name,
    ip: textOf(person.ip),
    hostname: reader.hostname,
    user_id: row.user_id,
    user_name: textOf(person.user_name),
    user_agent: person.ip === undefined ? null : describeUserAgent(userAgent ?? ''),
    audience: row.audience,
    scope: row.scope,
    strategy: row.strategy,
    strategy_type: row.strategy_type,
    isMobile: isMobileUserAgent(userAgent ?? ''),
    location_info: null,
    details: detailsOf(row, person, reader),
    auth0_client: readTelemetry(row.details?.auth0_client),
    security_context: { ja3: null, ja4: null },
  }
}

/**
 * What was asked and answered, for an operation of an API; for any other event what its recorder noted and, as Auth0
 * has it, the body of the request that caused it.
 */
function detailsOf(row: LogRow, person: JsonObject, reader: LogReader): JsonObject | null {
  const { request, status, scopes, jti, auth0_client: _, ...noted } = row.details ?? {}
  if (row.operation === null) {
    // What an application sent can hold more than an organization's administrator may see of the user.
    const sent = reader.seesWholeTenant && person.body !== undefined ? { body: person.body } : {}
    const known = { ...sent, ...noted }
    return Object.keys(known).length > 0 ? known : null
  }
  // The recorder writes it so.
  const { method, path } = (request ?? {}) as { method?: string; path?: string }
  const user = row.actor_kind === 'user' ? { user_id: row.actor_id } : {}
  const credentials = { ...(jti === undefined ? {} : { jti }), scopes: scopes ?? [] }
  // What was recorded after a change can hold more than an organization's administrator was shown.
  const body = reader.seesWholeTenant && person.after !== undefined ? { body: person.after } : {}
  return {
    request: {
      method: method ?? null,
      path: path ?? null,
      query: person.query ?? {},
      body: reader.seesWholeTenant ? (person.body ?? {}) : withoutMetadata(person.body ?? {}),
      channel: 'api',
      ip: person.ip ?? null,
      userAgent: person.user_agent ?? null,
      auth: { user, strategy: 'jwt', credentials },
    },
    response: { statusCode: status ?? null, ...body },
    operation: row.operation,
    ...(row.target_kind === null ? {} : { target: { kind: row.target_kind, id: row.target_id } }),
    ...noted,
  }
}

/** What an application of the tenant's sends of somebody's metadata is not the organization's to know. */
function withoutMetadata(body: unknown): unknown {
  if (body === null || typeof body !== 'object' || Array.isArray(body)) return body
  return Object.fromEntries(
    Object.entries(body).filter(([name]) => name !== 'app_metadata' && name !== 'user_metadata'),
  )
}

/** What an SDK says about itself in the header Auth0-Client: JSON in base64. */
function readTelemetry(header: unknown): JsonObject | null {
  if (typeof header !== 'string') return null
  try {
    const value: unknown = JSON.parse(Buffer.from(header, 'base64').toString('utf8'))
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? { ...value } : null
  } catch {
    return null // Anybody may send anything there; what cannot be read is not shown.
  }
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
