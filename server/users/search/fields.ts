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
  type Sql,
  type TextColumn,
} from './condition.ts'
import { dateFits, numberFits, textFits, truthOf } from './fits.ts'
import { mayContain } from './infix.ts'
import { hasValue, metadataPlaceOf, namesBelow, valueFits } from './metadata.ts'
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
  const { name } = field
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
  throw unknownField(field)
}

/** The fault of a field that nobody, or not this actor, can ask. */
export function unknownField({ name, at }: FieldName): QueryFault {
  const shown = name.length > 50 ? `${name.slice(0, 50)}…` : name
  return new QueryFault(`Unknown field ${shown}`, at)
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
      const fits = textFits(column, value)
      const isInfix = value.kind === 'pattern' && value.parts[0] === '' && HAS_INFIX_INDEX.has(name)
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

function dateField(name: AttributeName): Field {
  const column = `u.${name}`
  return { exists: () => isThere(sql.raw(column)), fits: (value) => ({ row: dateFits(column, value) }) }
}

function numberField(name: AttributeName): Field {
  const column = `u.${name}`
  return { exists: () => isThere(sql.raw(column)), fits: (value) => ({ row: numberFits(column, value) }) }
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
  const place = { column: 'i.profile_data', names: namesBelow(PROFILE_DATA, field), hasNames: false }
  const row = (condition: Sql) => relatedRow(IDENTITIES, condition)
  return { exists: () => row(hasValue(place)), fits: (value) => row(valueFits(place, value)) }
}
