/** The identity with which a user signs in to a database connection. */
import type { Connection } from '../connections/connection.ts'
import { findConnectionByName } from '../connections/store.ts'
import type { Db } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import type { IdentityReference } from './schemas.ts'
import { attributesOf, type Identity, type IdentityAttributes, type User } from './user.ts'

/** An identity of ours, where it is, and what it is known by. */
export type DatabaseIdentity = { connection: Connection; identityId: string; attributes: IdentityAttributes }

/**
 * The identity that is named, else the user's primary one, where it is in a database connection.
 *
 * @throws ApiError operation_not_supported
 */
export async function requireDatabaseIdentity(
  db: Db,
  user: User,
  named: IdentityReference | undefined,
): Promise<DatabaseIdentity> {
  const meant = named ? user.identities.filter((identity) => isMeant(named, identity)) : user.identities.slice(0, 1)
  for (const identity of meant) {
    const connection = await findConnectionByName(db, identity.connection)
    if (!connection || (named?.connection_id !== undefined && named.connection_id !== connection.id)) continue
    if (connection.strategy !== 'auth0') break
    return { connection, identityId: identity.user_id, attributes: attributesOf(user, identity) }
  }
  throw notSupported(
    named
      ? 'The user has no such identity in a database connection.'
      : "The user's primary identity is not in a database connection.",
  )
}

/** The address of the identity. @throws ApiError operation_not_supported when it has none */
export function requireEmail({ email }: IdentityAttributes): string {
  if (email === undefined) throw notSupported('The user has no e-mail address that could be verified.')
  return email
}

/** Its id may come with the provider in front, as user ids do. */
function isMeant({ user_id, provider }: IdentityReference, identity: Identity): boolean {
  return provider === identity.provider && [identity.user_id, `${provider}|${identity.user_id}`].includes(user_id)
}

function notSupported(reason: string): ApiError {
  return new ApiError('operation_not_supported', { with: { reason } })
}
