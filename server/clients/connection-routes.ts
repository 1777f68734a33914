import { Type } from 'typebox'
import { holdsAny } from '../authorization/actor.ts'
import { ConnectionWire, connectionOf, connectionWire } from '../connections/connection.ts'
import { checkpointKeys } from '../http/checkpoint.ts'
import { type Route, route } from '../http/define-route.ts'
import { pickFields } from '../http/fields.ts'
import { checkpointPagingOf, FieldsQuery, listReply, OnlyCheckpointQuery } from '../http/paging.ts'
import { listConnectionsOfClient, requireClient } from './store.ts'

const Id = Type.Object({ id: Type.String({ minLength: 1, maxLength: 255, pattern: '^[^\\u0000]+$' }) })

const Query = Type.Object({
  ...FieldsQuery.properties,
  ...OnlyCheckpointQuery.properties,
  strategy: Type.Optional(Type.Array(Type.String({ maxLength: 100, pattern: '^[^\\u0000]+$' }), { maxItems: 100 })),
})

/** `/api/v2/clients/{id}/connections`. */
export const clientConnectionRoutes: readonly Route[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/clients/:id/connections',
    operationId: 'get_client_connections',
    summary: 'Get the connections of a client',
    scope: ['read:connections', 'read:clients', 'read:client_summary'],
    withinOrganization: 'refused',
    params: Id,
    query: Query,
    reply: {
      200: Type.Object({ connections: Type.Array(ConnectionWire), next: Type.Optional(Type.String()) }),
    },
    handler: async ({ db, actor, params, query }) => {
      await requireClient(db, params.id)
      const paging = checkpointPagingOf(query)
      const rows = await listConnectionsOfClient(db, params.id, query.strategy, paging)
      const last = rows.at(-1)
      const wires = rows.map((row) => {
        const { enabled_clients: _, options, ...wire } = connectionWire(connectionOf(row), [])
        // Options can say how to reach a customer's user store, which is not for everybody who may list clients.
        return pickFields(holdsAny(actor, ['read:connections']) ? { ...wire, options } : wire, query)
      })
      return listReply('connections', paging, { rows: wires, total: 0 }, () =>
        last ? checkpointKeys(last, last.id) : [],
      )
    },
  }),
]
