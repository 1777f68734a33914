/** Whom an organization need not invite any more: SQL about addresses. */
import { now } from '../base/clock.ts'
import type { Db } from '../db/database.ts'

/** Those of these addresses, folded, for which an invitation to the organization is open. */
export async function findInvitedAddresses(
  db: Db,
  organizationId: string,
  emailsFolded: readonly string[],
): Promise<Set<string>> {
  if (emailsFolded.length === 0) return new Set()
  const rows = await db
    .selectFrom('organization_invitations')
    .select('email_folded')
    .where('organization_id', '=', organizationId)
    .where('email_folded', 'in', [...emailsFolded])
    .where('accepted_at', 'is', null)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now())
    .execute()
  return new Set(rows.map(({ email_folded }) => email_folded))
}

/** Those of these addresses, folded, that members of the organization have. Who is one no more may be invited anew. */
export async function findMemberAddresses(
  db: Db,
  organizationId: string,
  emailsFolded: readonly string[],
): Promise<Set<string>> {
  if (emailsFolded.length === 0) return new Set()
  const rows = await db
    .selectFrom('users as u')
    .innerJoin('memberships as m', 'm.user_id', 'u.user_id')
    .select('u.email_folded')
    .where('m.organization_id', '=', organizationId)
    .where('u.email_folded', 'in', [...emailsFolded])
    .where((eb) => eb.or([eb('m.ends_at', 'is', null), eb('m.ends_at', '>', now())]))
    .execute()
  return new Set(rows.flatMap(({ email_folded }) => email_folded ?? []))
}
