/** The search of the log, in the subset of Lucene's syntax that `lucene` reads, as a condition on `events`. */
import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely'
import { likeText } from '../db/like-text.ts'
import { ApiError } from '../http/errors.ts'
import { parseQuery } from '../lucene/parse.ts'
import { type Bound, type FieldName, type Query, QueryFault, type Value } from '../lucene/query.ts'

type Sql = Expression<SqlBool>

/**
 * TABLE: the fields that can be searched. What is personal stands in one column of the row. `date` is asked of the ids,
 * which begin with it, so that only the days in question are read.
 */
const FIELDS: Readonly<Record<string, RawBuilder<string>>> = {
  ...Object.fromEntries(
    [
      'log_id',
      'type',
      'user_id',
      // Ours: who did it, a user or an application, by the id.
      'actor_id',
      'client_id',
      'organization_id',
      'connection',
      'connection_id',
      'strategy',
      'strategy_type',
      'audience',
      'scope',
      'description',
    ].map((name) => [name, sql<string>`${sql.ref(`events.${name}`)}`]),
  ),
  // As an entry shows it: the name of today. No entry keeps one.
  client_name: sql<string>`(select c.name from clients as c where c.client_id = events.client_id)`,
  ip: sql<string>`(events.person->>'ip')`,
  user_name: sql<string>`(events.person->>'user_name')`,
  user_agent: sql<string>`(events.person->>'user_agent')`,
}
const HOSTNAME = 'hostname'
const SORTED = ['date', ...Object.keys(FIELDS)]
// Auth0's, and the user's id.
const DEFAULT_FIELDS = ['client_name', 'connection', 'description', 'ip', 'log_id', 'type', 'user_id', 'user_name']
const DATE = /^\d{4}(?:-\d\d(?:-\d\d(?:T\d\d(?::\d\d(?::\d\d(?:\.\d{3})?)?)?Z?)?)?)?$/

/**
 * Reads a query; undefined when it asks for everything.
 * @param hostname what entries show as theirs; it is the same for all, and none keeps it
 * @throws ApiError invalid_query_string, saying where in the text the fault is
 */
export function readLogQuery(text: string | undefined, hostname: string): Sql | undefined {
  if (text === undefined || text.trim() === '') return undefined
  try {
    const query = parseQuery(text)
    return query.kind === 'everything' ? undefined : conditionOf(query, hostname)
  } catch (error) {
    if (!(error instanceof QueryFault)) throw error
    const reason = `${error.message} (position ${error.at + 1})`
    throw new ApiError('invalid_query_string', {
      with: { reason: `Query validation error: '${reason}' on property q (Query in Lucene syntax).` },
      cause: error,
    })
  }
}

/** What a list is ordered by: undefined for the time alone, which the ids begin with. */
export type LogOrder = { column: RawBuilder<string> | undefined; direction: 'asc' | 'desc' }

/**
 * Reads `field:1` or `field:-1`. The newest come first where nothing is said, and among equals.
 * @throws ApiError invalid_query_string
 */
export function readLogOrder(sort: string | undefined): LogOrder {
  if (!sort) return { column: undefined, direction: 'desc' }
  const [, field = '', sign] = /^(\w+):(1|-1)$/.exec(sort) ?? []
  if (!SORTED.includes(field)) {
    const what = `Cannot sort by ${sort.slice(0, 50)}; write field:1 or field:-1 with one of ${SORTED.join(', ')}`
    const reason = `Query validation error: '${what}' on property sort (Order of the list).`
    throw new ApiError('invalid_query_string', { with: { reason } })
  }
  const isByTime = field === 'date' || field === 'log_id'
  return { column: isByTime ? undefined : FIELDS[field], direction: sign === '1' ? 'asc' : 'desc' }
}

/** What is not known is unlike everything, and stays so when it is negated. */
function conditionOf(query: Query, hostname: string): Sql {
  if (query.kind === 'everything') return sql<SqlBool>`true`
  if (query.kind === 'exists') return existsIn(query.field, hostname)
  if (query.kind === 'not') return sql<SqlBool>`(${conditionOf(query.of, hostname)}) is not true`
  if (query.kind === 'term') {
    return query.field ? termOf(query.field, query.value, hostname) : anywhere(query.value, hostname)
  }
  const separator = query.kind === 'and' ? sql` and ` : sql` or `
  return sql<SqlBool>`(${sql.join(
    query.of.map((each) => conditionOf(each, hostname)),
    separator,
  )})`
}

