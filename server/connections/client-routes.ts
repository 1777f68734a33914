import { Type } from 'typebox'
import { type Route, route } from '../http/define-route.ts'
import { ApiError } from '../http/errors.ts'
import { listReply, pagingOf } from '../http/paging.ts'
import { disableClients, enableClients, enabledClientsOf, listEnabledClientsAfter } from './enabled-clients.ts'
import { ConnectionId } from './routes.ts'
import { findConnection, lockConnection } from './store.ts'

const MOST_AT_ONCE = 50

const ClientsQuery = Type.Object({
  take: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'Rows at most' })),
  from: Type.Optional(Type.String({ maxLength: 1000, description: 'Where to go on, as `next` said' })),
})

const ClientStatuses = Type.Array(
  Type.Object(
    {
      client_id: Type.String({ minLength: 1, maxLength: 255, description: 'Id of the application' }),
      status: Type.Boolean({ description: 'Whether the application may use the connection' }),
    },
    { additionalProperties: false },
  ),
  { minItems: 1, maxItems: MOST_AT_ONCE },
)

/** `/api/v2/connections/{id}/clients`. */
export const connectionClientRoutes: readonly Route[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/connections/:id/clients',
    operationId: 'get_connection_clients',
    summary: 'Get the enabled clients of a connection',
    scope: ['read:connections'],
    withinOrganization: 'refused',
    params: ConnectionId,
    query: ClientsQuery,
    reply: {
      200: Type.Object({
        clients: Type.Array(Type.Object({ client_id: Type.String() })),
        next: Type.Optional(Type.String()),
      }),
    },
    handler: async ({ db, params, query }) => {
      if (!(await findConnection(db, params.id))) throw new ApiError('inexistent_connection')
      const paging = pagingOf({ take: 50, ...query })
      const after = paging.kind === 'checkpoint' ? paging.after?.[0] : undefined
      const ids = await listEnabledClientsAfter(db, params.id, after?.replaceAll('\0', ''), paging.limit)
      const rows = ids.map((client_id) => ({ client_id }))
      return listReply('clients', paging, { rows, total: rows.length }, (row) => [row.client_id])
    },
  }),
  route({
    kind: 'change',
    method: 'PATCH',
    url: '/connections/:id/clients',
    operationId: 'patch_clients',
    summary: 'Update the enabled clients of a connection',
    scope: ['update:connections'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: ConnectionId,
    body: ClientStatuses,
    reply: { 204: Type.Null() },
    handler: async ({ tx, params, body, audit }) => {
      const connection = await lockConnection(tx, params.id)
      if (!connection) throw new ApiError('inexistent_connection')
      audit.target = { kind: 'connection', id: connection.id }
      audit.before = { enabled_clients: await enabledClientsOf(tx, connection.id) }
      // Of two words about one application the last counts.
      const statuses = new Map(body.map(({ client_id, status }) => [client_id, status]))
      const idsWith = (wanted: boolean) => [...statuses].filter(([, status]) => status === wanted).map(([id]) => id)
      await disableClients(tx, connection.id, idsWith(false))
      await enableClients(tx, connection.id, idsWith(true))
      audit.after = { enabled_clients: await enabledClientsOf(tx, connection.id) }
      return undefined
    },
  }),
]
