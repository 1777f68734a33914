/** The connections that are open to an organization: how they are told of, in Auth0's two ways, and the SQL about them. */
import type { Selectable } from 'kysely'
import { type Static, Type } from 'typebox'
import { now } from '../base/clock.ts'
import type { Db, Tx } from '../db/database.ts'
import type { OrganizationConnectionsTable } from '../db/tables-organizations.ts'
import { offsetOf } from '../http/checkpoint.ts'
import { type Found, type Paging, withTotal } from '../http/paging.ts'

/** A connection of an organization, with what the connection itself says. */
export type OrganizationConnection = Selectable<OrganizationConnectionsTable> & {
  connection_name: string
  strategy: string
}

/** What can be said of one. */
export type ConnectionSettings = Partial<
  Pick<
    OrganizationConnection,
    'name' | 'assign_membership_on_login' | 'show_as_button' | 'is_signup_enabled' | 'is_enabled' | 'access_level'
  >
>

const Information = Type.Object({ name: Type.String(), strategy: Type.String() })

/** As `/enabled_connections` tells of it. */
export const EnabledConnectionReply = Type.Object({
  connection_id: Type.String(),
  assign_membership_on_login: Type.Boolean(),
  show_as_button: Type.Boolean(),
  is_signup_enabled: Type.Boolean(),
  connection: Information,
})

/** As `/connections` tells of it. */
export const AnyConnectionReply = Type.Object({
  ...EnabledConnectionReply.properties,
  organization_connection_name: Type.Optional(Type.String()),
  organization_access_level: Type.Optional(Type.String()),
  is_enabled: Type.Boolean(),
})

/** Makes the answer of `/enabled_connections`. */
export function enabledConnectionWire(row: OrganizationConnection): Static<typeof EnabledConnectionReply> {
  const { connection_id, assign_membership_on_login, show_as_button, is_signup_enabled, connection_name, strategy } =
    row
  return {
    connection_id,
    assign_membership_on_login,
    show_as_button,
    is_signup_enabled,
    connection: { name: connection_name, strategy },
  }
}

/** Makes the answer of `/connections`. */
export function anyConnectionWire(row: OrganizationConnection): Static<typeof AnyConnectionReply> {
  return {
    ...enabledConnectionWire(row),
    is_enabled: row.is_enabled,
    ...(row.name === null ? {} : { organization_connection_name: row.name }),
    ...(row.access_level === null ? {} : { organization_access_level: row.access_level }),
  }
}

/** The connections of an organization, the first enabled first. */
export async function listOrganizationConnections(
  db: Db,
  organizationId: string,
  paging: Paging,
  isEnabled?: boolean,
): Promise<Found<OrganizationConnection>> {
  const matching = joined(db, organizationId).$if(isEnabled !== undefined, (query) =>
    query.where('oc.is_enabled', '=', isEnabled === true),
  )
  const rows = await matching
    .selectAll('oc')
    .select(['c.name as connection_name', 'c.strategy'])
    .orderBy('oc.created_at')
    .orderBy('oc.connection_id')
    .offset(offsetOf(paging))
    .limit(paging.limit)
    .execute()
  return await withTotal(rows, matching, paging)
}

/** One of them; undefined where it is none of the organization's. */
export async function findOrganizationConnection(
  db: Db,
  organizationId: string,
  connectionId: string,
): Promise<OrganizationConnection | undefined> {
  return await joined(db, organizationId)
    .selectAll('oc')
    .select(['c.name as connection_name', 'c.strategy'])
    .where('oc.connection_id', '=', connectionId)
    .executeTakeFirst()
}

function joined(db: Db, organizationId: string) {
  return db
    .selectFrom('organization_connections as oc')
    .innerJoin('connections as c', 'c.id', 'oc.connection_id')
    .where('oc.organization_id', '=', organizationId)
}

/** Adds one. @throws a unique violation where it is there already */
export async function insertOrganizationConnection(
  tx: Tx,
  organizationId: string,
  connectionId: string,
  settings: ConnectionSettings,
): Promise<void> {
  await tx
    .insertInto('organization_connections')
    .values({ organization_id: organizationId, connection_id: connectionId, ...settings, created_at: now() })
    .execute()
}

/** Stores what was said of one. */
export async function saveOrganizationConnection(tx: Tx, row: OrganizationConnection): Promise<void> {
  const { name, assign_membership_on_login, show_as_button, is_signup_enabled, is_enabled, access_level } = row
  await tx
    .updateTable('organization_connections')
    .set({ name, assign_membership_on_login, show_as_button, is_signup_enabled, is_enabled, access_level })
    .where('organization_id', '=', row.organization_id)
    .where('connection_id', '=', row.connection_id)
    .execute()
}

/** Takes one away. */
export async function deleteOrganizationConnection(
  tx: Tx,
  organizationId: string,
  connectionId: string,
): Promise<void> {
  await tx
    .deleteFrom('organization_connections')
    .where('organization_id', '=', organizationId)
    .where('connection_id', '=', connectionId)
    .execute()
}
