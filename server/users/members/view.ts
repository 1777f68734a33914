/**
 * A user as the administrators of an organization see him: the attributes whose rows they may read, and his membership.
 * Whether he is blocked, when he signed in, and since when he is there are the membership's. What other organizations
 * know of him, raw claims, tokens of providers and metadata that no row declares are not there. `u` and `m` are the
 * aliases of users and memberships in every statement that uses it.
 */
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { isAboveSql } from '../../authorization/above.ts'
import type { OrganizationActor } from '../../authorization/visible-to.ts'
import { ATTRIBUTE_ROWS, isReader } from '../attribute-rules.ts'
import type { AttributeName } from '../attributes.ts'
import { isoDate } from '../document.ts'

/** TABLE: attributes that are the membership's here, as JSON. */
const OF_MEMBERSHIP: Readonly<Partial<Record<AttributeName, string>>> = {
  blocked: '(m.blocked_at is not null)::text',
  created_at: `'"' || ${isoDate('m.created_at')} || '"'`,
  last_login: `'"' || ${isoDate('m.last_login')} || '"'`,
  last_ip: 'to_json(m.last_ip)::text',
  logins_count: 'm.logins_count::text',
}

/** What of an account tells about its use elsewhere: shown of the organization's own accounts alone. */
const OF_ACCOUNT: ReadonlySet<AttributeName> = new Set([
  'updated_at',
  'last_password_reset',
  'multifactor',
  'multifactor_last_modified',
])

const IS_MANAGED = 'coalesce(u.managing_organization_id = m.organization_id, false)'

/** Whether a path leads to something within an attribute that is an object or a list. */
type Within = (path: readonly string[]) => boolean

const isOne = (names: readonly string[]) => {
  const known = new Set(names)
  return (name: string | undefined) => name === undefined || known.has(name)
}
const isIndex = (name: string | undefined) => name === undefined || /^\d+$/.test(name)
const isIdentity = isOne(['connection', 'user_id', 'provider', 'isSocial'])
const isOfMembership = isOne(['attributes', 'roles', 'blocked_reason', 'ends_at', 'created_at', 'managed', 'protected'])
const isRole = isOne(['id', 'name'])

const ATTRIBUTES = ATTRIBUTE_ROWS.flatMap(([name, row]) => {
  const own = OF_MEMBERSHIP[name]
  if (own !== undefined) return [`'"${name}":' || ${own}`]
  if (row.stored !== 'column' || !isReader(row, 'administrator')) return []
  const value = row.search === 'date' || name.endsWith('_last_modified') ? dateText(name) : `to_json(u.${name})::text`
  return [`'"${name}":' || ${OF_ACCOUNT.has(name) ? `case when ${IS_MANAGED} then ${value} end` : value}`]
})

function dateText(name: string): string {
  return `'"' || ${isoDate(`u.${name}`)} || '"'`
}

/** The declared names of the metadata, as far as an administrator reads them. */
const DECLARED = (['user_metadata', 'app_metadata'] as const).flatMap((column) => {
  const names = ATTRIBUTE_ROWS.flatMap(([name, row]) =>
    row.stored === column && isReader(row, 'administrator') ? [name] : [],
  )
  return names.length === 0 ? [] : [{ column, names }]
})

const METADATA = DECLARED.flatMap(({ column, names }) => {
  const values = names.map((name) => `'${name}', u.${column}->'${name}'`).join(', ')
  return [`'"${column}":' || jsonb_strip_nulls(jsonb_build_object(${values}))::text`]
})

/** Those of connections that are open to the organization: another may be another customer's. */
const IDENTITIES = `'"identities":' || coalesce((
  select json_agg(json_build_object('connection', i.connection_name, 'user_id', i.identity_id,
    'provider', i.provider, 'isSocial', i.is_social) order by i.position)::text
  from identities i join organization_connections oc on oc.connection_id = i.connection_id
  where i.user_id = u.user_id and oc.organization_id = m.organization_id and oc.is_enabled), '[]')`

const ROLES = `coalesce((
  select json_agg(json_build_object('id', r.id, 'name', r.name) order by r.name)
  from membership_roles mr join roles r on r.id = mr.role_id
  where mr.organization_id = m.organization_id and mr.user_id = m.user_id), '[]')`

/** Whether the actor may not act on the member: himself, or somebody with rights that he has not. */
function isProtected(actor: OrganizationActor): RawBuilder<SqlBool> {
  const own = actor.kind === 'user' ? actor.userId : ''
  return sql`(m.user_id = ${own} or ${isAboveSql(actor, sql`m.user_id`)})`
}

/** The document as an expression of type text. */
export function memberDocument(actor: OrganizationActor): RawBuilder<string> {
  const membership = sql`json_strip_nulls(json_build_object(
    'roles', ${sql.raw(ROLES)}::json, 'attributes', m.attributes,
    'blocked_reason', m.blocked_reason, 'ends_at', ${sql.raw(isoDate('m.ends_at'))},
    'created_at', ${sql.raw(isoDate('m.created_at'))},
    'managed', ${sql.raw(IS_MANAGED)}, 'protected', ${isProtected(actor)}))`
  return sql<string>`('{' || concat_ws(',', ${sql.raw([...ATTRIBUTES, ...METADATA, IDENTITIES].join(', '))},
    '"membership":' || ${membership}::text) || '}')`
}

/**
 * The names at the root of the document: `value` has nothing within, of others it is said which paths lead to something.
 * Whoever lets a caller name fields lets him name these.
 */
export const SHOWN: ReadonlyMap<string, 'value' | Within> = new Map<string, 'value' | Within>([
  ...ATTRIBUTE_ROWS.flatMap(([name, row]): [string, 'value'][] =>
    OF_MEMBERSHIP[name] !== undefined || (row.stored === 'column' && isReader(row, 'administrator'))
      ? [[name, 'value']]
      : [],
  ),
  ...DECLARED.map(({ column, names }): [string, Within] => [
    column,
    ([name, ...rest]) => isOne(names)(name) && rest.length === 0,
  ]),
  ['identities', ([index, name, ...rest]) => isIndex(index) && isIdentity(name) && rest.length === 0],
  ['membership', isWithinMembership],
])

function isWithinMembership([name, ...rest]: readonly string[]): boolean {
  if (name === 'attributes') return true
  const [index, property, ...more] = rest
  if (name === 'roles') return isIndex(index) && isRole(property) && more.length === 0
  return isOfMembership(name) && rest.length === 0
}
