/**
 * The profile as tokens, /userinfo, mails, the profile portal and `/me` show it: a value that the user or an
 * authority put into metadata under an attribute's name wins over the one a provider gave, where the attribute's
 * row allows it. The Management API shows both as stored.
 */
import { checkerOf } from '../http/validation.ts'
import type { AttributeRow } from './attribute.ts'
import { ATTRIBUTE_ROWS } from './attribute-rules.ts'
import type { AttributeName } from './attributes.ts'
import type { User } from './user.ts'

/** A value and where it came from. */
export type Sourced = { value: unknown; source: 'profile' | 'user_metadata' | 'app_metadata' }

/** The profile by attribute; what the user does not have is not there. */
export type Profile = Partial<Record<AttributeName, Sourced>>

const CHECKERS = new Map(ATTRIBUTE_ROWS.map(([name, row]) => [name, checkerOf(row.schema)]))

/** The user's profile with overriding applied. */
export function profileOf(user: User): Profile {
  return Object.fromEntries(
    ATTRIBUTE_ROWS.flatMap(([name, row]) => {
      const sourced = overridden(user, name, row) ?? stored(user, name, row)
      return sourced ? [[name, sourced]] : []
    }),
  )
}

/** The person's language, such as `de-CH`; undefined where the profile names none. */
export function localeOf(user: User | undefined): string | undefined {
  const locale = user && profileOf(user).locale?.value
  return typeof locale === 'string' ? locale : undefined
}

/**
 * The claims that these OIDC scopes release, `sub` always among them.
 * @param scopes such as `openid profile email`, split
 */
export function claimsOf(user: User, scopes: ReadonlySet<string>): Record<string, unknown> {
  const profile = profileOf(user)
  const claims: Record<string, unknown> = { sub: user.user_id }
  for (const [name, row] of ATTRIBUTE_ROWS) {
    const sourced = profile[name]
    if (row.claim && sourced && scopes.has(row.claim)) claims[row.claimName ?? name] = sourced.value
  }
  return claims
}

function overridden(user: User, name: AttributeName, row: AttributeRow): Sourced | undefined {
  if (!row.override) return undefined
  const value = user[row.override]?.[name]
  // What does not fit the attribute's shape overrides nothing: a person may write anything into his metadata.
  if (value === undefined || !CHECKERS.get(name)?.(value)) return undefined
  return { value, source: row.override }
}

function stored(user: User, name: AttributeName, row: AttributeRow): Sourced | undefined {
  if (row.stored === 'column') {
    // The columns of the table are fields of the user by the same name.
    const value = user[name as keyof User]
    return value === undefined ? undefined : { value, source: 'profile' }
  }
  // Membership values exist only together with an organization, and are joined there.
  if (row.stored === 'membership') return undefined
  const value = user[row.stored]?.[name]
  return value === undefined || !CHECKERS.get(name)?.(value) ? undefined : { value, source: row.stored }
}
