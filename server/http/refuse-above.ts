import { isAbove } from '../authorization/above.ts'
import type { Actor } from '../authorization/actor.ts'
import type { Db } from '../db/database.ts'
import type { AnyScope, Route } from './define-route.ts'
import { ApiError } from './errors.ts'

/** Paths that name the user on whom something is done. Lifting a block of attack protection takes nobody anything. */
const ACTS_ON_USER = /^\/(?:users\/:(?<id>id|user_id)|organizations\/:id\/members\/:user_id)(?:\/|$)/

/** Refuses a change of a user who has rights that the actor lacks. @throws ApiError member_above */
export async function refuseAbove(
  db: Db,
  { kind, url }: Pick<Route<AnyScope>, 'kind' | 'url'>,
  actor: Actor,
  params: Readonly<Record<string, string | undefined>> | undefined,
): Promise<void> {
  if (kind === 'read' || actor.kind !== 'user') return
  const found = ACTS_ON_USER.exec(url)
  if (!found) return
  const userId = params?.[found.groups?.id ?? 'user_id']
  if (userId !== undefined && (await isAbove(db, actor, userId))) throw new ApiError('member_above')
}
