import { type Route, route } from '../http/define-route.ts'
import { listReplyOf } from '../http/list-reply.ts'
import { listReply, PageQuery, pagingOf } from '../http/paging.ts'
import { requireUser } from '../users/require-user.ts'
import { UserIdParams } from '../users/schemas.ts'
import { OrganizationReply, organizationWire } from './organization.ts'
import { listOrganizations } from './store.ts'

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
    reply: { 200: listReplyOf('organizations', OrganizationReply) },
    handler: async ({ db, actor, params, query }) => {
      await requireUser(db, actor, params.id)
      const paging = pagingOf(query)
      const { rows, total } = await listOrganizations(db, paging, { member: params.id })
      return listReply('organizations', paging, { rows: rows.map(organizationWire), total }, () => [])
    },
  }),
]
