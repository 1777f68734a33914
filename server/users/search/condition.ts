/**
 * Conditions in SQL. `u` is the users table's alias in all of them. Each says whether a user fits, `true`, `false` or
 * null for a value that is not there; whoever negates one takes null for false.
 */
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { likeText } from '../../db/like-text.ts'
import type { Bound, Value } from '../../lucene/query.ts'

/** A condition. */
export type Sql = RawBuilder<SqlBool>

/** A condition on the row of a user, or one that other tables decide. */
export type Condition = {
  /** Holds wherever it stands; looks from a single user. */
  row: Sql
  /** Its opposite, where that can be found by an index as well. */
  opposite?: Sql
  /** Where all users who fit are found; undefined where the indexes of the users themselves find them. */
  found?: Found
}

/** Rows of other tables that name the users who fit. */
export type Found = {
  /** As in `from`. */
  table: string
  /** The alias of the table that has their `user_id`. */
  alias: string
  where: Sql
}

/** A condition on columns that `table` has as well, under the same alias and names, and with an index. */
export function foundIn(table: string, condition: Condition): Condition {
  return { ...condition, found: { table: `${table} u`, alias: 'u', where: condition.row } }
}

/** Nobody. */
export const NOBODY: Sql = sql`false`

/** Joins conditions. */
export function both(...conditions: readonly Sql[]): Sql {
  return sql`(${sql.join(conditions, sql` and `)})`
}

/** A column of text in an order by code points, compared with the values of a query. `made` makes a text as the column has it. */
export type TextColumn = { column: RawBuilder<unknown>; made: (text: string) => string }

/** Whether the column is one of these texts. */
export function isOneOf({ column, made }: TextColumn, texts: readonly string[]): Sql {
  const [only] = texts
  if (texts.length === 1 && only !== undefined) return sql`${column} = ${made(only)}`
  return sql`${column} = any(${texts.map(made)}::text[])`
}

/**
 * Whether the column fits a text with gaps. How it begins is asked as a range as well, which stays a condition for an
 * index in every plan, as `like` does not.
 */
export function fitsPattern({ column, made }: TextColumn, parts: readonly string[]): Sql {
  const [first = '', ...rest] = parts.map(made)
  const isPrefix = rest.length === 1 && rest[0] === ''
  const like = sql<SqlBool>`${column} like ${[first, ...rest].map(likeText).join('%')}`
  if (first === '') return like
  const beyond = successorOf(first)
  const begins =
    beyond === undefined
      ? sql<SqlBool>`${column} >= ${first}`
      : sql<SqlBool>`${column} >= ${first} and ${column} < ${beyond}`
  return isPrefix && beyond !== undefined ? sql`(${begins})` : both(begins, like)
}

/** Whether the column lies within a range. */
export function isWithin({ column, made }: TextColumn, { from, to }: Extract<Value, { kind: 'range' }>): Sql {
  return bounded(column, from, to, ({ text }) => sql`${made(text)}`)
}

/** A column between two ends, of which one at least is there. */
export function bounded(
  column: RawBuilder<unknown>,
  from: Bound | undefined,
  to: Bound | undefined,
  valueOfBound: (bound: Bound) => RawBuilder<unknown>,
): Sql {
  const conditions = [
    ...(from ? [sql<SqlBool>`${column} ${sql.raw(from.isIncluded ? '>=' : '>')} ${valueOfBound(from)}`] : []),
    ...(to ? [sql<SqlBool>`${column} ${sql.raw(to.isIncluded ? '<=' : '<')} ${valueOfBound(to)}`] : []),
  ]
  return both(...conditions)
}

/** The first text after all that begin so, by code points; undefined when there is none. */
function successorOf(prefix: string): string | undefined {
  const points = [...prefix].map((character) => character.codePointAt(0) ?? 0)
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    if (last === 0x10_ffff) continue
    // The halves of pairs are no characters of their own.
    const next = last === 0xd7ff ? 0xe000 : last + 1
    return String.fromCodePoint(...points, next)
  }
  return undefined
}
