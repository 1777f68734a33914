/** People as oidc-provider sees them: their claims, and whether they may be given tokens at all. */
import { type Account, type ClaimsParameterMember, errors, type KoaContextWithOIDC } from 'oidc-provider'
import type { SystemActor } from '../authorization/actor.ts'
import { ATTRIBUTE_ROWS } from '../users/attribute-rules.ts'
import { claimsOf } from '../users/profile.ts'
import { findUser } from '../users/store.ts'
import type { User } from '../users/user.ts'
import { oidcDb, oidcRequest } from './context.ts'
import { organizationClaims, refuseFailedCheck } from './membership.ts'
import { asksAnew, organizationOfRequest } from './organization.ts'
import { lastExchangeOf } from './refresh-tokens.ts'

const SERVER: SystemActor = { kind: 'system', name: 'oidc' }

/** Which claims each scope releases: what is not listed is left out of ID tokens, whoever put it there. */
export const CLAIMS_OF_SCOPES: Record<string, string[] | null> = {
  acr: null,
  sid: null,
  auth_time: null,
  iss: null,
  openid: ['sub', 'org_id', 'org_name'],
  ...Object.fromEntries(
    (['profile', 'email', 'phone'] as const).map((scope) => [
      scope,
      ATTRIBUTE_ROWS.flatMap(([name, row]) => (row.claim === scope ? [row.claimName ?? name] : [])),
    ]),
  ),
}

/** The user, read once a request. */
export async function userOfRequest(userId: string): Promise<User | undefined> {
  const { users } = oidcRequest()
  if (!users.has(userId)) users.set(userId, await findUser(oidcDb(), SERVER, userId))
  return users.get(userId)
}

/**
 * The account of a user; undefined when there is none. Whoever shows a code or refresh token is held against the
 * sign-in checks once more.
 */
export async function findAccount(
  ctx: KoaContextWithOIDC,
  userId: string,
  token?: object,
): Promise<Account | undefined> {
  const user = await userOfRequest(userId)
  if (!user) return undefined
  if (token && ctx.oidc.client) {
    await refuseOverdue(token)
    const { membership } = oidcRequest()
    const { clientId } = ctx.oidc.client
    await refuseFailedCheck({ userId, clientId, organizationId: membership?.organizationId })
  }
  return {
    accountId: userId,
    // ID tokens and /userinfo both take it from here; oidc-provider filters by scope once more.
    claims: async (_use: string, scope: string, _claims: { [key: string]: null | ClaimsParameterMember }) => ({
      sub: userId,
      ...claimsOf(user, new Set(scope.split(' '))),
      ...(await organizationClaims()),
    }),
  }
}

/** @throws InvalidGrant for a refresh token of an organization that wants a new proof by now */
async function refuseOverdue(token: object): Promise<void> {
  const { membership } = oidcRequest()
  if (!membership || !('kind' in token) || token.kind !== 'RefreshToken') return
  const organization = await organizationOfRequest(membership.organizationId)
  if (!organization?.rules.session) return
  // As oidc-provider stores it.
  const { authTime, iiat, grantId } = token as { authTime?: number; iiat?: number; grantId?: string }
  const seenAt = grantId === undefined ? undefined : await lastExchangeOf(grantId)
  if (asksAnew(organization, { provedAt: authTime ?? iiat, seenAt })) {
    throw new errors.InvalidGrant('the organization asks for a new sign-in')
  }
}