function anywhere(value: Value, hostname: string): Sql {
  const each = DEFAULT_FIELDS.map((name) => termOf({ name, at: value.at }, value, hostname))
  return sql<SqlBool>`(${sql.join(each, sql` or `)})`
}

function existsIn(field: FieldName, hostname: string): Sql {
  return field.name === 'date' ? sql<SqlBool>`true` : sql<SqlBool>`${columnOf(field, hostname)} is not null`
}

function columnOf({ name, at }: FieldName, hostname: string): RawBuilder<string> {
  if (name === HOSTNAME) return sql<string>`${hostname}::text`
  const column = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined
  if (column) return column
  throw new QueryFault(
    `The log is not searched by ${name.slice(0, 100)}. Fields: date, ${[...Object.keys(FIELDS), HOSTNAME].join(', ')}`,
    at,
  )
}

function termOf(field: FieldName, value: Value, hostname: string): Sql {
  if (field.name === 'date') return dateWithin(value)
  // The names are few and the entries many, so that the names are asked once and not for each entry.
  if (field.name === 'client_name') {
    return sql<SqlBool>`events.client_id in (select c.client_id from clients as c where ${compare(sql`c.name`, value)})`
  }
  return compare(columnOf(field, hostname), value)
}

function compare(column: RawBuilder<string>, value: Value): Sql {
  if (value.kind === 'text') return sql<SqlBool>`${column} = ${value.text}`
  if (value.kind === 'pattern') return sql<SqlBool>`${column} like ${value.parts.map(likeText).join('%')}`
  return within(sql`${column} collate "C"`, value, ({ text }) => text)
}

function within(
  column: RawBuilder<string>,
  { from, to }: Extract<Value, { kind: 'range' }>,
  textOf: (bound: Bound, isEnd: boolean) => string,
): Sql {
  const ends = [
    ...(from ? [sql<SqlBool>`${column} ${sql.raw(from.isIncluded ? '>=' : '>')} ${textOf(from, false)}`] : []),
    ...(to ? [sql<SqlBool>`${column} ${sql.raw(to.isIncluded ? '<=' : '<')} ${textOf(to, true)}`] : []),
  ]
  return sql<SqlBool>`(${sql.join([sql`true`, ...ends], sql` and `)})`
}

/**
 * What lies between two dates, both as precise as they are written: to `2026-01` is to the end of January.
 * @throws ApiError invalid_query_string
 */
export function readLogDates(from: string | undefined, to: string | undefined): Sql[] {
  return Object.entries({ from, to }).flatMap(([name, text]) => {
    if (text === undefined) return []
    if (!DATE.test(text)) {
      const what = 'Not a date such as 2026-01-31 or 2026-01-31T12:00:00.000Z'
      const reason = `Query validation error: '${what}' on property ${name} (A date).`
      throw new ApiError('invalid_query_string', { with: { reason } })
    }
    const bound = idOf({ text, at: 0 })
    return [name === 'from' ? sql<SqlBool>`events.log_id >= ${bound}` : sql<SqlBool>`events.log_id < ${`${bound}~`}`]
  })
}

/** As precise as it is written: `2026-01` is the whole month. */
function dateWithin(value: Value): Sql {
  if (value.kind === 'pattern') throw new QueryFault('A date has no wildcards', value.at)
  const id = sql<string>`events.log_id`
  if (value.kind === 'text') {
    const [first, last] = [idOf(value), `${idOf(value)}~`]
    return sql<SqlBool>`(${id} >= ${first} and ${id} < ${last})`
  }
  // Whatever begins with an end's digits lies before the same digits with a tilde.
  return within(id, value, (bound, isEnd) => (bound.isIncluded === isEnd ? `${idOf(bound)}~` : idOf(bound)))
}

function idOf({ text, at }: { text: string; at: number }): string {
  if (!DATE.test(text)) throw new QueryFault('Not a date such as 2026-01-31 or 2026-01-31T12:00:00.000Z', at)
  return `900${text.replaceAll(/\D/g, '')}`
}
