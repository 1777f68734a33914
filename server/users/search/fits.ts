/** Whether the value in a column is what a query says, by the kind of column. Each may be null for a value that is not there. */
import { type RawBuilder, sql } from 'kysely'
import { QueryFault, type Value } from '../../lucene/query.ts'
import { both, fitsPattern, isOneOf, isWithin, NOBODY, type Sql, type TextColumn } from './condition.ts'
import { isWhen } from './moments.ts'

/** A column of text. */
export function textFits(column: TextColumn, value: Value): Sql {
  if (value.kind === 'text') return isOneOf(column, [value.text])
  if (value.kind === 'pattern') return fitsPattern(column, value.parts)
  return value.from || value.to ? isWithin(column, value) : sql`${column.column} is not null`
}

/** A column of moments. @throws QueryFault when the value is no date */
export function dateFits(column: string, value: Value): Sql {
  if (value.kind === 'pattern') {
    throw new QueryFault('Dates take no wildcards; write a range such as [2025-01-01 TO 2025-12-31]', value.at)
  }
  if (value.kind === 'range' && !value.from && !value.to) return sql`${sql.raw(column)} is not null`
  return isWhen(column, value)
}

/** A column of integers. @throws QueryFault when the value is no number */
export function numberFits(name: string, value: Value): Sql {
  const column = sql.raw(name)
  if (value.kind === 'pattern') throw new QueryFault('Numbers take no wildcards; write a range', value.at)
  if (value.kind === 'text') return isNumber(column, value)
  const { from, to } = value
  if (!from && !to) return sql`${column} is not null`
  return both(
    // What is compared are integers: above 1.5 is from 2 on.
    ...(from ? [sql<boolean>`${column} >= ${clamped(numberOf(from), from.isIncluded ? Math.ceil : above)}`] : []),
    ...(to ? [sql<boolean>`${column} <= ${clamped(numberOf(to), to.isIncluded ? Math.floor : below)}`] : []),
  )
}

/** What a field of true and false is asked for. @throws QueryFault when it is neither */
export function truthOf(value: Value): boolean {
  if (value.kind === 'text' && value.text === 'true') return true
  if (value.kind === 'text' && value.text === 'false') return false
  throw new QueryFault('Expected true or false', value.at)
}

const above = (number: number) => Math.floor(number) + 1
const below = (number: number) => Math.ceil(number) - 1

function isNumber(column: RawBuilder<unknown>, value: { text: string; at: number }): Sql {
  const number = numberOf(value)
  const isInteger = Number.isInteger(number) && Math.abs(number) < 2 ** 31
  return isInteger ? sql`${column} = ${number}::integer` : NOBODY
}

function numberOf({ text, at }: { text: string; at: number }): number {
  const number = /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN
  if (!Number.isFinite(number)) throw new QueryFault('Expected a number', at)
  return number
}

/** Within what a column of integers can be compared with, and one beyond what it can hold. */
function clamped(number: number, rounded: (number: number) => number): RawBuilder<unknown> {
  return sql`${Math.max(-(2 ** 31), Math.min(2 ** 31, rounded(number)))}::bigint`
}
