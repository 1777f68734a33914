import { Type } from 'typebox'
import type { Actor } from '../authorization/actor.ts'
import { actsForOrganization } from '../authorization/visible-to.ts'
import type { Db } from '../db/database.ts'
import { checkpointKeys } from '../http/checkpoint.ts'
import { type Route, route } from '../http/define-route.ts'
import { ApiError } from '../http/errors.ts'
import { FlatMetadata } from '../http/metadata.ts'
import { checkpointPagingOf, listReply, OnlyCheckpointQuery } from '../http/paging.ts'
import { STORABLE } from '../http/unstorable.ts'
import { endMemberSessions } from '../organizations/end-sessions.ts'
import { revokeRefreshTokens } from '../refresh-tokens/revoke.ts'
import { requireUser } from '../users/require-user.ts'
import { UserIdParams } from '../users/schemas.ts'
import {
  endEveryToken,
  findAnybodysSession,
  listSessionsOf,
  lockAnybodysSession,
  saveSessionMetadata,
} from './anybody.ts'
import { SessionReply, sessionWire } from './session-reply.ts'
import { deleteSessions } from './store.ts'

const storable = { minLength: 1, maxLength: 50, ...STORABLE } as const
const Id = Type.Object({ id: Type.String({ ...storable, description: 'Session id' }) })
const UserOf = Type.Object({ user_id: Type.String({ ...storable, maxLength: 320, description: 'User id' }) })
const RevokeAccess = Type.Object(
  {
    session_id: Type.Optional(Type.String({ ...storable, description: 'The session to end; without it all' })),
    preserve_refresh_tokens: Type.Optional(Type.Boolean({ description: 'Whether refresh tokens stay' })),
  },
  { additionalProperties: false },
)
const Nothing = Type.Object({})

/** `/api/v2/sessions`, `/api/v2/users/:user_id/sessions` and `/api/v2/users/:id/revoke-access`. */
export const sessionRoutes: readonly Route[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/sessions/:id',
    operationId: 'get_session',
    summary: 'Get session',
    scope: ['read:sessions'],
    withinOrganization: 'refused',
    params: Id,
    reply: { 200: SessionReply },
    handler: async ({ db, actor, params }) => {
      const session = await findAnybodysSession(db, actor, params.id)
      if (!session) throw new ApiError('inexistent_session')
      return sessionWire(session)
    },
  }),
  route({
    kind: 'change',
    method: 'PATCH',
    url: '/sessions/:id',
    operationId: 'patch_sessions_by_id',
    summary: 'Update session',
    scope: ['update:sessions'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: Id,
    body: Type.Object({ session_metadata: Type.Optional(FlatMetadata) }, { additionalProperties: false }),
    reply: { 200: SessionReply },
    handler: async ({ tx, actor, params, body, audit }) => {
      const before = await lockAnybodysSession(tx, actor, params.id)
      if (!before) throw new ApiError('inexistent_session')
      const { session_metadata: metadata = before.session_metadata } = body
      await saveSessionMetadata(tx, before.session_id, metadata)
      const target = { kind: 'session', id: before.session_id }
      Object.assign(audit, { userId: before.user_id, target, before: sessionWire(before) })
      return sessionWire({ ...before, session_metadata: metadata })
    },
  }),
  route({
    kind: 'change',
    method: 'DELETE',
    url: '/sessions/:id',
    operationId: 'delete_session',
    summary: 'Delete session',
    scope: ['delete:sessions'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: Id,
    reply: { 202: Nothing },
    handler: async ({ tx, actor, params, audit }) => {
      audit.target = { kind: 'session', id: params.id }
      const session = await findAnybodysSession(tx, actor, params.id)
      if (!session) return {}
      Object.assign(audit, { userId: session.user_id, before: sessionWire(session) })
      await deleteSessions(tx, session.user_id, { only: params.id }, { keepsRefreshTokens: true })
      return {}
    },
  }),
  route({
    kind: 'change',
    method: 'POST',
    url: '/sessions/:id/revoke',
    operationId: 'revoke_session',
    summary: 'Revokes a session',
    scope: ['delete:sessions', 'delete:refresh_tokens'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: Id,
    reply: { 202: Nothing },
    handler: async ({ tx, actor, info, params, audit }) => {
      const session = await findAnybodysSession(tx, actor, params.id)
      if (!session) throw new ApiError('inexistent_session')
      const target = { kind: 'session', id: params.id }
      Object.assign(audit, { userId: session.user_id, target, before: sessionWire(session) })
      await revokeRefreshTokens(tx, actor, { userId: session.user_id, sessionId: params.id }, info)
      await deleteSessions(tx, session.user_id, { only: params.id })
      return {}
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/users/:user_id/sessions',
    operationId: 'get_sessions_for_user',
    summary: 'Get sessions for user',
    scope: ['read:sessions'],
    withinOrganization: 'member',
    params: UserOf,
    query: OnlyCheckpointQuery,
    reply: { 200: Type.Object({ sessions: Type.Array(SessionReply), next: Type.Optional(Type.String()) }) },
    handler: async ({ db, actor, params, query }) => await sessionPage(db, actor, params.user_id, query),
  }),
  route({
    kind: 'change',
    method: 'DELETE',
    url: '/users/:user_id/sessions',
    operationId: 'delete_sessions_for_user',
    summary: 'Delete sessions for user',
    scope: ['delete:sessions'],
    withinOrganization: 'member',
    event: 'sapi',
    params: UserOf,
    reply: { 202: Nothing },
    handler: async ({ tx, actor, params, audit }) => {
      const { user_id: userId } = params
      Object.assign(audit, { userId, target: { kind: 'user', id: userId } })
      await requireUser(tx, actor, userId)
      if (actsForOrganization(actor)) await endMemberSessions(tx, actor, userId)
      else {
        const ended = await deleteSessions(tx, userId, { allBut: undefined }, { keepsRefreshTokens: true })
        audit.after = { deleted: ended.length }
      }
      return {}
    },
  }),
  route({
    kind: 'change',
    method: 'POST',
    url: '/users/:id/revoke-access',
    operationId: 'user_revoke_access',
    summary: 'Revokes selected resources from a user',
    scope: ['delete:sessions', 'delete:refresh_tokens'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: UserIdParams,
    body: RevokeAccess,
    reply: { 202: Nothing },
    handler: async ({ tx, actor, info, params, body, audit }) => {
      const { id: userId } = params
      await requireUser(tx, actor, userId)
      Object.assign(audit, { userId, target: { kind: 'user', id: userId } })
      const { session_id: sessionId, preserve_refresh_tokens: keepsRefreshTokens = false } = body
      const choice = sessionId === undefined ? { allBut: undefined } : { only: sessionId }
      if (!keepsRefreshTokens) {
        await revokeRefreshTokens(tx, actor, { userId, ...(sessionId === undefined ? {} : { sessionId }) }, info)
      }
      await deleteSessions(tx, userId, choice, { keepsRefreshTokens })
      // Access tokens for our own APIs end as well, where nothing of the user's is to stay.
      if (sessionId === undefined && !keepsRefreshTokens) await endEveryToken(tx, userId)
      return {}
    },
  }),
]

async function sessionPage(db: Db, actor: Actor, userId: string, query: { from?: string; take?: number }) {
  await requireUser(db, actor, userId)
  const paging = checkpointPagingOf(query)
  const rows = await listSessionsOf(db, actor, userId, paging)
  const last = rows.at(-1)
  return listReply('sessions', paging, { rows: rows.map(sessionWire), total: 0 }, () =>
    last ? checkpointKeys(last, last.session_id) : [],
  )
}
