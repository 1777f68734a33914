/**
 * TABLE: what `q` asks about, and the condition in SQL that it becomes: attributes by the `search` of their row,
 * metadata by path, identities, memberships and roles by their tables.
 */
import { type RawBuilder, sql } from 'kysely'
import { ACTIVITY } from '../../db/search-tables.ts'
import { type FieldName, QueryFault, type Value } from '../../lucene/query.ts'
import { ATTRIBUTES, type AttributeName } from '../attributes.ts'
import { fold } from '../user.ts'
import {
  both,
  type Condition,
  fitsPattern,
  foundIn,
  isOneOf,
  isWithin,
  NOBODY,
  type Sql,
  type TextColumn,
} from './condition.ts'
import { mayContain } from './infix.ts'
import { hasValue, metadataPlaceOf, namesBelow, valueFits } from './metadata.ts'
import { isWhen } from './moments.ts'
import { hasRelated, IDENTITIES, RELATED, relatedFits, relatedRow } from './related.ts'

/** How a field is asked. */
export type Field = {
  exists: () => Condition
  /** @throws QueryFault when the field does not take such a value */
  fits: (value: Value) => Condition
  /** One condition for many texts, where there is one; texts of an OR are gathered for it. */
  isOneOf?: (texts: readonly string[]) => Condition
}

/** Attributes that are asked when no field is named. */
export const DEFAULT_FIELDS = [
  'email',
  'name',
  'given_name',
  'family_name',
  'nickname',
  'username',
  'phone_number',
] as const

/** What `search_text` holds. */
const HAS_INFIX_INDEX: ReadonlySet<string> = new Set(DEFAULT_FIELDS)

/** The field of a name. @throws QueryFault when there is none */
export function fieldOf(field: FieldName): Field {
  const { name, at } = field
  const place = metadataPlaceOf(field)
  if (place) {
    const found = (row: Sql) => foundIn(place.table, { row })
    return { exists: () => found(hasValue(place)), fits: (value) => found(valueFits(place, value)) }
  }
  const attribute = Object.entries(ATTRIBUTES).find(([known]) => known === name)
  // The key of an entry is a name of the table.
  if (attribute && 'search' in attribute[1]) {
    const kind = KINDS[attribute[1].search](name as AttributeName)
    return ACTIVITY.has(name) ? foundElsewhere('user_activity', kind) : kind
  }
  const related = Object.hasOwn(RELATED, name) ? RELATED[name] : undefined
  if (related) return relatedField(related)
  const special = Object.hasOwn(SPECIAL, name) ? SPECIAL[name] : undefined
  if (special) return special
  if (name.startsWith(`${PROFILE_DATA}.`)) return profileDataField(field)
  const shown = name.length > 50 ? `${name.slice(0, 50)}…` : name
  throw new QueryFault(`Unknown field ${shown}`, at)
}

/** The field with its conditions found in a table that has its column as well. */
function foundElsewhere(table: string, { exists, fits, isOneOf: oneOf }: Field): Field {
  return {
    exists: () => foundIn(table, exists()),
    fits: (value) => foundIn(table, fits(value)),
    ...(oneOf ? { isOneOf: (texts) => foundIn(table, oneOf(texts)) } : {}),
  }
}

// TABLE: by an attribute's `search`.
const KINDS = {
  exact: (name: AttributeName) => textField(name, { column: sql.raw(`u.${name} collate "C"`), made: (text) => text }),
  folded: (name: AttributeName) => textField(name, { column: sql.raw(`u.${name}_folded`), made: fold }),
  truth: truthField,
  number: numberField,
  date: dateField,
} as const

// TABLE: fields that are neither a column nor a row of another table.
const SPECIAL: Readonly<Record<string, Field>> = {
  identities: {
    exists: () => hasRelated(IDENTITIES),
    fits: (value) => {
      throw new QueryFault('Ask for a part of identities, such as identities.connection', value.at)
    },
  },
  'identities.isSocial': {
    exists: () => hasRelated(IDENTITIES),
    fits: (value) => relatedRow(IDENTITIES, truthOf(value) ? sql`i.is_social` : sql`not i.is_social`),
  },
  'email.domain': {
    exists: () => ({ row: sql`u.email is not null` }),
    fits: (value) => {
      if (value.kind === 'text') return { row: hasDomain(value.text) }
      if (value.kind === 'pattern') {
        const [first = '', ...rest] = value.parts.map(fold)
        return { row: both(mayContain([`@${first}`, ...rest]), fitsPattern(DOMAIN, value.parts)) }
      }
      return { row: value.from || value.to ? isWithin(DOMAIN, value) : sql`u.email is not null` }
    },
  },
}

