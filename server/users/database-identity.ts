/** The identity with which a user signs in to a database connection. */
import type { Connection } from '../connections/connection.ts'
import { findConnectionByName } from '../connections/store.ts'
import type { Db } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import type { IdentityReference } from './schemas.ts'
import type { Identity, User } from './user.ts'

/** An identity of ours, and where it is. */
export type DatabaseIdentity = { connection: Connection; identityId: string }

/**
 * The user's primary identity, where that is in a database connection and, if one is named, the one that is named:
 * the address and the password of a user are those of his primary identity.
 *
 * @throws ApiError operation_not_supported
 */
export async function requireDatabaseIdentity(
  db: Db,
  user: User,
  named: IdentityReference | undefined,
): Promise<DatabaseIdentity> {
  const [primary] = user.identities
  const connection = primary && (await findConnectionByName(db, primary.connection))
  if (!primary || connection?.strategy !== 'auth0') {
    throw notSupported("The user's primary identity is not in a database connection.")
  }
  if (named && !isSame(named, primary, connection)) {
    throw notSupported('The identity is not the primary one of the user.')
  }
  return { connection, identityId: primary.user_id }
}

/** The user's address. @throws ApiError operation_not_supported when he has none */
export function requireEmail({ email }: User): string {
  if (email === undefined) throw notSupported('The user has no e-mail address that could be verified.')
  return email
}

function isSame(named: IdentityReference, identity: Identity, { id }: Connection): boolean {
  const { user_id, provider, connection_id = id } = named
  return user_id === identity.user_id && provider === identity.provider && connection_id === id
}

function notSupported(reason: string): ApiError {
  return new ApiError('operation_not_supported', { with: { reason } })
}
