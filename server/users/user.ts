/**
 * Users: the people. A user is one or more identities (a database account, an account at a provider), a profile
 * of normalized attributes, `user_metadata` of his own and `app_metadata` that only authority writes. He lives
 * until he is deleted; `blocked` keeps him out meanwhile. What an attribute is stands in `attributes.ts`, what an
 * answer looks like in `schemas.ts`; passwords, sessions and memberships are their own nouns.
 */
import { createHash } from 'node:crypto'
import type { JsonObject } from '../db/tables.ts'

/** One way in which a user is known, the primary one first. */
export type Identity = {
  connection: string
  user_id: string
  provider: string
  isSocial: boolean
  profileData?: JsonObject
}

/** A user as stored and as the Management API shows him. What he does not have is not there. */
export type User = {
  user_id: string
  email?: string
  email_verified?: boolean
  username?: string
  phone_number?: string
  phone_verified?: boolean
  name?: string
  given_name?: string
  family_name?: string
  nickname?: string
  picture?: string
  blocked?: boolean
  created_at: string
  updated_at: string
  last_login?: string
  last_ip?: string
  logins_count?: number
  last_password_reset?: string
  multifactor?: string[]
  multifactor_last_modified?: string
  user_metadata?: JsonObject
  app_metadata?: JsonObject
  identities: Identity[]
}

/** What an identity is known by: it signs in with these, and its mail goes there. */
export type IdentityAttributes = Pick<
  User,
  'email' | 'email_verified' | 'username' | 'phone_number' | 'phone_verified' | 'name'
>

/** Of an identity that was linked to the user those that it had then, and of his own the user's. */
export function attributesOf(user: User, { profileData }: Pick<Identity, 'profileData'>): IdentityAttributes {
  // Made of a user's columns when it was linked.
  return profileData === undefined ? user : (profileData as IdentityAttributes)
}

/** The user as mails and links for one of his identities see him: with that one's address and names. */
export function asIdentity(user: User, identity: Pick<Identity, 'profileData'>): User {
  if (identity.profileData === undefined) return user
  const { email: _, email_verified: __, username: ___, phone_number: ____, phone_verified: _____, ...rest } = user
  const { email, email_verified, username, phone_number, phone_verified } = attributesOf(user, identity)
  const own = { email, email_verified, username, phone_number, phone_verified }
  return { ...rest, ...Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined)) }
}

/** Whether a provider elsewhere says at each sign-in who the user is. */
export function isFederated({ identities }: Pick<User, 'identities'>): boolean {
  const provider = identities[0]?.provider
  return provider !== undefined && !['auth0', 'email', 'sms'].includes(provider)
}

/** Whether the user has an address that nobody has verified. */
export function isToVerify({ email, email_verified }: Pick<User, 'email' | 'email_verified'>): boolean {
  return email !== undefined && email_verified !== true
}

export { fold } from '../base/fold.ts'

/** The address as a database connection stores it. */
export function storedEmail(email: string): string {
  return email.normalize('NFC').toLowerCase()
}

/** The user name as a database connection stores it. */
export function storedUsername(username: string): string {
  return username.normalize('NFC').toLowerCase()
}

/** What a profile gets when its maker said nothing: Auth0 fills these three in from address or user name. */
export function withDefaults<T extends { email?: string; username?: string; phone_number?: string }>(
  user: T & { name?: string; nickname?: string; picture?: string },
): T & { name?: string; nickname?: string; picture?: string } {
  const known = user.email ?? user.username ?? user.phone_number
  if (known === undefined) return user
  const name = user.name ?? known
  return {
    ...user,
    name,
    nickname: user.nickname ?? user.username ?? known.replace(/@[^@]*$/, ''),
    picture: user.picture ?? defaultPicture(known, name),
  }
}

/** Auth0's default, kept for the wire; our own pages draw initials and load nothing from there. */
function defaultPicture(known: string, name: string): string {
  const hash = createHash('md5').update(known.toLowerCase()).digest('hex')
  const letters = [...name.toLowerCase()].slice(0, 2).join('')
  const fallback = `https://cdn.auth0.com/avatars/${encodeURIComponent(letters)}.png`
  return `https://s.gravatar.com/avatar/${hash}?s=480&r=pg&d=${encodeURIComponent(fallback)}`
}

/**
 * Metadata after a change. Auth0 merges one level deep only: a key that is sent replaces that key whole, null
 * takes it away, an empty object or null instead of the object takes all away.
 */
export function mergeMetadata(before: JsonObject | undefined, change: JsonObject | null): JsonObject {
  if (change === null || Object.keys(change).length === 0) return {}
  const merged = new Map(Object.entries(before ?? {}))
  for (const [key, value] of Object.entries(change)) {
    if (value === null) merged.delete(key)
    else merged.set(key, value)
  }
  return Object.fromEntries(merged)
}
