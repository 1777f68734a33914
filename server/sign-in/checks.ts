/**
 * TABLE: what keeps a person who has proved who he is from being signed in, in the order in which it is looked at. Every
 * grant, the silent sign-in and the refresh run it; "why can't she sign in?" prints it.
 */
import { sql } from 'kysely'
import { now } from '../base/clock.ts'
import { isBuiltInClient } from '../clients/built-in.ts'
import { type Db, runHotSql } from '../db/database.ts'
import { isInForce } from '../organizations/sign-in-store.ts'
import { termsToAsk } from '../terms/pending.ts'
import { joinsByConnection } from './join-organization.ts'

/** What is known of a sign-in; of memberships in the organization that it names, or without one in all of them. */
type Facts = {
  is_there: boolean
  blocked: boolean
  suspended: boolean
  membership_blocked: boolean
  membership_ended: boolean
  is_outside: boolean
  is_open: boolean
  closed_to_him: boolean
  unverified: boolean
  temporary: boolean
  /** As `termsToAsk` answers it. */
  terms: number | null
}

/** Whom the refusal is about. */
type Subject = { userId: string; organizationId: string | undefined }

/** A check: what the application is told, and the page that clears it where the person himself can. */
export type SignInCheck = {
  stands: (facts: Facts) => boolean
  oauth: { error: string; description: string | ((subject: Subject) => string) }
  /** The page under `/u/login/<id>/` on which the person clears it. */
  page?: string
  /** It keeps nobody out: it is asked once, by the pages of a sign-in. */
  canWait?: true
}

/** The checks, by their codes. */
export const SIGN_IN_CHECKS = {
  user_blocked: {
    stands: ({ blocked, is_there }) => blocked || !is_there,
    oauth: { error: 'unauthorized', description: 'user is blocked' },
  },
  organization_suspended: {
    stands: ({ suspended }) => suspended,
    oauth: { error: 'access_denied', description: 'The organization is suspended.' },
  },
  membership_blocked: {
    stands: ({ membership_blocked }) => membership_blocked,
    oauth: { error: 'unauthorized', description: 'user is blocked' },
  },
  membership_ended: {
    stands: ({ membership_ended }) => membership_ended,
    oauth: { error: 'access_denied', description: notPartOf },
  },
  not_a_member: {
    stands: ({ is_outside }) => is_outside,
    oauth: { error: 'access_denied', description: notPartOf },
  },
  application_closed: {
    stands: ({ is_open }) => !is_open,
    oauth: { error: 'access_denied', description: 'The connection is not enabled for the client.' },
  },
  application_closed_to_user: {
    stands: ({ closed_to_him }) => closed_to_him,
    oauth: { error: 'access_denied', description: 'The application is closed to the user.' },
  },
  address_unverified: {
    stands: ({ unverified }) => unverified,
    oauth: { error: 'interaction_required', description: 'The e-mail address must be verified.' },
    page: 'verify-email',
  },
  password_temporary: {
    stands: ({ temporary }) => temporary,
    oauth: { error: 'interaction_required', description: 'The password must be changed.' },
    page: 'change-password',
  },
  terms_pending: {
    stands: ({ terms }) => terms === 2,
    oauth: { error: 'interaction_required', description: 'The terms must be accepted.' },
    page: 'terms',
  },
  terms_asked: {
    stands: ({ terms }) => terms === 1,
    oauth: { error: 'interaction_required', description: 'The terms are asked.' },
    page: 'terms',
    canWait: true,
  },
} as const satisfies Record<string, SignInCheck>

/** In Auth0's words. */
function notPartOf({ userId, organizationId }: Subject): string {
  return `user ${userId} is not part of the ${organizationId} organization`
}

/** What the application is told of a check that stands. */
export function refusalOf(code: SignInCheckCode, subject: Subject): { error: string; description: string } {
  const { error, description }: SignInCheck['oauth'] = SIGN_IN_CHECKS[code].oauth
  return { error, description: typeof description === 'string' ? description : description(subject) }
}

/** A check's code. */
export type SignInCheckCode = keyof typeof SIGN_IN_CHECKS

