/**
 * TABLE: what is searched in other tables than the users'. Roles are those given to the user himself; roles that he
 * has as a member of an organization have no table yet, so nobody is found by one.
 */
import { sql } from 'kysely'
import type { Value } from '../../lucene/query.ts'
import { both, type Condition, fitsPattern, isOneOf, isWithin, type Sql, type TextColumn } from './condition.ts'

/** A column of another table that belongs to a user. */
export type RelatedColumn = {
  /** With its alias; it has a `user_id`. */
  table: string
  alias: string
  /** Columns that are one field: it is enough that one fits. */
  columns: readonly string[]
}

/** The identities of users. */
export const IDENTITIES = { table: 'identities i', alias: 'i' } as const

const identities = (column: string): RelatedColumn => ({ ...IDENTITIES, columns: [`i.${column}`] })

export const RELATED: Readonly<Record<string, RelatedColumn>> = {
  'identities.connection': identities('connection_name'),
  'identities.provider': identities('provider collate "C"'),
  'identities.user_id': identities('identity_id'),
  organization_id: { table: 'memberships m', alias: 'm', columns: ['m.organization_id'] },
  roles: {
    table: 'user_roles ur join roles r on r.id = ur.role_id',
    alias: 'ur',
    columns: ['r.id', 'r.name collate "C"'],
  },
}

const asWritten = (text: string) => text

/** Whether the user has a row that fits. @param texts or one of these texts */
export function relatedFits(
  field: RelatedColumn,
  value: Exclude<Value, { kind: 'text' }> | readonly string[],
): Condition {
  const test = (column: TextColumn): Sql => {
    if ('kind' in value) return value.kind === 'pattern' ? fitsPattern(column, value.parts) : isWithin(column, value)
    return isOneOf(column, value)
  }
  const tests = field.columns.map((column) => test({ column: sql.raw(column), made: asWritten }))
  return relatedRow(field, sql`(${sql.join(tests, sql` or `)})`)
}

/** Whether the user has a row at all. */
export function hasRelated(field: Pick<RelatedColumn, 'table' | 'alias'>): Condition {
  return relatedRow(field, sql`true`)
}

/** Whether the user has a row for which the condition holds. */
export function relatedRow({ table, alias }: Pick<RelatedColumn, 'table' | 'alias'>, condition: Sql): Condition {
  const userId = sql.raw(`${alias}.user_id`)
  return {
    found: { table, alias, where: condition },
    // The limit keeps the planner from making a join of it, of which a few dozen cost it seconds.
    row: sql`coalesce((select true from ${sql.raw(table)} where ${both(sql`${userId} = u.user_id`, condition)} limit 1), false)`,
  }
}
