/**
 * `/userinfo`: the claims of the person whose access token is shown. Auth0's tokens for an API are good here as well when
 * `openid` was asked for, which oidc-provider does not know; so this is our own.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { SystemActor } from '../authorization/actor.ts'
import { addressBlock } from '../http/address-block.ts'
import { authenticator } from '../http/authenticate.ts'
import { ApiError } from '../http/errors.ts'
import { applyRateLimit } from '../http/rate-limit-headers.ts'
import type { Server } from '../http/server.ts'
import { proveMembership } from '../organizations/sign-in-store.ts'
import { claimsOf } from '../users/profile.ts'
import { findUser } from '../users/store.ts'
import { findArtifact } from './artifact-store.ts'
import { organizationClaimsOf } from './organization.ts'

const SERVER: SystemActor = { kind: 'system', name: 'userinfo' }

/** Mounts it, by GET and POST (OpenID Connect Core §5.3). */
export function mountUserinfo(app: FastifyInstance, server: Server): void {
  const authenticate = authenticator(server, [`${server.config.issuer}userinfo`])

  const answer = async (request: FastifyRequest, reply: FastifyReply) => {
    applyRateLimit(server.rateLimiter, `userinfo|${addressBlock(request.ip)}`, reply)
    const shown = shownToken(request)
    const { userId, scopes, organizationId } = shown.includes('.') ? await ofJwt(shown) : await ofOpaque(shown)
    if (!scopes.has('openid')) throw new ApiError('invalid_token')
    const user = await findUser(server.database.db, SERVER, userId)
    if (!user || user.blocked) throw new ApiError('invalid_token')
    const organization = await organizationOf(userId, organizationId)
    return await reply.send({ ...claimsOf(user, scopes), ...organization })
  }

  /** A membership that has ended takes its tokens with it. */
  const organizationOf = async (userId: string, organizationId: string | undefined) => {
    if (organizationId === undefined) return {}
    const { db } = server.database
    if (!(await proveMembership(db, { userId, organizationId }))) throw new ApiError('invalid_token')
    return await organizationClaimsOf(db, organizationId)
  }

  const ofJwt = async (text: string) => {
    const token = await authenticate(`Bearer ${text}`)
    if (token.userId === undefined || !(await server.standing(token))) throw new ApiError('invalid_token')
    const { userId, organizationId } = token
    return { userId, organizationId, scopes: token.actor.kind === 'user' ? token.actor.scopes : new Set<string>() }
  }

  const ofOpaque = async (text: string) => {
    const found = await findArtifact(server.database.db, 'AccessToken', text)
    if (!found?.userId) throw new ApiError('invalid_token')
    const { userId, membership } = found
    return {
      userId,
      organizationId: membership?.organizationId,
      scopes: new Set(String(found.payload.scope ?? '').split(' ')),
    }
  }

  app.get('/userinfo', answer)
  app.post('/userinfo', answer)
}

/** From the header; or, as passport-auth0 and RFC 6750 §2.2 do, from the address or a form. The log has neither. */
function shownToken(request: FastifyRequest): string {
  const { authorization } = request.headers
  if (authorization !== undefined) {
    const token = /^bearer +(\S+)$/i.exec(authorization.trim())?.[1]
    if (token === undefined) throw new ApiError('invalid_token')
    return token
  }
  for (const fields of [request.query, request.body]) {
    const token = (fields as { access_token?: unknown } | null | undefined)?.access_token
    if (typeof token === 'string' && token !== '') return token
  }
  throw new ApiError('missing_authentication')
}
