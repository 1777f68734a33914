import type { Actor } from '../authorization/actor.ts'
import { usersVisibleTo } from '../authorization/visible-to.ts'
import type { Db } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'

/** Makes sure that there is such a user. @throws ApiError inexistent_user, also for one whom the actor may not see */
export async function requireUser(db: Db, actor: Actor, userId: string): Promise<void> {
  const row = await db
    .selectFrom('users')
    .select('user_id')
    .where('user_id', '=', userId)
    .where(usersVisibleTo(actor, 'users'))
    .executeTakeFirst()
  if (!row) throw new ApiError('inexistent_user')
}
