/**
 * The organization of an authorization request. While the request lives its parameter `organization` is the truth: an id,
 * named by the application, found on the page before signing in, chosen on the page after it, or the only one there is.
 */
import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import { listAdministrativeScopes } from '../authorization/administrative-scopes.ts'
import { nowSeconds } from '../base/clock.ts'
import { ADMIN_CLIENT, isBuiltInClient } from '../clients/built-in.ts'
import type { StoredClient } from '../clients/client.ts'
import type { Db } from '../db/database.ts'
import { findSignInOrganization, listChoices, type SignInOrganization } from '../organizations/sign-in-store.ts'
import { readTenantSettings } from '../tenants/store.ts'
import { clientOfRequest } from './client-metadata.ts'
import { oidcDb, oidcRequest } from './context.ts'

/** How an application wants organizations: whether one may be named, and who is asked for one where none is. */
export type OrganizationUse = {
  usage: 'deny' | 'allow' | 'require'
  /** Before signing in, afterwards, or nobody: then a request without one is refused. */
  prompt: 'nobody' | 'before' | 'after'
  methods: readonly ('email' | 'organization_name')[]
}

const PROMPTS = { no_prompt: 'nobody', pre_login_prompt: 'before', post_login_prompt: 'after' } as const

/** What an application's settings say of it. */
export function organizationUseOf({ client_id, settings }: StoredClient): OrganizationUse {
  // Invitations lead to our portals. That of administrators asks whoever is no operator.
  if (isBuiltInClient(client_id)) {
    return { usage: 'allow', prompt: client_id === ADMIN_CLIENT ? 'after' : 'nobody', methods: [] }
  }
  // The schema of the routes has made sure of them.
  const { organization_usage, organization_require_behavior, organization_discovery_methods } = settings as {
    organization_usage?: OrganizationUse['usage']
    organization_require_behavior?: keyof typeof PROMPTS
    organization_discovery_methods?: OrganizationUse['methods']
  }
  return {
    usage: organization_usage ?? 'deny',
    prompt: PROMPTS[organization_require_behavior ?? 'no_prompt'],
    methods: organization_discovery_methods ?? ['organization_name'],
  }
}

/** What tokens and /userinfo say of an organization. */
export type OrganizationClaims = { org_id?: string; org_name?: string }

/** They: its name only where the tenant wants it. */
export async function organizationClaimsOf(db: Db, id: string): Promise<OrganizationClaims> {
  const { allow_organization_name_in_authentication_api: allows } = await readTenantSettings(db)
  const organization = allows ? await findSignInOrganization(db, { id }) : undefined
  return { org_id: id, ...(organization ? { org_name: organization.name } : {}) }
}

/** The organization of this id, or name where the tenant lets names in; undefined when there is none. */
export async function resolveOrganization(db: Db, named: string): Promise<SignInOrganization | undefined> {
  if (named.startsWith('org_')) return await findSignInOrganization(db, { id: named })
  const { allow_organization_name_in_authentication_api: allows } = await readTenantSettings(db)
  return allows ? await findSignInOrganization(db, { name: named.toLowerCase() }) : undefined
}

/** What is wrong with a request that names this organization, or none, in Auth0's words; undefined when nothing is. */
export function refusalOfUse(
  { usage, prompt }: Pick<OrganizationUse, 'usage' | 'prompt'>,
  named: string | undefined,
  found: SignInOrganization | undefined,
): string | undefined {
  if (named === undefined) {
    const isMissing = usage === 'require' && prompt === 'nobody'
    return isMissing ? 'parameter organization is required for this client' : undefined
  }
  if (usage === 'deny') return 'parameter organization is not allowed for this client'
  return found ? undefined : `parameter organization is invalid: ${named.slice(0, 100)}`
}

/** Puts the id in the place of a name. What is not known stays as it was sent, for `checkOrganization` to refuse. */
export async function nameOrganization(parameters: URLSearchParams): Promise<void> {
  const named = parameters.getAll('organization')
  const [name = ''] = named
  if (named.length !== 1 || name.startsWith('org_')) return
  const found = await resolveOrganization(oidcDb(), name)
  if (found) parameters.set('organization', found.id)
}

