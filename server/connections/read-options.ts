/** Reads the options of a database connection: first their shape, then what a schema cannot say. */
import { Type } from 'typebox'
import type { JsonObject } from '../db/tables.ts'
import { ApiError } from '../http/errors.ts'
import { validatorOf } from '../http/validation.ts'
import type { DatabaseOptions } from './connection.ts'
import { DatabaseOptionsSchema } from './options.ts'

/** Options that Auth0 lets be null, which says the same as leaving them out. */
const MAY_BE_NULL: ReadonlySet<string> = new Set([
  'authentication_methods',
  'configuration',
  'federated_connections_access_tokens',
  'gateway_authentication',
  'id_token_signed_response_algs',
  'non_persistent_attrs',
  'passkey_options',
  'passwordPolicy',
  'password_complexity_options',
  'password_dictionary',
  'password_history',
  'password_no_personal_info',
  'token_endpoint_auth_method',
  'token_endpoint_auth_signing_alg',
  'upstream_params',
  'validation',
])

// In the place where they stand in a body, so that a refusal names `options.…`.
const validate = validatorOf('body', Type.Object({ options: DatabaseOptionsSchema }))

/**
 * The options as they are stored, nulls left out.
 *
 * @throws ApiError invalid_body; operation_not_supported for a custom database
 */
export function readDatabaseOptions(given: JsonObject): DatabaseOptions {
  const { options } = validate({ options: withoutNulls(given) }, false) as { options: DatabaseOptions }
  refuseCustomDatabase(options)
  checkIdentifiers(options)
  checkUsernameLengths(options)
  return options
}

function withoutNulls(given: JsonObject): JsonObject {
  const options = Object.fromEntries(
    Object.entries(given).filter(([name, value]) => value !== null || !MAY_BE_NULL.has(name)),
  )
  const { validation } = options
  if (isObject(validation) && validation.username === null) {
    const { username: _, ...rest } = validation
    options.validation = rest
  }
  return options
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null
}

function refuseCustomDatabase(options: DatabaseOptions): void {
  const asked = [
    options.enabledDatabaseCustomization && 'enabledDatabaseCustomization',
    Object.keys(options.customScripts ?? {}).length > 0 && 'customScripts',
    Object.keys(options.configuration ?? {}).length > 0 && 'configuration',
  ].find(Boolean)
  if (asked) {
    throw new ApiError('operation_not_supported', {
      with: { reason: `Custom databases are not offered by this server. Leave out options.${asked}.` },
    })
  }
}

/** Auth0's rules of flexible identifiers: they stand alone, and somebody must be able to name himself. */
function checkIdentifiers({ attributes, validation, requires_username }: DatabaseOptions): void {
  if (!attributes) return
  if (validation?.username || requires_username) {
    refuse('options.attributes cannot be used together with options.validation or options.requires_username.')
  }
  const { email, phone_number, username } = attributes
  if (![email, phone_number, username].some((attribute) => attribute?.identifier?.active)) {
    refuse('One of options.attributes must be an active identifier.')
  }
  if (isNonUniqueEmail({ attributes }) && email?.identifier?.active) {
    refuse('options.attributes.email cannot be an active identifier while it is not unique.')
  }
}

/** Whether several users of the connection may have one e-mail address. */
export function isNonUniqueEmail(options: Pick<DatabaseOptions, 'attributes'>): boolean {
  return options.attributes?.email?.unique === false
}

function checkUsernameLengths({ attributes, validation }: DatabaseOptions): void {
  const { min, max } = validation?.username ?? {}
  const { min_length: shortest, max_length: longest } = attributes?.username?.validation ?? {}
  if (isGreater(min, max) || isGreater(shortest, longest)) {
    refuse('The shortest length of a username cannot be greater than the longest.')
  }
}

function isGreater(left: number | undefined, right: number | undefined): boolean {
  return left !== undefined && right !== undefined && left > right
}

function refuse(reason: string): never {
  throw new ApiError('invalid_body', { with: { reason } })
}
