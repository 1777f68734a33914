/** What we keep of an organization besides what Auth0 knows: TABLE of its settings, and who decides on each. */
import { type Static, Type } from 'typebox'
import { STORABLE } from '../http/unstorable.ts'
import type { Organization } from './organization.ts'

const closed = { additionalProperties: false } as const
const orNull = <Schema extends Parameters<typeof Type.Union>[0][number]>(schema: Schema) =>
  Type.Optional(Type.Union([schema, Type.Null()]))

const Minutes = (most: number, description: string) =>
  Type.Optional(Type.Integer({ minimum: 1, maximum: most, description }))

/** A year; what the tenant itself allows is less, and the shorter one counts. */
const LONGEST_MINUTES = 525_600
/** Auth0's limits of an invitation: seven days unless said otherwise, thirty at most. */
export const INVITATION_SECONDS = 604_800
export const LONGEST_INVITATION_SECONDS = 2_592_000
const MOST_DEFAULT_ROLES = 50
/** Ten full lists: more than a company sends when it begins, and less than is worth stealing. */
export const INVITATIONS_PER_DAY = 5_000

/** TABLE: what stands in `rules`. Null takes a setting back to what the tenant says. */
const Rules = {
  language: orNull(Type.Enum(['en', 'de'])),
  support_contact: orNull(
    Type.Object(
      {
        email: Type.Optional(Type.String({ format: 'email', description: 'Address for questions' })),
        url: Type.Optional(
          Type.String({ format: 'absolute-uri', maxLength: 2_048, description: 'Page for questions' }),
        ),
      },
      closed,
    ),
  ),
  session: orNull(
    Type.Object(
      {
        lifetime_minutes: Minutes(LONGEST_MINUTES, 'How long a sign-in counts'),
        idle_minutes: Minutes(LONGEST_MINUTES, 'How long it counts unused'),
      },
      closed,
    ),
  ),
  invitation_ttl_sec: orNull(
    Type.Integer({
      minimum: 60,
      maximum: LONGEST_INVITATION_SECONDS,
      description: 'Seconds that invitations are good for',
    }),
  ),
  default_role_ids: orNull(
    Type.Array(Type.String({ minLength: 1, maxLength: 100, ...STORABLE }), {
      maxItems: MOST_DEFAULT_ROLES,
      description: 'Roles of everybody who becomes a member',
    }),
  ),
  may_set_passwords: orNull(Type.Boolean({ description: 'Whether its administrators may set passwords of members' })),
  invitations_per_day: orNull(
    Type.Integer({
      minimum: 0,
      maximum: 1_000_000,
      description: 'Invitations that may be sent for it within 24 hours; an operator is not bound by it',
    }),
  ),
}

/** Body of a change of settings. */
export const OrganizationSettingsUpdate = Type.Object(
  {
    ...Rules,
    suspended: Type.Optional(Type.Boolean({ description: 'Whether nobody gets in through the organization' })),
    suspended_reason: orNull(Type.String({ maxLength: 500, description: 'Why, for those who administer' })),
  },
  { ...closed, minProperties: 1 },
)
/** What is asked to change. */
export type OrganizationSettingsUpdate = Static<typeof OrganizationSettingsUpdate>

/** What an operator alone decides on. */
export const OPERATORS_SETTINGS = ['may_set_passwords', 'invitations_per_day', 'suspended', 'suspended_reason'] as const

/** What an organization has said, and nothing where the tenant's word counts. */
export type OrganizationSettings = {
  language?: 'en' | 'de'
  support_contact?: { email?: string; url?: string }
  session?: { lifetime_minutes?: number; idle_minutes?: number }
  invitation_ttl_sec?: number
  default_role_ids?: string[]
  may_set_passwords?: boolean
  invitations_per_day?: number
}

/** Reads them. */
export function settingsOf({ rules }: Pick<Organization, 'rules'>): OrganizationSettings {
  // Nothing is stored that the schema above has not let through, and no null.
  return rules as OrganizationSettings
}

/** The settings as they are answered, each there, null where the tenant's word counts. */
export const OrganizationSettingsReply = Type.Object({
  language: Type.Union([Type.String(), Type.Null()]),
  support_contact: Type.Union([
    Type.Object({ email: Type.Optional(Type.String()), url: Type.Optional(Type.String()) }),
    Type.Null(),
  ]),
  session: Type.Union([
    Type.Object({ lifetime_minutes: Type.Optional(Type.Integer()), idle_minutes: Type.Optional(Type.Integer()) }),
    Type.Null(),
  ]),
  invitation_ttl_sec: Type.Integer(),
  default_role_ids: Type.Array(Type.String()),
  may_set_passwords: Type.Boolean(),
  invitations_per_day: Type.Integer(),
  suspended: Type.Boolean(),
  suspended_at: Type.Optional(Type.String()),
  suspended_reason: Type.Optional(Type.String()),
})

/** Makes the answer. */
export function settingsWire(organization: Organization): Static<typeof OrganizationSettingsReply> {
  const { suspended_at, suspended_reason } = organization
  const said = settingsOf(organization)
  return {
    language: said.language ?? null,
    support_contact: said.support_contact ?? null,
    session: said.session ?? null,
    invitation_ttl_sec: said.invitation_ttl_sec ?? INVITATION_SECONDS,
    default_role_ids: said.default_role_ids ?? [],
    may_set_passwords: said.may_set_passwords ?? false,
    invitations_per_day: said.invitations_per_day ?? INVITATIONS_PER_DAY,
    suspended: suspended_at !== null,
    ...(suspended_at === null ? {} : { suspended_at: suspended_at.toISOString() }),
    ...(suspended_reason === null ? {} : { suspended_reason }),
  }
}