/** @throws InvalidRequest in the words of Auth0 for a request that names one and may not, or names none and should */
export async function checkOrganization(ctx: KoaContextWithOIDC): Promise<void> {
  const stored = ctx.oidc.client && (await clientOfRequest(ctx.oidc.client.clientId))
  if (!stored) throw new Error('A request of no application.')
  const named = parameterOf(ctx, 'organization')
  if (named === undefined && parameterOf(ctx, 'invitation') !== undefined) {
    throw new errors.InvalidRequest('parameter organization is required with parameter invitation')
  }
  const found = named === undefined ? undefined : await organizationOfRequest(named)
  const refusal = refusalOfUse(organizationUseOf(stored), named, found)
  if (refusal !== undefined) throw new errors.InvalidRequest(refusal)
}

/** A parameter of the request; undefined for one that was not sent. */
export function parameterOf(ctx: KoaContextWithOIDC, name: 'organization' | 'invitation'): string | undefined {
  const value = ctx.oidc.params?.[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The organization with this id, read once a request. */
export async function organizationOfRequest(id: string): Promise<SignInOrganization | undefined> {
  const { organizations } = oidcRequest()
  if (!organizations.has(id)) organizations.set(id, await findSignInOrganization(oidcDb(), { id }))
  return organizations.get(id)
}

/** The id of the organization that a token is asked for: of the request, or of the code or token that is exchanged. */
export async function organizationIdOf(ctx: KoaContextWithOIDC): Promise<string | undefined> {
  const { membership } = oidcRequest()
  if (membership) return membership.organizationId
  await settleOrganization(ctx)
  return parameterOf(ctx, 'organization')
}

/** Takes the only organization that somebody who is signed in can choose. */
async function settleOrganization(ctx: KoaContextWithOIDC): Promise<void> {
  const { client, session, params, prompts, result } = ctx.oidc
  const isToSignIn = prompts.has('login') && !result?.login
  if (!client || !params || !session?.accountId || isToSignIn || parameterOf(ctx, 'organization')) return
  if (!(await asksToChoose(client.clientId, session.accountId))) return
  const { choices, total } = await choicesOf(client.clientId, session.accountId, 2)
  // `checkOrganization` and the page set the same parameter.
  if (total === 1) params.organization = choices[0]?.id
}

/** Whether an organization has to be found before signing in. */
export async function isToFindOrganization(ctx: KoaContextWithOIDC): Promise<boolean> {
  const stored = ctx.oidc.client && (await clientOfRequest(ctx.oidc.client.clientId))
  if (!stored || parameterOf(ctx, 'organization')) return false
  const { usage, prompt } = organizationUseOf(stored)
  return usage === 'require' && prompt === 'before'
}

/** Whether whoever is signed in has to choose an organization. */
export async function isToChooseOrganization(ctx: KoaContextWithOIDC): Promise<boolean> {
  const { client, session } = ctx.oidc
  if (!client || !session?.accountId) return false
  await settleOrganization(ctx)
  return !parameterOf(ctx, 'organization') && (await asksToChoose(client.clientId, session.accountId))
}

/** Whether an application that got no organization asks this person for one. An operator administers without any. */
export async function asksToChoose(clientId: string, userId: string): Promise<boolean> {
  const stored = await clientOfRequest(clientId)
  if (!stored) return false
  if (clientId === ADMIN_CLIENT) return (await listAdministrativeScopes(oidcDb(), { userId })).size === 0
  const { usage, prompt } = organizationUseOf(stored)
  return usage === 'require' && prompt === 'after'
}

/** The organizations that somebody can choose for an application. */
export async function choicesOf(clientId: string, userId: string, limit: number, search?: string) {
  return await listChoices(oidcDb(), { userId, administered: clientId === ADMIN_CLIENT, search, limit })
}

/** Whether somebody can choose this one. */
export async function isChoice(clientId: string, userId: string, only: string): Promise<boolean> {
  const administered = clientId === ADMIN_CLIENT
  return (await listChoices(oidcDb(), { userId, administered, only, limit: 1 })).total === 1
}

/** When somebody proved who he is, and when he was last seen, in seconds since 1970. */
export type Seen = { provedAt: number | undefined; seenAt: number | undefined }

/** Whether the organization wants a new proof by now. */
export function asksAnew({ rules }: SignInOrganization, { provedAt, seenAt }: Seen): boolean {
  const { lifetime_minutes: lifetime, idle_minutes: idle } = rules.session ?? {}
  const isPast = (since: number | undefined, minutes: number | null | undefined) =>
    typeof minutes === 'number' && since !== undefined && since + minutes * 60 <= nowSeconds()
  return isPast(provedAt, lifetime) || isPast(seenAt, idle)
}
