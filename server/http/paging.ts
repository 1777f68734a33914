/** The three ways a list is read: a bare array, pages with totals, and checkpoints (Auth0's conventions). */
import type { SelectQueryBuilder } from 'kysely'
import { type Static, Type } from 'typebox'
import { ApiError } from './errors.ts'

/** Query of a list in pages. */
export const PageQuery = Type.Object({
  page: Type.Optional(Type.Integer({ minimum: 0, description: 'Page, from 0' })),
  per_page: Type.Optional(Type.Integer({ minimum: 0, maximum: 100, description: 'Rows a page' })),
  include_totals: Type.Optional(Type.Boolean({ description: 'Whether to answer an object with totals' })),
})

/** Query of a list that can be read by checkpoint as well. */
export const CheckpointQuery = Type.Object({
  ...PageQuery.properties,
  from: Type.Optional(Type.String({ maxLength: 1000, description: 'Where to go on, as `next` said' })),
  take: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: 'Rows at most' })),
})

const { from, take } = CheckpointQuery.properties

/** Query of a list that is read by checkpoint alone. */
export const OnlyCheckpointQuery = Type.Object({ from, take })

/** Query of `fields`. */
export const FieldsQuery = Type.Object({
  fields: Type.Optional(Type.String({ maxLength: 1000, description: 'Names to keep, or to leave out, by comma' })),
  include_fields: Type.Optional(Type.Boolean({ description: 'False leaves the named fields out' })),
})

/** A request for rows: a page, or what follows a checkpoint. */
export type Paging = { kind: 'page'; start: number; limit: number; totals: boolean } | CheckpointPaging

type CheckpointPaging = { kind: 'checkpoint'; after: string[] | undefined; limit: number }

/** Reads a page or checkpoint request. Where both were asked, the checkpoint wins, as Auth0's does. */
export function pagingOf(query: Static<typeof CheckpointQuery>, defaultPerPage = 50): Paging {
  if (query.take !== undefined || query.from !== undefined) return checkpointPagingOf(query)
  return { kind: 'page', ...pageOf(query, defaultPerPage), totals: query.include_totals ?? false }
}

/** Reads a request of a list that has the checkpoint form alone: its answer is an object whatever was asked. */
export function checkpointPagingOf({ from, take = 50 }: Static<typeof OnlyCheckpointQuery>): CheckpointPaging {
  return { kind: 'checkpoint', after: from ? readCheckpoint(from) : undefined, limit: take }
}

/** Whether the answer to a request for rows has the number of all of them. */
export function wantsTotal(paging: Paging): boolean {
  return paging.kind === 'page' && paging.totals
}

/** Which rows a page has: how many come before it, within what PostgreSQL can count, and how many it holds. */
export function pageOf(query: Static<typeof PageQuery>, defaultPerPage = 50): { start: number; limit: number } {
  const limit = query.per_page ?? defaultPerPage
  return { start: Math.min((query.page ?? 0) * limit, Number.MAX_SAFE_INTEGER), limit }
}

/** The rows found for a request for rows; `total` counts all of them. */
export type Found<Row> = { rows: Row[]; total: number }

/** A page of rows, with the number of all of them where that was asked for. @param matching the query of them all */
export async function withTotal<Row, Tables, Names extends keyof Tables, Columns>(
  rows: Row[],
  matching: SelectQueryBuilder<Tables, Names, Columns>,
  paging: Paging,
): Promise<Found<Row>> {
  if (!wantsTotal(paging)) return { rows, total: 0 }
  const counted = await matching.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
  // Kysely does not see it through tables that are not named here.
  return { rows, total: (counted as { total: number }).total }
}

/**
 * Answers a list in the way it was asked for.
 * @param keysOf the values by which the list is ordered, for the next checkpoint
 */
export function listReply<Row>(
  entity: string,
  paging: Paging,
  found: Found<Row>,
  keysOf: (row: Row) => string[],
): Row[] | Record<string, unknown> {
  if (paging.kind === 'checkpoint') {
    const last = found.rows.at(-1)
    const more = found.rows.length === paging.limit && last !== undefined
    return { [entity]: found.rows, ...(more ? { next: writeCheckpoint(keysOf(last)) } : {}) }
  }
  if (!paging.totals) return found.rows
  return { start: paging.start, limit: paging.limit, total: found.total, [entity]: found.rows }
}

/** A checkpoint that leads on from a row with these keys. */
export function writeCheckpoint(keys: string[]): string {
  return Buffer.from(JSON.stringify(keys)).toString('base64url')
}

function readCheckpoint(text: string): string[] {
  try {
    const keys: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    if (Array.isArray(keys) && keys.length > 0 && keys.every((key) => typeof key === 'string')) return keys
  } catch {
    // Falls through to the refusal: whatever it is, it is no checkpoint of ours.
  }
  throw notACheckpoint()
}

/** The refusal of a `from` that is none of the list's. */
export function notACheckpoint(): ApiError {
  return new ApiError('invalid_query_string', {
    with: { reason: "Query validation error: 'Not a checkpoint of this list' on property from (Where to go on)." },
  })
}
