/** Values: words, phrases, texts with wildcards, ranges and comparisons, with the modifiers behind them. */
import { type Bound, type FieldName, type Query, QueryFault, type Value } from './query.ts'
import { readPhrase, readWord, type Scanner, skipSpace, take, takeKeyword, type Word } from './scanner.ts'
import { checkPattern, countClause, type State } from './state.ts'

/**
 * Reads what follows a field.
 * @param takesColon whether a colon may be part of the value
 */
export function parseValue(state: State, field: FieldName, takesColon: boolean): Query {
  const { scanner } = state
  const at = scanner.at
  if (take(scanner, '"')) return term(state, field, { kind: 'text', text: readPhrase(scanner), isQuoted: true, at })
  if (take(scanner, '[')) return term(state, field, parseRange(scanner, at, true))
  if (take(scanner, '{')) return term(state, field, parseRange(scanner, at, false))
  for (const sign of ['>=', '<=', '>', '<'] as const) {
    if (take(scanner, sign)) return term(state, field, parseComparison(scanner, sign, at))
  }
  refuseOperator(state)
  const word = readWord(scanner, takesColon)
  if (scanner.at === at) throw missingValue(scanner, field)
  if (scanner.text[scanner.at] === ':') {
    throw new QueryFault('A colon in a value; put the value in quotes or write \\:', scanner.at)
  }
  if (!word.isEscaped && word.parts.every((part) => part === '') && word.parts.length > 1) {
    countClause(state)
    skipModifiers(state)
    return { kind: 'exists', field }
  }
  return term(state, field, valueOfWord(word))
}

function missingValue(scanner: Scanner, field: FieldName): QueryFault {
  return new QueryFault(`Field ${shortened(field.name)} needs a value`, Math.min(scanner.at, scanner.text.length))
}

/** A comparison, with the modifiers that follow it. A value that is nothing but wildcards asks whether there is one. */
export function term(state: State, field: FieldName | undefined, value: Value): Query {
  countClause(state)
  if (value.kind === 'pattern') {
    if (field === undefined && value.parts.every((part) => part === '')) return { kind: 'everything' }
    checkPattern(state, value.parts, value.at)
  }
  skipModifiers(state)
  return { kind: 'term', field, value }
}

/** A word as a value. */
export function valueOfWord({ parts, at }: Word): Value {
  const [text = ''] = parts
  return parts.length === 1 ? { kind: 'text', text, isQuoted: false, at } : { kind: 'pattern', parts, at }
}

function parseRange(scanner: Scanner, at: number, isFromIncluded: boolean): Value {
  const from = parseBound(scanner, at, isFromIncluded)
  skipSpace(scanner)
  if (!takeKeyword(scanner, 'TO')) throw new QueryFault('A range needs TO between its ends, as in [1 TO 5]', scanner.at)
  const to = parseBound(scanner, at, true)
  skipSpace(scanner)
  if (take(scanner, ']')) return { kind: 'range', from, to, at }
  if (!take(scanner, '}')) throw new QueryFault('Range that is never closed', at)
  return { kind: 'range', from, to: to && { ...to, isIncluded: false }, at }
}

/** One end of a range; undefined when it is open. @param begin where the range begins */
function parseBound(scanner: Scanner, begin: number, isIncluded: boolean): Bound | undefined {
  skipSpace(scanner)
  const at = scanner.at
  if (take(scanner, '"')) return { text: readPhrase(scanner), isQuoted: true, isIncluded, at }
  const { parts, isEscaped } = readWord(scanner, true)
  const [text = ''] = parts
  if (parts.length === 2 && !isEscaped && parts.every((part) => part === '')) return undefined
  if (parts.length > 1)
    throw new QueryFault('A wildcard within a range is not supported; * alone leaves an end open', at)
  if (text !== '') return { text, isQuoted: false, isIncluded, at }
  const isEnd = scanner.at >= scanner.text.length
  throw isEnd ? new QueryFault('Range that is never closed', begin) : new QueryFault('A range needs two ends', at)
}

function parseComparison(scanner: Scanner, sign: '>=' | '<=' | '>' | '<', at: number): Value {
  skipSpace(scanner)
  const isMissing = scanner.at >= scanner.text.length
  const bound = isMissing ? undefined : parseBound(scanner, at, sign.endsWith('='))
  if (!bound) throw new QueryFault(`${sign} needs a value`, scanner.at)
  const isFrom = sign.startsWith('>')
  return { kind: 'range', from: isFrom ? bound : undefined, to: isFrom ? undefined : bound, at }
}

/** Boosts say nothing about who is found, so they are read over. */
export function skipModifiers(state: State): void {
  const { scanner } = state
  const at = scanner.at
  if (take(scanner, '~')) throw new QueryFault('Fuzzy and proximity search (~) is not supported', at)
  if (!take(scanner, '^')) return
  const [number] = /^\d{1,9}(\.\d{1,9})?/.exec(scanner.text.slice(scanner.at, scanner.at + 20)) ?? []
  if (number === undefined) throw new QueryFault('A boost needs a number, as in ^2', at)
  scanner.at += number.length
}

/** @throws QueryFault when what stands here cannot begin a word */
export function refuseOperator({ scanner }: State): void {
  const at = scanner.at
  if (scanner.text[at] === '/') {
    throw new QueryFault('Regular expressions are not supported; put a value that begins with / in quotes', at)
  }
  for (const keyword of ['AND', 'OR', 'NOT']) {
    if (takeKeyword(scanner, keyword)) throw new QueryFault(`${keyword} stands where a value is expected`, at)
  }
}

function shortened(name: string): string {
  return name.length > 50 ? `${name.slice(0, 50)}…` : name
}
