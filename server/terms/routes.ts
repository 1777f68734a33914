import { Type } from 'typebox'
import { organizationOf } from '../authorization/actor.ts'
import { requireClient } from '../clients/store.ts'
import { type Route, route } from '../http/define-route.ts'
import { ApiError } from '../http/errors.ts'
import { listReplyOf } from '../http/list-reply.ts'
import { listReply, PageQuery, pagingOf } from '../http/paging.ts'
import { STORABLE } from '../http/unstorable.ts'
import { holdOrganization } from '../organizations/store.ts'
import { changeTerms, createTerms, publishVersion, removeTerms } from './publish.ts'
import { listTerms, listVersions, requireTerms, requireVersion } from './store.ts'
import {
  NewTerms,
  NewVersion,
  type Terms,
  TermsReply,
  TermsUpdate,
  termsWire,
  VersionReply,
  versionWire,
} from './terms.ts'

export const TermsId = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 100, ...STORABLE, description: 'Id of the terms' }),
})
const VersionId = Type.Object({
  ...TermsId.properties,
  version: Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'Number of the version' }),
})
/** Query of a list of terms. */
export const TermsListQuery = Type.Object({
  ...PageQuery.properties,
  organization_id: Type.Optional(
    Type.String({ minLength: 1, maxLength: 50, ...STORABLE, description: "An organization's own alone" }),
  ),
  retired: Type.Optional(Type.Boolean({ description: 'Whether they are asked no more' })),
})

/** `/api/v2/terms` and their versions. */
export const termsRoutes: readonly Route[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/terms',
    operationId: 'get_terms',
    summary: 'Get terms and consents',
    scope: ['read:terms'],
    withinOrganization: 'scoped',
    query: TermsListQuery,
    reply: { 200: listReplyOf('terms', TermsReply) },
    ours: true,
    handler: async ({ db, actor, query }) => {
      const paging = pagingOf(query)
      const whose = { organizationId: query.organization_id, retired: query.retired }
      const { rows, total } = await listTerms(db, actor, whose, paging)
      return listReply('terms', paging, { rows: rows.map(termsWire), total }, () => [])
    },
  }),
  route({
    kind: 'change',
    method: 'POST',
    url: '/terms',
    operationId: 'post_terms',
    summary: 'Create terms or a consent',
    scope: ['create:terms'],
    withinOrganization: 'scoped',
    event: 'sapi',
    body: NewTerms,
    reply: { 201: TermsReply },
    ours: true,
    handler: async ({ tx, actor, body, audit }) => {
      const own = organizationOf(actor)
      // What another organization is called, or an application of others, is answered as if it had never been.
      if (own !== undefined && (body.organization_id ?? own) !== own) throw new ApiError('inexistent_organization')
      if (own !== undefined && body.client_id !== undefined) throw new ApiError('not_within_organization')
      const organizationId = own ?? body.organization_id
      if (organizationId !== undefined) await holdOrganization(tx, organizationId)
      if (body.client_id !== undefined) await requireClient(tx, body.client_id)
      const terms = await createTerms(tx, actor, body)
      Object.assign(audit, about(terms), { after: termsWire(terms) })
      return termsWire(terms)
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/terms/:id',
    operationId: 'get_terms_by_id',
    summary: 'Get terms or a consent',
    scope: ['read:terms'],
    withinOrganization: 'scoped',
    params: TermsId,
    reply: { 200: TermsReply },
    ours: true,
    handler: async ({ db, actor, params }) => termsWire(await requireTerms(db, actor, params.id)),
  }),
  route({
    kind: 'change',
    method: 'PATCH',
    url: '/terms/:id',
    operationId: 'patch_terms_by_id',
    summary: 'Rename terms, retire them or take them up again',
    scope: ['update:terms'],
    withinOrganization: 'scoped',
    event: 'sapi',
    params: TermsId,
    body: TermsUpdate,
    reply: { 200: TermsReply },
    ours: true,
    handler: async ({ tx, actor, params, body, audit }) => {
      const { before, after } = await changeTerms(tx, actor, params.id, body)
      Object.assign(audit, about(after), { before: termsWire(before), after: termsWire(after) })
      return termsWire(after)
    },
  }),
  route({
    kind: 'change',
    method: 'DELETE',
    url: '/terms/:id',
    operationId: 'delete_terms_by_id',
    summary: 'Delete terms of which no version was published',
    scope: ['delete:terms'],
    withinOrganization: 'scoped',
    event: 'sapi',
    params: TermsId,
    reply: { 204: Type.Null() },
    ours: true,
    handler: async ({ tx, actor, params, audit }) => {
      const terms = await removeTerms(tx, actor, params.id)
      Object.assign(audit, about(terms), { before: termsWire(terms) })
      return null
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/terms/:id/versions',
    operationId: 'get_terms_versions',
    summary: 'Get the versions of terms, the newest first',
    scope: ['read:terms'],
    withinOrganization: 'scoped',
    params: TermsId,
    query: PageQuery,
    reply: { 200: listReplyOf('versions', VersionReply) },
    ours: true,
    handler: async ({ db, actor, params, query }) => {
      const paging = pagingOf(query)
      const terms = await requireTerms(db, actor, params.id)
      const { rows, total } = await listVersions(db, terms.id, paging)
      return listReply('versions', paging, { rows: rows.map(versionWire), total }, () => [])
    },
  }),
  route({
    kind: 'change',
    method: 'POST',
    url: '/terms/:id/versions',
    operationId: 'post_terms_versions',
    summary: 'Publish a version, which nobody can change afterwards',
    scope: ['update:terms'],
    withinOrganization: 'scoped',
    event: 'sapi',
    params: TermsId,
    body: NewVersion,
    reply: { 201: VersionReply },
    ours: true,
    handler: async ({ tx, actor, params, body, audit }) => {
      const { terms, version } = await publishVersion(tx, actor, params.id, body)
      const { version: number, effective_at, deadline_at } = versionWire(version)
      const details = { terms: { name: terms.name, version: number } }
      Object.assign(audit, about(terms), { details, after: { version: number, effective_at, deadline_at } })
      return versionWire(version)
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/terms/:id/versions/:version',
    operationId: 'get_terms_version',
    summary: 'Get a version of terms',
    scope: ['read:terms'],
    withinOrganization: 'scoped',
    params: VersionId,
    reply: { 200: VersionReply },
    ours: true,
    handler: async ({ db, actor, params }) => {
      const terms = await requireTerms(db, actor, params.id)
      return versionWire(await requireVersion(db, terms.id, params.version))
    },
  }),
]

function about({ id, name, organization_id }: Terms) {
  return {
    target: { kind: 'terms', id },
    details: { terms: { name } },
    ...(organization_id === null ? {} : { organizationId: organization_id }),
  }
}
