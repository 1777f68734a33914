/** `POST /dbconnections/change_password` in Auth0's words: somebody asks for a mail by which to choose a new password. */
import { type Static, Type } from 'typebox'
import { refuseUnstorable } from '../http/unstorable.ts'
import { validatorOf } from '../http/validation.ts'
import { ClientId, ConnectionName, refuse } from './database-request.ts'

const Identifier = Type.Optional(Type.String({ minLength: 1, maxLength: 320, description: 'Identifier' }))

const Body = Type.Object(
  {
    client_id: ClientId,
    connection: ConnectionName,
    email: Identifier,
    username: Identifier,
    phone_number: Identifier,
    organization: Type.Optional(Type.String({ minLength: 1, maxLength: 50, description: 'Organization' })),
  },
  { additionalProperties: false },
)
const validate = validatorOf('body', Body)

/** The answer, known address or not. It is plain text, which the SDKs give on as it is. */
export const CHANGE_PASSWORD_ANSWER = "We've just sent you an email to reset your password."

/** A request, its identifier under one name. */
export type ChangePasswordRequest = {
  connection: string
  client_id?: string
  identifier: string
  organization?: string
}

/** Reads the body. @throws ApiError invalid_body */
export function readChangePassword(sent: unknown): ChangePasswordRequest {
  if (sent !== null && typeof sent === 'object' && 'password' in sent) throw refuse('password is not allowed')
  refuseUnstorable(sent ?? {})
  // The validator makes sure of it.
  const { email, username, phone_number, ...rest } = validate(sent ?? {}, false) as Static<typeof Body>
  const identifier = email ?? username ?? phone_number
  if (identifier === undefined) throw refuse('email is required')
  return { ...rest, identifier }
}
