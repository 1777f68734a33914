/**
 * Client authentication by a signed JWT (`private_key_jwt`, RFC 7523). An assertion is good for a few minutes, for
 * this server and for one use; it is checked with the keys that the client's settings name, each by its own
 * algorithm, so that neither `none` nor a secret made of a public key gets through.
 */
import { createPublicKey } from 'node:crypto'
import { errors, type JWTPayload, jwtVerify } from 'jose'
import { now, nowSeconds, secondsFromNow } from '../base/clock.ts'
import { hashToken } from '../base/secrets.ts'
import type { Config } from '../config.ts'
import { managementAudiences } from '../http/audiences.ts'
import { ApiError } from '../http/errors.ts'
import type { Server } from '../http/server.ts'
import { type AssertionKey, listAssertionKeys, useAssertion } from './store.ts'

/** Whose assertion it must be, and which of the client's keys count. */
export type AssertionHolder = { clientId: string; credentialIds: readonly string[] }

/** Algorithms a client's key may be registered for. */
export const ASSERTION_ALGORITHMS = ['RS256', 'RS384', 'PS256'] as const

// Auth0's limits.
const LONGEST_LIFE_SECONDS = 300
const CLOCK_SKEW_SECONDS = 10
const LONGEST_ID = 64
/** So long beyond its end a used assertion is remembered: a clock that was a day ahead must not have it good again. */
const REMEMBERED_SECONDS = 90_000

/**
 * Checks an assertion and uses it up. It is used up even if the request fails later.
 *
 * @throws ApiError invalid_client with what is wrong with it
 */
export async function verifyAssertion(server: Server, holder: AssertionHolder, assertion: string): Promise<void> {
  const stored = await listAssertionKeys(server.database.db, holder.clientId)
  const keys = stored.filter(({ id }) => holder.credentialIds.includes(id))
  const claims = await verifyWithAny(keys, server.config, holder.clientId, assertion)
  const { exp = 0, iat, jti } = claims
  if (typeof jti !== 'string' || jti === '' || jti.length > LONGEST_ID) {
    throw refuse(`it needs a jti of 1 to ${LONGEST_ID} characters`)
  }
  if (exp > Math.max(nowSeconds(), iat ?? 0) + LONGEST_LIFE_SECONDS) {
    throw refuse(`it may be valid for ${LONGEST_LIFE_SECONDS} seconds at most`)
  }
  if (iat !== undefined && iat > nowSeconds() + CLOCK_SKEW_SECONDS) throw refuse('it was issued in the future')
  const isFirst = await useAssertion(server.database, {
    digest: hashToken(JSON.stringify([holder.clientId, jti])),
    expiresAt: new Date((exp + 2 * CLOCK_SKEW_SECONDS) * 1000),
    forgetBefore: secondsFromNow(-REMEMBERED_SECONDS),
  })
  if (!isFirst) throw refuse('it was used before')
}

async function verifyWithAny(
  keys: readonly AssertionKey[],
  config: Config,
  clientId: string,
  assertion: string,
): Promise<JWTPayload> {
  for (const key of keys) {
    const claims = await verifyWith(key, config, clientId, assertion)
    if (!claims) continue
    if (key.expires_at && key.expires_at <= now()) throw refuse('the credential it was signed with has expired')
    return claims
  }
  // The same whether the client, the key or the signature is not known, so that it tells nothing.
  throw refuse('no key of the client has signed it')
}

/** The claims; undefined when another key has signed it. */
async function verifyWith(
  key: AssertionKey,
  config: Config,
  clientId: string,
  assertion: string,
): Promise<JWTPayload | undefined> {
  try {
    const { payload, protectedHeader } = await jwtVerify(assertion, createPublicKey(key.public_key_pem), {
      algorithms: ASSERTION_ALGORITHMS.filter((name) => name === key.alg),
      issuer: clientId,
      subject: clientId,
      audience: assertionAudiences(config),
      clockTolerance: CLOCK_SKEW_SECONDS,
      requiredClaims: ['exp', 'jti'],
    })
    return protectedHeader.kid === undefined || protectedHeader.kid === key.kid ? payload : undefined
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw refuse('it has expired')
    if (error instanceof errors.JWTClaimValidationFailed) throw refuse(`its claim ${error.claim} is missing or wrong`)
    if (error instanceof errors.JOSEError) return undefined
    throw error
  }
}

/** An assertion is for the issuer or the token endpoint, under either address of a server on loopback. */
function assertionAudiences(config: Config): string[] {
  return managementAudiences(config)
    .map((audience) => new URL('/', audience).href)
    .flatMap((issuer) => [issuer, `${issuer}oauth/token`])
}

function refuse(reason: string): ApiError {
  return new ApiError('invalid_client', { with: { reason: `The client assertion was refused: ${reason}.` } })
}
