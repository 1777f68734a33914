/** `/me/v1/sessions`. */
import { Type } from 'typebox'
import { transact } from '../db/database.ts'
import { route } from '../http/define-route.ts'
import { operationEvent } from '../http/operation-event.ts'
import { endOtherSessions, endSession } from '../sessions/end-session.ts'
import { ownSessionOf } from '../sessions/session.ts'
import { listSessions } from '../sessions/store.ts'
import { type MyAccountRoute, ownIdOf } from './my-account.ts'

/** A session on the wire. */
export const OwnSession = Type.Object({
  id: Type.String(),
  current: Type.Boolean({ description: 'Whether it is the one from which is asked' }),
  created_at: Type.String(),
  authenticated_at: Type.String(),
  last_interacted_at: Type.String(),
  expires_at: Type.String(),
  browser: Type.Optional(Type.String()),
  system: Type.Optional(Type.String()),
  ip: Type.Optional(Type.String()),
  clients: Type.Array(Type.Object({ client_id: Type.String(), name: Type.String() })),
})

const END_ONE = {
  operationId: 'delete_me_sessions_by_id',
  summary: 'Sign out of a session',
  event: 'slo',
  scope: ['delete:me:sessions'],
} as const
const END_OTHERS = {
  operationId: 'delete_me_sessions',
  summary: 'Sign out everywhere else',
  event: 'slo',
  scope: ['delete:me:sessions'],
} as const

export const sessionRoutes: readonly MyAccountRoute[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/sessions',
    operationId: 'get_me_sessions',
    summary: 'See where one is signed in',
    scope: ['read:me:sessions'],
    withinOrganization: 'scoped',
    reply: { 200: Type.Object({ sessions: Type.Array(OwnSession) }) },
    ours: true,
    handler: async (call) => {
      const sessions = await listSessions(call.db, ownIdOf(call))
      return { sessions: sessions.map((session) => ownSessionOf(session, call.token.sessionId)) }
    },
  }),
  route({
    kind: 'use case',
    method: 'DELETE',
    url: '/sessions/:id',
    ...END_ONE,
    withinOrganization: 'scoped',
    params: Type.Object({ id: Type.String({ minLength: 1, maxLength: 100, description: 'Session id' }) }),
    reply: { 204: Type.Null() },
    ours: true,
    handler: async (call) => {
      const event = operationEvent({ ...END_ONE, status: 204 }, call, {})
      await transact(call.db, (tx) => endSession(tx, ownIdOf(call), call.params.id, event))
      return null
    },
  }),
  route({
    kind: 'use case',
    method: 'DELETE',
    url: '/sessions',
    ...END_OTHERS,
    withinOrganization: 'scoped',
    reply: { 204: Type.Null() },
    ours: true,
    handler: async (call) => {
      const event = operationEvent({ ...END_OTHERS, status: 204 }, call, {})
      await transact(call.db, (tx) => endOtherSessions(tx, ownIdOf(call), call.token.sessionId, event))
      return null
    },
  }),
]
