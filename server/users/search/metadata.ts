/**
 * Metadata: paths of JSON, in which an array stands for its elements. Equality has an index of paths and values. All
 * else is looked up among those who have the first name of the path at all. Types count, as in Auth0: 42 is a number,
 * `"42"` a text.
 */
import { sql } from 'kysely'
import { type Bound, type FieldName, QueryFault, type Value } from '../../lucene/query.ts'
import { both, type Sql } from './condition.ts'
import { dayAfter } from './moments.ts'

/** The two objects, and columns of their kind. */
export const METADATA = ['user_metadata', 'app_metadata'] as const

/** A path below a column of JSON. */
export type JsonPlace = {
  /** With the table's alias, `u.user_metadata`. */
  column: string
  names: readonly string[]
  /** Whether the names at the root have an index of their own. */
  hasNames: boolean
}

/** Where a field lies, and in which table it is found, if it is one of metadata. @throws QueryFault for a path with a name left out */
export function metadataPlaceOf({ name, at }: FieldName): (JsonPlace & { table: string }) | undefined {
  const root = METADATA.find((column) => name === column || name.startsWith(`${column}.`))
  if (root === undefined) return undefined
  return { table: `search_${root}`, column: `u.${root}`, names: namesBelow(root, { name, at }), hasNames: true }
}

/** The names of a path after its root. @throws QueryFault for a path with a name left out */
export function namesBelow(root: string, { name, at }: FieldName): string[] {
  if (name === root) return []
  const names = name.slice(root.length + 1).split('.')
  if (names.includes('')) throw new QueryFault('A dot needs a name on either side', at)
  return names
}

/** Whether there is a value: empty objects and arrays, and null, are none. */
export function hasValue(place: JsonPlace): Sql {
  const scalars = '@.type() == "string" || @.type() == "number" || @.type() == "boolean"'
  return fits(place, `${pathOf(place)}.** ? (${scalars})`, 'by name')
}

/** Whether some value fits. @throws QueryFault */
export function valueFits(place: JsonPlace, value: Value): Sql {
  const path = pathOf(place)
  if (value.kind === 'text') {
    const literal = literalOf(value)
    // A sign is an operation there, and what is calculated has no entry in the index.
    return fits(place, `${path} ? (@ == ${literal})`, literal.startsWith('-') ? 'by name' : 'by value')
  }
  const test = value.kind === 'pattern' ? patternTest(value.parts) : rangeTest(value)
  return test === undefined ? hasValue(place) : fits(place, `${path} ? (${test})`, 'by name')
}

/** A path that has no entry in the index is asked by the function, or the planner would take the operator for the index. */
function fits({ column, names, hasNames }: JsonPlace, path: string, found: 'by name' | 'by value'): Sql {
  const where = sql.raw(column)
  if (found === 'by value') return sql`${where} @? ${path}::jsonpath`
  const condition = sql<boolean>`jsonb_path_exists(${where}, ${path}::jsonpath, '{}', true)`
  const [first] = names
  if (first === undefined || !hasNames) return condition
  return both(sql`${sql.raw(namesAt(column))} @> ${JSON.stringify([first])}::jsonb`, condition)
}

/** The names at the root, as the index has them. */
function namesAt(column: string): string {
  return `jsonb_path_query_array(${column}, '$.keyvalue().key')`
}

function pathOf({ names }: JsonPlace): string {
  return ['$', ...names.map((name) => JSON.stringify(name))].join('.')
}

function literalOf({ text, isQuoted, at }: Pick<Bound, 'text' | 'isQuoted' | 'at'>): string {
  if (isQuoted) return JSON.stringify(text)
  if (text === 'true' || text === 'false') return text
  if (!isNumber(text)) return JSON.stringify(text)
  const number = Number(text)
  if (!Number.isFinite(number)) throw new QueryFault('Number too large', at)
  return JSON.stringify(number)
}

function isNumber(text: string): boolean {
  return /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text)
}

function patternTest(parts: readonly string[]): string | undefined {
  const [first = '', ...rest] = parts
  if (parts.every((part) => part === '')) return undefined
  if (rest.length === 1 && rest[0] === '') return `@ starts with ${JSON.stringify(first)}`
  const pattern = parts.map((part) => part.replace(/[\\^$.|?*+()[\]{}#-]/g, '\\$&')).join('.*')
  return `@ like_regex ${JSON.stringify(`^${pattern}$`)} flag "s"`
}

function rangeTest({ from, to }: { from: Bound | undefined; to: Bound | undefined }): string | undefined {
  const tests = [...(from ? [endTest(from, '>')] : []), ...(to ? [endTest(to, '<')] : [])]
  return tests.length === 0 ? undefined : tests.join(' && ')
}

/** A day is the whole day where texts such as `2025-12-31T10:00:00Z` are compared with it. */
function endTest(bound: Bound, sign: '>' | '<'): string {
  const next = dayAfter(bound.text)
  if (next !== undefined && bound.isIncluded === (sign === '<')) {
    return `@ ${sign === '<' ? '<' : '>='} ${JSON.stringify(next)}`
  }
  return `@ ${sign}${bound.isIncluded ? '=' : ''} ${literalOf(bound)}`
}
