/** `/api/v2/users` and `/api/v2/users-by-email`. */
import { Type } from 'typebox'
import { actsForOrganization } from '../authorization/visible-to.ts'
import type { Db } from '../db/database.ts'
import { checkpointOf, offsetOf } from '../http/checkpoint.ts'
import { type Route, rawJson, route } from '../http/define-route.ts'
import { ApiError } from '../http/errors.ts'
import { pickFields } from '../http/fields.ts'
import { CheckpointQuery, FieldsQuery, type Paging, pagingOf, writeCheckpoint } from '../http/paging.ts'
import { perServer } from '../http/server.ts'
import { mailWorkerOf } from '../jobs/mail-worker.ts'
import { readTenantSettings } from '../tenants/store.ts'
import { createUser, type NewUser as UserToBe } from './create.ts'
import { deleteUser } from './delete.ts'
import { createMember, prepareNewMember } from './members/create.ts'
import { deleteMember } from './members/delete.ts'
import { prepareNewUser } from './new-user.ts'
import { PATCH_USER, patchUser } from './patch.ts'
import { NewUser, UserIdParams, UserReply, UserUpdate } from './schemas.ts'
import { type UserPage, userFinder } from './search.ts'
import { readUsersByEmail, userReader } from './store.ts'
import type { User } from './user.ts'

const readerOf = perServer((server) => userReader(server.database))
const finderOf = perServer((server) => userFinder(server.database))

/** As far as Auth0's pages reach. */
const FIRST_RECORDS = 1_000

const ListQuery = Type.Object({
  ...CheckpointQuery.properties,
  ...FieldsQuery.properties,
  sort: Type.Optional(Type.String({ maxLength: 100, description: 'Order of the list' })),
  q: Type.Optional(Type.String({ maxLength: 8_000, description: 'Query in Lucene syntax' })),
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
    withinOrganization: 'scoped',
    query: ListQuery,
    reply: { 200: ListReply },
    handler: async ({ server, db, actor, query }) => {
      if (query.connection !== undefined) {
        const reason =
          'Query validation error: \'Use q=identities.connection:"name"\' on property connection (Only for search_engine v1).'
        throw new ApiError('invalid_query_string', { with: { reason } })
      }
      const paging = pagingOf(query)
      refuseSortedCheckpoint(paging, query.sort)
      await refuseDeepPage(db, paging)
      const page = await finderOf(server)(actor, {
        ...{ q: query.q, sort: query.sort, start: offsetOf(paging), limit: paging.limit, after: checkpointOf(paging) },
        needsTotal: paging.kind === 'page' && paging.totals,
        needsLast: paging.kind === 'checkpoint',
      })
      return rawJson(listText(paging, page, query.fields ? picked(page, query) : page.users))
    },
  }),
  route({
    kind: 'change',
    method: 'POST',
    url: '/users',
    operationId: 'post_users',
    summary: 'Create a User',
    scope: ['create:users'],
    withinOrganization: 'scoped',
    event: 'sapi',
    body: NewUser,
    reply: { 201: UserReply },
    prepare: async ({ db, actor, body }) =>
      actsForOrganization(actor) ? await prepareNewMember(db, actor, body) : await prepareNewUser(db, body),
    handler: async ({ tx, actor, info, prepared, audit }) => {
      // `prepare` made it.
      const newUser = { ...(prepared as UserToBe), request: info }
      const user = actsForOrganization(actor)
        ? await createMember(tx, actor, newUser, info)
        : await createUser(tx, actor, newUser)
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
    withinOrganization: 'scoped',
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
    withinOrganization: 'member',
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
    withinOrganization: 'member',
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
    withinOrganization: 'member',
    event: 'sapi',
    params: UserIdParams,
    reply: { 204: Type.Null() },
    handler: async ({ tx, actor, info, params, audit }) => {
      if (actsForOrganization(actor)) await deleteMember(tx, actor, params.id, info)
      else await deleteUser(tx, actor, params.id, info)
      Object.assign(audit, { userId: params.id, target: { kind: 'user', id: params.id } })
      return null
    },
  }),
]

/** A list in the way it was asked for, around users who are JSON already. */
function listText(paging: Paging, page: UserPage, users: string): string {
  if (paging.kind === 'checkpoint') {
    const isFull = page.length === paging.limit && page.last
    return `{"users":${users}${isFull ? `,"next":${JSON.stringify(writeCheckpoint(isFull))}` : ''}}`
  }
  if (!paging.totals) return users
  return `{"start":${paging.start},"limit":${paging.limit},"length":${page.length},"users":${users},"total":${page.total}}`
}

/** A checkpoint says where a list in the order of creation goes on. */
function refuseSortedCheckpoint(paging: Paging, sort: string | undefined): void {
  if (paging.kind !== 'checkpoint' || sort === undefined) return
  const reason = "Query validation error: 'Not together with from or take' on property sort (Order of the list)."
  throw new ApiError('invalid_query_string', { with: { reason } })
}

async function refuseDeepPage(db: Db, paging: Paging): Promise<void> {
  if (paging.kind === 'checkpoint' || paging.start + paging.limit <= FIRST_RECORDS) return
  const { deep_user_paging: isDeep } = await readTenantSettings(db)
  if (isDeep === false) throw new ApiError('invalid_paging')
}

function picked(page: Pick<UserPage, 'users'>, query: { fields?: string; include_fields?: boolean }): string {
  // Written by our own statement.
  const users = JSON.parse(page.users) as User[]
  return JSON.stringify(users.map((user) => pickFields(user, query)))
}
