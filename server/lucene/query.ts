/**
 * The subset of Lucene's query language that Auth0 offers, read by ourselves: a scanner that knows characters, a
 * parser that knows grammar and makes a tree, and nothing about users or SQL. What a field is, and which forms it
 * takes, is for whoever searches. Boosts are read and ignored; fuzzy and proximity search, regular expressions and
 * single-character wildcards are refused. Every refusal says where in the text the fault is.
 */

/** A field as it was written, `user_metadata.address.city`. `at` is where in the text. */
export type FieldName = { name: string; at: number }

/** One end of a range. */
export type Bound = { text: string; isQuoted: boolean; isIncluded: boolean; at: number }

/** What a field is compared with. */
export type Value =
  | { kind: 'text'; text: string; isQuoted: boolean; at: number }
  /** A text with gaps: what stands before, between and after its wildcards, two parts at least. */
  | { kind: 'pattern'; parts: readonly string[]; at: number }
  /** An end that is not there is open. */
  | { kind: 'range'; from: Bound | undefined; to: Bound | undefined; at: number }

/** A comparison; without a field it asks for the value in any field that is searched by default. */
export type Term = { kind: 'term'; field: FieldName | undefined; value: Value }

/** A query. */
export type Query =
  | Term
  | { kind: 'exists'; field: FieldName }
  | { kind: 'everything' }
  | { kind: 'and' | 'or'; of: readonly Query[] }
  | { kind: 'not'; of: Query }

/** Something wrong with a query, and where: an index into its text, from 0. */
export class QueryFault extends Error {
  readonly at: number

  constructor(reason: string, at: number) {
    super(reason)
    this.at = at
  }
}
