/**
 * Reads the bearer tokens of our own APIs. A signature once verified is remembered by the token's
 * SHA-256 until the token expires; whether the token still counts is asked of the database each time
 * (authorization/standing.ts), so remembering it opens nothing.
 */
import { hash } from 'node:crypto'
import { errors, type JWTPayload, jwtVerify } from 'jose'
import type { Actor } from '../authorization/actor.ts'
import type { TokenClaims } from '../authorization/standing.ts'
import { nowSeconds } from '../base/clock.ts'
import { managementAudiences } from './audiences.ts'
import { ApiError } from './errors.ts'
import type { Server } from './server.ts'

/** A token whose signature, issuer, audience and expiry are right. */
export type Token = TokenClaims & { actor: Actor; expiresAt: number; jti?: string; sessionId?: string }

/**
 * Reads a token from an Authorization header. Where the connection is given on which it came, the same header on the same
 * connection is known without being hashed: one with many scopes has some kilobytes.
 */
export type Authenticator = (authorization: string | undefined, connection?: object) => Promise<Token>

const MOST_REMEMBERED = 5_000

/** Makes the reader of bearer tokens for an API: the Management API, unless other audiences are named. */
export function authenticator(server: Server, audiences = managementAudiences(server.config)): Authenticator {
  const remembered = new Map<string, Token>()
  const lastOn = new WeakMap<object, { authorization: string | undefined; token: Token }>()

  async function read(authorization: string | undefined): Promise<Token> {
    const text = bearerTokenOf(authorization)
    const digest = hash('sha256', text, 'base64')
    const known = remembered.get(digest)
    if (known) {
      if (known.expiresAt > nowSeconds()) return known
      remembered.delete(digest)
      throw new ApiError('expired_token')
    }
    const token = await verify(server, audiences, text)
    if (remembered.size >= MOST_REMEMBERED) forgetOldest(remembered)
    remembered.set(digest, token)
    return token
  }

  return async (authorization, connection) => {
    const last = connection && lastOn.get(connection)
    if (last && last.authorization === authorization && last.token.expiresAt > nowSeconds()) return last.token
    const token = await read(authorization)
    if (connection) lastOn.set(connection, { authorization, token })
    return token
  }
}

function bearerTokenOf(authorization: string | undefined): string {
  if (authorization === undefined || authorization === '') throw new ApiError('missing_authentication')
  const [scheme, token, ...rest] = authorization.trim().split(/\s+/)
  if (scheme?.toLowerCase() !== 'bearer' || !token || rest.length > 0) throw new ApiError('malformed_authorization')
  return token
}

async function verify(server: Server, audiences: string[], text: string): Promise<Token> {
  try {
    const { payload, protectedHeader } = await jwtVerify(
      text,
      async (header) => {
        // Whatever else a stranger writes there need not trouble the database.
        const isId = typeof header.kid === 'string' && /^[\w-]{1,100}$/.test(header.kid)
        const key = isId ? await server.keys.publicKey(header.kid ?? '') : undefined
        if (!key) throw new ApiError('invalid_signature')
        return key
      },
      { algorithms: ['RS256'], issuer: server.config.issuer, requiredClaims: ['exp', 'sub'] },
    )
    const audience = [payload.aud ?? []].flat()
    if (!audience.some((name) => audiences.includes(name))) {
      throw new ApiError('bad_audience', { with: { audience: audience.join(', ').slice(0, 200) } })
    }
    return readClaims(payload, protectedHeader.kid ?? '')
  } catch (error) {
    throw asApiError(error)
  }
}

function readClaims(payload: JWTPayload, kid: string): Token {
  const { sub, azp, scope, exp, jti, org_id: organizationId } = payload
  const { client_generation: clientGeneration, user_generation: userGeneration, session_id: sessionId } = payload
  if (!sub || typeof azp !== 'string' || exp === undefined || typeof clientGeneration !== 'number') {
    throw new ApiError('invalid_token')
  }
  const scopes = new Set(typeof scope === 'string' ? scope.split(' ').filter(Boolean) : [])
  const within = typeof organizationId === 'string' ? { organizationId } : {}
  const common = { kid, clientId: azp, clientGeneration, expiresAt: exp, ...(jti ? { jti } : {}), ...within }
  if (sub === `${azp}@clients`) return { ...common, actor: { kind: 'client', clientId: azp, scopes, ...within } }
  if (typeof userGeneration !== 'number') throw new ApiError('invalid_token')
  const actor: Actor = { kind: 'user', userId: sub, clientId: azp, scopes, ...within }
  const generations = organizationId === undefined ? {} : generationsOf(payload)
  const session = typeof sessionId === 'string' ? { sessionId } : {}
  return { ...common, userId: sub, userGeneration, actor, ...generations, ...session }
}

function generationsOf(payload: JWTPayload): Pick<TokenClaims, 'membershipGeneration' | 'organizationGeneration'> {
  const { membership_generation: membershipGeneration, organization_generation: organizationGeneration } = payload
  if (typeof membershipGeneration !== 'number' || typeof organizationGeneration !== 'number') {
    throw new ApiError('invalid_token')
  }
  return { membershipGeneration, organizationGeneration }
}

function asApiError(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) return new ApiError('expired_token', { cause: error })
  if (error instanceof errors.JWSSignatureVerificationFailed) return new ApiError('invalid_signature', { cause: error })
  if (error instanceof errors.JOSEError) return new ApiError('invalid_token', { cause: error })
  return error
}

/** Forgets the older half: a Map keeps the order in which its keys came. */
function forgetOldest(remembered: Map<string, Token>): void {
  let left = remembered.size / 2
  for (const digest of remembered.keys()) {
    if (left <= 0) return
    remembered.delete(digest)
    left -= 1
  }
}
