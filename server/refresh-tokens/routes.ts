import { Type } from 'typebox'
import { checkpointKeys } from '../http/checkpoint.ts'
import { type Route, route } from '../http/define-route.ts'
import { ApiError } from '../http/errors.ts'
import { pickFields } from '../http/fields.ts'
import { FlatMetadata } from '../http/metadata.ts'
import { checkpointPagingOf, FieldsQuery, listReply, OnlyCheckpointQuery } from '../http/paging.ts'
import { STORABLE } from '../http/unstorable.ts'
import { requireUser } from '../users/require-user.ts'
import { type RefreshToken, RefreshTokenReply, refreshTokenWire } from './refresh-token.ts'
import { revokeRefreshTokens } from './revoke.ts'
import { findRefreshToken, listRefreshTokens, lockRefreshToken, saveRefreshTokenMetadata } from './store.ts'

const storable = { minLength: 1, maxLength: 600, ...STORABLE } as const
const Id = Type.Object({ id: Type.String({ ...storable, maxLength: 64, description: 'Refresh token id' }) })
const userId = Type.String({ ...storable, maxLength: 320, description: 'User id' })
const clientId = Type.String({ ...storable, maxLength: 64, description: 'Client id' })
const Revocation = Type.Object(
  {
    ids: Type.Optional(
      Type.Array(Type.String({ ...storable, maxLength: 30 }), { minItems: 1, maxItems: 1_000, description: 'Ids' }),
    ),
    user_id: Type.Optional(userId),
    client_id: Type.Optional(clientId),
    audience: Type.Optional(Type.String({ ...storable, description: 'Identifier of an API' })),
  },
  { additionalProperties: false },
)
const next = Type.Optional(Type.String())

function nextKeys(rows: readonly RefreshToken[]): () => string[] {
  const last = rows.at(-1)
  return () => (last ? checkpointKeys(last, last.id) : [])
}

