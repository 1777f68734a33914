/** `POST /dbconnections/signup` in Auth0's words: what is sent, what is answered, and how a refusal looks. */
import { Type } from 'typebox'
import { refuseUnstorable } from '../http/unstorable.ts'
import { validatorOf } from '../http/validation.ts'
import type { PasswordRefusal, RefusalName } from '../passwords/policy.ts'
import { SIGN_UP_PROPERTIES, type SignUpFields } from '../sign-in/sign-up-fields.ts'
import type { User } from '../users/user.ts'
import type { IdentifierKind } from '../users/write.ts'
import { ClientId, ConnectionName } from './database-request.ts'

/** A body of this operation. */
export type SignUpBody = SignUpFields & { connection: string; client_id?: string }

const validate = validatorOf(
  'body',
  Type.Object(
    { client_id: ClientId, connection: ConnectionName, ...SIGN_UP_PROPERTIES },
    { additionalProperties: false },
  ),
)

/** Reads the body. @throws ApiError invalid_body */
export function readSignUp(sent: unknown, isForm: boolean): SignUpBody {
  const body = isForm ? withMetadata(sent) : (sent ?? {})
  refuseUnstorable(body)
  // A form is text alone, so nothing in it has to be read as anything else. The validator makes sure of the type.
  return validate(body, false) as SignUpBody
}

const METADATA_FIELD = /^user_metadata\[([^\]]*)\]$/

/** Forms have no objects; theirs is written `user_metadata[name]=text`. */
function withMetadata(sent: unknown): Record<string, unknown> {
  const body: Record<string, unknown> = {}
  const metadata = new Map<string, unknown>()
  for (const [name, text] of Object.entries(sent ?? {})) {
    const key = METADATA_FIELD.exec(name)?.[1]
    if (key === undefined) body[name] = text
    else metadata.set(key, text)
  }
  return metadata.size === 0 ? body : { ...body, user_metadata: Object.fromEntries(metadata) }
}

const ANSWERED = ['username', 'given_name', 'family_name', 'name', 'nickname', 'picture', 'user_metadata'] as const

/** The successful answer: what was sent, as it is stored, and the id without the provider. */
export function signedUpAnswer(user: User, sent: SignUpFields): Record<string, unknown> {
  return {
    _id: user.user_id.replace('auth0|', ''),
    ...(user.email === undefined ? {} : { email: user.email, email_verified: false }),
    ...(user.phone_number === undefined ? {} : { phone_number: user.phone_number, phone_verified: false }),
    ...Object.fromEntries(ANSWERED.flatMap((name) => (sent[name] === undefined ? [] : [[name, user[name]]]))),
  }
}

/**
 * The refusal of an account that exists. Auth0 says so in plain words only where the tenant asks for it.
 * @param isTold the tenant's flag `enable_public_signup_user_exists_error`
 */
export function existsBody(identifier: IdentifierKind, isTold: boolean): Record<string, unknown> {
  const name = 'BadRequestError'
  if (!isTold) return { name, code: 'invalid_signup', description: 'Invalid sign up', statusCode: 400 }
  return identifier === 'username'
    ? { name, code: 'username_exists', description: 'The username already exists.', statusCode: 400 }
    : { name, code: 'user_exists', description: 'The user already exists.', statusCode: 400 }
}

/** TABLE: Auth0's `description` of each refusal of a password but that of one that is too weak, which lists the rules. */
const DESCRIPTIONS = {
  PasswordStrengthError: 'Password is too weak',
  PasswordDictionaryError: 'Password is not allowed, it might be too common.',
  PasswordNoUserInfoError: 'Password is based on user information',
  PasswordHistoryError: 'Password has previously been used',
  PasswordLeakedError: 'This password was made public in a data breach elsewhere. Choose another one.',
} as const satisfies Record<RefusalName, string>

/** The refusal of a password. */
export function passwordBody({ name, message, rules, policyText }: PasswordRefusal): Record<string, unknown> {
  return {
    name,
    message,
    code: name === 'PasswordLeakedError' ? 'password_leaked' : 'invalid_password',
    description: rules ?? DESCRIPTIONS[name],
    ...(policyText === undefined ? {} : { policy: policyText }),
    statusCode: 400,
  }
}
