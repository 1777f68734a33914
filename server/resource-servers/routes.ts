import { Type } from 'typebox'
import { type Route, route } from '../http/define-route.ts'
import { ApiError } from '../http/errors.ts'
import { pickFields } from '../http/fields.ts'
import { listReplyOf } from '../http/list-reply.ts'
import { FieldsQuery, listReply, PageQuery, pagingOf } from '../http/paging.ts'
import { clearDefault } from '../tenants/clear-default.ts'
import { createResourceServer } from './create.ts'
import { NewResourceServer, ResourceServerUpdate, ResourceServerWire, resourceServerWire } from './resource-server.ts'
import { deleteResourceServer, findResourceServer, listResourceServers, lockResourceServer } from './store.ts'
import { updateResourceServer } from './update.ts'

const Id = Type.Object({
  id: Type.String({
    minLength: 1,
    maxLength: 600,
    description: 'Id or identifier of the resource server',
  }),
})

const ListQuery = Type.Object({
  ...PageQuery.properties,
  ...FieldsQuery.properties,
  identifiers: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 600 }), {
      maxItems: 100,
      description: 'Identifiers to narrow the list down to',
    }),
  ),
})

/** What of an API is missing. */
const PARTLY =
  'Tokens cannot be encrypted or bound to a key (`token_encryption`, `proof_of_possession` where it is required), and no consent is asked for with a second factor (`consent_policy`) or by a policy (`authorization_policy`): these are refused. `authorization_details` and `allow_online_access*` are kept without effect.'

/** `/api/v2/resource-servers`. */
export const resourceServerRoutes: readonly Route[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/resource-servers',
    operationId: 'get_resource-servers',
    summary: 'Get resource servers',
    scope: ['read:resource_servers'],
    withinOrganization: 'refused',
    query: ListQuery,
    reply: { 200: listReplyOf('resource_servers', ResourceServerWire) },
    handler: async ({ db, server, query }) => {
      const paging = pagingOf(query)
      const { rows, total } = await listResourceServers(db, query.identifiers, paging)
      const wires = rows.map((row) => pickFields(resourceServerWire(server.secrets, row), query))
      return listReply('resource_servers', paging, { rows: wires, total }, () => [])
    },
  }),
  route({
    kind: 'change',
    method: 'POST',
    url: '/resource-servers',
    operationId: 'post_resource-servers',
    summary: 'Create a resource server',
    partly: PARTLY,
    scope: ['create:resource_servers'],
    withinOrganization: 'refused',
    event: 'sapi',
    body: NewResourceServer,
    reply: { 201: ResourceServerWire },
    handler: async ({ tx, server, body, audit }) => {
      const created = await createResourceServer(tx, server.secrets, server.config, body)
      audit.target = { kind: 'resource_server', id: created.id }
      return resourceServerWire(server.secrets, created)
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/resource-servers/:id',
    operationId: 'get_resource-servers_by_id',
    summary: 'Get a resource server',
    scope: ['read:resource_servers'],
    withinOrganization: 'refused',
    params: Id,
    query: FieldsQuery,
    reply: { 200: ResourceServerWire },
    handler: async ({ db, server, params, query }) => {
      const found = await findResourceServer(db, params.id)
      if (!found) throw new ApiError('inexistent_resource_server')
      return pickFields(resourceServerWire(server.secrets, found), query)
    },
  }),
  route({
    kind: 'change',
    method: 'PATCH',
    url: '/resource-servers/:id',
    operationId: 'patch_resource-servers_by_id',
    summary: 'Update a resource server',
    partly: PARTLY,
    scope: ['update:resource_servers'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: Id,
    body: ResourceServerUpdate,
    reply: { 200: ResourceServerWire },
    handler: async ({ tx, server, params, body, audit }) => {
      const { before, after } = await updateResourceServer(tx, server.secrets, params.id, body)
      audit.target = { kind: 'resource_server', id: after.id }
      audit.before = resourceServerWire(server.secrets, before)
      return resourceServerWire(server.secrets, after)
    },
  }),
  route({
    kind: 'change',
    method: 'DELETE',
    url: '/resource-servers/:id',
    operationId: 'delete_resource-servers_by_id',
    summary: 'Delete a resource server',
    scope: ['delete:resource_servers'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: Id,
    reply: { 204: Type.Null() },
    handler: async ({ tx, server, params, audit }) => {
      const found = await lockResourceServer(tx, params.id)
      if (!found) return undefined
      if (found.isSystem) {
        throw new ApiError('system_entity', { with: { reason: 'The Management API cannot be deleted.' } })
      }
      await deleteResourceServer(tx, found.id)
      audit.target = { kind: 'resource_server', id: found.id }
      audit.before = resourceServerWire(server.secrets, found)
      const cleared = await clearDefault(tx, 'default_audience', [found.identifier])
      if (cleared) audit.after = cleared
      return undefined
    },
  }),
]
