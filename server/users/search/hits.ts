/** Who is on a page of a list or a search, and how many there are in all, as one statement: of users and of members alike. */
import { type RawBuilder, sql } from 'kysely'
import { type Order, orderSql } from './order.ts'

/** Who is on a page, in its order, and how many there are; null when nobody asked. */
export type Hits = { ids: string[] | null; total: number | null }

/** Where a page comes from. */
export type HitsSource = {
  /** What stands behind `from`: the users as `u`, and what they have to fulfil. */
  from: RawBuilder<unknown>
  order: Order
  /** Whether some are left out. */
  isPart: boolean
  /** How many there are where nobody is left out. */
  totalOfAll: RawBuilder<unknown>
  /** Whether those of a part are counted. */
  needsTotal: boolean
  start: number
  limit: number
}

/**
 * Of a part it finds who fits first, and orders them then: with both in sight the planner walks an index of the order, which
 * for a condition that few fulfil is the whole table. Where nobody is left out, that is what it should do.
 */
export function hitsSql(asked: HitsSource): RawBuilder<Hits> {
  const { from, order, isPart, totalOfAll, needsTotal, start, limit } = asked
  const keys = order.columns.map((_, index) => `k${index}`)
  const columns = sql.raw(order.columns.map((column, index) => `${column} as ${keys[index]}`).join(', '))
  const hits = sql`select u.user_id, ${columns} from ${from}`
  const isCounted = isPart && needsTotal
  const totalOfPart = isCounted ? sql`(select count(*) from hits)` : sql`null::bigint`
  const source = isCounted ? sql`hits` : isPart ? sql`(${hits} offset 0) as hits` : sql`(${hits}) as hits`
  const by = orderSql(order, keys)
  return sql<Hits>`
    ${isCounted ? sql`with hits as materialized (${hits})` : sql``}
    select array_agg(f.user_id order by ${by}) as ids, ${isPart ? totalOfPart : totalOfAll} as total
    from (select * from ${source} order by ${by} limit ${limit} offset ${start}) f`
}
