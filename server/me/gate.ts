import type { FastifyInstance } from 'fastify'
import { ApiError } from '../http/errors.ts'
import { type Gate, openGate } from '../http/gate.ts'
import type { Server } from '../http/server.ts'
import { isSessionAlive } from '../sessions/store.ts'

/** Opens the gate of the My Account API: for people's own tokens, each counted alone, and only while signed in. */
export function openMyAccountGate(app: FastifyInstance, server: Server): Gate {
  return openGate(app, server, {
    api: 'my-account',
    audiences: [server.config.myAccountAudience],
    // Everybody comes through the same application here, so its requests are nobody's in particular.
    callerOf: ({ userId, clientId }) => (userId === undefined ? `client|${clientId}` : `user|${userId}`),
    admit: ({ userId }) => {
      if (userId === undefined) throw new ApiError('person_required')
    },
    async stands(token) {
      const { userId, sessionId } = token
      if (userId === undefined) return false
      const [stands, isSignedIn] = await Promise.all([
        server.standing(token),
        sessionId === undefined || isSessionAlive(server.database.db, userId, sessionId),
      ])
      return stands && isSignedIn
    },
  })
}
