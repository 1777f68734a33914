import { Type } from 'typebox'
import { checkpointKeys } from '../http/checkpoint.ts'
import { type Route, route } from '../http/define-route.ts'
import { ApiError } from '../http/errors.ts'
import { pickFields } from '../http/fields.ts'
import { listReplyOf } from '../http/list-reply.ts'
import { CheckpointQuery, FieldsQuery, listReply, pagingOf } from '../http/paging.ts'
import { clearDefault } from '../tenants/clear-default.ts'
import { deleteUser } from '../users/delete.ts'
import { identifierValue } from '../users/write.ts'
import { ConnectionUpdate, ConnectionWire, connectionWire, NewConnection } from './connection.ts'
import { createConnection } from './create.ts'
import { enabledClientsOf, listEnabledClients } from './enabled-clients.ts'
import {
  deleteConnection,
  deleteIdentity,
  findConnection,
  findUserByEmail,
  listConnections,
  lockConnection,
} from './store.ts'
import { STRATEGIES } from './strategy-names.ts'
import { updateConnection } from './update.ts'

/** The connection in the path. */
export const ConnectionId = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 50, pattern: '^\\w+$', description: 'Id of the connection' }),
})

const ListQuery = Type.Object({
  ...CheckpointQuery.properties,
  ...FieldsQuery.properties,
  strategy: Type.Optional(
    Type.Array(Type.Enum([...STRATEGIES, 'auth0-adldap']), { description: 'Strategies to narrow the list down to' }),
  ),
  name: Type.Optional(Type.String({ maxLength: 128, description: 'Name of the connection' })),
})

/** What of a connection is missing. */
const PARTLY =
  'Databases of users, without scripts of your own, and providers that speak OpenID Connect (`oidc`, with a code; the secret is not answered, and stays where a change leaves it out and keeps the provider). Of a database, `authentication_methods` but for `signup_behavior`, `passkey_options`, `mfa`, `import_mode`, `realm_fallback`, `non_persistent_attrs`, `upstream_params` and `show_as_button` are kept without effect, and so is `is_domain_connection`.'

/** `/api/v2/connections`, without what concerns applications. */
export const connectionRoutes: readonly Route[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/connections',
    operationId: 'get_connections',
    summary: 'Get all connections',
    scope: ['read:connections'],
    withinOrganization: 'refused',
    query: ListQuery,
    reply: { 200: listReplyOf('connections', ConnectionWire) },
    handler: async ({ db, query }) => {
      const paging = pagingOf(query)
      const { rows, total } = await listConnections(db, query, paging)
      const clients = await listEnabledClients(
        db,
        rows.map((row) => row.id),
      )
      const wires = rows.map((row) => pickFields(connectionWire(row, clients.get(row.id) ?? []), query))
      const last = rows.at(-1)
      return listReply('connections', paging, { rows: wires, total }, () =>
        last ? checkpointKeys({ created_at: last.createdAt }, last.id) : [],
      )
    },
  }),
  route({
    kind: 'change',
    method: 'POST',
    url: '/connections',
    operationId: 'post_connections',
    summary: 'Create a connection',
    partly: PARTLY,
    scope: ['create:connections'],
    withinOrganization: 'refused',
    event: 'sapi',
    body: NewConnection,
    reply: { 201: ConnectionWire },
    handler: async ({ server, tx, body, audit }) => {
      const created = await createConnection(tx, server.secrets, body)
      audit.target = { kind: 'connection', id: created.id }
      return connectionWire(created, await enabledClientsOf(tx, created.id))
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/connections/:id',
    operationId: 'get_connections_by_id',
    summary: 'Get a connection',
    scope: ['read:connections'],
    withinOrganization: 'refused',
    params: ConnectionId,
    query: FieldsQuery,
    reply: { 200: ConnectionWire },
    handler: async ({ db, params, query }) => {
      const found = await findConnection(db, params.id)
      if (!found) throw new ApiError('inexistent_connection')
      return pickFields(connectionWire(found, await enabledClientsOf(db, found.id)), query)
    },
  }),
  route({
    kind: 'change',
    method: 'PATCH',
    url: '/connections/:id',
    operationId: 'patch_connections_by_id',
    summary: 'Update a connection',
    partly: PARTLY,
    scope: ['update:connections'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: ConnectionId,
    body: ConnectionUpdate,
    reply: { 200: ConnectionWire },
    handler: async ({ server, tx, params, body, audit }) => {
      const clientsBefore = await enabledClientsOf(tx, params.id)
      const { before, after } = await updateConnection(tx, server.secrets, params.id, body)
      audit.target = { kind: 'connection', id: after.id }
      audit.before = connectionWire(before, clientsBefore)
      return connectionWire(after, await enabledClientsOf(tx, after.id))
    },
  }),
  route({
    kind: 'change',
    method: 'DELETE',
    url: '/connections/:id',
    operationId: 'delete_connections_by_id',
    summary: 'Delete a connection',
    scope: ['delete:connections'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: ConnectionId,
    reply: { 204: Type.Null() },
    handler: async ({ tx, params, audit }) => {
      const found = await lockConnection(tx, params.id)
      if (!found) return undefined
      const clients = await enabledClientsOf(tx, found.id)
      audit.target = { kind: 'connection', id: found.id }
      audit.before = connectionWire(found, clients)
      const usersDeleted = await deleteConnection(tx, found.id)
      const cleared = await clearDefault(tx, 'default_directory', [found.name, ...found.realms])
      audit.after = { users_deleted: usersDeleted, ...cleared }
      return undefined
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/connections/:id/status',
    operationId: 'get_status',
    summary: 'Check the status of a connection',
    scope: ['read:connections'],
    withinOrganization: 'refused',
    params: ConnectionId,
    reply: { 200: Type.Object({}) },
    // A database of our own is usable whenever this server can be asked.
    handler: async ({ db, params }) => {
      if (!(await findConnection(db, params.id))) throw new ApiError('inexistent_connection')
      return {}
    },
  }),
  route({
    kind: 'change',
    method: 'DELETE',
    url: '/connections/:id/users',
    operationId: 'delete_users_by_email',
    summary: 'Delete a connection user',
    scope: ['delete:users'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: ConnectionId,
    query: Type.Object({
      email: Type.String({ minLength: 1, maxLength: 320, description: 'E-mail address' }),
    }),
    reply: { 204: Type.Null() },
    handler: async ({ tx, actor, info, params, query, audit }) => {
      if (!(await findConnection(tx, params.id))) throw new ApiError('inexistent_connection')
      const user = await findUserByEmail(tx, params.id, identifierValue('email', query.email))
      if (!user) return undefined
      Object.assign(audit, { userId: user.userId, target: { kind: 'user', id: user.userId } })
      if (user.hasOtherIdentity) await deleteIdentity(tx, params.id, user.userId, user.linkedIdentityId)
      else await deleteUser(tx, actor, user.userId, info)
      return undefined
    },
  }),
]
