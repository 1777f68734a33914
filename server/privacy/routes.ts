import { Type } from 'typebox'
import { type Route, route } from '../http/define-route.ts'
import { operationEvent } from '../http/operation-event.ts'
import { recordEvent } from '../logs/record.ts'
import { requireUser } from '../users/require-user.ts'
import { UserIdParams } from '../users/schemas.ts'
import { cancelDeletion, findDeletion } from './deletion.ts'
import { ErasureReceipt, eraseUser } from './erase.ts'
import { collectPersonalData, PersonalData } from './personal-data.ts'

const REPORT = {
  operationId: 'get_user_personal_data',
  summary: 'Get everything that is kept of a user',
  event: 'mgmt_api_read',
  scope: { allOf: ['read:users', 'read:logs_users', 'read:sessions', 'read:grants'] },
} as const

/** What data-protection officers do with the data of one person. */
export const privacyRoutes: readonly Route[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/users/:id/personal-data',
    ...REPORT,
    withinOrganization: 'refused',
    params: UserIdParams,
    reply: { 200: PersonalData },
    ours: true,
    isRecorded: true,
    handler: async (call) => {
      const { db, actor, params } = call
      const data = await collectPersonalData(db, actor, params.id)
      const audit = { userId: params.id, target: { kind: 'user', id: params.id } }
      await recordEvent(db, operationEvent({ ...REPORT, status: 200 }, call, audit))
      return data
    },
  }),
  route({
    kind: 'change',
    method: 'DELETE',
    url: '/users/:id/deletion',
    operationId: 'delete_user_deletion',
    summary: "Call off a user's wish to have the account deleted",
    scope: ['update:users'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: UserIdParams,
    reply: { 204: Type.Null() },
    ours: true,
    handler: async ({ tx, actor, info, params, audit }) => {
      await requireUser(tx, actor, params.id)
      const before = await findDeletion(tx, params.id)
      await cancelDeletion(tx, { actor, userId: params.id, request: info })
      const wish = before && { requested_at: before.requestedAt, due_at: before.dueAt }
      Object.assign(audit, { userId: params.id, target: { kind: 'user', id: params.id }, before: wish })
      return null
    },
  }),
  route({
    kind: 'change',
    method: 'POST',
    url: '/users/:id/erasure',
    operationId: 'post_user_erasure',
    summary: 'Erase a user, also from the log',
    scope: ['delete:users'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: UserIdParams,
    body: Type.Object(
      {
        reason: Type.Optional(
          Type.String({
            minLength: 1,
            maxLength: 200,
            description: 'Why, such as the number of the request. It stays in the log: no names',
          }),
        ),
      },
      { additionalProperties: false },
    ),
    reply: { 200: ErasureReceipt },
    ours: true,
    handler: async ({ tx, actor, info, params, body, audit }) => {
      const receipt = await eraseUser(tx, { actor, userId: params.id, reason: body.reason, request: info })
      Object.assign(audit, { userId: params.id, target: { kind: 'user', id: params.id } })
      return receipt
    },
  }),
]
