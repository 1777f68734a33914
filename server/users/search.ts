/**
 * `GET /users`: pages, order, totals, and `q`. What `q` may say is `server/lucene/`, what its fields are is `search/`.
 * The cost of an answer follows what is found and not how many users there are, where an index serves the condition
 * (docs/decisions/0012).
 */
import { type RawBuilder, sql } from 'kysely'
import type { Actor } from '../authorization/actor.ts'
import { actsForOrganization, seesWholeTenant, usersVisibleTo } from '../authorization/visible-to.ts'
import type { Connection, Database, Statement } from '../db/database.ts'
import type { Checkpoint } from '../http/checkpoint.ts'
import { ApiError } from '../http/errors.ts'
import { type LimitedSearch, limitedSearchOf } from '../http/limited-search.ts'
import { parseQuery } from '../lucene/parse.ts'
import { type Query, QueryFault } from '../lucene/query.ts'
import { documentArray, isoDate, USER_DOCUMENT } from './document.ts'
import { memberHitsSql, readMembersPage } from './members/search.ts'
import { both, type Sql } from './search/condition.ts'
import { type Hits, hitsSql } from './search/hits.ts'
import { orderOf } from './search/order.ts'
import { conditionOf } from './search/translate.ts'

/** A page of users: a JSON array of documents, how many it holds, and how many there are. */
export type UserPage = {
  users: string
  length: number
  /** Null when nobody asked. */
  total: number | null
  /** When the last of them was made, and his id. */
  last?: [time: string, id: string] | null
}

/** The documents of a page whose users are found. */
export type Documents = Pick<UserPage, 'users' | 'last'>

/** What is asked for. */
export type UserQuery = {
  q: string | undefined
  sort: string | undefined
  start: number
  limit: number
  /** Go on after this user, in the order of creation. */
  after?: Checkpoint | undefined
  needsTotal: boolean
  /** Whether it matters who is the last. */
  needsLast: boolean
}

/** Finds a page. @throws ApiError invalid_query_string when `q` or `sort` is not understood */
export type UserFinder = (actor: Actor, query: UserQuery) => Promise<UserPage>

const TOTAL_OF_ALL = `(select coalesce(sum(value), 0)::bigint from counters where scope = 'tenant' and name = 'users')`

// Limit and offset stand in sub-selects so that the planner does not see them: it would plan anew for each value,
// which costs about as much as the page itself. The documents are fetched one by one, whatever it expects.
const FIRST_PAGE_SQL = `select
    ${documentArray('p.document', 'p.created_at, p.user_id')} as users,
    count(*) as length,
    ${TOTAL_OF_ALL} as total
  from (
    select (select ${USER_DOCUMENT} from users u where u.user_id = f.user_id) as document, f.created_at, f.user_id
    from (select created_at, user_id from users order by created_at, user_id
      limit (select $1::bigint) offset (select $2::bigint)) f) p`

// Written once and prepared: PostgreSQL takes longer to read and plan it than to find a few users by an index, and it is
// the same for every search. What is looked for is planned for each value: a plan for any scans the table for some.
const DOCUMENTS: Statement = {
  name: 'users-documents',
  text: `select ${documentArray('p.document', 'p.n')} as users, (array_agg(p.key order by p.n desc))[1] as last
    from (select k.n, ${USER_DOCUMENT} as document, json_build_array(${isoDate('u.created_at')}, u.user_id) as key
      from unnest((select $1::text[])) with ordinality as k (id, n) join users u on u.user_id = k.id) p`,
}

/** Makes the finder. */
export function userFinder(database: Database): UserFinder {
  const limited = limitedSearchOf(database)
  return async (actor, query) => {
    if (actsForOrganization(actor)) {
      const hits = understood(() => memberHitsSql(actor, query, readQuery(query.q)))
      return await readPage(limited, hits, (connection, ids) => readMembersPage(connection, actor, ids))
    }
    const condition = readCondition(query.q)
    if (!condition && !query.sort && !query.needsLast && seesWholeTenant(actor)) {
      const statement = { name: 'users-page', text: FIRST_PAGE_SQL }
      const [page] = await database.query<UserPage>(statement, [query.limit, query.start])
      if (page) return page
    }
    const documentsOf = ({ finish }: Connection, ids: string[]) => finish<Documents>(DOCUMENTS, [ids])
    return await readPage(limited, userHitsSql(actor, query, condition), documentsOf)
  }
}

/** Two statements that see the same moment (limited-search.ts): who is on the page, then their documents. */
async function readPage(
  limited: LimitedSearch,
  hits: RawBuilder<Hits>,
  documentsOf: (connection: Connection, ids: string[]) => Promise<Documents[]>,
): Promise<UserPage> {
  const found = await limited(async (connection) => {
    const { rows } = await hits.execute(connection.tx())
    const { ids = null, total = null } = rows[0] ?? {}
    return { ids, total, documents: ids ? documentsOf(connection, ids) : undefined }
  })
  const [documents] = (await found.documents) ?? []
  return { users: '[]', last: null, ...documents, length: found.ids?.length ?? 0, total: found.total }
}

function readCondition(q: string | undefined): Sql | undefined {
  return understood(() => {
    const query = readQuery(q)
    return query && conditionOf(query)
  })
}

function readQuery(q: string | undefined): Query | undefined {
  if (q === undefined || q.trim() === '') return undefined
  const query = parseQuery(q)
  return query.kind === 'everything' ? undefined : query
}

/** @throws ApiError invalid_query_string in the words of the fault */
function understood<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof QueryFault)) throw error
    const reason = `${error.message} (position ${error.at + 1})`
    const text = `Query validation error: '${reason}' on property q (Query in Lucene syntax).`
    throw new ApiError('invalid_query_string', { with: { reason: text }, cause: error })
  }
}

function userHitsSql(actor: Actor, query: UserQuery, condition: Sql | undefined): RawBuilder<Hits> {
  const { sort, after } = query
  const isPart = condition !== undefined || !seesWholeTenant(actor)
  const order = orderOf(sort)
  const { table = 'users' } = isPart || after ? {} : order
  const conditions = [...(condition ? [condition] : []), ...(after ? [isAfter(after)] : [])]
  const from = sql`${sql.raw(table)} u where ${both(usersVisibleTo(actor, 'u') as Sql, ...conditions)}`
  return hitsSql({ ...query, from, order, isPart, totalOfAll: sql.raw(TOTAL_OF_ALL) })
}

function isAfter({ time, id }: Checkpoint): Sql {
  return sql`(u.created_at, u.user_id) > (${time}::timestamptz, ${id})`
}
