/** Which user names a database connection takes (Auth0 takes letters, digits and a few signs; never an address). */
import type { DatabaseOptions } from '../connections/connection.ts'
import { ApiError } from '../http/errors.ts'

const CHARACTERS = /^[a-zA-Z0-9_+\-.!#$^`~'@]*$/
const DEFAULT_LENGTH = { min: 1, max: 15 }

/** How long a user name of the connection is. */
export function usernameLengthOf({ validation }: DatabaseOptions): { min: number; max: number } {
  return validation?.username ?? DEFAULT_LENGTH
}

/** @throws ApiError invalid_body, saying which names are taken */
export function refuseUsername(username: string, options: DatabaseOptions): void {
  const { min, max } = usernameLengthOf(options)
  if (username.length < min || username.length > max) refuse(`Username must have ${min} to ${max} characters`)
  if (!CHARACTERS.test(username)) refuse("Username may have letters, digits and _+-.!#$^`~'@")
  if (/^[^@]+@[^@]+\.[^@]+$/.test(username)) refuse('Username must not be an e-mail address')
}

function refuse(reason: string): never {
  throw new ApiError('invalid_body', {
    with: { reason: `Payload validation error: '${reason}' on property username (Name to sign in with).` },
  })
}
