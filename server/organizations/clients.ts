/** Which applications are associated with an organization: how they are told of, and the SQL about them. */
import { type Static, Type } from 'typebox'
import { now } from '../base/clock.ts'
import type { Db, Tx } from '../db/database.ts'
import type { JsonObject } from '../db/tables.ts'
import { idCheckpointOf } from '../http/checkpoint.ts'
import { ApiError } from '../http/errors.ts'
import type { Paging } from '../http/paging.ts'

/** An application of an organization on the wire. */
export const OrganizationClientReply = Type.Object({
  client_id: Type.String(),
  use_for_member_access: Type.Boolean(),
  client: Type.Object({
    name: Type.String(),
    app_type: Type.Optional(Type.String()),
    logo_uri: Type.Optional(Type.String()),
    is_first_party: Type.Boolean(),
    grant_types: Type.Array(Type.String()),
  }),
})

type Row = {
  client_id: string
  use_for_member_access: boolean
  name: string
  is_first_party: boolean
  grant_types: string[]
  settings: JsonObject
}

/** Makes the answer. */
export function organizationClientWire(row: Row): Static<typeof OrganizationClientReply> {
  const { client_id, use_for_member_access, name, is_first_party, grant_types, settings } = row
  const { app_type, logo_uri } = settings
  return {
    client_id,
    use_for_member_access,
    client: {
      name,
      ...(typeof app_type === 'string' ? { app_type } : {}),
      ...(typeof logo_uri === 'string' ? { logo_uri } : {}),
      is_first_party,
      grant_types,
    },
  }
}

/** The applications of an organization, in the order of their ids. */
export async function listOrganizationClients(db: Db, organizationId: string, paging: Paging): Promise<Row[]> {
  return await clientsOf(db, organizationId)
    .where('oc.client_id', '>', idCheckpointOf(paging) ?? '')
    .orderBy('oc.client_id')
    .limit(paging.limit)
    .execute()
}

/** Some of them. */
export async function findOrganizationClients(
  db: Db,
  organizationId: string,
  clientIds: readonly string[],
): Promise<Row[]> {
  return await clientsOf(db, organizationId)
    .where('oc.client_id', 'in', [...clientIds])
    .orderBy('oc.client_id')
    .execute()
}

/** One of them. @throws ApiError inexistent_organization_client */
export async function requireOrganizationClient(db: Db, organizationId: string, clientId: string): Promise<Row> {
  const [row] = await findOrganizationClients(db, organizationId, [clientId])
  if (!row) throw new ApiError('inexistent_organization_client')
  return row
}

function clientsOf(db: Db, organizationId: string) {
  return db
    .selectFrom('organization_clients as oc')
    .innerJoin('clients as c', 'c.client_id', 'oc.client_id')
    .select(['oc.client_id', 'oc.use_for_member_access', 'c.name', 'c.is_first_party', 'c.grant_types', 'c.settings'])
    .where('oc.organization_id', '=', organizationId)
}

/** What is said of an application. */
export type ClientAssociation = { client_id: string; use_for_member_access: boolean }

/** Associates applications with an organization; of one that is, the newest word counts. @throws ApiError inexistent_client */
export async function associateClients(
  tx: Tx,
  organizationId: string,
  clients: readonly ClientAssociation[],
): Promise<void> {
  const said = new Map(clients.map(({ client_id, use_for_member_access }) => [client_id, use_for_member_access]))
  const known = await tx
    .selectFrom('clients')
    .select('client_id')
    .where('client_id', 'in', [...said.keys()])
    .where('is_global', '=', false)
    .orderBy('client_id')
    .forKeyShare()
    .execute()
  if (known.length < said.size) throw new ApiError('inexistent_client')
  await tx
    .insertInto('organization_clients')
    .values(
      known.map(({ client_id }) => ({
        organization_id: organizationId,
        client_id,
        use_for_member_access: said.get(client_id) ?? true,
        created_at: now(),
      })),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['organization_id', 'client_id'])
        .doUpdateSet((eb) => ({ use_for_member_access: eb.ref('excluded.use_for_member_access') })),
    )
    .execute()
}

/** Ends associations; fine for applications that had none. */
export async function dissociateClients(tx: Tx, organizationId: string, clientIds: readonly string[]): Promise<void> {
  await tx
    .deleteFrom('organization_clients')
    .where('organization_id', '=', organizationId)
    .where('client_id', 'in', [...clientIds])
    .execute()
}
