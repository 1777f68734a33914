/** The profile as the My Account API shows it: the person's fields by the attributes table, each with its source. */
import { type Static, Type } from 'typebox'
import { findConnectionByName } from '../connections/store.ts'
import type { Db } from '../db/database.ts'
import type { AttributeRow } from '../users/attribute.ts'
import { ATTRIBUTE_ROWS } from '../users/attribute-rules.ts'
import { type OwnField, ownFieldsOf } from '../users/own-profile.ts'
import { profileOf } from '../users/profile.ts'
import type { User } from '../users/user.ts'

const Field = Type.Object({
  name: Type.String(),
  label: Type.String({ description: 'Key of the name that portals show' }),
  group: Type.Enum(['identity', 'contact', 'preferences']),
  type: Type.Enum(['text', 'email', 'phone', 'url', 'locale', 'zoneinfo']),
  max_length: Type.Optional(Type.Integer()),
  editable: Type.Boolean(),
  removable: Type.Boolean({ description: 'Whether null takes the value away' }),
  value: Type.Optional(Type.Unknown()),
  source: Type.Optional(Type.Enum(['profile', 'user_metadata', 'app_metadata', 'provider'])),
  source_name: Type.Optional(Type.String({ description: 'Name of the provider' })),
})

export const OwnProfile = Type.Object({
  user_id: Type.String(),
  email: Type.Optional(Type.String()),
  email_verified: Type.Optional(Type.Boolean()),
  name: Type.Optional(Type.String()),
  picture: Type.Optional(Type.String()),
  created_at: Type.String(),
  updated_at: Type.String(),
  last_login: Type.Optional(Type.String()),
  last_password_reset: Type.Optional(Type.String()),
  fields: Type.Array(Field),
  user_metadata: Type.Record(Type.String(), Type.Unknown()),
  identities: Type.Array(
    Type.Object({ connection: Type.String(), provider: Type.String(), is_social: Type.Boolean() }),
  ),
})

/** TABLE: in which part of the form a field stands, by what it is kept for. */
const GROUPS = {
  identification: 'identity',
  contact: 'contact',
  preferences: 'preferences',
  security: 'identity',
} as const satisfies Record<NonNullable<AttributeRow['personal']>['purpose'], Static<typeof Field>['group']>

/** What stands at the top, whatever the form says. */
const SUMMARY = [
  'email',
  'email_verified',
  'name',
  'picture',
  'created_at',
  'updated_at',
  'last_login',
  'last_password_reset',
] as const

const DECLARED: ReadonlySet<string> = new Set(ATTRIBUTE_ROWS.map(([name]) => name))

/** The profile of a user, as he sees it himself. */
export async function ownProfileOf(db: Db, user: User): Promise<unknown> {
  const profile = profileOf(user)
  const fields = ownFieldsOf(user).filter(({ editable, source }) => editable || source !== undefined)
  const provider = fields.some(({ source }) => source === 'provider') ? await providerNameOf(db, user) : undefined
  return {
    user_id: user.user_id,
    ...Object.fromEntries(SUMMARY.flatMap((name) => (profile[name] ? [[name, profile[name].value]] : []))),
    fields: fields.map((field) => wireField(field, provider)),
    user_metadata: Object.fromEntries(Object.entries(user.user_metadata ?? {}).filter(([key]) => !DECLARED.has(key))),
    identities: user.identities.map(({ connection, provider, isSocial }) => ({
      connection,
      provider,
      is_social: isSocial,
    })),
  }
}

function wireField({ row, name, value, source, ...rest }: OwnField, provider: string | undefined) {
  // Every schema of the table is a JSON Schema.
  const { maxLength } = row.schema as { maxLength?: number }
  return {
    name,
    label: row.form?.label ?? name,
    group: GROUPS[row.personal?.purpose ?? 'identification'],
    type: row.form?.input ?? 'text',
    ...(maxLength === undefined ? {} : { max_length: maxLength }),
    ...rest,
    ...(source === undefined ? {} : { value, source }),
    ...(source === 'provider' ? { source_name: provider } : {}),
  }
}

/** The name of the connection, as people know it. */
async function providerNameOf(db: Db, { identities }: User): Promise<string | undefined> {
  const [primary] = identities
  if (!primary) return undefined
  const connection = await findConnectionByName(db, primary.connection)
  return connection?.displayName ?? primary.connection
}
