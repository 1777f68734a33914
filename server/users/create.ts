import type { Actor } from '../authorization/actor.ts'
import { newHexId } from '../base/ids.ts'
import type { Connection } from '../connections/connection.ts'
import { addToCounter } from '../db/counters.ts'
import { errorCodeOf, isUniqueViolation, type Tx } from '../db/database.ts'
import { enqueueEmail, type NewEmail } from '../emails/enqueue.ts'
import { ApiError } from '../http/errors.ts'
import type { RequestInfo } from '../http/request-info.ts'
import { recordEvent } from '../logs/record.ts'
import { insertPassword } from '../passwords/store.ts'
import { verifiesEmail } from './identifier-rules.ts'
import type { NewUserBody } from './schemas.ts'
import { isToVerify, storedEmail, storedUsername, type User, withDefaults } from './user.ts'
import { insertUser, timestamp } from './write.ts'

/** A user to be. Whoever makes him has checked shapes and password (`new-user.ts`). */
export type NewUser = NewAttributes & {
  connection: Connection
  /** Without the provider; made when it is missing. */
  id?: string
  /** As `hashPassword` made it; without one he cannot sign in until he has set it through a link. */
  passwordHash?: string
  /** Whether he has to choose another password at the first sign-in. */
  hasTemporaryPassword?: true
  /** What to record of the request that caused it, if one did. */
  request?: RequestInfo
  /** Sends the mail by which the address is verified, where there is one that has to be. */
  verification?: Pick<NewEmail, 'clientId' | 'organizationId' | 'language'>
}

/** What is said of a user to be, but for what belongs to his connection. */
export type NewAttributes = Omit<NewUserBody, 'connection' | 'user_id' | 'password' | 'verify_email'>

/**
 * Creates a user with one identity in a database connection, records `ss`, and queues the verification mail if one is
 * wanted.
 *
 * @throws ApiError user_exists when e-mail, user name, phone number or id is taken
 */
export async function createUser(tx: Tx, actor: Actor, newUser: NewUser): Promise<User> {
  const { connection, id, passwordHash, hasTemporaryPassword = false, request, verification, ...given } = newUser
  const identityId = id || newHexId()
  const user = userOf(`auth0|${identityId}`, given)
  try {
    await insertUser(tx, user, { connection, identityId, provider: 'auth0' })
  } catch (error) {
    if (isUniqueViolation(error)) throw new ApiError('user_exists', { cause: error })
    // The connection was deleted a moment ago.
    if (errorCodeOf(error) === '23503') throw new ApiError('inexistent_connection', { cause: error })
    throw error
  }
  if (passwordHash !== undefined) {
    await insertPassword(tx, {
      connectionId: connection.id,
      identityId,
      userId: user.user_id,
      hash: passwordHash,
      setBy: setterOf(actor),
      temporary: hasTemporaryPassword,
    })
  }
  const created = {
    ...user,
    identities: [{ connection: connection.name, user_id: identityId, provider: 'auth0', isSocial: false }],
  }
  await recordEvent(tx, {
    type: 'ss',
    actor,
    userId: user.user_id,
    userName: user.name ?? user.user_id,
    connection,
    after: created,
    ...(request ? { request } : {}),
  })
  if (verification && isToVerify(created) && verifiesEmail(connection.options)) {
    await enqueueEmail(tx, { ...verification, template: 'verify_email', to: { userId: user.user_id }, request })
  }
  await addToCounter(tx, 'tenant', 'users', 1)
  return created
}

/** The user that is made of it: what is stored of identifiers, what he gets by default, since when he is there. */
export function userOf(userId: string, given: NewAttributes): Omit<User, 'identities'> {
  const at = timestamp()
  return withDefaults({
    user_id: userId,
    ...given,
    ...(given.email === undefined
      ? {}
      : { email: storedEmail(given.email), email_verified: given.email_verified ?? false }),
    ...(given.username === undefined ? {} : { username: storedUsername(given.username) }),
    ...(given.phone_number === undefined ? {} : { phone_verified: given.phone_verified ?? false }),
    created_at: at,
    updated_at: at,
  })
}

function setterOf(actor: Actor): 'self' | 'application' | 'system' {
  return actor.kind === 'client' ? 'application' : actor.kind === 'user' ? 'self' : 'system'
}
