/** `POST /oauth/revoke` (RFC 7009): ends a refresh token and everything that came from the same grant. */

import type { FastifyInstance, FastifyRequest } from 'fastify'
import { clientActor } from '../authorization/actor.ts'
import { transact } from '../db/database.ts'
import { addressBlock } from '../http/address-block.ts'
import { ApiError } from '../http/errors.ts'
import { applyRateLimit } from '../http/rate-limit-headers.ts'
import { requestInfoOf, withoutParameters } from '../http/request-info.ts'
import type { Server } from '../http/server.ts'
import { recordEvent } from '../logs/record.ts'
import { deleteGrantFamily, findArtifact } from './artifact-store.ts'
import { authenticateClient } from './authenticate-client.ts'
import { accessReader } from './store.ts'
import { readClientRequest } from './token-request.ts'

/** Mounts it. */
export function mountRevoke(app: FastifyInstance, server: Server): void {
  const readAccess = accessReader(server.database)
  app.post('/oauth/revoke', async (request, reply) => {
    applyRateLimit(server.rateLimiter, `revoke|${addressBlock(request.ip)}`, reply)
    const asked = readClientRequest(request)
    await authenticateClient(server, await readAccess({ clientId: asked.clientId, audience: '' }), asked)
    const { token } = (request.body ?? {}) as { token?: unknown }
    if (typeof token !== 'string' || token === '') {
      throw new ApiError('invalid_request', { with: { reason: 'Missing required parameter: token' } })
    }
    await revoke(server, request, asked.clientId, token)
    return await reply.code(200).send()
  })
}

/** RFC 7009 §2.2: a token that is not there, or is somebody else's, is answered like one that was ended. */
async function revoke(server: Server, request: FastifyRequest, clientId: string, token: string): Promise<void> {
  await transact(server.database.db, async (tx) => {
    const found = await findArtifact(tx, 'RefreshToken', token)
    if (found?.payload.clientId !== clientId) return
    await deleteGrantFamily(tx, String(found.payload.grantId))
    await recordEvent(tx, {
      type: 'srrt',
      actor: clientActor(clientId),
      clientId,
      ...(found.userId === undefined ? {} : { userId: found.userId }),
      request: withoutParameters(requestInfoOf(request)),
    })
  })
}
