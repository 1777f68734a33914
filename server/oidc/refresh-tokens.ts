/** Notes of the refresh tokens that are given out and exchanged, by which they are listed and ended. */
import { nowSeconds, secondsFromNow } from '../base/clock.ts'
import { findLastExchange, noteRefreshToken } from '../refresh-tokens/store.ts'
import { clientOfRequest } from './client-metadata.ts'
import { oidcDb, oidcRequest } from './context.ts'
import { refreshEnds, refreshLifetimeSeconds, rotates } from './refresh-rules.ts'
import { audienceOf, outwardScope } from './resources.ts'

/** Of a refresh token, as oidc-provider has it in its model and in what it stores. */
type RefreshTokenParts = {
  accountId?: string | undefined
  clientId?: string | undefined
  grantId?: string | undefined
  sessionUid?: string | undefined
  scope?: string | undefined
  resource?: string | string[] | undefined
  iiat?: number | undefined
}

/** Notes a token that was given out, or used again. */
export async function noteGivenOut(token: RefreshTokenParts): Promise<void> {
  const { accountId: userId, clientId, grantId, sessionUid: sessionId } = token
  if (userId === undefined || clientId === undefined || grantId === undefined) return
  const { request, membership, proved } = oidcRequest()
  const client = await clientOfRequest(clientId)
  const firstIssuedAt = token.iiat ?? nowSeconds()
  const { idle, absolute } = refreshEnds(client, firstIssuedAt)
  const scopes = outwardScope(token.scope ?? '')
  await noteRefreshToken(oidcDb(), {
    grantId,
    userId,
    clientId,
    sessionId,
    organizationId: membership?.organizationId,
    rotating: rotates(client),
    resourceServers: [token.resource ?? []]
      .flat()
      .map((resource) => ({ audience: audienceOf(resource) ?? resource, scopes })),
    idleExpiresAt: idle,
    absoluteExpiresAt: absolute,
    expiresAt: secondsFromNow(refreshLifetimeSeconds(client, firstIssuedAt)),
    ip: proved?.ip ?? request.ip,
    userAgent: request.headers['user-agent']?.slice(0, 500),
  })
}

/** When a family of refresh tokens was given out or used last, in seconds since 1970; undefined where nothing is noted. */
export async function lastExchangeOf(grantId: string): Promise<number | undefined> {
  const at = await findLastExchange(oidcDb(), grantId)
  return at && Math.floor(at.getTime() / 1000)
}
