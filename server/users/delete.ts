import type { Actor } from '../authorization/actor.ts'
import { usersVisibleTo } from '../authorization/visible-to.ts'
import { addToCounter } from '../db/counters.ts'
import type { Tx } from '../db/database.ts'
import type { RequestInfo } from '../http/request-info.ts'
import { recordEvent } from '../logs/record.ts'
import { moveLastLogin } from '../stats/store.ts'
import { findUser } from './store.ts'

/**
 * Deletes a user with everything that is his: identities, passwords, links, memberships, roles. Tokens he holds
 * count no more from the next request on. Fine when there is no such user, or none that the actor may see.
 *
 * @param request what to record of the request that caused it
 * @returns whether there was one
 */
export async function deleteUser(
  tx: Tx,
  actor: Actor,
  userId: string,
  request: RequestInfo | undefined,
): Promise<boolean> {
  const user = await findUser(tx, actor, userId)
  if (!user) return false
  const deleted = await tx
    .deleteFrom('users')
    .where('user_id', '=', userId)
    .where(usersVisibleTo(actor, 'users'))
    .returning('last_login')
    .executeTakeFirst()
  // Somebody else was faster, and has counted and recorded it.
  if (!deleted) return false
  const connection = user.identities[0]?.connection
  await recordEvent(tx, {
    type: 'sdu',
    actor,
    userId,
    userName: user.name ?? userId,
    before: user,
    ...(request ? { request } : {}),
    ...(connection ? { details: { connection } } : {}),
  })
  await addToCounter(tx, 'tenant', 'users', -1)
  await moveLastLogin(tx, deleted.last_login, null)
  return true
}
