/** TABLE: the fields of a member's profile, and those that the organization keeps of its own. */
import type { Field } from '../../shared/fields/field.ts'
import type { Member } from '../api/types.ts'

type Row = Pick<Field, 'name' | 'type' | 'max_length' | 'removable'> & { isMetadata?: true }

/** Attributes of the account. */
export const PROFILE: readonly Row[] = [
  { name: 'name', type: 'text', max_length: 300, removable: true },
  { name: 'given_name', type: 'text', max_length: 150, removable: true },
  { name: 'family_name', type: 'text', max_length: 150, removable: true },
  { name: 'nickname', type: 'text', max_length: 300, removable: true },
  { name: 'email', type: 'email', max_length: 320, removable: false },
  { name: 'picture', type: 'url', max_length: 2_048, removable: true },
  { name: 'locale', type: 'locale', removable: true, isMetadata: true },
  { name: 'zoneinfo', type: 'zoneinfo', removable: true, isMetadata: true },
]

/** Attributes of the membership. */
export const MEMBERSHIP: readonly Row[] = [
  { name: 'title', type: 'text', max_length: 100, removable: true },
  { name: 'department', type: 'text', max_length: 100, removable: true },
  { name: 'employee_number', type: 'text', max_length: 100, removable: true },
  { name: 'cost_centre', type: 'text', max_length: 100, removable: true },
  { name: 'manager', type: 'text', max_length: 320, removable: true },
]

/** Fields of rows. @param note why they cannot be changed, where they cannot */
export function fieldsOf(
  rows: readonly Row[],
  values: Readonly<Record<string, unknown>>,
  how: { editable: boolean; note?: string },
): Field[] {
  return rows.map(({ isMetadata: _, ...row }) => ({
    ...row,
    label: `attribute.${row.name}`,
    value: values[row.name],
    editable: how.editable,
    ...(how.note === undefined ? {} : { note: how.note }),
  }))
}

/** What a member's profile has, by the names of the rows. */
export function profileValues(member: Member): Readonly<Record<string, unknown>> {
  const { name, given_name, family_name, nickname, email, picture, user_metadata: metadata = {} } = member
  return {
    name,
    given_name,
    family_name,
    nickname,
    email,
    picture,
    locale: metadata.locale,
    zoneinfo: metadata.zoneinfo,
  }
}

/** A change by names as the Management API takes it: some are keys of the metadata. */
export function profileChange(change: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const isMetadata = (name: string) => PROFILE.some((row) => row.name === name && row.isMetadata)
  const entries = Object.entries(change)
  const metadata = entries.filter(([name]) => isMetadata(name))
  return {
    ...Object.fromEntries(entries.filter(([name]) => !isMetadata(name))),
    ...(metadata.length > 0 ? { user_metadata: Object.fromEntries(metadata) } : {}),
  }
}
