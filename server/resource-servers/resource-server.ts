/**
 * Resource servers: the APIs that access tokens are for. An API is known by its identifier, the audience of its
 * tokens, which never changes. One is the Management API of this server itself; it is listed like the others, but
 * what it offers is this version's table of scopes and nobody's to change. A scope that an API no longer offers
 * leaves every grant and role in the same transaction, so that it does not come back with a later scope of its name.
 */
import type { Selectable } from 'kysely'
import { type Static, Type } from 'typebox'
import type { Secrets } from '../base/secrets.ts'
import type { ResourceServersTable } from '../db/tables.ts'

const closed = { additionalProperties: false } as const
const Yes = Type.Optional(Type.Boolean())

function orNull<const Inner extends Parameters<typeof Type.Optional>[0]>(inner: Inner) {
  return Type.Optional(Type.Union([inner, Type.Null()]))
}

/** A scope of an API. RFC 6749 §3.3: no blanks, quotes or backslashes, or one scope could pose as two. */
export const ResourceServerScope = Type.Object(
  {
    value: Type.String({
      minLength: 1,
      maxLength: 280,
      pattern: '^[\\x21\\x23-\\x5B\\x5D-\\x7E]+$',
      description: 'Value of the scope',
    }),
    description: Type.Optional(Type.String({ maxLength: 500, description: 'What the scope allows' })),
  },
  closed,
)

const Lifetime = Type.Optional(
  Type.Integer({ minimum: 0, maximum: 2_592_000, description: 'Seconds; 0 is the default' }),
)

/** TABLE: the settings of an API, by Auth0's names and limits. */
export const ResourceServerSettings = Type.Object({
  signing_alg: Type.Optional(Type.Enum(['HS256', 'RS256', 'RS512', 'PS256'])),
  allow_offline_access: Yes,
  allow_online_access: Yes,
  allow_online_access_with_ephemeral_sessions: Yes,
  skip_consent_for_verifiable_first_party_clients: Yes,
  token_lifetime: Lifetime,
  // Not in Auth0's published shapes, but its API takes and answers it, and its Terraform provider sends it.
  token_lifetime_for_web: Lifetime,
  token_dialect: Type.Optional(
    Type.Enum(['access_token', 'access_token_authz', 'rfc9068_profile', 'rfc9068_profile_authz']),
  ),
  enforce_policies: Yes,
  consent_policy: orNull(Type.Enum(['transactional-authorization-with-mfa'])),
  authorization_details: orNull(Type.Array(Type.Unknown(), { maxItems: 100 })),
  token_encryption: orNull(
    Type.Object(
      {
        format: Type.Enum(['compact-nested-jwe']),
        encryption_key: Type.Object(
          {
            name: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
            alg: Type.Enum(['RSA-OAEP-256', 'RSA-OAEP-384', 'RSA-OAEP-512']),
            kid: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
            pem: Type.String({ minLength: 1, maxLength: 4096 }),
          },
          closed,
        ),
      },
      closed,
    ),
  ),
  proof_of_possession: orNull(
    Type.Object(
      {
        mechanism: Type.Enum(['mtls', 'dpop']),
        required: Type.Boolean(),
        required_for: Type.Optional(Type.Enum(['public_clients', 'all_clients'])),
      },
      closed,
    ),
  ),
  subject_type_authorization: Type.Optional(
    Type.Object(
      {
        user: Type.Optional(
          Type.Object({ policy: Type.Optional(Type.Enum(['allow_all', 'deny_all', 'require_client_grant'])) }),
        ),
        client: Type.Optional(Type.Object({ policy: Type.Optional(Type.Enum(['deny_all', 'require_client_grant'])) })),
      },
      closed,
    ),
  ),
  authorization_policy: orNull(Type.Object({ policy_id: Type.String({ minLength: 1, maxLength: 1024 }) }, closed)),
})

