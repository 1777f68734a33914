/** `/api/v2/device-credentials`: the older way to list and end refresh tokens. */
import { type Static, Type } from 'typebox'
import { type Route, route } from '../http/define-route.ts'
import { pickFields } from '../http/fields.ts'
import { listReplyOf } from '../http/list-reply.ts'
import { FieldsQuery, listReply, PageQuery, pagingOf } from '../http/paging.ts'
import { STORABLE } from '../http/unstorable.ts'
import { describeUserAgent } from '../logs/user-agent.ts'
import type { RefreshToken } from '../refresh-tokens/refresh-token.ts'
import { revokeRefreshTokens } from '../refresh-tokens/revoke.ts'
import { listRefreshTokens } from '../refresh-tokens/store.ts'

const TYPES = ['public_key', 'refresh_token', 'rotating_refresh_token'] as const
const storable = { minLength: 1, maxLength: 600, ...STORABLE } as const
const text = Type.Optional(Type.String())
const DeviceCredential = Type.Object({
  id: text,
  device_name: text,
  type: Type.Optional(Type.Enum(TYPES)),
  user_id: text,
  client_id: text,
})

export const deviceCredentialRoutes: readonly Route[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/device-credentials',
    operationId: 'get_device-credentials',
    summary: 'Retrieve device credentials',
    scope: ['read:device_credentials'],
    withinOrganization: 'refused',
    query: Type.Object({
      ...PageQuery.properties,
      ...FieldsQuery.properties,
      user_id: Type.Optional(Type.String(storable)),
      client_id: Type.Optional(Type.String(storable)),
      type: Type.Optional(Type.Enum(TYPES)),
    }),
    reply: { 200: listReplyOf('device_credentials', DeviceCredential) },
    partly: 'Refresh tokens alone; devices have no public keys.',
    handler: async ({ db, actor, query }) => {
      const { user_id, client_id, type } = query
      const filter = {
        ...(user_id === undefined ? {} : { userId: user_id }),
        ...(client_id === undefined ? {} : { clientId: client_id }),
        ...(type === undefined ? {} : { rotating: type === 'rotating_refresh_token', isNone: type === 'public_key' }),
      }
      const paging = pagingOf(query)
      const { rows, total } = await listRefreshTokens(db, actor, filter, paging)
      const wires = rows.map((row) => pickFields(deviceCredentialWire(row), query))
      return listReply('device_credentials', paging, { rows: wires, total }, () => [])
    },
  }),
  route({
    kind: 'change',
    method: 'DELETE',
    url: '/device-credentials/:id',
    operationId: 'delete_device-credentials_by_id',
    summary: 'Delete a device credential',
    scope: ['delete:device_credentials'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: Type.Object({ id: Type.String({ ...storable, maxLength: 100, description: 'Device credential id' }) }),
    reply: { 204: Type.Null() },
    partly: "Not with a person's own token.",
    handler: async ({ tx, actor, info, params, audit }) => {
      const [ended] = await revokeRefreshTokens(tx, actor, { ids: [params.id] }, info)
      Object.assign(audit, { target: { kind: 'device_credential', id: params.id } }, ended && { userId: ended.user_id })
      return null
    },
  }),
]

function deviceCredentialWire(token: RefreshToken): Static<typeof DeviceCredential> {
  const { id, initial_user_agent: userAgent, rotating, user_id, client_id } = token
  return {
    id,
    ...(userAgent === null ? {} : { device_name: describeUserAgent(userAgent) }),
    type: rotating ? 'rotating_refresh_token' : 'refresh_token',
    user_id,
    client_id,
  }
}
