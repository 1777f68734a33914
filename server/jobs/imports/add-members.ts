import type { OrganizationActor } from '../../authorization/visible-to.ts'
import type { Tx } from '../../db/database.ts'
import { recordEventList } from '../../logs/record.ts'
import { makeMembers } from '../../organizations/member-change.ts'
import { blockMemberships } from '../../organizations/membership-change.ts'
import type { FailedRow, ImportRow } from './import-row.ts'
import type { Insert } from './plan.ts'

/** A row of a batch, and what of it is the membership's. */
type Rows = readonly (ImportRow | FailedRow)[]

/** Rows without what is the membership's, and those of them whose memberships are to be blocked. */
export function withoutMembership(rows: Rows): { rows: Rows; blocked: ReadonlySet<number> } {
  const blocked = new Set<number>()
  const accounts = rows.map((row) => {
    if ('faults' in row || row.attributes.blocked === undefined) return row
    const { blocked: isBlocked, ...attributes } = row.attributes
    if (isBlocked) blocked.add(row.row)
    return { ...row, attributes }
  })
  return { rows: accounts, blocked }
}

/**
 * Makes the new accounts of a batch members, with the organization's default roles, and has the organization manage them.
 * @param blocked rows whose people do not get in through the organization
 */
export async function addImportedMembers(
  tx: Tx,
  actor: OrganizationActor,
  jobId: string,
  inserts: readonly Insert[],
  blocked: ReadonlySet<number>,
): Promise<void> {
  if (inserts.length === 0) return
  const { organizationId } = actor
  const idsOf = (some: readonly Insert[]) => some.map(({ user }) => user.user_id)
  await makeMembers(tx, organizationId, idsOf(inserts))
  await tx
    .updateTable('users')
    .set({ managing_organization_id: organizationId })
    .where('user_id', 'in', idsOf(inserts))
    .execute()
  const shut = inserts.filter(({ row }) => blocked.has(row.row))
  await blockMemberships(tx, organizationId, idsOf(shut), undefined)
  await recordEventList(
    tx,
    inserts.map(({ row, user }) => ({
      type: 'organization_member_added',
      description: 'Member added',
      actor,
      userId: user.user_id,
      target: { kind: 'organization', id: organizationId },
      details: { job_id: jobId, row: row.row },
      ...(blocked.has(row.row) ? { after: { blocked: true } } : {}),
    })),
  )
}
