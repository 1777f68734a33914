/** Strategy `oidc`: people sign in at a provider elsewhere that speaks OpenID Connect. Options by Auth0's names. */
import { type Static, Type } from 'typebox'
import type { Secrets } from '../../base/secrets.ts'
import type { JsonObject } from '../../db/tables.ts'
import { ApiError } from '../../http/errors.ts'
import { validatorOf } from '../../http/validation.ts'
import type { Connection } from '../connection.ts'

const closed = { additionalProperties: false } as const
const Address = (description: string) =>
  Type.Optional(Type.String({ format: 'absolute-uri', minLength: 8, maxLength: 2_083, description }))

const AttributeMap = Type.Object(
  {
    mapping_mode: Type.Optional(
      Type.Enum(['bind_all', 'use_map'], { description: 'Every claim, or those of `attributes` alone' }),
    ),
    attributes: Type.Optional(Type.Record(Type.String({ maxLength: 100 }), Type.Unknown(), { maxProperties: 100 })),
    userinfo_scope: Type.Optional(Type.String({ maxLength: 255 })),
  },
  closed,
)

/** What an operator says of the provider. */
const OidcOptionsSchema = Type.Object(
  {
    type: Type.Optional(Type.Enum(['back_channel', 'front_channel'])),
    client_id: Type.String({ minLength: 1, maxLength: 255, description: 'Id of this server at the provider' }),
    client_secret: Type.Optional(
      Type.String({ minLength: 1, maxLength: 2_000, description: 'Secret of this server at the provider' }),
    ),
    discovery_url: Address('Where the provider describes itself: /.well-known/openid-configuration'),
    issuer: Address('Issuer, where the provider does not describe itself'),
    authorization_endpoint: Address('Where people sign in'),
    token_endpoint: Address('Where codes are exchanged'),
    jwks_uri: Address('Keys of the provider'),
    userinfo_endpoint: Address('Where the provider tells more of a person'),
    scope: Type.Optional(Type.String({ minLength: 6, maxLength: 255, description: 'openid profile email by default' })),
    attribute_map: Type.Optional(AttributeMap),
    connection_settings: Type.Optional(
      Type.Object({ pkce: Type.Optional(Type.Enum(['auto', 'S256', 'plain', 'disabled'])) }, closed),
    ),
    domain_aliases: Type.Optional(
      Type.Array(Type.String({ pattern: '^[^\\s@]+\\.[^\\s@]+$', maxLength: 255 }), {
        maxItems: 1_000,
        description: 'Whoever signs in with an address of one of these domains is led to the provider',
      }),
    ),
    icon_url: Type.Optional(Type.String({ maxLength: 255 })),
    set_user_root_attributes: Type.Optional(
      Type.Enum(['on_each_login', 'on_first_login', 'never_on_login'], {
        description: 'When names and picture are taken from the provider',
      }),
    ),
    non_persistent_attrs: Type.Optional(Type.Array(Type.String({ maxLength: 255 }), { maxItems: 96 })),
    token_endpoint_auth_method: Type.Optional(Type.Enum(['client_secret_post'])),
    // What tools carry from one tenant to another, kept without effect.
    tenant_domain: Type.Optional(Type.String({ maxLength: 255 })),
    schema_version: Type.Optional(Type.String({ maxLength: 50 })),
    oidc_metadata: Type.Optional(Type.Object({}, { additionalProperties: true })),
    send_back_channel_nonce: Type.Optional(Type.Boolean()),
  },
  closed,
)

/** Options as they are stored: the secret is encrypted. */
export type OidcOptions = Omit<Static<typeof OidcOptionsSchema>, 'client_secret'> & { client_secret_encrypted?: string }

const validate = validatorOf('body', Type.Object({ options: OidcOptionsSchema }))

/** What says the same as leaving it out. */
const MAY_BE_NULL: ReadonlySet<string> = new Set(['token_endpoint_auth_method', 'upstream_params', 'icon_url'])

/** The options of a connection of this strategy. */
export function oidcOptionsOf({ options }: Pick<Connection, 'options'>): OidcOptions {
  // Stored by `readOidcOptions` alone.
  return options as OidcOptions
}

/**
 * Reads options that an operator gives. A secret that he leaves out stays as it was, where it goes to whom it was given for.
 * @throws ApiError invalid_body, operation_not_supported
 */
export function readOidcOptions(
  given: JsonObject,
  { secrets, connectionId, before }: { secrets: Secrets; connectionId: string; before?: OidcOptions | undefined },
): OidcOptions {
  const said = Object.fromEntries(
    Object.entries(given).filter(([name, value]) => value !== null || !MAY_BE_NULL.has(name)),
  )
  const { options } = validate({ options: said }, false) as { options: Static<typeof OidcOptionsSchema> }
  const { client_secret, ...rest } = options
  if (rest.type === 'front_channel') {
    throw new ApiError('operation_not_supported', {
      with: {
        reason: 'options.type front_channel is not offered by this server. Use back_channel, which exchanges a code.',
      },
    })
  }
  refuseWithoutEndpoints(rest)
  const kept = client_secret === undefined ? keptSecret(before, rest) : undefined
  const encrypted =
    client_secret === undefined ? kept : secrets.encrypt('connection_secret', connectionId, client_secret)
  return {
    ...rest,
    type: 'back_channel',
    ...(rest.domain_aliases ? { domain_aliases: rest.domain_aliases.map((domain) => domain.toLowerCase()) } : {}),
    ...(encrypted === undefined ? {} : { client_secret_encrypted: encrypted }),
  }
}

/** TABLE: what says to whom the secret is sent. */
const ADDRESSES = ['discovery_url', 'issuer', 'token_endpoint', 'client_id'] as const

/** @throws ApiError invalid_body where the secret would be sent elsewhere: whoever may change it need not be one who knows it */
function keptSecret(before: OidcOptions | undefined, after: OidcOptions): string | undefined {
  const kept = before?.client_secret_encrypted
  const moved = kept && ADDRESSES.find((name) => before[name] !== after[name])
  if (!moved) return kept
  const reason = `options.client_secret is missing. It is kept only while options.${moved} stays as it was.`
  throw new ApiError('invalid_body', { with: { reason } })
}

function refuseWithoutEndpoints(options: OidcOptions): void {
  const { discovery_url, issuer, authorization_endpoint, token_endpoint, jwks_uri } = options
  if (discovery_url || (issuer && authorization_endpoint && token_endpoint && jwks_uri)) return
  const reason = 'Name options.discovery_url, or issuer, authorization_endpoint, token_endpoint and jwks_uri.'
  throw new ApiError('invalid_body', { with: { reason } })
}
