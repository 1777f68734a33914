/**
 * TABLE: what keeps a person who has proved who he is from being signed in, in the order in which it is looked at. Every
 * grant, the silent sign-in and the refresh run it; "why can't she sign in?" prints it.
 */
import { isBuiltInClient } from '../clients/built-in.ts'
import { type Db, runHot, type Statement } from '../db/database.ts'

/** What is known of a sign-in. */
type Facts = { is_there: boolean; blocked: boolean; is_open: boolean; unverified: boolean; temporary: boolean }

/** A check: what the application is told, and the page that clears it where the person himself can. */
export type SignInCheck = {
  stands: (facts: Facts) => boolean
  oauth: { error: string; description: string }
  /** The page under `/u/login/<id>/` on which the person clears it. */
  page?: string
}

/** The checks, by their codes. */
export const SIGN_IN_CHECKS = {
  user_blocked: {
    stands: ({ blocked, is_there }) => blocked || !is_there,
    oauth: { error: 'unauthorized', description: 'user is blocked' },
  },
  application_closed: {
    stands: ({ is_open }) => !is_open,
    oauth: { error: 'access_denied', description: 'The connection is not enabled for the client.' },
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
} as const satisfies Record<string, SignInCheck>

/** A check's code. */
export type SignInCheckCode = keyof typeof SIGN_IN_CHECKS

/** Who signs in where. */
export type SignIn = { userId: string; clientId: string; organizationId?: string | undefined }

/** The first check that stands against it; undefined when nothing does. */
export async function failedCheck(db: Db, signIn: SignIn): Promise<SignInCheckCode | undefined> {
  return (await failedChecks(db, signIn))[0]
}

/** Every check that stands against it, in their order: one statement. Whoever is gone is taken for one who is blocked. */
export async function failedChecks(db: Db, { userId, clientId }: SignIn): Promise<SignInCheckCode[]> {
  const rows = await runHot<Omit<Facts, 'is_there'>>(db, FACTS, [userId, clientId, isBuiltInClient(clientId)])
  const facts: Facts = {
    ...(rows[0] ?? { blocked: false, is_open: true, unverified: false, temporary: false }),
    is_there: rows.length > 0,
  }
  return CODES.filter((code) => SIGN_IN_CHECKS[code].stands(facts))
}

const FACTS: Statement = {
  name: 'sign-in-facts',
  text: `
    select coalesce(u.blocked, false) as blocked,
      $3::boolean or exists (
        select 1 from identities i join connection_clients cc on cc.connection_id = i.connection_id
        where i.user_id = u.user_id and cc.client_id = $2) as is_open,
      u.email is not null and u.email_verified is not true and exists (
        select 1 from identities i join connections c on c.id = i.connection_id
        where i.user_id = u.user_id and c.options->>'require_verified_email' = 'true') as unverified,
      exists (select 1 from passwords p where p.user_id = u.user_id and p.temporary) as temporary
    from users u where u.user_id = $1`,
}

// Object.keys forgets the keys' type; they come from the table above.
const CODES = Object.keys(SIGN_IN_CHECKS) as SignInCheckCode[]
