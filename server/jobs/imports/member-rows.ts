/**
 * Rows of an import by an organization's administrator: what he may write of them, and whom he may change by an upsert.
 * It is asked anew with every batch, as the routes ask with every request.
 */

import { sql } from 'kysely'
import { listAbove } from '../../authorization/above.ts'
import type { OrganizationActor } from '../../authorization/visible-to.ts'
import type { Db, Tx } from '../../db/database.ts'
import { ApiError, type ErrorCode } from '../../http/errors.ts'
import { lockMemberships } from '../../organizations/members.ts'
import { settingsOf } from '../../organizations/settings.ts'
import { requireOrganization } from '../../organizations/store.ts'
import { unwritableOf } from '../../users/members/change.ts'
import type { FailedRow, ImportRow, RowFault } from './import-row.ts'

type Rows = readonly (ImportRow | FailedRow)[]

/**
 * Turns rows down that say what is not an administrator's to write. Passwords may stand in a file where the operator has
 * opened that to the organization.
 */
export async function refuseUnwritableRows(db: Db, { organizationId }: OrganizationActor, rows: Rows): Promise<Rows> {
  const { may_set_passwords: mayPassword = false } = settingsOf(await requireOrganization(db, organizationId))
  return rows.map((row) => {
    if ('faults' in row) return row
    const names = unwritableOf(namedBy(row)).filter((name) => !(mayPassword && name === PASSWORD))
    return names.length === 0
      ? row
      : { row: row.row, shown: row.shown(), faults: names.slice(0, 20).map(operatorsFault) }
  })
}

const PASSWORD = 'password_hash'

function namedBy({ attributes, id, passwordHash, factors }: ImportRow): Record<string, unknown> {
  return {
    ...attributes,
    ...(id === undefined ? {} : { user_id: id }),
    ...(passwordHash === undefined ? {} : { [PASSWORD]: passwordHash }),
    ...(factors.length === 0 ? {} : { mfa_factors: factors }),
  }
}

function operatorsFault(name: string): RowFault {
  return { code: 'NOT_PASSED', message: `Only an operator can set ${name}.`, path: name }
}

/** Whether an upsert may change somebody: yes, no for this reason, or as if he were nobody that the file can mean. */
export type Changeable = (userId: string) => RowFault | 'taken' | undefined

/**
 * Asks it of those whose addresses a file has, and locks their memberships. Whoever is no member, or whose account the
 * organization does not manage, is `taken`, whichever of them he is.
 */
export async function changeableBy(tx: Tx, actor: OrganizationActor, userIds: readonly string[]): Promise<Changeable> {
  const { organizationId } = actor
  const members = [...(await lockMemberships(tx, organizationId, userIds)).keys()]
  const { rows } = await sql<{ user_id: string }>`select user_id from users
    where user_id = any(${members}::text[]) and managing_organization_id = ${organizationId}`.execute(tx)
  const managed = new Set(rows.map(({ user_id }) => user_id))
  const above = await listAbove(tx, actor, [...managed])
  return (userId) => {
    if (!managed.has(userId)) return 'taken'
    if (actor.kind === 'user' && actor.userId === userId) return protectedFault('own_membership')
    return above.has(userId) ? protectedFault('member_above') : undefined
  }
}

function protectedFault(code: ErrorCode): RowFault {
  return { code: 'CONFLICT', message: new ApiError(code).message, path: 'email' }
}