/** `/api/v2/refresh-tokens` and `/api/v2/users/:user_id/refresh-tokens`. */
export const refreshTokenRoutes: readonly Route[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/refresh-tokens',
    operationId: 'get_refresh_tokens',
    summary: 'Get refresh tokens',
    scope: ['read:refresh_tokens'],
    withinOrganization: 'refused',
    query: Type.Object({
      user_id: userId,
      client_id: Type.Optional(clientId),
      ...OnlyCheckpointQuery.properties,
      ...FieldsQuery.properties,
    }),
    reply: { 200: Type.Object({ refresh_tokens: Type.Array(RefreshTokenReply), next }) },
    handler: async ({ db, actor, query }) => {
      await requireUser(db, actor, query.user_id)
      const paging = checkpointPagingOf(query)
      const filter = { userId: query.user_id, ...(query.client_id === undefined ? {} : { clientId: query.client_id }) }
      const { rows } = await listRefreshTokens(db, actor, filter, paging)
      const wires = rows.map((row) => pickFields(refreshTokenWire(row), query))
      return listReply('refresh_tokens', paging, { rows: wires, total: 0 }, nextKeys(rows))
    },
  }),
  route({
    kind: 'change',
    method: 'POST',
    url: '/refresh-tokens/revoke',
    operationId: 'revoke_refresh_tokens',
    summary: 'Revoke refresh tokens',
    scope: ['delete:refresh_tokens'],
    withinOrganization: 'refused',
    event: 'sapi',
    body: Revocation,
    reply: { 202: Type.Object({}) },
    handler: async ({ tx, actor, info, body, audit }) => {
      const { ids, user_id, client_id, audience } = body
      const others = {
        ...(user_id === undefined ? {} : { userId: user_id }),
        ...(client_id === undefined ? {} : { clientId: client_id }),
        ...(audience === undefined ? {} : { audience }),
      }
      if (ids !== undefined && Object.keys(others).length > 0) refuse('Send either ids or the others, not both.')
      if (ids === undefined && user_id === undefined && client_id === undefined) {
        refuse('Send ids, user_id or client_id.')
      }
      const ended = await revokeRefreshTokens(tx, actor, ids === undefined ? others : { ids }, info)
      if (user_id !== undefined) audit.userId = user_id
      audit.after = { revoked: ended.length }
      return {}
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/refresh-tokens/:id',
    operationId: 'get_refresh_token',
    summary: 'Get a refresh token',
    scope: ['read:refresh_tokens'],
    withinOrganization: 'refused',
    params: Id,
    reply: { 200: RefreshTokenReply },
    handler: async ({ db, actor, params }) => {
      const token = await findRefreshToken(db, actor, params.id)
      if (!token) throw new ApiError('inexistent_refresh_token')
      return refreshTokenWire(token)
    },
  }),
  route({
    kind: 'change',
    method: 'PATCH',
    url: '/refresh-tokens/:id',
    operationId: 'patch_refresh-tokens_by_id',
    summary: 'Update a refresh token',
    scope: ['update:refresh_tokens'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: Id,
    body: Type.Object({ refresh_token_metadata: Type.Optional(FlatMetadata) }, { additionalProperties: false }),
    reply: { 200: RefreshTokenReply },
    handler: async ({ tx, actor, params, body, audit }) => {
      const before = await lockRefreshToken(tx, actor, params.id)
      if (!before) throw new ApiError('inexistent_refresh_token')
      const { refresh_token_metadata: metadata } = body
      if (metadata !== undefined) await saveRefreshTokenMetadata(tx, before.id, metadata)
      const target = { kind: 'refresh_token', id: before.id }
      Object.assign(audit, { userId: before.user_id, target, before: refreshTokenWire(before) })
      return refreshTokenWire({ ...before, metadata: metadata === undefined ? before.metadata : metadata })
    },
  }),
  route({
    kind: 'change',
    method: 'DELETE',
    url: '/refresh-tokens/:id',
    operationId: 'delete_refresh_token',
    summary: 'Delete a refresh token',
    scope: ['delete:refresh_tokens'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: Id,
    reply: { 202: Type.Object({}) },
    handler: async ({ tx, actor, info, params, audit }) => {
      const [ended] = await revokeRefreshTokens(tx, actor, { ids: [params.id] }, info)
      Object.assign(audit, { target: { kind: 'refresh_token', id: params.id } }, ended && { userId: ended.user_id })
      return {}
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/users/:user_id/refresh-tokens',
    operationId: 'get_refresh_tokens_for_user',
    summary: 'Get refresh tokens for a user',
    scope: ['read:refresh_tokens'],
    withinOrganization: 'refused',
    params: Type.Object({ user_id: userId }),
    query: OnlyCheckpointQuery,
    reply: { 200: Type.Object({ tokens: Type.Array(RefreshTokenReply), next }) },
    handler: async ({ db, actor, params, query }) => {
      await requireUser(db, actor, params.user_id)
      const paging = checkpointPagingOf(query)
      const { rows } = await listRefreshTokens(db, actor, { userId: params.user_id }, paging)
      return listReply('tokens', paging, { rows: rows.map(refreshTokenWire), total: 0 }, nextKeys(rows))
    },
  }),
  route({
    kind: 'change',
    method: 'DELETE',
    url: '/users/:user_id/refresh-tokens',
    operationId: 'delete_refresh_tokens_for_user',
    summary: 'Delete refresh tokens for a user',
    scope: ['delete:refresh_tokens'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: Type.Object({ user_id: userId }),
    reply: { 202: Type.Object({}) },
    handler: async ({ tx, actor, info, params, audit }) => {
      await requireUser(tx, actor, params.user_id)
      const ended = await revokeRefreshTokens(tx, actor, { userId: params.user_id }, info)
      const target = { kind: 'user', id: params.user_id }
      Object.assign(audit, { userId: params.user_id, target, after: { revoked: ended.length } })
      return {}
    },
  }),
]

function refuse(reason: string): never {
  throw new ApiError('invalid_body', { with: { reason: `${reason} Nothing was changed.` } })
}
