import { Type } from 'typebox'
import { type Actor, organizationOf } from '../authorization/actor.ts'
import type { Db } from '../db/database.ts'
import { checkpointKeys } from '../http/checkpoint.ts'
import { type Route, route } from '../http/define-route.ts'
import { ApiError } from '../http/errors.ts'
import { listReplyOf } from '../http/list-reply.ts'
import { CheckpointQuery, listReply, pagingOf } from '../http/paging.ts'
import { STORABLE } from '../http/unstorable.ts'
import { mailWorkerOf } from '../jobs/mail-worker.ts'
import { requireOrganization } from '../organizations/store.ts'
import { RemindReply, remind } from '../sign-in/remind-terms.ts'
import { readTenantSettings } from '../tenants/store.ts'
import { requireUser } from '../users/require-user.ts'
import { UserIdParams } from '../users/schemas.ts'
import { AcceptanceReply, acceptanceWire, listAcceptances } from './acceptances.ts'
import {
  type Circle,
  ListedSummary,
  listPendingPeople,
  PendingPerson,
  SummaryReply,
  summarize,
  summarizeList,
} from './people.ts'
import { TermsId, TermsListQuery } from './routes.ts'
import { listTerms, requireTerms } from './store.ts'

const LedgerQuery = Type.Object({
  ...CheckpointQuery.properties,
  version: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'Of this version alone' })),
  outcome: Type.Optional(Type.Enum(['accepted', 'declined', 'withdrawn'], { description: 'With this outcome alone' })),
})
const organization_id = Type.Optional(
  Type.String({ minLength: 1, maxLength: 50, ...STORABLE, description: 'Members of this organization alone' }),
)

/** What people have said to terms: the ledger, and who has not accepted yet. */
export const acceptanceRoutes: readonly Route[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/terms/:id/acceptances',
    operationId: 'get_terms_acceptances',
    summary: 'Get what people have said to terms, the newest first',
    scope: ['read:terms_acceptances'],
    withinOrganization: 'scoped',
    params: TermsId,
    query: LedgerQuery,
    reply: { 200: listReplyOf('acceptances', AcceptanceReply) },
    ours: true,
    handler: async ({ db, actor, params, query }) => {
      const paging = pagingOf(query)
      const { id: termsId } = await requireTerms(db, actor, params.id)
      const filter = { termsId, version: query.version, outcome: query.outcome }
      const { rows, total } = await listAcceptances(db, actor, filter, paging)
      const last = rows.at(-1)
      return listReply('acceptances', paging, { rows: rows.map(acceptanceWire), total }, () =>
        last ? checkpointKeys(last, last.id) : [],
      )
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/terms/summaries',
    operationId: 'get_terms_summaries',
    summary: 'Count who has accepted terms, for each of a list of them',
    scope: ['read:terms_acceptances'],
    withinOrganization: 'scoped',
    query: TermsListQuery,
    reply: { 200: listReplyOf('summaries', ListedSummary) },
    ours: true,
    handler: async ({ db, actor, query }) => {
      const paging = pagingOf(query)
      const whose = { organizationId: query.organization_id, retired: query.retired }
      const { rows, total } = await listTerms(db, actor, whose, paging)
      return listReply('summaries', paging, { rows: await summarizeList(db, rows), total }, () => [])
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/terms/:id/summary',
    operationId: 'get_terms_summary',
    summary: 'Count who has said what to terms',
    scope: ['read:terms_acceptances'],
    withinOrganization: 'scoped',
    params: TermsId,
    query: Type.Object({ organization_id }),
    reply: { 200: SummaryReply },
    ours: true,
    handler: async ({ db, actor, params, query }) =>
      await summarize(db, await circleOf(db, actor, params.id, query.organization_id)),
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/terms/:id/pending-users',
    operationId: 'get_terms_pending_users',
    summary: 'Get who has not accepted the current version of terms',
    scope: ['read:terms_acceptances'],
    withinOrganization: 'scoped',
    params: TermsId,
    query: Type.Object({ ...CheckpointQuery.properties, organization_id }),
    reply: { 200: listReplyOf('users', PendingPerson) },
    ours: true,
    handler: async ({ db, actor, params, query }) => {
      const paging = pagingOf(query)
      const found = await listPendingPeople(db, await circleOf(db, actor, params.id, query.organization_id), paging)
      return listReply('users', paging, found, ({ user_id }) => [user_id])
    },
  }),
  route({
    kind: 'change',
    method: 'POST',
    url: '/terms/:id/reminders',
    operationId: 'post_terms_reminders',
    summary: 'Remind who has not accepted the current version of terms',
    scope: ['update:terms'],
    withinOrganization: 'scoped',
    event: 'sapi',
    params: TermsId,
    body: Type.Object({ organization_id }, { additionalProperties: false }),
    reply: { 202: RemindReply },
    ours: true,
    handler: async ({ tx, actor, info: request, params, body, audit }) => {
      const circle = await circleOf(tx, actor, params.id, body.organization_id)
      const [language = 'en'] = (await readTenantSettings(tx)).enabled_locales
      const reminded = await remind(tx, circle, { language, request })
      const { terms, organizationId } = circle
      const details = { terms: { name: terms.name } }
      Object.assign(audit, { target: { kind: 'terms', id: terms.id }, details, after: reminded })
      if (organizationId !== undefined) audit.organizationId = organizationId
      return reminded
    },
    afterCommit: ({ server }) => mailWorkerOf(server).wake(),
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/users/:id/acceptances',
    operationId: 'get_user_acceptances',
    summary: 'Get what a user has said to terms and consents, the newest first',
    scope: ['read:terms_acceptances'],
    withinOrganization: 'member',
    params: UserIdParams,
    query: CheckpointQuery,
    reply: { 200: listReplyOf('acceptances', AcceptanceReply) },
    ours: true,
    handler: async ({ db, actor, params, query }) => {
      await requireUser(db, actor, params.id)
      const paging = pagingOf(query)
      const { rows, total } = await listAcceptances(db, actor, { userId: params.id }, paging)
      const last = rows.at(-1)
      return listReply('acceptances', paging, { rows: rows.map(acceptanceWire), total }, () =>
        last ? checkpointKeys(last, last.id) : [],
      )
    },
  }),
]

/** Of an organization's own terms the people are its members, whoever asks. */
async function circleOf(db: Db, actor: Actor, id: string, wanted: string | undefined): Promise<Circle> {
  const terms = await requireTerms(db, actor, id)
  const own = organizationOf(actor) ?? terms.organization_id ?? undefined
  if (wanted !== undefined && wanted !== own) {
    if (own !== undefined) throw new ApiError('inexistent_organization')
    await requireOrganization(db, wanted)
  }
  return { terms, organizationId: own ?? wanted }
}
