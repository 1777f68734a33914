/** What a request to create a user must fulfil beyond its shape, and the work to be done before its transaction. */
import type { Connection } from '../connections/connection.ts'
import { findConnectionByName } from '../connections/store.ts'
import type { Db } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import { hashPassword } from '../passwords/hash.ts'
import { checkPassword, passwordRefused } from '../passwords/policy.ts'
import { refuseVerifiedNothing } from './change.ts'
import type { NewUser } from './create.ts'
import { usernameRuleOf } from './identifier-rules.ts'
import { refuseMetadataNames } from './metadata-names.ts'
import type { NewUserBody } from './schemas.ts'
import { refuseUsername } from './username.ts'

/**
 * Checks a body of `POST /users` against its connection and hashes the password.
 * @param options whether a user without a password is none
 * @throws ApiError invalid_body, password_refused
 */
export async function prepareNewUser(db: Db, body: NewUserBody, { needsPassword = true } = {}): Promise<NewUser> {
  const { connection: name, user_id: id, password, verify_email, ...attributes } = body
  refuseMetadataNames(body)
  const connection = await findConnectionByName(db, name)
  if (!connection) throw refuse('The connection does not exist.')
  if (connection.strategy !== 'auth0') {
    throw refuse('People of this connection come into being when they sign in at their identity provider.')
  }
  requireIdentifiers(connection, body)
  refuseVerifiedNothing(body, body)
  if (password === undefined && needsPassword) throw refuse(missing('password', 'Password'))
  const passwordHash = password === undefined ? undefined : await hashOf(password, connection, body)
  return {
    connection,
    ...attributes,
    ...(id ? { id } : {}),
    ...(passwordHash === undefined ? {} : { passwordHash }),
    ...(verify_email === false ? {} : { verification: {} }),
  }
}

/** @throws ApiError password_refused */
async function hashOf(password: string, { options }: Connection, person: NewUserBody): Promise<string> {
  const refusal = await checkPassword({ password, options, person })
  if (refusal) throw passwordRefused(refusal)
  return await hashPassword(password)
}

/** @throws ApiError invalid_body when an identifier is missing, or is none that the connection takes */
export function requireIdentifiers({ options }: Connection, body: Omit<NewUserBody, 'connection'>): void {
  const rule = usernameRuleOf(options)
  if (body.username !== undefined) {
    if (rule === 'inactive') throw refuse('Cannot set username for connection without requires_username')
    refuseUsername(body.username, options)
  }
  if (options.attributes) {
    if (!body.email && !body.username && !body.phone_number) throw refuse(missing('email', 'E-mail address'))
    return
  }
  if (body.email === undefined) throw refuse(missing('email', 'E-mail address'))
  if (rule === 'required' && body.username === undefined) throw refuse(missing('username', 'Name to sign in with'))
}

function missing(property: string, description: string): string {
  return `Payload validation error: 'Missing required property: ${property}' on property ${property} (${description}).`
}

function refuse(reason: string): ApiError {
  return new ApiError('invalid_body', { with: { reason } })
}
