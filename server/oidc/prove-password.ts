/** Of the password grants: whose password it is. Hashing takes its time, so this runs before any transaction. */
import type { FastifyRequest } from 'fastify'
import type { StoredClient } from '../clients/client.ts'
import { findClient } from '../clients/store.ts'
import type { Connection } from '../connections/connection.ts'
import { findConnectionByName } from '../connections/store.ts'
import { ApiError } from '../http/errors.ts'
import { requestInfoOf, withoutBody } from '../http/request-info.ts'
import { filledText } from '../http/sent-fields.ts'
import type { Server } from '../http/server.ts'
import { authenticate } from '../sign-in/authenticate.ts'
import { readTenantSettings } from '../tenants/store.ts'
import { PASSWORD_REALM } from './client-metadata.ts'
import type { ProvedUser } from './context.ts'
import { WRONG_PASSWORD } from './dialect.ts'
import { offeredConnections } from './offered-connections.ts'
import { organizationUseOf, refusalOfUse, resolveOrganization } from './organization.ts'
import { addressOfPerson } from './person-address.ts'
import type { TokenRequest } from './token-request.ts'

/** @throws ApiError invalid_grant, too_many_attempts, suspicious_address, password_leaked, unauthorized_client, invalid_request */
export async function provePassword(server: Server, request: FastifyRequest, asked: TokenRequest): Promise<ProvedUser> {
  const { username, password, realm } = (request.body ?? {}) as Record<string, unknown>
  if (typeof username !== 'string' || username === '') throw missing('username')
  if (typeof password !== 'string' || password === '') throw missing('password')
  const client = await clientOf(server, asked)
  const organizationId = await organizationOf(server, client, asked)
  const connection = await connectionOf(server, asked, realm, organizationId)
  const ip = addressOfPerson(request, client)
  const info = { ...withoutBody(requestInfoOf(request)), ...(ip === undefined ? {} : { ip }) }
  const outcome = await authenticate(server, {
    connections: [connection],
    identifier: username,
    password,
    clientId: asked.clientId,
    organizationId,
    request: info,
  })
  if (outcome.kind === 'passed') {
    return { userId: outcome.userId, generation: outcome.generation, organizationId, client, ip }
  }
  if (outcome.kind === 'refused') throw new ApiError('invalid_grant', { with: { reason: WRONG_PASSWORD } })
  if (outcome.kind === 'breached') throw new ApiError('password_leaked')
  const isAddress = outcome.kind === 'throttled' && outcome.by === 'address'
  throw new ApiError(isAddress ? 'suspicious_address' : 'too_many_attempts', {
    ...(outcome.kind === 'throttled' ? { retryAfterSeconds: outcome.retryAfterSeconds } : {}),
  })
}

async function clientOf(server: Server, { clientId }: TokenRequest): Promise<StoredClient> {
  const client = await findClient(server.database.db, clientId)
  if (!client) throw new Error('A client that has proved who it is is gone.')
  return client
}

/** The organization that is named. Nobody can be asked for one here, so it has to be where the application wants one. */
async function organizationOf(server: Server, client: StoredClient, { organization: named }: TokenRequest) {
  const { db } = server.database
  const found = named === undefined ? undefined : await resolveOrganization(db, named)
  const reason = refusalOfUse({ ...organizationUseOf(client), prompt: 'nobody' }, named, found)
  if (reason !== undefined) throw new ApiError('invalid_request', { with: { reason } })
  return found?.id
}

async function connectionOf(
  server: Server,
  asked: TokenRequest,
  realm: unknown,
  organizationId: string | undefined,
): Promise<Connection> {
  const { db } = server.database
  const named = filledText(realm)
  if (asked.grantType === PASSWORD_REALM && named === undefined) throw missing('realm')
  const name = named ?? (await readTenantSettings(db)).default_directory
  if (name === '') {
    const reason = 'Authorization server not configured with default connection.'
    throw new ApiError('invalid_request', { with: { reason } })
  }
  const { connections: open } = await offeredConnections(db, { clientId: asked.clientId, organizationId })
  const connection = open.find((one) => one.name === name || one.realms.includes(name))
  if (connection) return connection
  const isThere = await findConnectionByName(db, name)
  const reason = isThere ? 'The connection is not enabled for the client.' : 'Unknown or invalid realm.'
  throw new ApiError('invalid_request', { with: { reason } })
}

function missing(name: string): ApiError {
  return new ApiError('invalid_request', { with: { reason: `Missing required parameter: ${name}` } })
}
