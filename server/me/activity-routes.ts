/** `/me/v1/activity`. */
import { Type } from 'typebox'
import { route } from '../http/define-route.ts'
import { ApiError } from '../http/errors.ts'
import { Activity, activityOf } from './activity.ts'
import { ACTIVITY_KINDS, type ActivityKind, isActivityKind } from './activity-kinds.ts'
import { listActivity } from './activity-store.ts'
import { type MyAccountRoute, ownIdOf } from './my-account.ts'

const DEFAULT_TAKE = 50

const ActivityQuery = Type.Object({
  from: Type.Optional(Type.String({ pattern: '^\\d{1,60}$', description: '`next` of the page before' })),
  take: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 100, description: `Entries at most; ${DEFAULT_TAKE} by default` }),
  ),
  kind: Type.Optional(Type.String({ maxLength: 500, description: 'Kinds, separated by commas; all by default' })),
})

export const activityRoutes: readonly MyAccountRoute[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/activity',
    operationId: 'get_me_activity',
    summary: 'See what happened to one’s account',
    scope: ['read:me:activity'],
    // A token of one organization is to know nothing of the person's others.
    withinOrganization: 'refused',
    query: ActivityQuery,
    reply: {
      200: Type.Object({
        activity: Type.Array(Activity),
        next: Type.Optional(Type.String({ description: 'For `from`, where there is more' })),
      }),
    },
    ours: true,
    handler: async (call) => {
      const { from, take = DEFAULT_TAKE, kind } = call.query
      const userId = ownIdOf(call)
      const rows = await listActivity(call.db, userId, { before: from, kinds: kindsOf(kind), limit: take + 1 })
      const page = rows.slice(0, take)
      const next = rows.length > take ? page.at(-1)?.log_id : undefined
      return { activity: page.map((row) => activityOf(row, userId)), ...(next === undefined ? {} : { next }) }
    },
  }),
]

/** @throws ApiError invalid_query_string */
function kindsOf(text: string | undefined): ActivityKind[] | undefined {
  if (text === undefined || text === '') return undefined
  return text.split(',').map((name) => {
    if (isActivityKind(name)) return name
    const what = `There is no kind ${name.slice(0, 50)}; there are ${Object.keys(ACTIVITY_KINDS).join(', ')}`
    throw new ApiError('invalid_query_string', {
      with: { reason: `Query validation error: '${what}' on property kind (Kinds of activity).` },
    })
  })
}
