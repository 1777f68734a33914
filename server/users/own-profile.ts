/**
 * What a person sees of his own profile and may change about it, read from the attributes table. What he sees is what
 * he edits: where a value in `user_metadata` overrides the stored one, a change goes there; and where a provider sets
 * the stored one at each sign-in, a change becomes such an override.
 */
import type { JsonObject } from '../db/tables.ts'
import { ApiError } from '../http/errors.ts'
import { faultFinderOf } from '../http/validation.ts'
import type { AttributeRow } from './attribute.ts'
import { ATTRIBUTE_ROWS, isEditor, isReader } from './attribute-rules.ts'
import type { AttributeName } from './attributes.ts'
import { refuseMetadataNames } from './metadata-names.ts'
import { profileOf, type Sourced } from './profile.ts'
import type { UserUpdateBody, WritableAttributes } from './schemas.ts'
import { isFederated, type User } from './user.ts'

/** An attribute as its owner finds it. Without a value there is no source. */
export type OwnField = {
  name: AttributeName
  row: AttributeRow
  value?: unknown
  source?: Sourced['source'] | 'provider'
  editable: boolean
  /** Whether null takes the value away. */
  removable: boolean
}

/** A change as its owner sends it: attributes by name, null to take one away, and keys of `user_metadata` likewise. */
export type OwnChange = { user_metadata?: JsonObject; [name: string]: unknown }

type Problem = { detail: string; field: string }

const ROWS: ReadonlyMap<string, AttributeRow> = new Map(ATTRIBUTE_ROWS)
const FAULTS = new Map<string, (value: unknown) => string | undefined>(
  ATTRIBUTE_ROWS.map(([name, row]) => [name, faultFinderOf(row.schema)]),
)
const FIXED = 'This field cannot be changed here.'
const KEPT = 'This field cannot be removed.'

/** The fields of the person's form, in order. Values that belong to a membership are not among them. */
export function ownFieldsOf(user: User): OwnField[] {
  const profile = profileOf(user)
  const order = ({ form }: AttributeRow) => form?.order ?? 0
  return ATTRIBUTE_ROWS.filter(([, row]) => row.form && row.stored !== 'membership' && isReader(row, 'self'))
    .toSorted(([, left], [, right]) => order(left) - order(right))
    .map(([name, row]) => fieldOf(user, name, row, profile[name]))
}

function fieldOf(user: User, name: AttributeName, row: AttributeRow, sourced: Sourced | undefined): OwnField {
  const isProvided = isFederated(user) && row.stored === 'column' && row.fromProvider !== 'never'
  const source = sourced?.source === 'profile' && isProvided ? 'provider' : sourced?.source
  // What a provider sets at each sign-in can be overridden at most.
  const isLocked = source === 'app_metadata' || (isProvided && row.override !== 'user_metadata')
  const editable = isEditor(row, 'self') && !isLocked
  const isOwn = row.stored === 'user_metadata' || source === 'user_metadata'
  return {
    name,
    row,
    ...(sourced && source ? { value: sourced.value, source } : {}),
    editable,
    removable: editable && (isOwn || (!isProvided && row.removable === true)),
  }
}

/** @throws ApiError invalid_body, naming every field that does not exist, is not his to change, or is of a wrong shape */
export function refuseOwnChange(change: OwnChange): void {
  const { user_metadata: metadata = {}, ...attributes } = change
  refuseMetadataNames({ user_metadata: metadata })
  refuse([
    ...Object.entries(attributes).flatMap(([name, value]) => problem(name, faultOf(name, value))),
    ...Object.entries(metadata).flatMap(([key, value]) => {
      const isTwice = Object.hasOwn(attributes, key)
      return problem(`user_metadata.${key}`, isTwice ? 'This field is there twice.' : metadataFaultOf(key, value))
    }),
  ])
}

function faultOf(name: string, value: unknown): string | undefined {
  const row = ROWS.get(name)
  if (!row || !isReader(row, 'self')) return 'There is no such field.'
  if (!isEditor(row, 'self')) return FIXED
  return value === null ? undefined : FAULTS.get(name)?.(value)
}

/** Keys are the person's own to choose, but one with an attribute's name must be such a thing. */
function metadataFaultOf(key: string, value: unknown): string | undefined {
  const row = ROWS.get(key)
  if (!row) return undefined
  const counts = row.stored === 'user_metadata' || row.override === 'user_metadata'
  if (counts && !isEditor(row, 'self')) return FIXED
  return value === null ? undefined : FAULTS.get(key)?.(value)
}

/**
 * The change of the stored user that the owner's change amounts to. What `refuseOwnChange` has let through is expected.
 * @throws ApiError invalid_body, for fields that are not open for this user
 */
export function ownUpdateOf(user: User, change: OwnChange): UserUpdateBody {
  const { user_metadata: ownMetadata = {}, ...attributes } = change
  const fields = new Map<string, OwnField>(ownFieldsOf(user).map((field) => [field.name, field]))
  const columns = new Map<string, unknown>()
  const metadata = new Map<string, unknown>(Object.entries(ownMetadata))
  const problems: Problem[] = []
  for (const [name, value] of Object.entries(attributes)) {
    const field = fields.get(name)
    if (!field?.editable || (value === null && !field.removable)) {
      problems.push({ detail: field?.editable ? KEPT : FIXED, field: name })
      continue
    }
    const { stored } = field.row
    const isColumn = stored === 'column' && !isFederated(user)
    const isOverridden = field.source === 'user_metadata'
    if (!isColumn || isOverridden) metadata.set(name, value)
    // Without its override the stored value would come back to light.
    if (isColumn && (!isOverridden || value === null)) columns.set(name, value)
  }
  refuse(problems)
  return {
    // The columns that a person may edit are attributes of this type, and their values fit the table's shapes.
    ...(Object.fromEntries(columns) as WritableAttributes),
    // An empty object would take everything away.
    ...(metadata.size > 0 ? { user_metadata: Object.fromEntries(metadata) } : {}),
  }
}

function problem(field: string, detail: string | undefined): Problem[] {
  return detail === undefined ? [] : [{ detail, field }]
}

function refuse(problems: readonly Problem[]): void {
  if (problems.length === 0) return
  const names = problems.map(({ field }) => field.toWellFormed().slice(0, 100)).slice(0, 10)
  throw new ApiError('invalid_body', {
    with: { reason: `Nothing was changed. These fields cannot be taken as they are: ${names.join(', ')}.` },
    members: { validation_errors: problems.slice(0, 100) },
  })
}
