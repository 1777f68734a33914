/**
 * The grammar, by recursive descent. AND binds closer than OR. Clauses that stand side by side are joined by OR, except
 * that those with `+` are demanded and those with `-`, `!` or NOT are excluded, as in Lucene: `ann -bob` is ann
 * without bob.
 */
import { parseValue, refuseOperator, skipModifiers, term, valueOfWord } from './parse-value.ts'
import { type FieldName, type Query, QueryFault } from './query.ts'
import { readPhrase, readWord, type Scanner, scannerOf, skipSpace, take, takeKeyword, type Word } from './scanner.ts'
import { countClause, deeper, type State, stateOf } from './state.ts'

type Clause = { query: Query; role: 'may' | 'must' | 'must not' }

/**
 * Reads a query.
 * @throws QueryFault
 */
export function parseQuery(text: string): Query {
  const state = stateOf(scannerOf(text))
  const query = parseClauses(state, undefined)
  if (state.scanner.at < text.length) throw unexpected(state)
  return query
}

/** @param group the field of whose group these are the values */
function parseClauses(state: State, group: FieldName | undefined): Query {
  const { scanner } = state
  const alternatives: Clause[][] = []
  let run: Clause[] = []
  for (;;) {
    run.push(parseConjunction(state, group))
    skipSpace(scanner)
    if (takeOr(scanner)) {
      alternatives.push(run)
      run = []
    } else if (scanner.at >= scanner.text.length || scanner.text[scanner.at] === ')') {
      alternatives.push(run)
      return joined('or', alternatives.map(combined))
    }
  }
}

function takeOr(scanner: Scanner): boolean {
  return take(scanner, '||') || takeKeyword(scanner, 'OR')
}

function takeAnd(scanner: Scanner): boolean {
  return take(scanner, '&&') || takeKeyword(scanner, 'AND')
}

/** Clauses side by side. */
function combined(run: readonly Clause[]): Query {
  const of = (role: Clause['role']) => run.filter((clause) => clause.role === role).map(({ query }) => query)
  const [musts, mays, mustNots] = [of('must'), of('may'), of('must not')]
  const wanted = musts.length > 0 ? musts : mays.length > 0 ? [joined('or', mays)] : []
  return joined('and', [...wanted, ...mustNots.map((query): Query => ({ kind: 'not', of: query }))])
}

function joined(kind: 'and' | 'or', queries: readonly Query[]): Query {
  const [first] = queries
  return queries.length === 1 && first ? first : { kind, of: queries }
}

function parseConjunction(state: State, group: FieldName | undefined): Clause {
  const first = parsePrefixed(state, group)
  const clauses = [first]
  for (;;) {
    skipSpace(state.scanner)
    if (!takeAnd(state.scanner)) break
    clauses.push(parsePrefixed(state, group))
  }
  return clauses.length === 1 ? first : { role: 'may', query: joined('and', clauses.map(signed)) }
}

function signed({ query, role }: Clause): Query {
  return role === 'must not' ? { kind: 'not', of: query } : query
}

function parsePrefixed(state: State, group: FieldName | undefined): Clause {
  const { scanner } = state
  skipSpace(scanner)
  if (take(scanner, '+')) return { role: 'must', query: signed(deeper(state, () => parsePrefixed(state, group))) }
  if (take(scanner, '-') || take(scanner, '!') || takeKeyword(scanner, 'NOT')) {
    return { role: 'must not', query: signed(deeper(state, () => parsePrefixed(state, group))) }
  }
  return { role: 'may', query: parsePrimary(state, group) }
}

function parsePrimary(state: State, group: FieldName | undefined): Query {
  const { scanner } = state
  if (take(scanner, '(')) return parseGroup(state, group)
  if (group) return parseValue(state, group, false)
  const begin = scanner.at
  if (take(scanner, '"')) {
    return term(state, undefined, { kind: 'text', text: readPhrase(scanner), isQuoted: true, at: begin })
  }
  refuseOperator(state)
  const word = readWord(scanner, false)
  if (!take(scanner, ':')) {
    if (scanner.at === begin) throw unexpected(state)
    return term(state, undefined, valueOfWord(word))
  }
  return parseField(state, word)
}

function parseField(state: State, word: Word): Query {
  const { scanner } = state
  const name = word.parts.join('*')
  const field = { name, at: word.at }
  if (name === '') throw new QueryFault('A colon needs a field before it', word.at)
  skipSpace(scanner)
  if (name === '*' && take(scanner, '*')) return { kind: 'everything' }
  if (word.parts.length > 1) throw new QueryFault('A wildcard in the name of a field is not supported', word.at)
  if (name === '_exists_') return parseExistence(state)
  if (take(scanner, '(')) return parseGroup(state, field)
  return parseValue(state, field, true)
}

function parseExistence(state: State): Query {
  const { scanner } = state
  countClause(state)
  const at = scanner.at
  const parts = take(scanner, '"') ? [readPhrase(scanner)] : readWord(scanner, false).parts
  const [name = ''] = parts
  if (parts.length > 1) throw new QueryFault('A wildcard in the name of a field is not supported', at)
  if (name === '') throw new QueryFault('_exists_ needs the name of a field', at)
  skipModifiers(state)
  return { kind: 'exists', field: { name, at } }
}

function parseGroup(state: State, field: FieldName | undefined): Query {
  const begin = state.scanner.at - 1
  const query = deeper(state, () => parseClauses(state, field))
  if (!take(state.scanner, ')')) throw new QueryFault('Parenthesis that is never closed', begin)
  skipModifiers(state)
  return query
}

function unexpected({ scanner }: State): QueryFault {
  const character = String.fromCodePoint(scanner.text.codePointAt(scanner.at) ?? 0)
  if (scanner.at >= scanner.text.length) return new QueryFault('The query ends where a value is expected', scanner.at)
  return new QueryFault(`Unexpected ${character}`, scanner.at)
}
