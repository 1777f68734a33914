/**
 * Second factors as the Management API lists and removes them. There are none yet: lists are empty, removing all of none
 * is done at once, and making one is not offered.
 */
import { Type } from 'typebox'
import { type Route, route } from '../http/define-route.ts'
import { ApiError } from '../http/errors.ts'
import { listReplyOf } from '../http/list-reply.ts'
import { listReply, PageQuery, pagingOf } from '../http/paging.ts'
import { requireUser } from '../users/require-user.ts'
import { UserIdParams } from '../users/schemas.ts'

const NONE_YET = 'There are no second factors yet.'
const MethodId = Type.Object({
  ...UserIdParams.properties,
  authentication_method_id: Type.String({ minLength: 1, maxLength: 100, description: 'Authentication method id' }),
})

/** Takes away what nobody has: fine for every user there is. */
function removal(
  method: 'DELETE' | 'POST',
  url: string,
  operationId: string,
  summary: string,
  scope: 'update:users' | 'delete:authentication_methods' | 'delete:guardian_enrollments',
): Route {
  return route({
    kind: 'change',
    method,
    url,
    operationId,
    summary,
    scope: [scope],
    withinOrganization: 'refused',
    event: 'sapi',
    params: UserIdParams,
    reply: { 204: Type.Null() },
    partly: NONE_YET,
    handler: async ({ tx, actor, params, audit }) => {
      await requireUser(tx, actor, params.id)
      Object.assign(audit, { userId: params.id, target: { kind: 'user', id: params.id } })
      return null
    },
  })
}

export const authenticationMethodRoutes: readonly Route[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/users/:id/authentication-methods',
    operationId: 'get_authentication-methods',
    summary: 'Get a list of authentication methods',
    scope: ['read:authentication_methods'],
    withinOrganization: 'refused',
    params: UserIdParams,
    query: PageQuery,
    reply: { 200: listReplyOf('authenticators', Type.Unknown()) },
    partly: NONE_YET,
    handler: async ({ db, actor, params, query }) => {
      await requireUser(db, actor, params.id)
      return listReply('authenticators', pagingOf(query), { rows: [], total: 0 }, () => [])
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/users/:id/authentication-methods/:authentication_method_id',
    operationId: 'get_authentication-methods_by_authentication_method_id',
    summary: 'Get an authentication method by ID',
    scope: ['read:authentication_methods'],
    withinOrganization: 'refused',
    params: MethodId,
    reply: { 200: Type.Unknown() },
    partly: NONE_YET,
    handler: async ({ db, actor, params }) => {
      await requireUser(db, actor, params.id)
      throw new ApiError('inexistent_authentication_method')
    },
  }),
  route({
    kind: 'change',
    method: 'DELETE',
    url: '/users/:id/authentication-methods/:authentication_method_id',
    operationId: 'delete_authentication-methods_by_authentication_method_id',
    summary: 'Delete an authentication method by ID',
    scope: ['delete:authentication_methods'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: MethodId,
    reply: { 204: Type.Null() },
    partly: NONE_YET,
    handler: async ({ tx, actor, params }) => {
      await requireUser(tx, actor, params.id)
      throw new ApiError('inexistent_authentication_method')
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/users/:id/enrollments',
    operationId: 'get_enrollments',
    summary: 'Get the First Confirmed Multi-factor Authentication (MFA) Enrollment',
    scope: ['read:users', 'read:current_user'],
    withinOrganization: 'refused',
    params: UserIdParams,
    reply: { 200: Type.Array(Type.Unknown()) },
    partly: NONE_YET,
    handler: async ({ db, actor, params }) => {
      await requireUser(db, actor, params.id)
      return []
    },
  }),
  removal(
    'DELETE',
    '/users/:id/authentication-methods',
    'delete_authentication-methods',
    'Delete all authentication methods for the given user',
    'delete:authentication_methods',
  ),
  removal(
    'DELETE',
    '/users/:id/authenticators',
    'delete_authenticators',
    'Delete All Authenticators',
    'delete:guardian_enrollments',
  ),
  removal(
    'POST',
    '/users/:id/multifactor/actions/invalidate-remember-browser',
    'post_invalidate-remember-browser',
    'Invalidate All Remembered Browsers for Multi-factor Authentication (MFA)',
    'update:users',
  ),
  route({
    kind: 'change',
    method: 'DELETE',
    url: '/users/:id/multifactor/:provider',
    operationId: 'delete_multifactor_by_provider',
    summary: "Delete a User's Multi-factor Provider",
    scope: ['update:users'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: Type.Object({
      ...UserIdParams.properties,
      provider: Type.Enum(['duo', 'google-authenticator'], { description: 'Provider' }),
    }),
    reply: { 204: Type.Null() },
    partly: NONE_YET,
    handler: async ({ tx, actor, params, audit }) => {
      await requireUser(tx, actor, params.id)
      Object.assign(audit, { userId: params.id, target: { kind: 'user', id: params.id } })
      return null
    },
  }),
]
