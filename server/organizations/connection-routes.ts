import { type Static, Type } from 'typebox'
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
import {
  AnyConnectionReply,
  anyConnectionWire,
  type ConnectionSettings,
  listOrganizationConnections,
} from './connections.ts'
import { OrganizationId } from './organization.ts'
import { lockOrganization, requireOrganization } from './store.ts'

const closed = { additionalProperties: false } as const
const ConnectionId = Type.String({ minLength: 1, maxLength: 50, ...STORABLE, description: 'Id of the connection' })
const Yes = Type.Optional(Type.Boolean())
const Enabled = { assign_membership_on_login: Yes, show_as_button: Yes, is_signup_enabled: Yes }
const Params = Type.Object({ ...OrganizationId.properties, connection_id: ConnectionId })
const Name = Type.String({ minLength: 1, maxLength: 50, description: 'Name of the connection there' })
const Level = Type.Enum(['none', 'readonly', 'limited', 'full'])
const NewConnection = Type.Object(
  {
    connection_id: ConnectionId,
    ...Enabled,
    organization_connection_name: Type.Optional(Name),
    organization_access_level: Type.Optional(Level),
    is_enabled: Yes,
  },
  closed,
)
const ConnectionUpdate = Type.Object(
  {
    ...Enabled,
    organization_connection_name: Type.Optional(Type.Union([Name, Type.Null()])),
    organization_access_level: Type.Optional(Type.Union([Level, Type.Null()])),
    is_enabled: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
  },
  closed,
)
const ListQuery = Type.Object({ ...PageQuery.properties, is_enabled: Yes })

/** `/api/v2/organizations/{id}/connections`, the newer of the two ways to tell of connections. */
export const organizationConnectionRoutes: readonly Route[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/organizations/:id/connections',
    operationId: 'get_organization_connections',
    summary: 'Get the connections of an organization',
    scope: ['read:organization_connections'],
    withinOrganization: 'organization',
    params: OrganizationId,
    query: ListQuery,
    reply: { 200: listReplyOf('connections', AnyConnectionReply) },
    handler: async ({ db, params, query }) => {
      await requireOrganization(db, params.id)
      const paging = pagingOf(query)
      const { rows, total } = await listOrganizationConnections(db, params.id, paging, query.is_enabled)
      return listReply('connections', paging, { rows: rows.map(anyConnectionWire), total }, () => [])
    },
  }),
  route({
    kind: 'change',
    method: 'POST',
    url: '/organizations/:id/connections',
    operationId: 'post_organization_connection',
    summary: 'Add a connection to an organization',
    scope: ['create:organization_connections'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: OrganizationId,
    body: NewConnection,
    reply: { 201: AnyConnectionReply },
    handler: async ({ tx, params, body, audit }) => {
      const { connection_id, ...settings } = body
      await lockOrganization(tx, params.id)
      Object.assign(audit, about(params.id))
      return anyConnectionWire(await enableConnection(tx, params.id, connection_id, columnsOf(settings)))
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/organizations/:id/connections/:connection_id',
    operationId: 'get_organization_connection',
    summary: 'Get a connection of an organization',
    scope: ['read:organization_connections'],
    withinOrganization: 'organization',
    params: Params,
    reply: { 200: AnyConnectionReply },
    handler: async ({ db, params }) => {
      await requireOrganization(db, params.id)
      return anyConnectionWire(await requireOrganizationConnection(db, params.id, params.connection_id))
    },
  }),
  route({
    kind: 'change',
    method: 'PATCH',
    url: '/organizations/:id/connections/:connection_id',
    operationId: 'patch_organization_connection',
    summary: 'Update a connection of an organization',
    scope: ['update:organization_connections'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: Params,
    body: ConnectionUpdate,
    reply: { 200: AnyConnectionReply },
    handler: async ({ tx, params, body, audit }) => {
      await lockOrganization(tx, params.id)
      const { before, after } = await changeConnection(tx, params.id, params.connection_id, columnsOf(body))
      Object.assign(audit, about(params.id), { before: anyConnectionWire(before) })
      return anyConnectionWire(after)
    },
  }),
  route({
    kind: 'change',
    method: 'DELETE',
    url: '/organizations/:id/connections/:connection_id',
    operationId: 'delete_organization_connection',
    summary: 'Take a connection from an organization',
    scope: ['delete:organization_connections'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: Params,
    reply: { 204: Type.Null() },
    handler: async ({ tx, params, audit }) => {
      await lockOrganization(tx, params.id)
      const before = await closeConnection(tx, params.id, params.connection_id)
      Object.assign(audit, about(params.id), before ? { before: anyConnectionWire(before) } : {})
      return null
    },
  }),
]

function about(id: string) {
  return { target: { kind: 'organization', id }, organizationId: id }
}

function columnsOf(body: Static<typeof ConnectionUpdate>): ConnectionSettings {
  const { organization_connection_name: name, organization_access_level: level, is_enabled, ...rest } = body
  return {
    ...rest,
    ...(name === undefined ? {} : { name }),
    ...(level === undefined ? {} : { access_level: level }),
    // Null is as nobody said it: enabled.
    ...(is_enabled === undefined ? {} : { is_enabled: is_enabled ?? true }),
  }
}
