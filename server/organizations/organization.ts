/**
 * Organizations: the customers of a tenant. People belong to them as members (members.ts), with roles of their own there
 * (member-roles.ts) and what the organization says of them (membership.ts); others are invited (invitation.ts). Who may do
 * what to whom through these routes stands in protection.ts. A suspended organization lets nobody in; removing one leaves
 * its members as users of the tenant.
 */
import type { Selectable } from 'kysely'
import { type Static, Type } from 'typebox'
import type { OrganizationsTable } from '../db/tables-organizations.ts'
import { STORABLE } from '../http/unstorable.ts'

const closed = { additionalProperties: false } as const

/** Auth0's limits. */
export const MOST_METADATA = 25
export const MOST_CONNECTIONS_AT_ONCE = 10

const ID = { minLength: 1, maxLength: 50, ...STORABLE } as const

/** The organization that a route is about. */
export const OrganizationId = Type.Object({ id: Type.String({ ...ID, description: 'Organization id' }) })

const name = Type.String({
  minLength: 1,
  maxLength: 50,
  pattern: '^(?!org_)[a-z0-9]([a-z0-9_-]*[a-z0-9])?$',
  description: 'Name of the organization: small letters, digits, - and _',
})
const display_name = Type.String({ minLength: 1, maxLength: 255, description: 'Name that people read' })
const Colour = Type.String({ format: 'html-color-or-null', description: 'Colour such as #016869' })
const Branding = Type.Object(
  {
    logo_url: Type.Optional(
      Type.Union([
        Type.String({ format: 'strict-https-uri-or-null', maxLength: 2_048, description: 'https address' }),
        Type.Null(),
      ]),
    ),
    colors: Type.Optional(Type.Object({ primary: Colour, page_background: Colour }, closed)),
  },
  { ...closed, description: 'How the pages of the organization look' },
)
const Metadata = Type.Record(
  Type.String({ minLength: 1, maxLength: 255 }),
  Type.Union([Type.String({ maxLength: 255 }), Type.Null()]),
  { maxProperties: MOST_METADATA, description: `At most ${MOST_METADATA} texts of 255 characters` },
)
const Count = Type.Optional(Type.Integer({ minimum: 1, maximum: 2_147_483_647 }))
const TokenQuota = Type.Object(
  {
    client_credentials: Type.Object(
      { enforce: Type.Optional(Type.Boolean()), per_day: Count, per_hour: Count },
      { ...closed, minProperties: 1 },
    ),
  },
  closed,
)
const ThirdPartyAccess = Type.Enum(['allow', 'block'])

/** A connection that a new organization begins with. */
const NewConnection = Type.Object(
  {
    connection_id: Type.String({ minLength: 1, maxLength: 50, description: 'Id of the connection' }),
    assign_membership_on_login: Type.Optional(Type.Boolean()),
    show_as_button: Type.Optional(Type.Boolean()),
    is_signup_enabled: Type.Optional(Type.Boolean()),
  },
  closed,
)

/** Body of a new organization. */
export const NewOrganization = Type.Object(
  {
    name,
    display_name: Type.Optional(display_name),
    branding: Type.Optional(Branding),
    metadata: Type.Optional(Metadata),
    token_quota: Type.Optional(TokenQuota),
    third_party_client_access: Type.Optional(ThirdPartyAccess),
    enabled_connections: Type.Optional(Type.Array(NewConnection, { maxItems: MOST_CONNECTIONS_AT_ONCE })),
  },
  closed,
)

/** Body of a change. Metadata is merged by key, null takes a key away; everything else is replaced. */
export const OrganizationUpdate = Type.Object(
  {
    name: Type.Optional(name),
    display_name: Type.Optional(display_name),
    branding: Type.Optional(Branding),
    metadata: Type.Optional(Metadata),
    token_quota: Type.Optional(Type.Union([TokenQuota, Type.Null()])),
    third_party_client_access: Type.Optional(ThirdPartyAccess),
  },
  closed,
)

/** An organization on the wire. */
export const OrganizationReply = Type.Object({
  id: Type.String(),
  name: Type.String(),
  display_name: Type.Optional(Type.String()),
  branding: Type.Optional(Branding),
  metadata: Type.Optional(Type.Record(Type.String(), Type.String())),
  token_quota: Type.Optional(TokenQuota),
  third_party_client_access: Type.Optional(Type.String()),
})

/** A stored organization. */
export type Organization = Selectable<OrganizationsTable>
/** What is said of a new one. */
export type NewOrganization = Static<typeof NewOrganization>
/** What is asked to change. */
export type OrganizationUpdate = Static<typeof OrganizationUpdate>

/** What of an organization stands in `settings`, by Auth0's names. */
export const SETTINGS = ['token_quota', 'third_party_client_access'] as const

/** The wire form; what was never said is left out. */
export function organizationWire(organization: Organization): Static<typeof OrganizationReply> {
  const { id, name, display_name, branding, metadata, settings } = organization
  return {
    id,
    name,
    ...(display_name === null ? {} : { display_name }),
    ...(branding === null ? {} : { branding }),
    // Nothing is stored but texts.
    ...(metadata === null ? {} : { metadata: metadata as Record<string, string> }),
    ...settings,
  }
}

/** What a caller sees who may read summaries alone. */
export function organizationSummary({ id, name, display_name }: Organization): Static<typeof OrganizationReply> {
  return { id, name, ...(display_name === null ? {} : { display_name }) }
}

/** The name that people read. */
export function displayNameOf({ name, display_name }: Pick<Organization, 'name' | 'display_name'>): string {
  return display_name ?? name
}
