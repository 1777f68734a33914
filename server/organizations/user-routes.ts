import { Type } from 'typebox'
import { type Route, route } from '../http/define-route.ts'
import { listReplyOf } from '../http/list-reply.ts'
import { listReply, PageQuery, pagingOf } from '../http/paging.ts'
import { requireUser } from '../users/require-user.ts'
import { UserIdParams } from '../users/schemas.ts'

/** `/api/v2/users/:id/organizations`. */
export const userOrganizationRoutes: readonly Route[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/users/:id/organizations',
    operationId: 'get_user_organizations',
    summary: "List a user's organizations",
    scope: ['read:organizations'],
    withinOrganization: 'refused',
    params: UserIdParams,
    query: PageQuery,
    reply: { 200: listReplyOf('organizations', Type.Unknown()) },
    partly: 'There are no organizations yet, so the list is empty.',
    handler: async ({ db, actor, params, query }) => {
      await requireUser(db, actor, params.id)
      return listReply('organizations', pagingOf(query), { rows: [], total: 0 }, () => [])
    },
  }),
]
