/** The admin portal's tables of fields against those of the server: what is offered can be written, and nothing is left out. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { RIGHTS } from '../portals/admin/access.ts'
import { MEMBERSHIP, PROFILE } from '../portals/admin/member/fields.ts'
import { EVENT_KINDS } from '../portals/admin/pieces/event-kinds.ts'
import type { Field } from '../portals/shared/fields/field.ts'
import { cureOf } from '../portals/shared/fields/field-rules.ts'
import { isManagementScope } from '../server/authorization/scopes.ts'
import { EVENT_TYPES } from '../server/logs/event-types.ts'
import { MEMBERSHIP_ATTRIBUTE_ROWS } from '../server/organizations/membership-attributes.ts'
import { BUILT_IN_ROLES } from '../server/roles/built-in.ts'
import { ATTRIBUTE_ROWS, isEditor } from '../server/users/attribute-rules.ts'

/** TABLE: attributes that an administrator may change by the API, and that the portal does not offer. */
const NOT_OFFERED: Readonly<Record<string, string>> = {
  username: 'people sign in by address here',
  phone_number: 'it needs a code, which nothing sends yet',
}

describe('the admin portal', () => {
  it('offers the attributes that administrators may change, in fields that are as long as they may be', () => {
    const editable = ATTRIBUTE_ROWS.filter(([, row]) => row.form && isEditor(row, 'administrator'))
    const names = editable.map(([name]) => name).filter((name) => !(name in NOT_OFFERED))
    assert.deepEqual(PROFILE.map(({ name }) => name).sort(), [...names].sort())
    assert.equal(editable.length - names.length, Object.keys(NOT_OFFERED).length)
    for (const [name, row] of editable) {
      const field = PROFILE.find((one) => one.name === name)
      const { maxLength } = row.schema as { maxLength?: number }
      if (field?.type === 'text') assert.equal(field.max_length, maxLength, name)
      if (field) assert.equal(field.isMetadata === true, row.stored === 'user_metadata', name)
    }
  })

  it('offers what organizations say of their members', () => {
    const rows = MEMBERSHIP_ATTRIBUTE_ROWS.filter(([, { edit }]) => edit.includes('administrator'))
    const offered = MEMBERSHIP.map(({ name, max_length }) => [name, max_length])
    assert.deepEqual(
      offered,
      rows.map(([name, { schema }]) => [name, (schema as { maxLength?: number }).maxLength]),
    )
  })

  it('asks for scopes that there are, and filters by events that there are', () => {
    assert.deepEqual(
      RIGHTS.filter((right) => !isManagementScope(right)),
      [],
    )
    // Whoever asks for less than a role carries could not give it.
    const carried = Object.values(BUILT_IN_ROLES).flatMap(({ permissions }) => permissions)
    assert.deepEqual(
      carried.filter((scope) => !RIGHTS.some((right) => right === scope)),
      [],
    )
    const types = Object.values(EVENT_KINDS).flat()
    assert.deepEqual(
      types.filter((type) => !Object.hasOwn(EVENT_TYPES, type)),
      [],
    )
    assert.equal(new Set(types).size, types.length)
  })
  it('says which numbers can be written where another one is', () => {
    const field: Field = { name: 'days', label: '', type: 'number', editable: true, removable: false, range: [1, 30] }
    const refused = { key: 'shared.fault_range', values: { least: 1, most: 30 } }
    for (const text of ['-5', '0', '31', '1.5', 'x', '9'.repeat(12)])
      assert.deepEqual(cureOf(field, text), refused, text)
    for (const text of ['1', '30']) assert.equal(cureOf(field, text), undefined, text)
  })
})
