/**
 * `GET /users`: pages, order, totals, and `q` for exact values. Each condition is one that an index serves, so
 * that the cost of an answer follows what it finds and not how many users there are.
 */
import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Actor } from '../authorization/actor.ts'
import { seesWholeTenant, usersVisibleTo } from '../authorization/visible-to.ts'
import type { Database, Db } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import { ATTRIBUTES } from './attributes.ts'
import { documentArray, USER_DOCUMENT } from './document.ts'
import { fold } from './user.ts'

/** A page of users: a JSON array of documents, how many it holds, and how many there are. */
export type UserPage = { users: string; length: number; total: number }

/** What is asked for. */
export type UserQuery = { q: string | undefined; sort: string | undefined; start: number; limit: number }

// Limit and offset stand in sub-selects so that the planner does not see them: it would plan anew for each value,
// which costs about as much as the page itself. The documents are fetched one by one, whatever it expects.
const FIRST_PAGE_SQL = `select
    ${documentArray('p.document', 'p.created_at, p.user_id')} as users,
    count(*) as length,
    (select coalesce(sum(value), 0)::bigint from counters where scope = 'tenant' and name = 'users') as total
  from (
    select (select ${USER_DOCUMENT} from users u where u.user_id = f.user_id) as document, f.created_at, f.user_id
    from (select created_at, user_id from users order by created_at, user_id
      limit (select $1::bigint) offset (select $2::bigint)) f) p`

/** Finds a page. @throws ApiError invalid_query_string when `q` or `sort` is not understood */
export async function findUsers(database: Database, actor: Actor, query: UserQuery): Promise<UserPage> {
  if (!query.q && !query.sort && seesWholeTenant(actor)) {
    const statement = { name: 'users-page', text: FIRST_PAGE_SQL }
    const [page] = await database.query<UserPage>(statement, [query.limit, query.start])
    if (page) return page
  }
  return await findFiltered(database.db, actor, query)
}

async function findFiltered(db: Db, actor: Actor, { q, sort, start, limit }: UserQuery): Promise<UserPage> {
  const conditions = [usersVisibleTo(actor, 'u'), ...conditionsOf(q)]
  const where = sql.join(conditions, sql` and `)
  const order = orderOf(sort)
  const { rows } = await sql<UserPage>`
    select ${sql.raw(documentArray('p.document', 'p.n'))} as users, count(*) as length,
      ${totalOf(actor, q, where)} as total
    from (select f.n, ${sql.raw(USER_DOCUMENT)} as document
      from (select u.user_id, row_number() over (order by ${order}) as n from users u
        where ${where} order by ${order} limit ${limit} offset ${start}) f
      join users u on u.user_id = f.user_id) p`.execute(db)
  const [page] = rows
  if (!page) throw new Error('An aggregate without a row.')
  return page
}

/** The total of everything comes from its counter, any other from the rows that the condition's index finds. */
function totalOf(actor: Actor, q: string | undefined, where: RawBuilder<unknown>): RawBuilder<number> {
  if (!q && seesWholeTenant(actor)) {
    return sql`(select coalesce(sum(value), 0)::bigint from counters where scope = 'tenant' and name = 'users')`
  }
  return sql`(select count(*) from users u where ${where})`
}

// TABLE: what `q` can ask for, and the indexed condition it becomes.
const FIELDS: Record<string, (value: string) => Expression<SqlBool>> = {
  user_id: (value) => sql`u.user_id = ${value}`,
  email: (value) => sql`u.email_folded = ${fold(value)}`,
  name: (value) => sql`u.name_folded = ${fold(value)}`,
  given_name: (value) => sql`u.given_name_folded = ${fold(value)}`,
  family_name: (value) => sql`u.family_name_folded = ${fold(value)}`,
  nickname: (value) => sql`u.nickname_folded = ${fold(value)}`,
  username: (value) => sql`u.username collate "C" = ${value}`,
  phone_number: (value) => sql`u.phone_number collate "C" = ${value}`,
  blocked: (value) => (isTrue(value, 'blocked') ? sql`u.blocked` : sql`u.blocked is not true`),
  'identities.connection': (
    value,
  ) => sql`exists (select 1 from identities i join connections c on c.id = i.connection_id
    where i.user_id = u.user_id and c.name = ${value})`,
  'identities.user_id': (value) =>
    sql`u.user_id in (select i.user_id from identities i where i.identity_id = ${value})`,
}

