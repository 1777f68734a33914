/** The ID token by which somebody who links an account to his shows that he has just signed in to that one as well. */
import { errors, jwtVerify } from 'jose'
import { ApiError } from '../http/errors.ts'
import type { Server } from '../http/server.ts'

/** Who signed in, and when the token says so, in seconds. */
export type ProvedSignIn = { userId: string; issuedAt: number }

/**
 * Checks it: an ID token of ours (RS256), in time, signed with a key that still stands, and given to the application that
 * asks. Anything else that we sign, such as an access token, proves nothing here.
 *
 * @param clientId the application whose token asks (`azp`)
 * @throws ApiError invalid_body with what is wrong with it
 */
export async function verifyIdToken(server: Server, clientId: string, token: string): Promise<ProvedSignIn> {
  const { payload, protectedHeader } = await readToken(server, clientId, token)
  if (!(await isKeyStanding(server, protectedHeader.kid))) throw refuse('its signature is invalid')
  // Access tokens carry this claim, and tokens about a sign-out tell of an event.
  const isIdToken = !('client_generation' in payload) && !('events' in payload) && protectedHeader.typ !== 'at+jwt'
  if (!isIdToken) throw refuse('it is not an ID token')
  const { sub = '', iat = 0 } = payload
  return { userId: sub, issuedAt: iat }
}

async function readToken({ config, keys }: Server, clientId: string, token: string) {
  try {
    return await jwtVerify(
      token,
      async ({ kid }) => {
        // Whatever else a stranger writes there need not trouble the database.
        const key = typeof kid === 'string' && /^[\w-]{1,100}$/.test(kid) ? await keys.publicKey(kid) : undefined
        if (!key) throw new errors.JWSSignatureVerificationFailed()
        return key
      },
      { algorithms: ['RS256'], issuer: config.issuer, audience: clientId, requiredClaims: ['exp', 'iat', 'sub'] },
    )
  } catch (error) {
    throw asRefusal(error)
  }
}

async function isKeyStanding({ database }: Server, kid = ''): Promise<boolean> {
  const row = await database.db
    .selectFrom('signing_keys')
    .select('kid')
    .where('kid', '=', kid)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  return row !== undefined
}

function asRefusal(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) return refuse('it has expired')
  if (error instanceof errors.JWTClaimValidationFailed) {
    return refuse(
      error.claim === 'aud'
        ? 'its audience is not the client that the access token was given to (azp)'
        : `its claim ${error.claim} is missing or wrong`,
    )
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) return refuse('its signature is invalid')
  if (error instanceof errors.JOSEError) return refuse('it is not a token signed with RS256')
  return error
}

function refuse(reason: string): ApiError {
  return new ApiError('invalid_body', { with: { reason: `The token in link_with was refused: ${reason}.` } })
}
