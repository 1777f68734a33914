/** The search of the log: exact `field:value` terms joined by AND, as they are in Auth0's query language. */
import { ApiError } from '../http/errors.ts'

/** TABLE: the fields that can be searched; each is a column of its own. */
export const LOG_QUERY_FIELDS = [
  'type',
  'user_id',
  'client_id',
  'log_id',
  'organization_id',
  'connection',
  'connection_id',
] as const

/** A field that can be searched. */
export type LogQueryField = (typeof LOG_QUERY_FIELDS)[number]

/** One condition: the field has exactly this value. */
export type LogTerm = { field: LogQueryField; value: string }

const TERM = /([\w.]+):(?:"((?:\\.|[^"\\])*)"|((?:\\.|[^\s"()[\]{}*?~^\\])+))/y
const AND = /\s+AND\s+/y
const MOST_TERMS = 20

/**
 * Reads a query; without one there are no terms.
 * @throws ApiError invalid_query_string, naming what is offered
 */
export function readLogQuery(text: string | undefined): LogTerm[] {
  const query = text?.trim() ?? ''
  const terms: LogTerm[] = []
  let position = 0
  while (position < query.length) {
    if (terms.length === MOST_TERMS) refuse()
    if (terms.length > 0) position = match(AND, query, position).end
    const { found, end } = match(TERM, query, position)
    const [, field, quoted, bare] = found
    const value = (quoted ?? bare ?? '').replace(/\\(.)/g, '$1')
    terms.push({ field: knownField(field), value })
    position = end
  }
  return terms
}

function match(pattern: RegExp, query: string, position: number): { found: RegExpExecArray; end: number } {
  pattern.lastIndex = position
  const found = pattern.exec(query)
  return found ? { found, end: pattern.lastIndex } : refuse()
}

function knownField(name: string | undefined): LogQueryField {
  return LOG_QUERY_FIELDS.find((field) => field === name) ?? refuse()
}

function refuse(): never {
  const fields = LOG_QUERY_FIELDS.join(', ')
  throw new ApiError('invalid_query_string', {
    with: {
      reason: `Query validation error: 'Not a query this log understands' on property q (At most ${MOST_TERMS} terms field:value joined by AND, with exact values; fields: ${fields}).`,
    },
  })
}
