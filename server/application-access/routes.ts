import { Type } from 'typebox'
import { type Route, route } from '../http/define-route.ts'
import { STORABLE } from '../http/unstorable.ts'
import { UserIdParams } from '../users/schemas.ts'
import { ApplicationAccess, changeAccess, listAccess } from './application-access.ts'

/** `/api/v2/users/{id}/application-access`. */
export const applicationAccessRoutes: readonly Route[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/users/:id/application-access',
    operationId: 'get_user_application_access',
    summary: 'Get which applications are closed to a user',
    scope: ['read:users'],
    withinOrganization: 'member',
    params: UserIdParams,
    reply: { 200: Type.Object({ applications: Type.Array(ApplicationAccess) }) },
    ours: true,
    handler: async ({ db, actor, params }) => ({ applications: await listAccess(db, actor, params.id) }),
  }),
  route({
    kind: 'change',
    method: 'PUT',
    url: '/users/:id/application-access/:client_id',
    operationId: 'put_user_application_access',
    summary: 'Close an application to a user, or open it',
    scope: ['update:users'],
    withinOrganization: 'member',
    event: 'sapi',
    params: Type.Object({
      ...UserIdParams.properties,
      client_id: Type.String({ minLength: 1, maxLength: 255, ...STORABLE, description: 'Id of the application' }),
    }),
    body: Type.Object(
      {
        closed: Type.Boolean({ description: 'True closes it, false opens it' }),
        reason: Type.Optional(Type.String({ minLength: 1, maxLength: 500, description: 'Why; he is not told' })),
      },
      { additionalProperties: false },
    ),
    reply: { 200: ApplicationAccess },
    ours: true,
    handler: async ({ tx, actor, info, params, body, audit }) => {
      const change = { userId: params.id, clientId: params.client_id, closed: body.closed, reason: body.reason }
      const { before, after } = await changeAccess(tx, actor, change, info)
      const about = {
        target: { kind: 'client', id: params.client_id },
        details: { application: { name: after.name } },
      }
      Object.assign(audit, about, { userId: params.id, before, after })
      return after
    },
  }),
]
