/** What is being filled in, and what is wrong with it as far as can be told before the server is asked. */
import type { Field } from '../../shared/fields/field.ts'
import { type Cure, cureOf } from '../../shared/fields/field-rules.ts'
import type { OwnConnection } from '../api/types.ts'
import { fieldsOf, MEMBERSHIP, PROFILE } from '../member/fields.ts'

/** Texts by the names of fields. */
export type Draft = ReadonlyMap<string, string>

const USERNAME = { name: 'username', type: 'text', max_length: 128, removable: true } as const

/** The fields of an account in a connection: how the person signs in first. */
export function accountFields({ username }: OwnConnection): Field[] {
  const isFirst = ({ name }: { name: string }) => name === 'email'
  const rows = [
    ...PROFILE.filter(isFirst),
    ...(username === 'inactive' ? [] : [{ ...USERNAME, removable: username === 'optional' }]),
    ...PROFILE.filter((row) => !isFirst(row)),
  ]
  return fieldsOf(rows, {}, { editable: true })
}

/** The fields of what the organization says of its member. */
export function membershipFields(): Field[] {
  return fieldsOf(MEMBERSHIP, {}, { editable: true })
}

/** The text of a field, without spaces around it. */
export function textIn(draft: Draft, { name }: Pick<Field, 'name'>): string {
  return (draft.get(name) ?? '').trim()
}

/** What was filled in of these fields, by their names. */
export function filledIn(draft: Draft, fields: readonly Field[]): Record<string, string> {
  return Object.fromEntries(
    fields.map((field) => [field.name, textIn(draft, field)] as const).filter(([, text]) => text !== ''),
  )
}

/** The cure for a field's fault; what cannot be taken away later has to be there from the beginning. */
export function cureIn(draft: Draft, field: Field): Cure | undefined {
  const text = textIn(draft, field)
  if (text === '') return field.removable ? undefined : { key: 'shared.fault_required' }
  return cureOf(field, text)
}
