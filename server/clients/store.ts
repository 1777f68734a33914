/** All SQL about clients. */
import { type Selectable, sql } from 'kysely'
import { now } from '../base/clock.ts'
import { type Db, runHot, type Statement, type Tx } from '../db/database.ts'
import type { ClientsTable, ConnectionsTable } from '../db/tables.ts'
import { checkpointOf, offsetOf } from '../http/checkpoint.ts'
import { ApiError } from '../http/errors.ts'
import { type Found, type Paging, withTotal } from '../http/paging.ts'
import { BUILT_IN_CLIENTS, isBuiltInClient } from './built-in.ts'
import type { AuthenticationMethod, ClientSettings, StoredClient } from './client.ts'

/** What a list of clients can be narrowed down by. */
export type ClientFilter = {
  isGlobal: boolean | undefined
  isFirstParty: boolean | undefined
  appTypes: readonly string[] | undefined
  /** Nothing fits. */
  isNone: boolean
}

/** The clients that fit, the oldest first. The total is counted only where the answer has one. */
export async function listClients(db: Db, filter: ClientFilter, paging: Paging): Promise<Found<StoredClient>> {
  const { isGlobal, isFirstParty, appTypes, isNone } = filter
  const matching = db
    .selectFrom('clients')
    .$if(isNone, (query) => query.where(sql<boolean>`false`))
    // The global one is hidden where nobody asks for it, and our portals always are.
    .where('is_global', '=', isGlobal === true)
    .where('client_id', 'not in', Object.keys(BUILT_IN_CLIENTS))
    .$if(isFirstParty !== undefined, (query) => query.where('is_first_party', '=', isFirstParty === true))
    .$if(appTypes !== undefined, (query) =>
      query.where(sql<boolean>`settings->>'app_type' = any(${[...(appTypes ?? [])]})`),
    )
  const after = checkpointOf(paging)
  const rows = await matching
    .$if(after !== undefined, (query) =>
      query.where(sql<boolean>`(created_at, client_id) > (${after?.time}::timestamptz, ${after?.id})`),
    )
    .selectAll()
    .orderBy('created_at')
    .orderBy('client_id')
    .offset(offsetOf(paging))
    .limit(paging.limit)
    .execute()
  return await withTotal(rows.map(clientOf), matching, paging)
}

/** The client with this id; undefined when there is none. */
export async function findClient(db: Db, clientId: string): Promise<StoredClient | undefined> {
  const [row] = await runHot<Selectable<ClientsTable>>(db, FIND_CLIENT, [clientId])
  return row && clientOf(row)
}

// With `*`, it would fail as soon as a newer version added a column.
const FIND_CLIENT: Statement = {
  name: 'client',
  text: `select client_id, name, is_first_party, is_global, token_endpoint_auth_method, grant_types, settings,
      secret_encrypted, secret_digest, token_generation, created_at
    from clients where client_id = $1`,
}

/** Those of these clients that there are, by id. */
export async function findClients(db: Db, clientIds: readonly string[]): Promise<Map<string, StoredClient>> {
  if (clientIds.length === 0) return new Map()
  const rows = await db.selectFrom('clients').selectAll().where('client_id', 'in', clientIds).execute()
  return new Map(rows.map((row) => [row.client_id, clientOf(row)]))
}

/** The same where there must be one. @throws ApiError inexistent_client */
export async function requireClient(db: Db, clientId: string): Promise<StoredClient> {
  const client = await findClient(db, clientId)
  if (!client) throw new ApiError('inexistent_client')
  return client
}

/** The client with this id, locked for a change; undefined when there is none. */
export async function lockClient(tx: Tx, clientId: string): Promise<StoredClient | undefined> {
  const row = await tx
    .selectFrom('clients')
    .selectAll()
    .where('client_id', '=', clientId)
    .forUpdate()
    .executeTakeFirst()
  return row && clientOf(row)
}

