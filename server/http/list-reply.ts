/** The shape of a list's answer: a bare array, or an object with totals or a checkpoint around it. */
import { type TSchema, type TUnsafe, Type } from 'typebox'

/**
 * One schema for all ways in which a list is answered. It is no union, so that nothing has to be told apart when an
 * answer is cut down to what it lists (reply-filter.ts).
 *
 * @param entity the property that holds the rows, such as `clients`
 */
export function listReplyOf(entity: string, row: TSchema): TUnsafe<unknown> {
  return Type.Unsafe<unknown>({
    type: ['array', 'object'],
    items: row,
    properties: {
      start: { type: 'integer' },
      limit: { type: 'integer' },
      total: { type: 'integer' },
      next: { type: 'string' },
      [entity]: { type: 'array', items: row },
    },
  })
}
