/** Unlinks an identity: it is a user of its own again. */
import type { Actor } from '../authorization/actor.ts'
import { addToCounter } from '../db/counters.ts'
import { isUniqueViolation, type Tx } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import { requireUser } from '../users/require-user.ts'
import { findUser } from '../users/store.ts'
import { attributesOf, type User } from '../users/user.ts'
import { timestamp } from '../users/write.ts'
import { type IdentityName, userIdOf } from './identity.ts'
import { endGivenOut, findIdentities, lockUsers, moveIdentity } from './store.ts'

/** The user before and after it, and the one who was made. */
export type Unlinked = { before: User; after: User; made: User }

/**
 * Takes a linked identity from a user and makes a user of it, with the attributes that were kept with it, no metadata, and
 * blocked if he is. Every session and token that the user was given before ends, but for the session that is kept: it may
 * have come about by the identity that is his no more.
 *
 * @throws ApiError inexistent_user; operation_not_supported for his own identity; invalid_body for one that is not his;
 *   user_exists when another user has taken the id meanwhile
 */
export async function unlinkIdentity(
  tx: Tx,
  actor: Actor,
  userId: string,
  name: IdentityName,
  keptSessionId: string | undefined,
): Promise<Unlinked> {
  await requireUser(tx, actor, userId)
  await lockUsers(tx, [userId])
  const before = await findUser(tx, actor, userId)
  if (!before) throw new ApiError('inexistent_user')
  const found = (await findIdentities(tx, name)).find((one) => one.userId === userId)
  const identity = before.identities.find((one) => one.provider === name.provider && one.user_id === name.identityId)
  if (!found || !identity) throw new ApiError('invalid_body', { with: { reason: 'The user has no such identity.' } })
  if (!found.isLinked || identity === before.identities[0]) {
    const reason = "The user's main identity cannot be unlinked."
    throw new ApiError('operation_not_supported', { with: { reason } })
  }
  const to = userIdOf(name)
  const at = timestamp()
  const isBlocked = before.blocked === undefined ? {} : { blocked: before.blocked }
  const user = { ...attributesOf(before, identity), ...isBlocked, user_id: to, created_at: at, updated_at: at }
  try {
    await moveIdentity(tx, { userId, connectionId: found.connectionId, identityId: name.identityId }, user)
  } catch (error) {
    if (isUniqueViolation(error, 'users_pkey')) throw new ApiError('user_exists', { cause: error })
    throw error
  }
  await endGivenOut(tx, userId, keptSessionId)
  await addToCounter(tx, 'tenant', 'users', 1)
  const [after, made] = [await findUser(tx, actor, userId), await findUser(tx, SERVER, to)]
  if (!after || !made) throw new Error('A locked user is gone.')
  return { before, after, made }
}

const SERVER: Actor = { kind: 'system', name: 'linking' }
