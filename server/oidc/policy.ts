/**
 * What an authorization request waits for, in this order: finding an organization, signing in, choosing an organization,
 * whatever the sign-in checks ask of the person first, and his consent. The only place that decides which page comes next.
 */
import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import { nowSeconds } from '../base/clock.ts'
import { SIGN_IN_CHECKS, type SignInCheck, type SignInCheckCode } from '../sign-in/checks.ts'
import { checkSignIn, refusedBy } from './membership.ts'
import {
  asksAnew,
  isToChooseOrganization,
  isToFindOrganization,
  organizationOfRequest,
  parameterOf,
} from './organization.ts'

const { base, Check, Prompt } = interactionPolicy

/** The policy. */
export function signInPolicy() {
  const policy = base()
  const login = policy.get('login')
  login?.checks.add(
    new Check('invitation', 'an invitation is accepted with a sign-in', 'login_required', isToAcceptInvitation),
  )
  login?.checks.add(
    new Check('organization_session', 'the organization asks for a new sign-in', 'login_required', isOverdue),
  )
  policy.add(prompt('discovery', 'an organization has to be named first', isToFindOrganization), 0)
  policy.add(prompt('organization', 'an organization has to be chosen first', isToChooseOrganization), 2)
  policy.add(requirement(), 3)
  return policy
}

function prompt(name: string, description: string, isOpen: (ctx: KoaContextWithOIDC) => Promise<boolean>) {
  return new Prompt({ name, requestable: false }, new Check('open', description, 'interaction_required', isOpen))
}

/** Whoever signs in for an invitation accepts it by that. */
function isToAcceptInvitation(ctx: KoaContextWithOIDC): boolean {
  return parameterOf(ctx, 'invitation') !== undefined && !ctx.oidc.result?.login
}

/** Whether a sign-in to the organization has lasted as long as that one lets it. */
async function isOverdue(ctx: KoaContextWithOIDC): Promise<boolean> {
  const { session, result } = ctx.oidc
  const id = parameterOf(ctx, 'organization')
  if (!session?.accountId || result?.login || id === undefined) return false
  const organization = await organizationOfRequest(id)
  const { loginTs: provedAt } = session
  const seenAt = (session as OrganizationSession).organizations?.[id] ?? provedAt
  return (
    organization !== undefined && asksAnew(organization, { provedAt, seenAt: Math.max(seenAt ?? 0, provedAt ?? 0) })
  )
}

/** `adaptSessions` adds when the session led to organizations that ask for a new proof after a while without that. */
type OrganizationSession = { organizations?: Record<string, number> }

/** Notes that the session led to the organization, where that one wants to know. */
async function noteVisit(ctx: KoaContextWithOIDC, id: string | undefined): Promise<void> {
  const organization = id === undefined ? undefined : await organizationOfRequest(id)
  if (!organization?.rules.session?.idle_minutes) return
  const session = ctx.oidc.session as unknown as OrganizationSession
  session.organizations = { ...session.organizations, [organization.id]: nowSeconds() }
}

/** Whoever has proved who he is for this request is asked what can wait, once. */
function isJustSignedIn({ oidc: { result } }: KoaContextWithOIDC): boolean {
  const { isPutOff } = (result?.requirement ?? {}) as { isPutOff?: boolean }
  return result?.login !== undefined && !isPutOff
}

/** The check that has to be cleared, and whose page it has; found anew for each request. */
async function openCheck(ctx: KoaContextWithOIDC): Promise<SignInCheckCode | undefined> {
  const { session, client } = ctx.oidc
  if (!session?.accountId || !client) return undefined
  const { accountId: userId } = session
  const organizationId = parameterOf(ctx, 'organization')
  const signIn = { userId, clientId: client.clientId, organizationId, isAsked: isJustSignedIn(ctx) }
  const code = await checkSignIn(signIn)
  if (!code) {
    await noteVisit(ctx, organizationId)
    return undefined
  }
  const row: SignInCheck = SIGN_IN_CHECKS[code]
  if (row.page) return code
  throw refusedBy(code, signIn)
}

function requirement() {
  return new Prompt(
    { name: 'requirement', requestable: false },
    new Check(
      'open',
      'the user has to do something first',
      'interaction_required',
      async (ctx) => (await openCheck(ctx)) !== undefined,
      async (ctx) => ({ check: await openCheck(ctx) }),
    ),
  )
}
