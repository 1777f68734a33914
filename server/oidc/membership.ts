/** The membership under which a request makes what it makes: found out, joined where signing in does that, remembered. */
import { errors } from 'oidc-provider'
import { requestInfoOf, withoutBody } from '../http/request-info.ts'
import { proveMembership } from '../organizations/sign-in-store.ts'
import { failedCheck, refusalOf, type SignIn, type SignInCheckCode } from '../sign-in/checks.ts'
import { joinByConnection } from '../sign-in/join-organization.ts'
import { oidcDb, oidcRequest } from './context.ts'
import { type OrganizationClaims, organizationClaimsOf } from './organization.ts'

/**
 * The first check that stands against a sign-in; undefined when nothing does, and then whoever joins the organization by
 * signing in is a member.
 */
export async function checkSignIn(signIn: SignIn): Promise<SignInCheckCode | undefined> {
  const code = await failedCheck(oidcDb(), signIn)
  if (code !== undefined || (await rememberMembership(signIn))) return code
  // The membership has ended in the very moment since it was checked.
  return (await failedCheck(oidcDb(), signIn)) ?? 'not_a_member'
}

/** @throws CustomOIDCProviderError in the words of the check that stands against it */
export async function refuseFailedCheck(signIn: SignIn): Promise<void> {
  const code = await checkSignIn(signIn)
  if (code !== undefined) throw refusedBy(code, signIn)
}

/** What the application is told of a check that stands. */
export function refusedBy(code: SignInCheckCode, { userId, organizationId }: SignIn): Error {
  const { error, description } = refusalOf(code, { userId, organizationId })
  return new errors.CustomOIDCProviderError(error, description)
}

/** Answers false where there is none, and there has to be one. */
async function rememberMembership({ userId, clientId, organizationId }: SignIn): Promise<boolean> {
  const context = oidcRequest()
  if (organizationId === undefined || context.membership) return true
  const { tx, request } = context
  if (tx) {
    await joinByConnection(tx, { userId, organizationId, clientId, request: withoutBody(requestInfoOf(request)) })
  }
  context.membership = await proveMembership(oidcDb(), { userId, organizationId })
  return context.membership !== undefined
}

/** The claims that name the organization; none without one, and its name only where the tenant wants it. */
export async function organizationClaims(): Promise<OrganizationClaims> {
  const { membership } = oidcRequest()
  return membership ? await organizationClaimsOf(oidcDb(), membership.organizationId) : {}
}
