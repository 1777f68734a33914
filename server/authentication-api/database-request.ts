/** What both operations of `/dbconnections/` are about: a database connection, on behalf of an application. */
import { Type } from 'typebox'
import { isBuiltInClient } from '../clients/built-in.ts'
import { findClient } from '../clients/store.ts'
import type { Connection } from '../connections/connection.ts'
import { enabledClientsOf } from '../connections/enabled-clients.ts'
import { connectionReader } from '../connections/store.ts'
import { ApiError } from '../http/errors.ts'
import { perServer, type Server } from '../http/server.ts'
import { listSignInConnections } from '../organizations/sign-in-store.ts'

export const ClientId = Type.Optional(
  Type.String({ minLength: 1, maxLength: 128, description: 'Id of the application' }),
)
export const ConnectionName = Type.String({ minLength: 1, maxLength: 128, description: 'Name of the connection' })

/** What a request names; `organizationId` was looked for already. */
type Named = { connection: string; client_id?: string | undefined; organizationId?: string | undefined }

/**
 * The database connection of this name, if it is open to the application, where one is named; in an organization, if that
 * one has enabled it.
 *
 * @throws ApiError invalid_body, in Auth0's words
 */
export async function requireDatabase(
  server: Server,
  { connection: name, client_id: clientId, organizationId }: Named,
): Promise<Connection> {
  const { db } = server.database
  if (clientId !== undefined && !(await findClient(db, clientId))) throw refuse('client not found')
  const connection = await connectionReaderOf(server)(name)
  if (connection?.strategy !== 'auth0') throw refuse('connection not found')
  if (organizationId !== undefined) {
    const within = await listSignInConnections(db, organizationId)
    if (within.some(({ connectionId }) => connectionId === connection.id)) return connection
    throw refuse('Connection must be enabled for this organization')
  }
  if (clientId === undefined || isBuiltInClient(clientId)) return connection
  const open = await enabledClientsOf(db, connection.id)
  if (!open.includes(clientId)) throw refuse('Connection must be enabled for this client')
  return connection
}

const connectionReaderOf = perServer((server) => connectionReader(server.database))

/** A refusal in a sentence. */
export function refuse(reason: string): ApiError {
  return new ApiError('invalid_body', { with: { reason } })
}
