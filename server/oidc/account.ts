/** People as oidc-provider sees them: their claims, and whether they may be given tokens at all. */
import { type Account, type ClaimsParameterMember, errors, type KoaContextWithOIDC } from 'oidc-provider'
import type { SystemActor } from '../authorization/actor.ts'
import { failedCheck, SIGN_IN_CHECKS } from '../sign-in/checks.ts'
import { ATTRIBUTE_ROWS } from '../users/attribute-rules.ts'
import { claimsOf } from '../users/profile.ts'
import { findUser } from '../users/store.ts'
import type { User } from '../users/user.ts'
import { oidcDb, oidcRequest } from './context.ts'

const SERVER: SystemActor = { kind: 'system', name: 'oidc' }

/** Which claims each scope releases: what is not listed is left out of ID tokens, whoever put it there. */
export const CLAIMS_OF_SCOPES: Record<string, string[] | null> = {
  acr: null,
  sid: null,
  auth_time: null,
  iss: null,
  openid: ['sub'],
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
  if (token && ctx.oidc.client) await refuseFailedCheck(userId, ctx.oidc.client.clientId)
  return {
    accountId: userId,
    // ID tokens and /userinfo both take it from here; oidc-provider filters by scope once more.
    claims: async (_use: string, scope: string, _claims: { [key: string]: null | ClaimsParameterMember }) => ({
      sub: userId,
      ...claimsOf(user, new Set(scope.split(' '))),
    }),
  }
}

/** @throws CustomOIDCProviderError in the words of the check that stands against it */
export async function refuseFailedCheck(userId: string, clientId: string): Promise<void> {
  const code = await failedCheck(oidcDb(), { userId, clientId })
  if (!code) return
  const { error, description } = SIGN_IN_CHECKS[code].oauth
  throw new errors.CustomOIDCProviderError(error, description)
}
