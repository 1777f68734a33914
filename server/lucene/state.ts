/** How far the parser is, and how much it has met. */
import { QueryFault } from './query.ts'
import type { Scanner } from './scanner.ts'

/** How large a query may be. Each value is a clause. */
const MOST = { depth: 25, clauses: 256, wildcards: 16 }

/** What the functions of the parser share. */
export type State = { scanner: Scanner; clauses: number; wildcards: number; depth: number }

/** A parser's state before the first character. */
export function stateOf(scanner: Scanner): State {
  return { scanner, clauses: 0, wildcards: 0, depth: 0 }
}

/** Goes one level down. @throws QueryFault when it is too deep */
export function deeper<T>(state: State, parse: () => T): T {
  state.depth += 1
  if (state.depth > MOST.depth) {
    throw new QueryFault(`More than ${MOST.depth} levels are not supported`, state.scanner.at - 1)
  }
  const result = parse()
  state.depth -= 1
  return result
}

/** Counts a value. @throws QueryFault when there are too many */
export function countClause(state: State): void {
  state.clauses += 1
  if (state.clauses > MOST.clauses) {
    throw new QueryFault(`More than ${MOST.clauses} values in a query are not supported`, state.scanner.at)
  }
}

/** Checks a text with wildcards. @throws QueryFault */
export function checkPattern(state: State, parts: readonly string[], at: number): void {
  state.wildcards += parts.length - 1
  if (state.wildcards > MOST.wildcards) {
    throw new QueryFault(`More than ${MOST.wildcards} wildcards in a query are not supported`, at)
  }
  if (parts[0] === '' && [...parts.join('')].length < 3) {
    throw new QueryFault('A value that begins with * needs 3 other characters at least', at)
  }
}
