/** Opens connections to an organization, changes how, and closes them. */
import { type Db, isUniqueViolation, type Tx } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import {
  type ConnectionSettings,
  deleteOrganizationConnection,
  findOrganizationConnection,
  insertOrganizationConnection,
  listOrganizationConnections,
  type OrganizationConnection,
  saveOrganizationConnection,
} from './connections.ts'

const ALL = { kind: 'page', start: 0, limit: 1_000, totals: false } as const

/** All connections of an organization. */
export async function listOfConnections(db: Db, organizationId: string): Promise<OrganizationConnection[]> {
  return (await listOrganizationConnections(db, organizationId, ALL)).rows
}

/** @throws ApiError organization_connection_exists, invalid_body; inexistent_connection where there is none of this id */
export async function enableConnection(
  tx: Tx,
  organizationId: string,
  connectionId: string,
  settings: ConnectionSettings,
): Promise<OrganizationConnection> {
  const connection = await tx
    .selectFrom('connections')
    .select('strategy')
    .where('id', '=', connectionId)
    .forKeyShare()
    .executeTakeFirst()
  if (!connection) throw new ApiError('inexistent_connection')
  refuseSignUp(connection.strategy, settings)
  try {
    await insertOrganizationConnection(tx, organizationId, connectionId, settings)
  } catch (error) {
    if (isUniqueViolation(error)) throw new ApiError('organization_connection_exists', { cause: error })
    throw error
  }
  return await requireOrganizationConnection(tx, organizationId, connectionId)
}

/** @throws ApiError inexistent_organization_connection, invalid_body */
export async function changeConnection(
  tx: Tx,
  organizationId: string,
  connectionId: string,
  settings: ConnectionSettings,
): Promise<{ before: OrganizationConnection; after: OrganizationConnection }> {
  const before = await requireOrganizationConnection(tx, organizationId, connectionId)
  const after = { ...before, ...settings }
  refuseSignUp(before.strategy, after)
  await saveOrganizationConnection(tx, after)
  return { before, after }
}

/** Closes a connection to the organization, which is fine where it was not open. Answers what it was. */
export async function closeConnection(
  tx: Tx,
  organizationId: string,
  connectionId: string,
): Promise<OrganizationConnection | undefined> {
  const before = await findOrganizationConnection(tx, organizationId, connectionId)
  await deleteOrganizationConnection(tx, organizationId, connectionId)
  return before
}

/** @throws ApiError inexistent_organization_connection */
export async function requireOrganizationConnection(
  db: Db,
  organizationId: string,
  connectionId: string,
): Promise<OrganizationConnection> {
  const row = await findOrganizationConnection(db, organizationId, connectionId)
  if (!row) throw new ApiError('inexistent_organization_connection')
  return row
}

/** Who signs up by himself becomes a member, and only a database lets people sign up. */
function refuseSignUp(
  strategy: string,
  {
    is_signup_enabled,
    assign_membership_on_login,
  }: Pick<ConnectionSettings, 'is_signup_enabled' | 'assign_membership_on_login'>,
): void {
  if (!is_signup_enabled) return
  if (strategy !== 'auth0') throw refuse('is_signup_enabled is for database connections only.')
  if (!assign_membership_on_login) throw refuse('is_signup_enabled needs assign_membership_on_login.')
}

function refuse(reason: string): ApiError {
  return new ApiError('invalid_body', { with: { reason: `${reason} Nothing was changed.` } })
}
