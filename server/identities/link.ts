/** Links one user to another: the first signs in for the second from then on. */
import type { Actor } from '../authorization/actor.ts'
import { addToCounter } from '../db/counters.ts'
import type { Tx } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import { requireUser } from '../users/require-user.ts'
import { findUser } from '../users/store.ts'
import type { User } from '../users/user.ts'
import { type IdentityName, userIdOf } from './identity.ts'
import { type FoundIdentity, findIdentities, lockUsers, moveUser, readFrozen } from './store.ts'

/** Whom to link, and, where he has shown that himself, when he last signed in (seconds). */
export type Secondary = IdentityName & { provedAt?: number }

/** The user after it, and the other as he was. */
export type Linked = { primary: User; secondary: User }

/**
 * Links the user of an identity, with whatever was linked to him before, to another user. Of several who want the same
 * one, one gets him.
 *
 * @param actor who may see the primary; that he may have the secondary is the caller's to know
 * @throws ApiError inexistent_user for the primary; invalid_body for the secondary that is not there, or is the same;
 *   identity_linked; operation_not_supported where either is blocked
 */
export async function linkUser(tx: Tx, actor: Actor, primaryId: string, wanted: Secondary): Promise<Linked> {
  await requireUser(tx, actor, primaryId)
  const secondaryId = await secondaryOf(tx, primaryId, wanted)
  const locked = await lockUsers(tx, [primaryId, secondaryId])
  const primary = locked.get(primaryId)
  if (!primary) throw new ApiError('inexistent_user')
  // Both are locked by now, but may have been linked or deleted while we waited.
  if ((await secondaryOf(tx, primaryId, wanted)) !== secondaryId) throw new ApiError('identity_linked')
  const secondary = locked.get(secondaryId)
  const before = await findUser(tx, SERVER, secondaryId)
  if (!secondary || !before) throw notThere()
  if (primary.blocked || secondary.blocked) throw refuseBlocked()
  refuseOldProof(wanted, secondary.last_password_reset)
  await moveUser(tx, secondaryId, primaryId)
  await addToCounter(tx, 'tenant', 'users', -1)
  const after = await findUser(tx, actor, primaryId)
  if (!after) throw new Error('A locked user is gone.')
  return { primary: after, secondary: before }
}

/** The identities as Auth0 answers a link: the primary's own attributes stand in its element too. */
export async function linkedAnswer(tx: Tx, { user_id, identities }: User): Promise<User['identities']> {
  const [own, ...others] = identities
  if (!own) return []
  const profileData = own.profileData ?? { ...(await readFrozen(tx, user_id)) }
  return [{ ...own, profileData }, ...others]
}

const SERVER: Actor = { kind: 'system', name: 'linking' }

/** The user whose own identity it is. One that was linked to somebody signs in for him, and can be linked to nobody else. */
async function secondaryOf(tx: Tx, primaryId: string, wanted: Secondary): Promise<string> {
  const found = await findIdentities(tx, wanted)
  const own = found.find((one) => isOwn(one, wanted))
  if (own?.userId === primaryId) {
    const reason = 'Main user and linked account are the same. A user cannot be linked to himself.'
    throw new ApiError('invalid_body', { with: { reason } })
  }
  if (own) return own.userId
  if (found.length > 0) throw new ApiError('identity_linked')
  throw notThere()
}

function isOwn({ userId, isLinked }: FoundIdentity, wanted: Secondary): boolean {
  return !isLinked && userId === userIdOf(wanted)
}

/** A token from before the present password may be in the hands of whoever had the former one. */
function refuseOldProof({ provedAt }: Secondary, lastReset: Date | null): void {
  if (provedAt === undefined || lastReset === null || provedAt >= Math.floor(lastReset.getTime() / 1000)) return
  const reason = 'The token in link_with was refused: the password of the account was changed after it was given.'
  throw new ApiError('invalid_body', { with: { reason } })
}

function notThere(): ApiError {
  return new ApiError('invalid_body', { with: { reason: 'The account to be linked does not exist.' } })
}

function refuseBlocked(): ApiError {
  const reason = 'A blocked user can neither be linked nor have others linked to him. Unblock him first.'
  return new ApiError('operation_not_supported', { with: { reason } })
}
