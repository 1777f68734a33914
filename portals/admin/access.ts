/**
 * What the person may do here, as the present token says: its scopes, and the organization it is bound to. It decides what
 * is shown. What is refused, the server refuses.
 */
import { useSyncExternalStore } from 'react'

/**
 * TABLE: the rights that pages and acts ask for, and those that roles carry which are given here: nobody gives a right that
 * his token lacks. Scopes of the Management API.
 */
export const RIGHTS = [
  'read:users',
  'create:users',
  'update:users',
  'delete:users',
  'create:user_tickets',
  'delete:anomaly_blocks',
  'read:roles',
  'read:role_members',
  'create:role_members',
  'delete:role_members',
  'update:users_app_metadata',
  'read:sessions',
  'delete:sessions',
  'read:logs',
  'read:logs_users',
  'read:stats',
  'read:branding',
  'update:branding',
  'read:organizations',
  'update:organizations',
  'read:organization_members',
  'create:organization_members',
  'delete:organization_members',
  'read:organization_member_roles',
  'create:organization_member_roles',
  'delete:organization_member_roles',
  'read:organization_invitations',
  'create:organization_invitations',
  'delete:organization_invitations',
  'read:terms',
  'create:terms',
  'update:terms',
  'delete:terms',
  'read:terms_acceptances',
] as const

/** One of them. */
export type Right = (typeof RIGHTS)[number]

/** What a token says. Without an organization the person acts for the whole tenant, if at all. */
export type Access = { userId: string; organizationId: string | undefined; rights: ReadonlySet<string> }

let present: Access = { userId: '', organizationId: undefined, rights: new Set() }
let noted = ''
const listeners = new Set<() => void>()

/** Takes note of a token. What its bearer may do can have changed since the last. */
export function noteToken(token: string): string {
  if (token === noted) return token
  noted = token
  const next = accessOf(token)
  const isSame =
    next.userId === present.userId &&
    next.organizationId === present.organizationId &&
    [...next.rights].join() === [...present.rights].join()
  if (!isSame) {
    present = next
    for (const listener of listeners) listener()
  }
  return token
}

/** What the present token says. */
export function presentAccess(): Access {
  return present
}

/** The same, for components. */
export function useAccess(): Access {
  return useSyncExternalStore(subscribe, presentAccess)
}

/** Whether the person has a right; of several, one is enough. */
export function useMay(): (...rights: readonly Right[]) => boolean {
  const { rights } = useAccess()
  return (...asked) => asked.length === 0 || asked.some((right) => rights.has(right))
}

/** The organization that the pages are about. @throws Error outside of pages of an organization */
export function useOrganizationId(): string {
  const { organizationId } = useAccess()
  if (!organizationId) throw new Error('This page is about an organization, and the token is bound to none.')
  return organizationId
}

/** Reads what stands in the middle of a token; it was given to us by the server, which checks it each time. */
function accessOf(token: string): Access {
  const [, body = ''] = token.split('.')
  const bytes = Uint8Array.from(atob(body.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0))
  // The claims of our own tokens.
  const claims = JSON.parse(new TextDecoder().decode(bytes)) as { sub?: string; org_id?: string; scope?: string }
  return {
    userId: claims.sub ?? '',
    organizationId: claims.org_id,
    rights: new Set((claims.scope ?? '').split(' ').filter(Boolean)),
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
