/** `/me/v1/deletion`: the wish to have one's account deleted. */
import { Type } from 'typebox'
import { transact } from '../db/database.ts'
import { route } from '../http/define-route.ts'
import { mailWorkerOf } from '../jobs/mail-worker.ts'
import { findManager } from '../organizations/sign-in-store.ts'
import { type AccountDeletion, cancelDeletion, findDeletion, requestDeletion } from '../privacy/deletion.ts'
import { requireFreshSignIn } from '../sessions/store.ts'
import { findOneself, type MyAccountRoute, ownIdOf } from './my-account.ts'

const Deletion = Type.Object({
  offered: Type.Boolean({ description: 'Whether accounts are deleted here' }),
  days: Type.Integer({ description: 'For how many days one can change one’s mind' }),
  requested_at: Type.Optional(Type.String()),
  due_at: Type.Optional(Type.String({ description: 'When the account is erased' })),
  managed_by: Type.Optional(
    Type.Object(
      { id: Type.String(), name: Type.String() },
      { description: 'The organization that alone can delete the account, where one manages it' },
    ),
  ),
})

export const deletionRoutes: readonly MyAccountRoute[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/deletion',
    operationId: 'get_me_deletion',
    summary: 'See whether one’s account is going to be deleted',
    scope: ['read:me:profile'],
    withinOrganization: 'refused',
    reply: { 200: Deletion },
    ours: true,
    handler: async (call) => {
      const [db, userId] = [call.db, ownIdOf(call)]
      const manager = await findManager(db, userId)
      return { ...wire(call, await findDeletion(db, userId)), ...(manager ? { managed_by: manager } : {}) }
    },
  }),
  route({
    kind: 'use case',
    method: 'POST',
    url: '/deletion',
    operationId: 'post_me_deletion',
    summary: 'Have one’s account deleted',
    scope: ['delete:me:account'],
    withinOrganization: 'refused',
    event: 'account_deletion_requested',
    body: Type.Object(
      {
        confirm: Type.String({
          minLength: 1,
          maxLength: 320,
          description: 'E-mail address, user name or phone number of the account, so that nobody does it by mistake',
        }),
      },
      { additionalProperties: false },
    ),
    reply: { 202: Deletion },
    ours: true,
    handler: async (call) => {
      const { server, actor, body, info: request } = call
      const user = await findOneself(call)
      await requireFreshSignIn(call.db, user.user_id, call.token.sessionId)
      const { accountDeletion } = server.config
      const deletion = await transact(call.db, async (tx) => {
        return await requestDeletion(tx, accountDeletion, {
          user,
          clientId: actor.kind === 'user' ? actor.clientId : undefined,
          typed: body.confirm,
          request,
        })
      })
      mailWorkerOf(server).wake()
      return wire(call, deletion)
    },
  }),
  route({
    kind: 'use case',
    method: 'DELETE',
    url: '/deletion',
    operationId: 'delete_me_deletion',
    summary: 'Keep one’s account after all',
    scope: ['delete:me:account'],
    withinOrganization: 'refused',
    event: 'account_deletion_cancelled',
    reply: { 204: Type.Null() },
    ours: true,
    handler: async (call) => {
      const { actor, info: request } = call
      await transact(call.db, (tx) => cancelDeletion(tx, { actor, userId: ownIdOf(call), request }))
      return null
    },
  }),
]

type Rules = { server: { config: { accountDeletion: { isOffered: boolean; days: number } } } }

function wire({ server }: Rules, deletion: AccountDeletion | undefined) {
  const { isOffered: offered, days } = server.config.accountDeletion
  if (!deletion) return { offered, days }
  return {
    offered,
    days,
    requested_at: deletion.requestedAt.toISOString(),
    due_at: deletion.dueAt.toISOString(),
  }
}
