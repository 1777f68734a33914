import { Type } from 'typebox'
import { type Route, route } from '../http/define-route.ts'
import { listReplyOf } from '../http/list-reply.ts'
import { listReply, PageQuery, pagingOf } from '../http/paging.ts'
import { STORABLE } from '../http/unstorable.ts'
import {
  changeConnection,
  closeConnection,
  enableConnection,
  requireOrganizationConnection,
} from './connection-change.ts'
import { EnabledConnectionReply, enabledConnectionWire, listOrganizationConnections } from './connections.ts'
import { OrganizationId } from './organization.ts'
import { lockOrganization, requireOrganization } from './store.ts'

const closed = { additionalProperties: false } as const
const ConnectionId = Type.String({ minLength: 1, maxLength: 50, ...STORABLE, description: 'Id of the connection' })
const Yes = Type.Optional(Type.Boolean())
const Enabled = { assign_membership_on_login: Yes, show_as_button: Yes, is_signup_enabled: Yes }
const Params = Type.Object({ ...OrganizationId.properties, connectionId: ConnectionId })
const NewConnection = Type.Object({ connection_id: ConnectionId, ...Enabled }, closed)
const ConnectionUpdate = Type.Object(Enabled, closed)

/** `/api/v2/organizations/{id}/enabled_connections`. */
export const enabledConnectionRoutes: readonly Route[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/organizations/:id/enabled_connections',
    operationId: 'get_enabled_connections',
    summary: 'Get the enabled connections of an organization',
    scope: ['read:organization_connections'],
    withinOrganization: 'organization',
    params: OrganizationId,
    query: PageQuery,
    reply: { 200: listReplyOf('enabled_connections', EnabledConnectionReply) },
    handler: async ({ db, params, query }) => {
      await requireOrganization(db, params.id)
      const paging = pagingOf(query)
      const { rows, total } = await listOrganizationConnections(db, params.id, paging)
      return listReply('enabled_connections', paging, { rows: rows.map(enabledConnectionWire), total }, () => [])
    },
  }),
  route({
    kind: 'change',
    method: 'POST',
    url: '/organizations/:id/enabled_connections',
    operationId: 'post_enabled_connections',
    summary: 'Add an enabled connection to an organization',
    scope: ['create:organization_connections'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: OrganizationId,
    body: NewConnection,
    reply: { 201: EnabledConnectionReply },
    handler: async ({ tx, params, body, audit }) => {
      const { connection_id, ...settings } = body
      await lockOrganization(tx, params.id)
      Object.assign(audit, about(params.id))
      return enabledConnectionWire(await enableConnection(tx, params.id, connection_id, settings))
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/organizations/:id/enabled_connections/:connectionId',
    operationId: 'get_enabled_connections_by_connectionId',
    summary: 'Get an enabled connection of an organization',
    scope: ['read:organization_connections'],
    withinOrganization: 'organization',
    params: Params,
    reply: { 200: EnabledConnectionReply },
    handler: async ({ db, params }) => {
      await requireOrganization(db, params.id)
      return enabledConnectionWire(await requireOrganizationConnection(db, params.id, params.connectionId))
    },
  }),
  route({
    kind: 'change',
    method: 'PATCH',
    url: '/organizations/:id/enabled_connections/:connectionId',
    operationId: 'patch_enabled_connections_by_connectionId',
    summary: 'Update an enabled connection of an organization',
    scope: ['update:organization_connections'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: Params,
    body: ConnectionUpdate,
    reply: { 200: EnabledConnectionReply },
    handler: async ({ tx, params, body, audit }) => {
      await lockOrganization(tx, params.id)
      const { before, after } = await changeConnection(tx, params.id, params.connectionId, body)
      Object.assign(audit, about(params.id), { before: enabledConnectionWire(before) })
      return enabledConnectionWire(after)
    },
  }),
  route({
    kind: 'change',
    method: 'DELETE',
    url: '/organizations/:id/enabled_connections/:connectionId',
    operationId: 'delete_enabled_connections_by_connectionId',
    summary: 'Take an enabled connection from an organization',
    scope: ['delete:organization_connections'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: Params,
    reply: { 204: Type.Null() },
    handler: async ({ tx, params, audit }) => {
      await lockOrganization(tx, params.id)
      const before = await closeConnection(tx, params.id, params.connectionId)
      Object.assign(audit, about(params.id), before ? { before: enabledConnectionWire(before) } : {})
      return null
    },
  }),
]

function about(id: string) {
  return { target: { kind: 'organization', id }, organizationId: id }
}
