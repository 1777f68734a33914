/** What a person may say of himself who signs up, and what the connection asks of him. */
import { Type } from 'typebox'
import type { DatabaseOptions } from '../connections/connection.ts'
import { ApiError } from '../http/errors.ts'
import { refuseUnstorable } from '../http/unstorable.ts'
import { validatorOf } from '../http/validation.ts'
import { identifierRulesOf } from '../users/identifier-rules.ts'
import { refuseMetadataNames } from '../users/metadata-names.ts'
import { SignUpAttributes } from '../users/schemas.ts'
import { refuseUsername } from '../users/username.ts'

/** The fields. Nothing else is ever taken from somebody who is not known yet. */
export type SignUpFields = {
  email?: string | undefined
  username?: string | undefined
  phone_number?: string | undefined
  password: string
  given_name?: string | undefined
  family_name?: string | undefined
  name?: string | undefined
  nickname?: string | undefined
  picture?: string | undefined
  user_metadata?: Record<string, string> | undefined
}

/** Their shapes. Auth0's limits on metadata: ten texts of five hundred characters. */
export const SIGN_UP_PROPERTIES = {
  ...SignUpAttributes.properties,
  password: Type.String({ minLength: 1, maxLength: 1_024, description: 'Password' }),
  user_metadata: Type.Optional(
    Type.Unsafe<Record<string, string>>({
      type: 'object',
      maxProperties: 10,
      propertyNames: { type: 'string', minLength: 1, maxLength: 100 },
      additionalProperties: { type: 'string', maxLength: 500 },
      description: 'At most 10 texts by name',
    }),
  ),
}

const SHAPE = Type.Object(SIGN_UP_PROPERTIES, { additionalProperties: false })
const validate = validatorOf('body', SHAPE)
const NAMES = Object.keys(SIGN_UP_PROPERTIES)

/** The fields that were given, checked. */
export type CheckedSignUp = { [Name in keyof SignUpFields]: Exclude<SignUpFields[Name], undefined> }

/**
 * Checks the fields against their shapes and the connection; an empty one counts as not given.
 * @throws ApiError invalid_body
 */
export function checkSignUp(fields: SignUpFields, options: DatabaseOptions): CheckedSignUp {
  const given = Object.fromEntries(
    Object.entries(fields).filter(([name, value]) => NAMES.includes(name) && value !== undefined && value !== ''),
  )
  refuseUnstorable(given)
  // The validator has just made sure of it.
  const checked = validate(given, false) as CheckedSignUp
  refuseMetadataNames(checked)
  checkIdentifiers(checked, options)
  return checked
}

const REFUSED = {
  email: 'Cannot set email for connection without e-mail addresses',
  username: 'Cannot set username for connection without requires_username',
  phone_number: 'Cannot set phone_number for connection without phone numbers',
} as const

function checkIdentifiers(fields: CheckedSignUp, options: DatabaseOptions): void {
  const rules = identifierRulesOf(options)
  for (const kind of ['email', 'username', 'phone_number'] as const) {
    const isGiven = fields[kind] !== undefined
    if (isGiven && rules[kind] === 'inactive') refuse(REFUSED[kind])
    if (!isGiven && rules[kind] === 'required') {
      refuse(`Payload validation error: 'Missing required property: ${kind}' on property ${kind}.`)
    }
  }
  if (fields.email === undefined && fields.username === undefined && fields.phone_number === undefined) {
    refuse("Payload validation error: 'Missing required property: email' on property email.")
  }
  if (fields.username !== undefined) refuseUsername(fields.username, options)
}

function refuse(reason: string): never {
  throw new ApiError('invalid_body', { with: { reason } })
}
