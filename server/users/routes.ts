/** `/api/v2/users` and `/api/v2/users-by-email`. */
import { Type } from 'typebox'
import { type Route, rawJson, route } from '../http/define-route.ts'
import { ApiError } from '../http/errors.ts'
import { pickFields } from '../http/fields.ts'
import { FieldsQuery, PageQuery, pageOf } from '../http/paging.ts'
import { perServer } from '../http/server.ts'
import { mailWorkerOf } from '../jobs/mail-worker.ts'
import { createUser, type NewUser as UserToBe } from './create.ts'
import { deleteUser } from './delete.ts'
import { prepareNewUser } from './new-user.ts'
import { PATCH_USER, patchUser } from './patch.ts'
import { NewUser, UserIdParams, UserReply, UserUpdate } from './schemas.ts'
import { findUsers, type UserPage } from './search.ts'
import { readUsersByEmail, userReader } from './store.ts'
import type { User } from './user.ts'

const readerOf = perServer((server) => userReader(server.database))

const ListQuery = Type.Object({
  ...PageQuery.properties,
  ...FieldsQuery.properties,
  sort: Type.Optional(Type.String({ maxLength: 100, description: 'Order of the list' })),
  q: Type.Optional(Type.String({ maxLength: 2_000, description: 'Query in Lucene syntax' })),
  search_engine: Type.Optional(Type.Enum(['v3'], { description: 'Version of the query syntax' })),
  connection: Type.Optional(Type.String({ description: 'Only for search_engine v1' })),
  primary_order: Type.Optional(Type.Boolean()),
})
const ListReply = Type.Union([
  Type.Array(UserReply),
  Type.Object({ users: Type.Array(UserReply) }, { additionalProperties: true }),
])

export const userRoutes: readonly Route[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/users',
    operationId: 'get_users',
    summary: 'List or search users',
    scope: ['read:users', 'read:user_idp_tokens'],
    withinOrganization: 'refused',
    query: ListQuery,
    reply: { 200: ListReply },
    partly: '`q` takes exact terms joined by AND',
    handler: async ({ server, actor, query }) => {
      if (query.connection !== undefined) {
        const reason =
          'Query validation error: \'Use q=identities.connection:"name"\' on property connection (Only for search_engine v1).'
        throw new ApiError('invalid_query_string', { with: { reason } })
      }
      const { start, limit } = pageOf(query)
      const page = await findUsers(server.database, actor, { q: query.q, sort: query.sort, start, limit })
      const users = query.fields ? picked(page, query) : page.users
      if (!query.include_totals) return rawJson(users)
      return rawJson(
        `{"start":${start},"limit":${limit},"length":${page.length},"users":${users},"total":${page.total}}`,
      )
    },
  }),
  route({
    kind: 'change',
    method: 'POST',
    url: '/users',
    operationId: 'post_users',
    summary: 'Create a User',
    scope: ['create:users'],
    withinOrganization: 'refused',
    event: 'sapi',
    body: NewUser,
    reply: { 201: UserReply },
    prepare: async ({ db, body }) => await prepareNewUser(db, body),
    handler: async ({ tx, actor, info, prepared, audit }) => {
      // `prepare` made it.
      const user = await createUser(tx, actor, { ...(prepared as UserToBe), request: info })
      Object.assign(audit, { userId: user.user_id, userName: user.name, target: { kind: 'user', id: user.user_id } })
      return user
    },
    afterCommit: ({ server }) => mailWorkerOf(server).wake(),
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/users-by-email',
    operationId: 'get_users-by-email',
    summary: 'Find users by their exact address',
    scope: ['read:users'],
    withinOrganization: 'refused',
    query: Type.Object({
      ...FieldsQuery.properties,
      email: Type.String({ minLength: 1, maxLength: 320, description: 'E-mail address as stored' }),
    }),
    reply: { 200: Type.Array(UserReply) },
    handler: async ({ db, actor, query }) => {
      const users = await readUsersByEmail(db, actor, query.email)
      return rawJson(query.fields ? picked({ users }, query) : users)
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/users/:id',
    operationId: 'get_users_by_id',
    summary: 'Get a user',
    scope: ['read:users', 'read:current_user', 'read:user_idp_tokens'],
    withinOrganization: 'refused',
    params: UserIdParams,
    query: FieldsQuery,
    reply: { 200: UserReply },
    standing: 'by handler',
    handler: async ({ server, token, params, query }) => {
      const document = await readerOf(server)(token, params.id)
      if (document === undefined) throw new ApiError('inexistent_user')
      if (!query.fields) return rawJson(document)
      // Written by our own statement.
      return pickFields(JSON.parse(document) as User, query)
    },
  }),
  route({
    kind: 'grouped',
    method: 'PATCH',
    url: '/users/:id',
    ...PATCH_USER,
    withinOrganization: 'refused',
    params: UserIdParams,
    body: UserUpdate,
    reply: { 200: UserReply },
    handler: async (call) => {
      const answer = await patchUser(call)
      if (call.body.verify_email) mailWorkerOf(call.server).wake()
      return answer
    },
  }),
  route({
    kind: 'change',
    method: 'DELETE',
    url: '/users/:id',
    operationId: 'delete_users_by_id',
    summary: 'Delete a User',
    scope: ['delete:users', 'delete:current_user'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: UserIdParams,
    reply: { 204: Type.Null() },
    handler: async ({ tx, actor, info, params, audit }) => {
      await deleteUser(tx, actor, params.id, info)
      Object.assign(audit, { userId: params.id, target: { kind: 'user', id: params.id } })
      return null
    },
  }),
]

function picked(page: Pick<UserPage, 'users'>, query: { fields?: string; include_fields?: boolean }): string {
  // Written by our own statement.
  const users = JSON.parse(page.users) as User[]
  return JSON.stringify(users.map((user) => pickFields(user, query)))
}
