/**
 * TABLE: what `q` and `sort` may ask where an organization's administrator asks: what he is shown (view.ts) and nothing
 * else, so that nothing can be found out by asking. Any other field is unknown, as one that never was.
 */
import { type RawBuilder, sql } from 'kysely'
import type { FieldName, Value } from '../../lucene/query.ts'
import { ATTRIBUTE_ROWS, isReader } from '../attribute-rules.ts'
import { both, type Condition, isOneOf, type Sql, type TextColumn } from '../search/condition.ts'
import { type Field, fieldOf, unknownField } from '../search/fields.ts'
import { dateFits, numberFits, textFits, truthOf } from '../search/fits.ts'
import { hasValue, namesBelow, valueFits } from '../search/metadata.ts'
import { type Order, orderOf } from '../search/order.ts'
import { relatedRow } from '../search/related.ts'
import type { Fields } from '../search/translate.ts'

/** What of an account tells about its use elsewhere, and what nobody asks for. */
const HIDDEN: ReadonlySet<string> = new Set(['updated_at', 'picture'])

/** Fields of the account that are asked as everybody asks them. */
const OF_ACCOUNT: ReadonlySet<string> = new Set([
  'email.domain',
  ...ATTRIBUTE_ROWS.flatMap(([name, row]) => {
    if (!isReader(row, 'administrator') || HIDDEN.has(name)) return []
    if (row.stored === 'column') return row.search ? [name] : []
    return row.stored === 'membership' ? [] : [`${row.stored}.${name}`]
  }),
])

const ATTRIBUTES = 'membership.attributes'

/** The fields of the members of an organization. */
export function memberFields(organizationId: string): Fields {
  const own = membershipFields(organizationId)
  return (field) => {
    const known = Object.hasOwn(own, field.name) ? own[field.name] : undefined
    if (known) return known
    if (field.name.startsWith(`${ATTRIBUTES}.`)) return attributeField(organizationId, field)
    if (!OF_ACCOUNT.has(field.name)) throw unknownField(field)
    return fieldOf(field)
  }
}

/** A row of the member's in a table with an organization; `alias` has `user_id` and `organization_id`. */
function ownRow(organizationId: string, table: string, alias: string, condition: Sql): Condition {
  return relatedRow({ table, alias }, both(sql`${sql.ref(`${alias}.organization_id`)} = ${organizationId}`, condition))
}

function membershipFields(organizationId: string): Readonly<Record<string, Field>> {
  const membership = (condition: Sql) => ownRow(organizationId, 'memberships m', 'm', condition)
  const column = (name: string, fits: (value: Value) => Sql): Field => ({
    exists: () => membership(sql`${sql.raw(name)} is not null`),
    fits: (value) => membership(fits(value)),
  })
  const date = (name: string) => column(name, (value) => dateFits(name, value))
  return {
    blocked: {
      exists: () => membership(sql`true`),
      fits: (value) => membership(sql`m.blocked_at is ${sql.raw(truthOf(value) ? 'not null' : 'null')}`),
    },
    created_at: date('m.created_at'),
    last_login: date('m.last_login'),
    last_ip: column('m.last_ip', (value) => textFits({ column: sql.raw('m.last_ip collate "C"'), made: same }, value)),
    logins_count: column('m.logins_count', (value) => numberFits('m.logins_count', value)),
    'membership.ends_at': date('m.ends_at'),
    'membership.managed': {
      exists: () => ({ row: sql`true` }),
      fits: (value) => {
        const isManaged = sql<boolean>`coalesce(u.managing_organization_id = ${organizationId}, false)`
        return { row: truthOf(value) ? isManaged : sql`not ${isManaged}` }
      },
    },
    roles: rolesField(organizationId),
  }
}

const ROLES = 'membership_roles mr join roles r on r.id = mr.role_id'

function rolesField(organizationId: string): Field {
  const columns: readonly TextColumn[] = ['r.id', 'r.name collate "C"'].map((name) => ({
    column: sql.raw(name),
    made: same,
  }))
  const roles = (of: (column: TextColumn) => Sql) =>
    ownRow(organizationId, ROLES, 'mr', sql`(${sql.join(columns.map(of), sql` or `)})`)
  return {
    exists: () => ownRow(organizationId, ROLES, 'mr', sql`true`),
    fits: (value) => roles((column) => textFits(column, value)),
    isOneOf: (texts) => roles((column) => isOneOf(column, texts)),
  }
}

/** What the organization itself says of its member, such as `membership.attributes.department`. */
function attributeField(organizationId: string, field: FieldName): Field {
  const place = { column: 'm.attributes', names: namesBelow(ATTRIBUTES, field), hasNames: false }
  const membership = (condition: Sql) => ownRow(organizationId, 'memberships m', 'm', condition)
  return {
    exists: () => membership(hasValue(place)),
    fits: (value) => membership(valueFits(place, value)),
  }
}

function same(text: string): string {
  return text
}

/** TABLE: orders that are the membership's. */
const SORTED: Readonly<Record<string, string>> = {
  created_at: 'm.created_at',
  last_login: 'm.last_login',
  last_ip: 'm.last_ip collate "C"',
  logins_count: 'm.logins_count',
}

/**
 * The order of a list of members; in the order in which they joined where none is asked for.
 * @throws ApiError invalid_query_string
 */
export function memberOrderOf(sort: string | undefined): Order {
  if (!sort) return { columns: ['m.created_at', 'm.user_id'], direction: 'asc' }
  const order = orderOf(sort, (name) => Object.hasOwn(SORTED, name) || (OF_ACCOUNT.has(name) && !name.includes('.')))
  const own = SORTED[sort.replace(/:-?1$/, '')]
  const [, ...rest] = order.columns
  return own === undefined ? order : { ...order, columns: [own, ...rest] }
}

/** The whole of a search as PostgreSQL sees it: who is asked for, among the members of the organization. */
export function isMember(organizationId: string): RawBuilder<unknown> {
  return sql`users u join memberships m on m.user_id = u.user_id and m.organization_id = ${organizationId}`
}
