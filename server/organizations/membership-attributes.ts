/**
 * TABLE: what an organization says of its members besides their profile. It is the organization's alone: no other one
 * sees it, and it ends with the membership.
 */
import { type TSchema, Type } from 'typebox'
import { type Actor, organizationOf } from '../authorization/actor.ts'
import { ApiError } from '../http/errors.ts'

/** Who reads or writes: the member himself, the organization's administrators, applications and operators. */
export type MembershipReader = 'self' | 'administrator' | 'management'

type Row = {
  schema: TSchema
  read: readonly MembershipReader[]
  edit: readonly MembershipReader[]
  /** Part of export and erasure, and why it is kept. */
  personal: { purpose: 'employment' }
  form: { order: number; label: `membership.${string}` }
}

const short = (description: string) => Type.String({ minLength: 1, maxLength: 100, description })
const personal = { purpose: 'employment' } as const

export const MEMBERSHIP_ATTRIBUTES = {
  title: {
    schema: short('Position'),
    read: ['self', 'administrator', 'management'],
    edit: ['self', 'administrator', 'management'],
    personal,
    form: { order: 10, label: 'membership.title' },
  },
  department: {
    schema: short('Department'),
    read: ['self', 'administrator', 'management'],
    edit: ['administrator', 'management'],
    personal,
    form: { order: 20, label: 'membership.department' },
  },
  employee_number: {
    schema: short('Number of the employee'),
    read: ['self', 'administrator', 'management'],
    edit: ['administrator', 'management'],
    personal,
    form: { order: 30, label: 'membership.employee_number' },
  },
  cost_centre: {
    schema: short('Cost centre'),
    read: ['administrator', 'management'],
    edit: ['administrator', 'management'],
    personal,
    form: { order: 40, label: 'membership.cost_centre' },
  },
  manager: {
    schema: Type.String({ minLength: 1, maxLength: 320, description: 'To whom the member reports' }),
    read: ['self', 'administrator', 'management'],
    edit: ['administrator', 'management'],
    personal,
    form: { order: 50, label: 'membership.manager' },
  },
} as const satisfies Record<string, Row>

/** The name of a row. */
export type MembershipAttribute = keyof typeof MEMBERSHIP_ATTRIBUTES

/** The rows without their literal types, in the order of forms. */
export const MEMBERSHIP_ATTRIBUTE_ROWS: readonly (readonly [MembershipAttribute, Row])[] = Object.entries(
  MEMBERSHIP_ATTRIBUTES,
  // Object.entries forgets the keys' type.
) as [MembershipAttribute, Row][]

/** Values by name, as they are stored. */
export type MembershipAttributes = { [Name in MembershipAttribute]?: string }

/** A change as it is asked for. */
export type AttributesUpdate = { [Name in MembershipAttribute]?: string | null }

/** A change of them; null takes one away. */
export const MembershipAttributesUpdate = Type.Unsafe<AttributesUpdate>(
  Type.Object(
    Object.fromEntries(
      MEMBERSHIP_ATTRIBUTE_ROWS.map(([name, { schema }]) => [name, Type.Optional(Type.Union([schema, Type.Null()]))]),
    ),
    { additionalProperties: false, description: 'What the organization says of the member' },
  ),
)

/** Them on the wire. */
export const MembershipAttributesReply = Type.Object(
  Object.fromEntries(MEMBERSHIP_ATTRIBUTE_ROWS.map(([name, { schema }]) => [name, Type.Optional(schema)])),
)
/** As what the actor reads and writes them through the Management API. */
export function readerOf(actor: Actor): MembershipReader {
  return organizationOf(actor) === undefined ? 'management' : 'administrator'
}

/** Those of the values that this reader may see. */
export function readableAttributes(stored: object, reader: MembershipReader): MembershipAttributes {
  const values = new Map(Object.entries(stored))
  return Object.fromEntries(
    MEMBERSHIP_ATTRIBUTE_ROWS.flatMap(([name, { read }]) =>
      values.has(name) && read.includes(reader) ? [[name, values.get(name)]] : [],
    ),
  )
}

/**
 * The values after a change by this editor.
 * @throws ApiError operator_only, naming the first that is not his to write
 */
export function mergeAttributes(stored: object, update: AttributesUpdate, editor: MembershipReader): object {
  for (const [name, { edit }] of MEMBERSHIP_ATTRIBUTE_ROWS) {
    if (update[name] === undefined || edit.includes(editor)) continue
    throw new ApiError('operator_only', { with: { what: name } })
  }
  return Object.fromEntries(Object.entries({ ...stored, ...update }).filter(([, value]) => value !== null))
}