/** The same where there must be one. @throws ApiError inexistent_client */
export async function requireLockedClient(tx: Tx, clientId: string): Promise<StoredClient> {
  const client = await lockClient(tx, clientId)
  if (!client) throw new ApiError('inexistent_client')
  return client
}

/** Stores a new client. */
export async function insertClient(
  tx: Tx,
  client: Omit<StoredClient, 'is_global' | 'token_generation' | 'created_at'>,
): Promise<StoredClient> {
  const row = await tx
    .insertInto('clients')
    .values({ ...client, settings: JSON.stringify(client.settings), created_at: now() })
    .returningAll()
    .executeTakeFirstOrThrow()
  return clientOf(row)
}

/** Stores a locked client that was changed. `endsTokens` ends every token it got before. */
export async function saveClient(tx: Tx, client: StoredClient, { endsTokens }: { endsTokens: boolean }): Promise<void> {
  await tx
    .updateTable('clients')
    .set((eb) => ({
      name: client.name,
      is_first_party: client.is_first_party,
      token_endpoint_auth_method: client.token_endpoint_auth_method,
      grant_types: client.grant_types,
      settings: JSON.stringify(client.settings),
      secret_encrypted: client.secret_encrypted,
      secret_digest: client.secret_digest,
      token_generation: eb('token_generation', '+', endsTokens ? 1 : 0),
    }))
    .where('client_id', '=', client.client_id)
    .execute()
}

/** Ends every token that a client got so far. */
export async function endClientTokens(tx: Tx, clientId: string): Promise<void> {
  await tx
    .updateTable('clients')
    .set((eb) => ({ token_generation: eb('token_generation', '+', 1) }))
    .where('client_id', '=', clientId)
    .execute()
}

/**
 * Removes a client, and with it its credentials, grants and tokens. Undefined when there was none.
 * @throws ApiError system_entity for the global client and our portals
 */
export async function deleteClient(tx: Tx, clientId: string): Promise<StoredClient | undefined> {
  const isGlobal = (await lockClient(tx, clientId))?.is_global === true
  if (isGlobal || isBuiltInClient(clientId)) {
    const reason = 'This client belongs to every tenant and cannot be deleted. Nothing was changed.'
    throw new ApiError('system_entity', { with: { reason } })
  }
  const row = await tx.deleteFrom('clients').where('client_id', '=', clientId).returningAll().executeTakeFirst()
  return row && clientOf(row)
}

/** Whether there is an organization of this id. */
export async function organizationExists(db: Db, id: string): Promise<boolean> {
  const row = await db.selectFrom('organizations').select('id').where('id', '=', id).executeTakeFirst()
  return row !== undefined
}

/** The connections that a client may use, the oldest first, as they are stored. */
export async function listConnectionsOfClient(
  db: Db,
  clientId: string,
  strategies: readonly string[] | undefined,
  paging: Paging,
): Promise<Selectable<ConnectionsTable>[]> {
  const after = checkpointOf(paging)
  return await db
    .selectFrom('connections')
    .innerJoin('connection_clients', 'connection_clients.connection_id', 'connections.id')
    .where('connection_clients.client_id', '=', clientId)
    .$if(strategies !== undefined, (query) => query.where('strategy', 'in', strategies ?? []))
    .$if(after !== undefined, (query) =>
      query.where(sql<boolean>`(created_at, id) > (${after?.time}::timestamptz, ${after?.id})`),
    )
    .selectAll('connections')
    .orderBy('created_at')
    .orderBy('id')
    .offset(offsetOf(paging))
    .limit(paging.limit)
    .execute()
}

function clientOf(row: Selectable<ClientsTable>): StoredClient {
  return {
    ...row,
    // Nothing is stored that the schemas of the routes have not let through.
    settings: row.settings as ClientSettings,
    token_endpoint_auth_method: row.token_endpoint_auth_method as AuthenticationMethod,
  }
}
