/**
 * `/api/v2/user-blocks`: blocks that attack protection has put on accounts after too many wrong passwords. They and an
 * administrator's `blocked` are two things, and neither is lifted with the other.
 */
import { Type } from 'typebox'
import { clearBlocks, listBlocks } from '../attack-protection/store.ts'
import type { Actor } from '../authorization/actor.ts'
import { actsForOrganization } from '../authorization/visible-to.ts'
import type { Db } from '../db/database.ts'
import { type Route, route } from '../http/define-route.ts'
import { ApiError } from '../http/errors.ts'
import { refuseMembers } from '../organizations/protection.ts'
import { UserIdParams } from '../users/schemas.ts'
import { findUser } from '../users/store.ts'
import { fold, type User } from '../users/user.ts'
import { listMemberBlocks } from './member-blocks.ts'

const Blocks = Type.Object({
  blocked_for: Type.Array(
    Type.Object({
      identifier: Type.String({ description: 'What was typed' }),
      ip: Type.Optional(Type.String({ description: 'Address to which the account is closed' })),
      connection: Type.Optional(Type.String({ description: 'Name of the connection' })),
    }),
  ),
})
const Considering = {
  consider_brute_force_enablement: Type.Optional(
    Type.Boolean({ description: 'Whether blocks are left out that protection, being off, does not obey' }),
  ),
}
const Identifier = {
  identifier: Type.String({ minLength: 1, maxLength: 320, description: 'E-mail address, username or phone number' }),
}

export const userBlockRoutes: readonly Route[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/user-blocks',
    operationId: 'get_user-blocks',
    summary: 'Get blocks by identifier',
    scope: ['read:users'],
    withinOrganization: 'refused',
    query: Type.Object({ ...Identifier, ...Considering }),
    reply: { 200: Blocks },
    handler: async ({ db, query }) => {
      const onlyObeyed = query.consider_brute_force_enablement === true
      return { blocked_for: await listBlocks(db, { identifier: fold(query.identifier) }, { onlyObeyed }) }
    },
  }),
  route({
    kind: 'change',
    method: 'DELETE',
    url: '/user-blocks',
    operationId: 'delete_user-blocks',
    summary: 'Unblock by identifier',
    scope: ['update:users'],
    withinOrganization: 'refused',
    event: 'sapi',
    query: Type.Object(Identifier),
    reply: { 204: Type.Null() },
    handler: async ({ tx, query }) => {
      await clearBlocks(tx, { identifier: fold(query.identifier) })
      return null
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/user-blocks/:id',
    operationId: 'get_user-blocks_by_id',
    summary: "Get a user's blocks",
    scope: ['read:users'],
    withinOrganization: 'member',
    params: UserIdParams,
    query: Type.Object(Considering),
    reply: { 200: Blocks },
    handler: async ({ db, actor, params, query }) => {
      const { user_id: userId } = await requireUser(db, actor, params.id)
      const onlyObeyed = query.consider_brute_force_enablement === true
      if (actsForOrganization(actor)) {
        return { blocked_for: await listMemberBlocks(db, actor, userId, { onlyObeyed }) }
      }
      return { blocked_for: await listBlocks(db, { userId }, { onlyObeyed }) }
    },
  }),
  route({
    kind: 'change',
    method: 'DELETE',
    url: '/user-blocks/:id',
    operationId: 'delete_user-blocks_by_id',
    summary: 'Unblock a user',
    scope: ['update:users', 'delete:anomaly_blocks'],
    withinOrganization: 'member',
    event: 'sapi',
    params: UserIdParams,
    reply: { 204: Type.Null() },
    handler: async ({ tx, actor, params, audit }) => {
      const { user_id: userId, name: userName } = await requireUser(tx, actor, params.id)
      await refuseMembers(tx, actor, [userId])
      await clearBlocks(tx, { userId })
      Object.assign(audit, { userId, userName, target: { kind: 'user', id: userId } })
      return null
    },
  }),
]

/** @throws ApiError inexistent_user, also for one whom the actor may not see */
async function requireUser(db: Db, actor: Actor, userId: string): Promise<User> {
  const user = await findUser(db, actor, userId)
  if (!user) throw new ApiError('inexistent_user')
  return user
}
