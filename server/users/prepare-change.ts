/** The work for a change that must not hold a transaction open: finding the identity, checking and hashing a password. */
import type { Actor } from '../authorization/actor.ts'
import { requireClient } from '../clients/store.ts'
import { findConnectionByName } from '../connections/store.ts'
import type { Db } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import { hashPassword } from '../passwords/hash.ts'
import { checkPassword, passwordRefused } from '../passwords/policy.ts'
import { passwordRulesOf } from '../passwords/rules.ts'
import { findPassword } from '../passwords/store.ts'
import { needsConnection, type Prepared, refusePairs } from './change.ts'
import { refuseMetadataNames } from './metadata-names.ts'
import type { UserUpdateBody } from './schemas.ts'
import { findUser } from './store.ts'
import { asIdentity, type Identity, type User } from './user.ts'
import { refuseUsername } from './username.ts'

/**
 * Finds out what a change needs to know; undefined for one of profile, metadata and block alone.
 * @throws ApiError inexistent_user, invalid_body, operation_not_supported, password_refused
 */
export async function prepareChange(
  db: Db,
  actor: Actor,
  userId: string,
  body: UserUpdateBody,
): Promise<Prepared | undefined> {
  refuseMetadataNames(body)
  if (!needsConnection(body)) return undefined
  const user = await findUser(db, actor, userId)
  if (!user) throw new ApiError('inexistent_user')
  refusePairs(body)
  const identity = identityOf(user, body.connection)
  const connection = await findConnectionByName(db, identity.connection)
  if (!connection) throw new ApiError('invalid_body', { with: { reason: 'The connection does not exist.' } })
  if (typeof body.username === 'string') refuseUsernameHere(body.username, connection.options)
  if (body.client_id !== undefined) await requireClient(db, body.client_id)
  const { historySize } = passwordRulesOf(connection.options)
  const isLinked = identity.profileData !== undefined
  const prepared = { connection, identityId: identity.user_id, isLinked, keepHistory: historySize }
  if (body.password === undefined) return prepared
  if (body.password === null) return { ...prepared, passwordHash: null }
  const stored = await findPassword(db, { connectionId: connection.id, identityId: identity.user_id })
  const refusal = await checkPassword({
    password: body.password,
    options: connection.options,
    person: asIdentity(user, identity),
    history: stored ? [stored.hash, ...stored.history] : [],
  })
  if (refusal) throw passwordRefused(refusal)
  return { ...prepared, passwordHash: await hashPassword(body.password) }
}

function identityOf(user: User, connection: string | undefined): Identity {
  const identity = connection ? user.identities.find((one) => one.connection === connection) : user.identities[0]
  if (!identity) {
    const reason = connection ? 'The user has no identity in that connection.' : 'The user has no identity.'
    throw new ApiError('invalid_body', { with: { reason } })
  }
  if (identity.provider !== 'auth0') {
    const reason = 'Identifiers and passwords can be changed for an identity in a database connection only.'
    throw new ApiError('operation_not_supported', { with: { reason } })
  }
  return identity
}

function refuseUsernameHere(username: string, options: Parameters<typeof refuseUsername>[1]): void {
  if (!options.requires_username && !options.attributes?.username) {
    const reason = 'Cannot set username for connection without requires_username'
    throw new ApiError('invalid_body', { with: { reason } })
  }
  refuseUsername(username, options)
}
