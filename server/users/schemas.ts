/** The bodies of the user routes, drawn from the attributes table. */
import { type Static, type TSchema, Type } from 'typebox'
import { CONNECTION_ID } from '../connections/connection.ts'
import type { AttributeRow } from './attribute.ts'
import { ATTRIBUTE_ROWS, editableColumns } from './attribute-rules.ts'

const Metadata = Type.Record(Type.String(), Type.Unknown())
const UserMetadata = { ...Metadata, description: 'What the user may change himself' }
const AppMetadata = { ...Metadata, description: 'What only applications and administrators may change' }
const ConnectionName = Type.String({ minLength: 1, maxLength: 128, description: 'Name of the connection' })
const Password = Type.String({ minLength: 1, maxLength: 1_024, description: 'Password' })

/** The attribute, or null where null removes it. The type list keeps Auth0's wording of a wrong type. */
function orNull(schema: TSchema): TSchema {
  return { ...schema, type: ['type' in schema ? schema.type : 'object', 'null'] }
}

function optional(rows: (readonly [string, AttributeRow])[], shape: (row: AttributeRow) => TSchema) {
  return Object.fromEntries(rows.map(([name, row]) => [name, Type.Optional(shape(row))]))
}

/** What the attributes that Management API callers may write can be. */
export type WritableAttributes = {
  email?: string | null
  email_verified?: boolean
  username?: string | null
  phone_number?: string | null
  phone_verified?: boolean
  name?: string | null
  given_name?: string | null
  family_name?: string | null
  nickname?: string | null
  picture?: string | null
  blocked?: boolean
}

/** JSON object metadata as it is sent; a key with null is taken away in a change. */
export type MetadataPatch = Record<string, unknown>

/** Body of `PATCH /users/{id}`. */
export type UserUpdateBody = WritableAttributes & {
  user_metadata?: MetadataPatch | null
  app_metadata?: MetadataPatch | null
  password?: string | null
  verify_email?: boolean
  verify_phone_number?: boolean
  connection?: string
  client_id?: string
}

/** Body of `POST /users`. */
export type NewUserBody = { [Name in keyof WritableAttributes]: Exclude<WritableAttributes[Name], null> } & {
  connection: string
  user_id?: string
  password?: string
  verify_email?: boolean
  user_metadata?: MetadataPatch
  app_metadata?: MetadataPatch
}

const closed = { additionalProperties: false }

export const NewUser = Type.Unsafe<NewUserBody>(
  Type.Object(
    {
      connection: ConnectionName,
      user_id: Type.Optional(
        Type.String({ maxLength: 255, pattern: '^\\S*$', description: 'Id of the user, without the provider' }),
      ),
      ...optional(editableColumns('management'), (row) => row.schema),
      password: Type.Optional(Password),
      verify_email: Type.Optional(Type.Boolean({ description: 'Whether a verification mail is sent' })),
      user_metadata: Type.Optional(UserMetadata),
      app_metadata: Type.Optional(AppMetadata),
    },
    closed,
  ),
)

export const UserUpdate = Type.Unsafe<UserUpdateBody>(
  Type.Object(
    {
      ...optional(editableColumns('management'), (row) => (row.removable ? orNull(row.schema) : row.schema)),
      user_metadata: Type.Optional(orNull(UserMetadata)),
      app_metadata: Type.Optional(orNull(AppMetadata)),
      password: Type.Optional(orNull(Password)),
      verify_email: Type.Optional(Type.Boolean({ description: 'Whether a verification mail is sent' })),
      verify_phone_number: Type.Optional(Type.Boolean({ description: 'Whether a verification text is sent' })),
      connection: Type.Optional(ConnectionName),
      client_id: Type.Optional(
        Type.String({ minLength: 1, maxLength: 128, description: 'Application that the verification mail is for' }),
      ),
    },
    closed,
  ),
)

/** What whoever signs up may say of himself, but for password and metadata. */
export const SignUpAttributes = Type.Object(
  optional(editableColumns('sign-up'), (row) => row.schema),
  closed,
)

/** One identity of a user, as answers show it. */
export const IdentityReply = Type.Object(
  {
    connection: Type.String(),
    user_id: Type.String(),
    provider: Type.String(),
    isSocial: Type.Boolean(),
    profileData: Type.Optional(Metadata),
  },
  { additionalProperties: true },
)

/** A user as the Management API answers him. Open, since whatever a provider sends stands at the root as well. */
export const UserReply = Type.Object(
  {
    ...optional(
      ATTRIBUTE_ROWS.filter(([, row]) => row.stored === 'column'),
      (row) => row.schema,
    ),
    user_metadata: Type.Optional(Metadata),
    app_metadata: Type.Optional(Metadata),
    identities: Type.Optional(Type.Array(IdentityReply)),
  },
  { additionalProperties: true },
)

/** One identity of a user, where a body names one. */
export const IdentityReference = Type.Object(
  {
    user_id: Type.String({ minLength: 1, maxLength: 255 }),
    provider: Type.String({ minLength: 1, maxLength: 50 }),
    connection_id: Type.Optional(Type.String({ pattern: CONNECTION_ID })),
  },
  { ...closed, description: 'Identity of the user that it is for' },
)

/** One identity of a user, parsed. */
export type IdentityReference = Static<typeof IdentityReference>

/** The user a route is about. */
export const UserIdParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 320, description: 'User id' }) })

/** The user a route is about, parsed. */
export type UserIdParams = Static<typeof UserIdParams>