const Changeable = {
  name: Type.Optional(
    Type.String({ minLength: 1, maxLength: 200, pattern: '^[^<>]+$', description: 'Name of the resource server' }),
  ),
  // RBAC limit of Auth0: 1000 scopes an API.
  scopes: Type.Optional(Type.Array(ResourceServerScope, { maxItems: 1000, description: 'Scopes of the API' })),
  signing_secret: Type.Optional(
    Type.String({ minLength: 16, maxLength: 2048, description: 'Secret that HS256 tokens are signed with' }),
  ),
  ...ResourceServerSettings.properties,
}

/** Body of a new API. */
export const NewResourceServer = Type.Object(
  {
    ...Changeable,
    identifier: Type.String({
      minLength: 1,
      maxLength: 600,
      description: 'Unique identifier of the API, the audience of its tokens; never changes',
    }),
  },
  { additionalProperties: false },
)

/** Body of a change of an API. */
export const ResourceServerUpdate = Type.Object(Changeable, { additionalProperties: false })

type GivenSettings = Static<typeof ResourceServerSettings>

/** What an API has when its maker says nothing (recorded). Lifetimes in seconds. */
export const RESOURCE_SERVER_DEFAULTS = {
  allow_offline_access: false,
  skip_consent_for_verifiable_first_party_clients: false,
  token_lifetime: 86_400,
  token_lifetime_for_web: 7_200,
  signing_alg: 'RS256',
} as const satisfies GivenSettings

/** The settings of a stored API, defaults included. */
export type StoredSettings = GivenSettings & {
  [Name in keyof typeof RESOURCE_SERVER_DEFAULTS]: NonNullable<GivenSettings[Name]>
}

/** A stored API. */
export type ResourceServer = {
  id: string
  identifier: string
  name: string | undefined
  isSystem: boolean
  scopes: Static<typeof ResourceServerScope>[]
  settings: StoredSettings
  /** Of an API whose tokens are signed with a shared secret (HS256). */
  signingSecretEncrypted: string | undefined
}

/** Reads a row. An API without a name has an empty one in the table, which no caller can give. */
export function resourceServerOf(row: Selectable<ResourceServersTable>): ResourceServer {
  return {
    id: row.id,
    identifier: row.identifier,
    name: row.name || undefined,
    isSystem: row.is_system,
    scopes: row.scopes,
    // Nothing is stored that the schemas of the routes have not let through.
    settings: { ...RESOURCE_SERVER_DEFAULTS, ...(row.settings as GivenSettings) },
    signingSecretEncrypted: row.signing_secret_encrypted ?? undefined,
  }
}

/** The settings as they are in effect. */
function shownSettings(settings: StoredSettings): StoredSettings {
  const token_lifetime_for_web = Math.min(settings.token_lifetime_for_web, longestLifetime(settings))
  return { ...settings, token_lifetime_for_web }
}

/** What bounds every token of the API, in seconds; a lifetime of 0 is the default. */
export function longestLifetime({ token_lifetime }: StoredSettings): number {
  return token_lifetime || RESOURCE_SERVER_DEFAULTS.token_lifetime
}

/** An API as answers show it. */
export const ResourceServerWire = Type.Object({
  id: Type.Optional(Type.String()),
  name: Type.Optional(Type.String()),
  is_system: Type.Optional(Type.Boolean()),
  identifier: Type.Optional(Type.String()),
  scopes: Type.Optional(Type.Array(ResourceServerScope)),
  ...ResourceServerSettings.properties,
  signing_secret: Type.Optional(Type.String()),
})

/** Makes an answer. The secret of an HS256 API is shown, as Auth0 does: whoever runs the API checks tokens with it. */
export function resourceServerWire(
  secrets: Secrets,
  resourceServer: ResourceServer,
): Static<typeof ResourceServerWire> {
  const { id, identifier, name, isSystem, scopes, settings, signingSecretEncrypted } = resourceServer
  const isShared = settings.signing_alg === 'HS256' && signingSecretEncrypted !== undefined
  return {
    id,
    ...(name === undefined ? {} : { name }),
    ...(isSystem ? { is_system: true } : {}),
    identifier,
    ...(scopes.length > 0 ? { scopes } : {}),
    ...shownSettings(settings),
    ...(isShared ? { signing_secret: secrets.decrypt('resource_server_secret', id, signingSecretEncrypted) } : {}),
  }
}