const DOMAIN: TextColumn = { column: sql.raw(`split_part(u.email_folded, '@', -1)`), made: fold }

function hasDomain(text: string): Sql {
  return both(mayContain([`@${fold(text)}`]), isOneOf(DOMAIN, [text]))
}

function isThere(column: RawBuilder<unknown>): Condition {
  return { row: sql`${column} is not null`, opposite: sql`${column} is null` }
}

function textField(name: string, column: TextColumn): Field {
  const exists = () => isThere(column.column)
  return {
    exists,
    isOneOf: (texts) => ({ row: isOneOf(column, texts) }),
    fits: (value) => {
      if (value.kind === 'text') return { row: isOneOf(column, [value.text]) }
      if (value.kind === 'range') return value.from || value.to ? { row: isWithin(column, value) } : exists()
      const isInfix = value.parts[0] === '' && HAS_INFIX_INDEX.has(name)
      const fits = fitsPattern(column, value.parts)
      return { row: isInfix ? both(mayContain(value.parts.map(column.made)), fits) : fits }
    },
  }
}

function truthField(name: AttributeName): Field {
  const column = sql.raw(`u.${name}`)
  return {
    exists: () => isThere(column),
    fits: (value) => {
      if (truthOf(value)) return { row: sql`${column}` }
      // Who was never blocked has no such attribute, and is not blocked.
      return { row: name === 'blocked' ? sql`${column} is not true` : sql`not ${column}` }
    },
  }
}

function truthOf(value: Value): boolean {
  if (value.kind === 'text' && value.text === 'true') return true
  if (value.kind === 'text' && value.text === 'false') return false
  throw new QueryFault('Expected true or false', value.at)
}

function dateField(name: AttributeName): Field {
  const exists = () => isThere(sql.raw(`u.${name}`))
  return {
    exists,
    fits: (value) => {
      if (value.kind === 'pattern') {
        throw new QueryFault('Dates take no wildcards; write a range such as [2025-01-01 TO 2025-12-31]', value.at)
      }
      if (value.kind === 'range' && !value.from && !value.to) return exists()
      return { row: isWhen(`u.${name}`, value) }
    },
  }
}

function numberField(name: AttributeName): Field {
  const column = sql.raw(`u.${name}`)
  const exists = () => isThere(column)
  return {
    exists,
    fits: (value) => {
      if (value.kind === 'pattern') throw new QueryFault('Numbers take no wildcards; write a range', value.at)
      if (value.kind === 'text') return { row: isNumber(column, value) }
      const { from, to } = value
      if (!from && !to) return exists()
      return {
        row: both(
          // What is compared are integers: above 1.5 is from 2 on.
          ...(from ? [sql<boolean>`${column} >= ${clamped(numberOf(from), from.isIncluded ? Math.ceil : above)}`] : []),
          ...(to ? [sql<boolean>`${column} <= ${clamped(numberOf(to), to.isIncluded ? Math.floor : below)}`] : []),
        ),
      }
    },
  }
}

const above = (number: number) => Math.floor(number) + 1
const below = (number: number) => Math.ceil(number) - 1

function isNumber(column: ReturnType<typeof sql.raw>, value: { text: string; at: number }): Sql {
  const number = numberOf(value)
  const isInteger = Number.isInteger(number) && Math.abs(number) < 2 ** 31
  return isInteger ? sql`${column} = ${number}::integer` : NOBODY
}

function numberOf({ text, at }: { text: string; at: number }): number {
  const number = /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN
  if (!Number.isFinite(number)) throw new QueryFault('Expected a number', at)
  return number
}

/** Within what a column of integers can be compared with, and one beyond what it can hold. */
function clamped(number: number, rounded: (number: number) => number) {
  return sql`${Math.max(-(2 ** 31), Math.min(2 ** 31, rounded(number)))}::bigint`
}

function relatedField(related: (typeof RELATED)[string]): Field {
  return {
    exists: () => hasRelated(related),
    isOneOf: (texts) => relatedFits(related, texts),
    fits: (value) => {
      if (value.kind === 'text') return relatedFits(related, [value.text])
      if (value.kind === 'range' && !value.from && !value.to) return hasRelated(related)
      return relatedFits(related, value)
    },
  }
}

const PROFILE_DATA = 'identities.profileData'

function profileDataField(field: FieldName): Field {
  const place = {
    table: 'identities',
    column: 'i.profile_data',
    names: namesBelow(PROFILE_DATA, field),
    hasNames: false,
  }
  const row = (condition: Sql) => relatedRow(IDENTITIES, condition)
  return { exists: () => row(hasValue(place)), fits: (value) => row(valueFits(place, value)) }
}
