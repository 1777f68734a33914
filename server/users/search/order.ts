/** `sort`. */
import { type RawBuilder, sql } from 'kysely'
import { ACTIVITY } from '../../db/search-tables.ts'
import { ApiError } from '../../http/errors.ts'
import { ATTRIBUTES } from '../attributes.ts'

/** What a list is ordered by: the columns of `u` in turn, and the direction of all of them. */
export type Order = {
  columns: readonly string[]
  direction: 'asc' | 'desc'
  /** The table that has these columns of every user, and an index in their order; undefined for the users themselves. */
  table?: 'user_activity'
}

const BY_CREATION: Order = { columns: ['u.created_at', 'u.user_id'], direction: 'asc' }

// TABLE: the column by which an attribute is ordered, by its `search`.
const COLUMNS = {
  exact: (name: string) => (name === 'user_id' ? 'u.user_id' : `u.${name} collate "C"`),
  folded: (name: string) => `u.${name}_folded`,
  number: (name: string) => `u.${name}`,
  date: (name: string) => `u.${name}`,
} as const

/** Their column by name. */
const SORTED: ReadonlyMap<string, string> = new Map(
  Object.entries(ATTRIBUTES).flatMap(([name, row]) =>
    'search' in row && row.search !== 'truth' && name !== 'picture' ? [[name, COLUMNS[row.search](name)]] : [],
  ),
)

/**
 * Reads `field:1` or `field:-1`; the id makes the order whole. Users who lack the value come last, and first in the
 * descending order, which is the same index read backwards.
 * @param isOffered which attributes one may sort by, where not all
 * @throws ApiError invalid_query_string
 */
export function orderOf(sort: string | undefined, isOffered: (name: string) => boolean = () => true): Order {
  if (!sort) return BY_CREATION
  const [, field = '', direction] = /^([\w.]+):(1|-1)$/.exec(sort) ?? []
  const column = isOffered(field) ? SORTED.get(field) : undefined
  if (column === undefined) {
    const offered = [...SORTED.keys()].filter(isOffered).sort().join(', ')
    const reason = `Cannot sort by ${sort.slice(0, 50)}; write field:1 or field:-1 with one of ${offered}`
    const text = `Query validation error: '${reason}' on property sort (Order of the list).`
    throw new ApiError('invalid_query_string', { with: { reason: text } })
  }
  const columns = field === 'user_id' ? [column] : [column, 'u.user_id']
  const order = { columns, direction: direction === '1' ? 'asc' : 'desc' } as const
  return ACTIVITY.has(field) ? { ...order, table: 'user_activity' } : order
}

/** The order as in `order by`, of the columns or of what stands for them. */
export function orderSql(
  { columns, direction }: Pick<Order, 'columns' | 'direction'>,
  named = columns,
): RawBuilder<unknown> {
  return sql.raw(named.map((column) => `${column} ${direction}`).join(', '))
}
