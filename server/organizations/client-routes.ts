import { Type } from 'typebox'
import { type Route, route } from '../http/define-route.ts'
import { checkpointPagingOf, listReply, OnlyCheckpointQuery } from '../http/paging.ts'
import { STORABLE } from '../http/unstorable.ts'
import {
  associateClients,
  dissociateClients,
  findOrganizationClients,
  listOrganizationClients,
  OrganizationClientReply,
  organizationClientWire,
  requireOrganizationClient,
} from './clients.ts'
import { OrganizationId } from './organization.ts'
import { lockOrganization, requireOrganization } from './store.ts'

const closed = { additionalProperties: false } as const
const MOST_AT_ONCE = 100
const ClientId = Type.String({ minLength: 1, maxLength: 255, ...STORABLE, description: 'Id of the application' })
const Params = Type.Object({ ...OrganizationId.properties, client_id: ClientId })
const use_for_member_access = Type.Boolean({ description: 'Whether members use the application' })
const Associations = Type.Object(
  {
    clients: Type.Array(Type.Object({ client_id: ClientId, use_for_member_access }, closed), {
      minItems: 1,
      maxItems: MOST_AT_ONCE,
    }),
  },
  closed,
)
const ClientIds = Type.Object(
  { clients: Type.Array(ClientId, { minItems: 1, maxItems: MOST_AT_ONCE, description: 'Ids of applications' }) },
  closed,
)

/** `/api/v2/organizations/{id}/clients`. */
export const organizationClientRoutes: readonly Route[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/organizations/:id/clients',
    operationId: 'get_organization_clients',
    summary: 'Get the applications of an organization',
    scope: ['read:organization_clients'],
    withinOrganization: 'refused',
    params: OrganizationId,
    query: OnlyCheckpointQuery,
    reply: { 200: Type.Object({ clients: Type.Array(OrganizationClientReply), next: Type.Optional(Type.String()) }) },
    handler: async ({ db, params, query }) => {
      await requireOrganization(db, params.id)
      const paging = checkpointPagingOf(query)
      const rows = await listOrganizationClients(db, params.id, paging)
      return listReply('clients', paging, { rows: rows.map(organizationClientWire), total: 0 }, ({ client_id }) => [
        client_id,
      ])
    },
  }),
  route({
    kind: 'change',
    method: 'POST',
    url: '/organizations/:id/clients',
    operationId: 'post_organization_clients',
    summary: 'Associate applications with an organization',
    scope: ['create:organization_clients'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: OrganizationId,
    body: Associations,
    reply: { 201: Type.Array(OrganizationClientReply) },
    handler: async ({ tx, params, body, audit }) => {
      await lockOrganization(tx, params.id)
      Object.assign(audit, about(params.id))
      await associateClients(tx, params.id, body.clients)
      const ids = body.clients.map(({ client_id }) => client_id)
      return (await findOrganizationClients(tx, params.id, ids)).map(organizationClientWire)
    },
  }),
  route({
    kind: 'change',
    method: 'DELETE',
    url: '/organizations/:id/clients',
    operationId: 'delete_organization_clients',
    summary: 'Take applications from an organization',
    scope: ['delete:organization_clients'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: OrganizationId,
    body: ClientIds,
    reply: { 204: Type.Null() },
    handler: async ({ tx, params, body, audit }) => {
      await lockOrganization(tx, params.id)
      const before = await findOrganizationClients(tx, params.id, body.clients)
      await dissociateClients(tx, params.id, body.clients)
      Object.assign(audit, about(params.id), { before: { clients: before.map(({ client_id }) => client_id) } })
      return null
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/organizations/:id/clients/:client_id',
    operationId: 'get_organization_client',
    summary: 'Get an application of an organization',
    scope: ['read:organization_clients'],
    withinOrganization: 'refused',
    params: Params,
    reply: { 200: OrganizationClientReply },
    handler: async ({ db, params }) => {
      await requireOrganization(db, params.id)
      return organizationClientWire(await requireOrganizationClient(db, params.id, params.client_id))
    },
  }),
  route({
    kind: 'change',
    method: 'PATCH',
    url: '/organizations/:id/clients/:client_id',
    operationId: 'patch_organization_client',
    summary: 'Update an application of an organization',
    scope: ['update:organization_clients'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: Params,
    body: Type.Object({ use_for_member_access: Type.Optional(use_for_member_access) }, closed),
    reply: { 200: OrganizationClientReply },
    handler: async ({ tx, params, body, audit }) => {
      await lockOrganization(tx, params.id)
      const before = await requireOrganizationClient(tx, params.id, params.client_id)
      const after = { ...before, ...body }
      await associateClients(tx, params.id, [after])
      Object.assign(audit, about(params.id), { before: organizationClientWire(before) })
      return organizationClientWire(after)
    },
  }),
]

function about(id: string) {
  return { target: { kind: 'organization', id }, organizationId: id }
}
