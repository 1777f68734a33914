/** Which applications a connection is open to, and the SQL about it. */
import type { Selectable } from 'kysely'
import { type Db, runHot, type Statement, type Tx } from '../db/database.ts'
import type { ConnectionsTable } from '../db/tables.ts'
import { ApiError } from '../http/errors.ts'
import { type Connection, connectionOf } from './connection.ts'

/** The applications that each of these connections is open to. */
export async function listEnabledClients(db: Db, connectionIds: string[]): Promise<Map<string, string[]>> {
  const clients = new Map<string, string[]>(connectionIds.map((id) => [id, []]))
  if (connectionIds.length === 0) return clients
  const rows = await db
    .selectFrom('connection_clients')
    .selectAll()
    .where('connection_id', 'in', connectionIds)
    .orderBy('client_id')
    .execute()
  for (const row of rows) clients.get(row.connection_id)?.push(row.client_id)
  return clients
}

/** The applications that one connection is open to. */
export async function enabledClientsOf(db: Db, connectionId: string): Promise<string[]> {
  return (await listEnabledClients(db, [connectionId])).get(connectionId) ?? []
}

/** A stretch of them, after the application with this id. */
export async function listEnabledClientsAfter(
  db: Db,
  connectionId: string,
  after: string | undefined,
  limit: number,
): Promise<string[]> {
  const rows = await db
    .selectFrom('connection_clients')
    .select('client_id')
    .where('connection_id', '=', connectionId)
    .$if(after !== undefined, (query) => query.where('client_id', '>', after ?? ''))
    .orderBy('client_id')
    .limit(limit)
    .execute()
  return rows.map((row) => row.client_id)
}

/** The database connections that are open to an application, the oldest first; all of them where none is named. */
export async function listDatabasesOfClient(db: Db, clientId: string | undefined): Promise<Connection[]> {
  const rows = await runHot<Selectable<ConnectionsTable>>(db, DATABASES_OF_CLIENT, [clientId ?? null])
  return rows.map(connectionOf)
}

const DATABASES_OF_CLIENT: Statement = {
  name: 'databases-of-client',
  // With `*`, it would fail as soon as a newer version added a column.
  text: `select id, name, strategy, display_name, options, settings, realms, metadata, created_at from connections c
    where strategy = 'auth0' and ($1::text is null or exists (
      select from connection_clients cc where cc.connection_id = c.id and cc.client_id = $1))
    order by created_at, id`,
}

/** Opens a connection to applications. @throws ApiError invalid_body when there is no such application */
export async function enableClients(tx: Tx, connectionId: string, clientIds: string[]): Promise<void> {
  if (clientIds.length === 0) return
  // Locked, so that none is removed between the question and the insert.
  const known = await tx
    .selectFrom('clients')
    .select('client_id')
    .where('client_id', 'in', clientIds)
    .forKeyShare()
    .execute()
  const unknown = clientIds.find((id) => !known.some((client) => client.client_id === id))
  if (unknown !== undefined) {
    throw new ApiError('invalid_body', { with: { reason: `There is no client with the id ${unknown}.` } })
  }
  await tx
    .insertInto('connection_clients')
    .values(clientIds.map((client_id) => ({ connection_id: connectionId, client_id })))
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** Closes a connection to applications; fine where it was not open. */
export async function disableClients(tx: Tx, connectionId: string, clientIds: string[]): Promise<void> {
  if (clientIds.length === 0) return
  await tx
    .deleteFrom('connection_clients')
    .where('connection_id', '=', connectionId)
    .where('client_id', 'in', clientIds)
    .execute()
}

/** Opens a connection to these applications and to no other. @throws ApiError invalid_body */
export async function setEnabledClients(tx: Tx, connectionId: string, clientIds: string[]): Promise<void> {
  await tx.deleteFrom('connection_clients').where('connection_id', '=', connectionId).execute()
  await enableClients(tx, connectionId, clientIds)
}