const TERM = /\s*(?:([\w.]+):)(?:"((?:[^"\\]|\\.)*)"|((?:[^\s"\\()*?[\]{}:]|\\.)+))\s*/y

/** Each term is a condition to plan for; a few dozen of those with a join cost PostgreSQL seconds. */
const MOST_TERMS = 20

/** Reads `field:value` terms joined by AND. */
export function conditionsOf(q: string | undefined): Expression<SqlBool>[] {
  if (q === undefined || q.trim() === '') return []
  const conditions: Expression<SqlBool>[] = []
  let at = 0
  for (;;) {
    TERM.lastIndex = at
    const [term, field = '', quoted, bare] = TERM.exec(q) ?? []
    if (term === undefined) throw notUnderstood(at)
    if (conditions.length === MOST_TERMS) throw refusal(`A query has at most ${MOST_TERMS} terms`)
    const condition = Object.hasOwn(FIELDS, field) ? FIELDS[field] : undefined
    if (!condition) throw refusal(`Unknown field ${field.slice(0, 50)} at position ${at}`)
    conditions.push(condition((quoted ?? bare ?? '').replace(/\\(.)/g, '$1')))
    at += term.length
    if (at >= q.length) return conditions
    if (!q.startsWith('AND ', at)) throw notUnderstood(at)
    at += 'AND '.length
  }
}

function notUnderstood(at: number): ApiError {
  const offered = 'exact terms such as email:"ann@example.com", joined by AND'
  return refusal(`Cannot read the query at position ${at}; it takes ${offered}`)
}

function refusal(reason: string): ApiError {
  const text = `Query validation error: '${reason}' on property q (Query in Lucene syntax).`
  return new ApiError('invalid_query_string', { with: { reason: text } })
}

function isTrue(value: string, field: string): boolean {
  if (value !== 'true' && value !== 'false') throw refusal(`Expected true or false for field ${field}`)
  return value === 'true'
}

const SORTED = new Set([
  'created_at',
  'updated_at',
  'last_login',
  'logins_count',
  'user_id',
  'username',
  'phone_number',
])

/**
 * `field:1` or `field:-1`; the id makes the order whole. Users who lack the value come last, and first in the
 * descending order, which is the same index read backwards.
 */
function orderOf(sort: string | undefined): RawBuilder<unknown> {
  if (!sort) return sql`u.created_at, u.user_id`
  const [, field = '', direction] = /^([\w.]+):(1|-1)$/.exec(sort) ?? []
  const row = Object.entries(ATTRIBUTES).find(([name]) => name === field)?.[1]
  const isFolded = row !== undefined && 'search' in row && row.search === 'folded'
  if (!isFolded && !SORTED.has(field)) {
    const offered = [...SORTED, 'email', 'name', 'given_name', 'family_name', 'nickname'].sort().join(', ')
    const reason = `Cannot sort by ${sort.slice(0, 50)}; write field:1 or field:-1 with one of ${offered}`
    const text = `Query validation error: '${reason}' on property sort (Order of the list).`
    throw new ApiError('invalid_query_string', { with: { reason: text } })
  }
  const column = isFolded
    ? `u.${field}_folded`
    : field === 'username' || field === 'phone_number'
      ? `u.${field} collate "C"`
      : `u.${field}`
  return direction === '1' ? sql`${sql.raw(column)} asc, u.user_id asc` : sql`${sql.raw(column)} desc, u.user_id desc`
}
