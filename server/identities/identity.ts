/**
 * Identities: the ways in which one person is known. A user's own identity is the one that he came into being with, and
 * his attributes are its; others are linked to him. A linked identity signs in as before and leads to the user it is
 * linked to. The user whom it was before is there no more: his attributes stay with it as `profileData`, his metadata is
 * discarded, his roles and memberships are the other's from then on. Unlinked, it is a user of its own again.
 *
 * @see docs/decisions/0013-linked-identities-and-tries-by-address.md
 */

/** An identity as callers name it. */
export type IdentityName = {
  provider: string
  /** Without the provider. */
  identityId: string
  connectionId?: string | undefined
}

/** Reads an id, which may come with its provider in front. */
export function identityNameOf(provider: string, id: string, connectionId?: string | undefined): IdentityName {
  const prefix = `${provider}|`
  return { provider, identityId: id.startsWith(prefix) ? id.slice(prefix.length) : id, connectionId }
}

/** The id of the user whose own identity it is, or would be. */
export function userIdOf({ provider, identityId }: IdentityName): string {
  return `${provider}|${identityId}`
}

/** The identity of a user's own, by his id; undefined where that is no user's id. */
export function ownIdentityOf(userId: string): IdentityName | undefined {
  const at = userId.indexOf('|')
  if (at < 1 || at === userId.length - 1) return undefined
  return { provider: userId.slice(0, at), identityId: userId.slice(at + 1) }
}
