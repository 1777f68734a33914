/**
 * Connections: where identities come from. A connection of strategy `auth0` is a database of users with
 * passwords that this server keeps itself; its options say which identifiers and passwords it takes. Name and
 * strategy never change; options are replaced as a whole, never merged, as Auth0 does. Removing a connection
 * removes the identities in it, and the users who have no other.
 */
import type { Selectable } from 'kysely'
import { type Static, Type } from 'typebox'
import type { ConnectionsTable, JsonObject } from '../db/tables.ts'
import type { DatabaseOptionsSchema } from './options.ts'

/** The options of a database connection, by Auth0's names; what is not named has no opinion. */
export type DatabaseOptions = Static<typeof DatabaseOptionsSchema>

/** What ids of connections look like. */
export const CONNECTION_ID = '^con_[A-Za-z0-9]{16}$'

const closed = { additionalProperties: false } as const

/** TABLE: what a connection says besides its options. */
export const ConnectionSettings = Type.Object({
  is_domain_connection: Type.Optional(Type.Boolean()),
  show_as_button: Type.Optional(Type.Boolean()),
  authentication: Type.Optional(Type.Object({ active: Type.Boolean() }, closed)),
  connected_accounts: Type.Optional(
    Type.Object({ active: Type.Boolean(), cross_app_access: Type.Optional(Type.Boolean()) }, closed),
  ),
  cross_app_access_requesting_app: Type.Optional(Type.Object({ active: Type.Boolean() }, closed)),
})

/** A stored connection. `options` are a database connection's; those of another strategy are read by its file in `strategies/`. */
export type Connection = {
  id: string
  name: string
  strategy: string
  displayName: string | undefined
  options: DatabaseOptions
  settings: Static<typeof ConnectionSettings>
  realms: string[]
  metadata: Record<string, string> | undefined
  createdAt: Date
}

/** Reads a row. */
export function connectionOf(row: Selectable<ConnectionsTable>): Connection {
  return {
    id: row.id,
    name: row.name,
    strategy: row.strategy,
    displayName: row.display_name ?? undefined,
    // Nothing is stored that the schemas of the routes have not let through.
    options: row.options as DatabaseOptions,
    settings: row.settings as Static<typeof ConnectionSettings>,
    realms: row.realms,
    metadata: (row.metadata as Record<string, string> | null) ?? undefined,
    createdAt: row.created_at,
  }
}

/** What both a new connection and a change may say. */
const Changeable = {
  ...ConnectionSettings.properties,
  display_name: Type.Optional(Type.String({ maxLength: 128, description: 'Name on buttons' })),
  realms: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 128, pattern: '^\\S+$' }), {
      maxItems: 10,
      uniqueItems: true,
      description: 'Realms of the connection; its name by default',
    }),
  ),
  metadata: Type.Optional(
    Type.Record(Type.String({ maxLength: 255 }), Type.Union([Type.String({ maxLength: 255 }), Type.Null()]), {
      maxProperties: 10,
      description: 'At most 10 texts by name; in a change, null takes a name away',
    }),
  ),
}

const ClientIds = Type.Array(Type.String({ minLength: 1, maxLength: 255 }), { maxItems: 1000, uniqueItems: true })
const Options = Type.Record(Type.String(), Type.Unknown(), { description: 'Options of the strategy' })

/** Body of a new connection. Its options are read by its strategy. */
export const NewConnection = Type.Object(
  {
    name: Type.String({
      maxLength: 128,
      pattern: '^[a-zA-Z0-9](-[a-zA-Z0-9]|[a-zA-Z0-9])*$',
      description: 'Name of the connection; never changes',
    }),
    strategy: Type.String({ description: 'Identity provider; never changes' }),
    options: Type.Optional(Options),
    enabled_clients: Type.Optional(ClientIds),
    ...Changeable,
  },
  closed,
)

/** Body of a change. Null for options or enabled clients changes nothing. */
export const ConnectionUpdate = Type.Object(
  {
    options: Type.Optional(Type.Union([Options, Type.Null()])),
    enabled_clients: Type.Optional(Type.Union([ClientIds, Type.Null()])),
    ...Changeable,
  },
  closed,
)

/** A connection as answers show it. */
export const ConnectionWire = Type.Object({
  id: Type.Optional(Type.String()),
  options: Type.Optional(Options),
  strategy: Type.Optional(Type.String()),
  name: Type.Optional(Type.String()),
  ...Changeable,
  enabled_clients: Type.Optional(Type.Array(Type.String())),
})

/** Of providers elsewhere, the secret stays here. */
function shownOptions({ options }: Connection): JsonObject {
  const { client_secret_encrypted: _, ...shown } = options as JsonObject
  return shown
}

/** Makes an answer. */
export function connectionWire(connection: Connection, enabledClients: string[]): Static<typeof ConnectionWire> {
  const { id, name, strategy, displayName, settings, realms, metadata } = connection
  return {
    id,
    options: shownOptions(connection),
    strategy,
    name,
    ...(displayName === undefined ? {} : { display_name: displayName }),
    ...settings,
    ...(metadata === undefined ? {} : { metadata }),
    enabled_clients: enabledClients,
    realms,
  }
}
