import { Type } from 'typebox'
import { type Route, route } from '../http/define-route.ts'
import { listReplyOf } from '../http/list-reply.ts'
import { listReply, PageQuery, pagingOf } from '../http/paging.ts'
import { STORABLE } from '../http/unstorable.ts'
import {
  associateGrant,
  dissociateGrant,
  listOrganizationGrants,
  OrganizationGrantReply,
  organizationGrantWire,
} from './grants.ts'
import { OrganizationId } from './organization.ts'
import { holdOrganization, requireOrganization } from './store.ts'

const GrantId = Type.String({ minLength: 1, maxLength: 100, ...STORABLE, description: 'Id of the client grant' })
const Params = Type.Object({ ...OrganizationId.properties, grant_id: GrantId })
const ListQuery = Type.Object({
  ...PageQuery.properties,
  audience: Type.Optional(Type.String({ maxLength: 600, ...STORABLE })),
  client_id: Type.Optional(Type.String({ maxLength: 255, ...STORABLE })),
  grant_ids: Type.Optional(Type.Array(GrantId, { maxItems: 100 })),
})

/** `/api/v2/organizations/{id}/client-grants`. */
export const organizationGrantRoutes: readonly Route[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/organizations/:id/client-grants',
    operationId: 'get_organization-client-grants',
    summary: 'Get the client grants of an organization',
    scope: ['read:organization_client_grants'],
    withinOrganization: 'refused',
    params: OrganizationId,
    query: ListQuery,
    reply: { 200: listReplyOf('client_grants', OrganizationGrantReply) },
    handler: async ({ db, params, query }) => {
      await requireOrganization(db, params.id)
      const paging = pagingOf(query)
      const { rows, total } = await listOrganizationGrants(db, params.id, query, paging)
      return listReply('client_grants', paging, { rows: rows.map(organizationGrantWire), total }, () => [])
    },
  }),
  route({
    kind: 'change',
    method: 'POST',
    url: '/organizations/:id/client-grants',
    operationId: 'create_organization-client-grants',
    summary: 'Associate a client grant with an organization',
    scope: ['create:organization_client_grants'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: OrganizationId,
    body: Type.Object({ grant_id: GrantId }, { additionalProperties: false }),
    reply: { 201: OrganizationGrantReply },
    handler: async ({ tx, params, body, audit }) => {
      await holdOrganization(tx, params.id)
      Object.assign(audit, about(params.id))
      return organizationGrantWire(await associateGrant(tx, params.id, body.grant_id))
    },
  }),
  route({
    kind: 'change',
    method: 'DELETE',
    url: '/organizations/:id/client-grants/:grant_id',
    operationId: 'delete_client-grants_by_grant_id',
    summary: 'Take a client grant from an organization',
    scope: ['delete:organization_client_grants'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: Params,
    reply: { 204: Type.Null() },
    handler: async ({ tx, params, audit }) => {
      await holdOrganization(tx, params.id)
      await dissociateGrant(tx, params.id, params.grant_id)
      Object.assign(audit, about(params.id), { before: { grant_id: params.grant_id } })
      return null
    },
  }),
]

function about(id: string) {
  return { target: { kind: 'organization', id }, organizationId: id }
}
