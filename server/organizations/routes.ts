import { Type } from 'typebox'
import type { Actor } from '../authorization/actor.ts'
import { holdsAny } from '../authorization/actor.ts'
import { checkpointKeys } from '../http/checkpoint.ts'
import { type Route, route } from '../http/define-route.ts'
import { ApiError } from '../http/errors.ts'
import { listReplyOf } from '../http/list-reply.ts'
import { CheckpointQuery, listReply, pagingOf } from '../http/paging.ts'
import { STORABLE } from '../http/unstorable.ts'
import { createOrganization, removeOrganization, updateOrganization } from './change.ts'
import { enableConnection, listOfConnections } from './connection-change.ts'
import { EnabledConnectionReply, enabledConnectionWire } from './connections.ts'
import {
  NewOrganization,
  type Organization,
  OrganizationId,
  OrganizationReply,
  OrganizationUpdate,
  organizationSummary,
  organizationWire,
} from './organization.ts'
import { findOrganizationByName, listOrganizations, type OrganizationOrder, requireOrganization } from './store.ts'

const ListQuery = Type.Object({
  ...CheckpointQuery.properties,
  sort: Type.Optional(
    Type.String({
      pattern: '^(?:name|display_name|created_at):-?1$',
      maxLength: 15,
      description: 'name, display_name or created_at, with :1 or :-1; in pages alone',
    }),
  ),
})
const Name = Type.Object({ name: Type.String({ minLength: 1, maxLength: 50, ...STORABLE, description: 'Name' }) })
const Created = Type.Object({
  ...OrganizationReply.properties,
  enabled_connections: Type.Optional(Type.Array(EnabledConnectionReply)),
})

/** `/api/v2/organizations`. */
export const organizationRoutes: readonly Route[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/organizations',
    operationId: 'get_organizations',
    summary: 'Get organizations',
    scope: ['read:organizations', 'read:organizations_summary'],
    withinOrganization: 'refused',
    query: ListQuery,
    reply: { 200: listReplyOf('organizations', OrganizationReply) },
    handler: async ({ db, actor, query }) => {
      const paging = pagingOf(query)
      const order = orderOf(query.sort)
      if (order && paging.kind === 'checkpoint') throw cannotSort()
      const { rows, total } = await listOrganizations(db, paging, { order })
      const last = rows.at(-1)
      return listReply('organizations', paging, { rows: rows.map(wireFor(actor)), total }, () =>
        last ? checkpointKeys(last, last.id) : [],
      )
    },
  }),
  route({
    kind: 'change',
    method: 'POST',
    url: '/organizations',
    operationId: 'post_organizations',
    summary: 'Create an organization',
    scope: ['create:organizations'],
    withinOrganization: 'refused',
    event: 'sapi',
    body: NewOrganization,
    reply: { 201: Created },
    handler: async ({ tx, actor, body, audit }) => {
      const { enabled_connections = [], ...said } = body
      if (enabled_connections.length > 0 && !holdsAny(actor, ['create:organization_connections'])) {
        throw new ApiError('insufficient_scope', { with: { rule: 'all', scopes: 'create:organization_connections' } })
      }
      const organization = await createOrganization(tx, said)
      Object.assign(audit, about(organization.id))
      for (const { connection_id, ...settings } of enabled_connections) {
        await enableConnection(tx, organization.id, connection_id, settings)
      }
      const enabled = enabled_connections.length > 0 ? await listOfConnections(tx, organization.id) : []
      return {
        ...organizationWire(organization),
        ...(enabled.length > 0 ? { enabled_connections: enabled.map(enabledConnectionWire) } : {}),
      }
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/organizations/name/:name',
    operationId: 'get_name_by_name',
    summary: 'Get an organization by its name',
    scope: ['read:organizations'],
    withinOrganization: 'refused',
    params: Name,
    reply: { 200: OrganizationReply },
    handler: async ({ db, params }) => {
      const organization = await findOrganizationByName(db, params.name)
      if (!organization) throw new ApiError('inexistent_organization')
      return organizationWire(organization)
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/organizations/:id',
    operationId: 'get_organizations_by_id',
    summary: 'Get an organization',
    scope: ['read:organizations', 'read:organizations_summary'],
    withinOrganization: 'organization',
    params: OrganizationId,
    reply: { 200: OrganizationReply },
    handler: async ({ db, actor, params }) => wireFor(actor)(await requireOrganization(db, params.id)),
  }),
  route({
    kind: 'change',
    method: 'PATCH',
    url: '/organizations/:id',
    operationId: 'patch_organizations_by_id',
    summary: 'Update an organization',
    scope: ['update:organizations'],
    withinOrganization: 'organization',
    event: 'sapi',
    params: OrganizationId,
    body: OrganizationUpdate,
    reply: { 200: OrganizationReply },
    partly: 'metadata is merged by key, and null takes a key away',
    handler: async ({ tx, actor, params, body, audit }) => {
      const { before, after } = await updateOrganization(tx, actor, params.id, body)
      Object.assign(audit, about(after.id), { before: organizationWire(before) })
      return organizationWire(after)
    },
  }),
  route({
    kind: 'change',
    method: 'DELETE',
    url: '/organizations/:id',
    operationId: 'delete_organizations_by_id',
    summary: 'Delete an organization',
    scope: ['delete:organizations'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: OrganizationId,
    reply: { 204: Type.Null() },
    handler: async ({ tx, params, audit }) => {
      const removed = await removeOrganization(tx, params.id)
      Object.assign(audit, about(removed.id), { before: organizationWire(removed) })
    },
  }),
]

function about(id: string) {
  return { target: { kind: 'organization', id }, organizationId: id }
}

function wireFor(actor: Actor): (organization: Organization) => object {
  return holdsAny(actor, ['read:organizations']) ? organizationWire : organizationSummary
}

function orderOf(sort: string | undefined): OrganizationOrder | undefined {
  if (sort === undefined) return undefined
  const [field, direction] = sort.split(':')
  // The schema has let nothing else through.
  return { field: field as OrganizationOrder['field'], isDescending: direction === '-1' }
}

function cannotSort(): ApiError {
  return new ApiError('invalid_query_string', {
    with: { reason: "Query validation error: 'Lists by checkpoint have one order' on property sort (Order)." },
  })
}
