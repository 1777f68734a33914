/**
 * Client grants: which scopes of an API a client may have, in its own name (`client`) or for a person (`user`).
 * There is one for each client, API and subject. A grant names only scopes that the API has, and a person gives
 * no scope of the Management API that he does not hold himself. Whatever makes a grant smaller ends the client's
 * tokens, so that it acts at the next request.
 */
import { type Static, Type } from 'typebox'

const closed = { additionalProperties: false } as const
const Scopes = Type.Array(Type.String({ minLength: 1, maxLength: 280 }), { maxItems: 1_000 })
const DetailsType = Type.String({ minLength: 1, maxLength: 255 })
const Yes = Type.Optional(Type.Boolean())

/** Whether an organization can or must be named when a token is asked for. */
const OrganizationUsage = Type.Enum(['deny', 'allow', 'require'])

/** TABLE: what of a grant is kept beside client, API, subject and scopes. */
const Settings = {
  organization_usage: Type.Optional(OrganizationUsage),
  allow_any_organization: Yes,
  authorization_details_types: Type.Optional(Type.Array(DetailsType, { maxItems: 100 })),
  allow_all_scopes: Yes,
}

const GrantSettings = Type.Object(Settings, closed)
/** What of a grant is kept beside client, API, subject and scopes. */
export type GrantSettings = Static<typeof GrantSettings>

/** The body of POST /client-grants. */
export const NewClientGrant = Type.Object(
  {
    client_id: Type.String({ minLength: 1, maxLength: 255, description: 'Id of the client' }),
    audience: Type.String({ minLength: 1, maxLength: 600, description: 'Identifier of the API' }),
    scope: Type.Optional(Scopes),
    subject_type: Type.Optional(Type.Enum(['client', 'user'])),
    ...Settings,
  },
  closed,
)
/** A new grant as it is asked for. */
export type NewClientGrant = Static<typeof NewClientGrant>

/** The body of PATCH. Null empties the scopes, or takes a setting away. */
export const ClientGrantUpdate = Type.Object(
  {
    scope: Type.Optional(Type.Union([Scopes, Type.Null()])),
    organization_usage: Type.Optional(Type.Union([OrganizationUsage, Type.Null()])),
    allow_any_organization: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
    authorization_details_types: Settings.authorization_details_types,
    allow_all_scopes: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
  },
  { ...closed, minProperties: 1 },
)
/** What is asked to change about a grant. */
export type ClientGrantUpdate = Static<typeof ClientGrantUpdate>

/** A stored grant with what its API says. */
export type ClientGrant = {
  id: string
  client_id: string
  audience: string
  scope: string[]
  subject_type: string
  settings: GrantSettings
  created_at: Date
}

/** An API that a grant is for. */
export type GrantedApi = { id: string; identifier: string; is_system: boolean; scopes: ReadonlySet<string> }

/** A grant as the Management API answers it. */
export const ClientGrantReply = Type.Object({
  id: Type.String(),
  client_id: Type.String(),
  audience: Type.String(),
  scope: Type.Array(Type.String()),
  subject_type: Type.String(),
  ...Settings,
})

/** Makes an answer. */
export function clientGrantWire(grant: ClientGrant): Static<typeof ClientGrantReply> {
  const { id, client_id, audience, scope, subject_type, settings } = grant
  return { id, client_id, audience, scope, subject_type, ...settings }
}

/** Whether the client may do less than before, or with other organizations. */
export function isSmaller(before: ClientGrant, after: ClientGrant): boolean {
  const scopes = new Set(after.scope)
  const types = new Set(after.settings.authorization_details_types)
  return (
    (!after.settings.allow_all_scopes && before.scope.some((name) => !scopes.has(name))) ||
    (before.settings.allow_all_scopes === true && !after.settings.allow_all_scopes) ||
    (before.settings.authorization_details_types ?? []).some((name) => !types.has(name)) ||
    (before.settings.allow_any_organization === true && !after.settings.allow_any_organization) ||
    before.settings.organization_usage !== after.settings.organization_usage
  )
}