/** Who signs in where. */
export type SignIn = {
  userId: string
  clientId: string
  organizationId?: string | undefined
  /** Whether he has just proved who he is, on a page: then what can wait is asked as well. */
  isAsked?: boolean
}

/** The first check that stands against it; undefined when nothing does. */
export async function failedCheck(db: Db, signIn: SignIn): Promise<SignInCheckCode | undefined> {
  return (await failedChecks(db, signIn))[0]
}

/** Every check that stands against it, in their order: one statement. Whoever is gone is taken for one who is blocked. */
export async function failedChecks(db: Db, signIn: SignIn): Promise<SignInCheckCode[]> {
  const { userId, clientId, organizationId, isAsked = false } = signIn
  const query = sql<Omit<Facts, 'is_there'>>`
    select coalesce(u.blocked, false) as blocked,
      ${membershipFacts(signIn)},
      ${openness(signIn)} as is_open,
      exists (
        select 1 from closed_applications a where a.user_id = u.user_id and a.client_id = ${clientId}
          and (a.organization_id is null or a.organization_id = ${organizationId ?? null})) as closed_to_him,
      u.email is not null and u.email_verified is not true and exists (
        select 1 from identities i join connections c on c.id = i.connection_id
        where i.user_id = u.user_id and c.options->>'require_verified_email' = 'true') as unverified,
      exists (select 1 from passwords p where p.user_id = u.user_id and p.temporary) as temporary,
      ${termsToAsk({ clientId, organizationId })} as terms
    from users u where u.user_id = ${userId}`
  // One text for each kind of sign-in.
  const name = `sign-in-facts${organizationId === undefined ? '' : '-member'}${isBuiltInClient(clientId) ? `-${clientId}` : ''}`
  const rows = await runHotSql(db, name, query)
  const facts: Facts = { ...(rows[0] ?? NOBODY), is_there: rows.length > 0 }
  return CODES.filter((code) => {
    const check: SignInCheck = SIGN_IN_CHECKS[code]
    return check.stands(facts) && (isAsked || !check.canWait)
  })
}

const NOBODY: Omit<Facts, 'is_there'> = {
  blocked: false,
  suspended: false,
  membership_blocked: false,
  membership_ended: false,
  is_outside: false,
  is_open: true,
  closed_to_him: false,
  unverified: false,
  temporary: false,
  terms: null,
}

/** Without an organization, somebody whom every organization of his has shut out is shut out here as well. */
function membershipFacts({ organizationId }: SignIn) {
  if (organizationId === undefined) {
    return sql`false as suspended, false as membership_ended, false as is_outside,
      exists (select 1 from memberships m where m.user_id = u.user_id and m.blocked_at is not null) and not exists (
        select 1 from memberships m where m.user_id = u.user_id and ${isInForce('m')}) as membership_blocked`
  }
  const membership = sql`memberships m where m.user_id = u.user_id and m.organization_id = ${organizationId}`
  return sql`
    exists (select 1 from organizations o where o.id = ${organizationId} and o.suspended_at is not null) as suspended,
    exists (select 1 from ${membership} and m.blocked_at is not null) as membership_blocked,
    exists (select 1 from ${membership} and m.ends_at <= ${now()}) as membership_ended,
    not exists (select 1 from ${membership}) and not ${joinsByConnection(organizationId)} as is_outside`
}

/** An organization's own list of connections stands in place of the application's. */
function openness({ clientId, organizationId }: SignIn) {
  if (isBuiltInClient(clientId)) return sql`true`
  const open =
    organizationId === undefined
      ? sql`connection_clients oc where oc.client_id = ${clientId}`
      : sql`organization_connections oc where oc.organization_id = ${organizationId} and oc.is_enabled`
  return sql`exists (select 1 from ${open} and oc.connection_id in (
    select i.connection_id from identities i where i.user_id = u.user_id))`
}

// Object.keys forgets the keys' type; they come from the table above.
const CODES = Object.keys(SIGN_IN_CHECKS) as SignInCheckCode[]
