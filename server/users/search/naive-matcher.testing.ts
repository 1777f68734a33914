/** Says without SQL, slowly and plainly, whether a user as the API shows him fits a query. */
import type { Bound, Query, Term } from '../../lucene/query.ts'

/** A user as the API shows him. */
export type Shown = { [name: string]: unknown }

const FOLDED = new Set(['email', 'name', 'given_name', 'family_name', 'nickname'])
const DEFAULT = [...FOLDED, 'username', 'phone_number']
const DATES = new Set(['created_at', 'updated_at', 'last_login'])

/** Whether he fits. */
export function fits(user: Shown, query: Query): boolean {
  if (query.kind === 'everything') return true
  if (query.kind === 'not') return !fits(user, query.of)
  if (query.kind === 'exists') return valuesOf(user, query.field.name).length > 0
  if (query.kind !== 'term') {
    const each = (part: Query) => fits(user, part)
    return query.kind === 'and' ? query.of.every(each) : query.of.some(each)
  }
  const names = query.field ? [query.field.name] : DEFAULT
  return names.some((name) => fitsField(user, name, query.value))
}

function fitsField(user: Shown, name: string, value: Term['value']): boolean {
  if (name === 'blocked' && value.kind === 'text' && value.text === 'false') return user.blocked !== true
  return valuesOf(user, name).some((found) => fitsValue(found, name, value))
}

/** Every value of a field: through objects by name, through arrays by element, and down to what is no object. */
function valuesOf(user: Shown, name: string): (string | number | boolean)[] {
  if (name === 'email.domain')
    return String(user.email ?? '').includes('@') ? [String(user.email).split('@').at(-1) ?? ''] : []
  const isDeep = name.includes('metadata') || name === 'identities'
  const found = name.split('.').reduce<unknown[]>(
    (values, part) => {
      const objects = values.flatMap((value) => (Array.isArray(value) ? value : [value]))
      return objects.flatMap((value) =>
        value !== null && typeof value === 'object' && part in value ? [Reflect.get(value, part)] : [],
      )
    },
    [user],
  )
  return found.flatMap((value) => leavesOf(value, isDeep))
}

function leavesOf(value: unknown, isDeep: boolean): (string | number | boolean)[] {
  if (Array.isArray(value)) return value.flatMap((element) => leavesOf(element, isDeep))
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return [value]
  return []
}

function fitsValue(found: string | number | boolean, name: string, value: Term['value']): boolean {
  const fold = (text: string) => (FOLDED.has(name) || name === 'email.domain' ? text.toLowerCase() : text)
  const typed = (bound: Pick<Bound, 'text' | 'isQuoted'>) => (isTyped(name) ? read(bound) : fold(bound.text))
  const is = typeof found === 'string' ? fold(found) : found
  if (value.kind === 'pattern') {
    const pattern = value.parts.map((part) => fold(part).replace(/[\\^$.|?*+()[\]{}]/g, '\\$&')).join('[^]*')
    return typeof is === 'string' && new RegExp(`^${pattern}$`, 'u').test(is)
  }
  if (value.kind === 'text') {
    if (DATES.has(name)) return String(is).startsWith(value.text)
    return is === typed(value)
  }
  const { from, to } = value
  const isBeyond = (bound: Bound, sign: 1 | -1) => {
    const end = typed(bound)
    if (DATES.has(name)) {
      // Only whole days are asked here.
      const day = String(is).slice(0, 10)
      return day === bound.text ? bound.isIncluded : sign * (day > bound.text ? 1 : -1) > 0
    }
    if (typeof end !== typeof is) return false
    return is === end ? bound.isIncluded : sign * (is > end ? 1 : -1) > 0
  }
  return (!from || isBeyond(from, 1)) && (!to || isBeyond(to, -1))
}

/** Whether values of the field have types: in metadata, and where there are numbers and truths. */
function isTyped(name: string): boolean {
  return (
    name.includes('metadata') || ['logins_count', 'blocked', 'email_verified', 'identities.isSocial'].includes(name)
  )
}

function read({ text, isQuoted }: Pick<Bound, 'text' | 'isQuoted'>): string | number | boolean {
  if (isQuoted) return text
  if (text === 'true' || text === 'false') return text === 'true'
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
}
