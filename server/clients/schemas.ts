/**
 * TABLE: what can be said of a client, by Auth0's names and limits: the bodies of POST and PATCH, and the answer.
 * Bodies are closed; a few objects inside are open because Auth0's are. Addresses have rules of their own
 * (addresses.ts), which a schema cannot say.
 */
import { type Static, type TNull, type TOptional, type TSchema, type TUnion, Type } from 'typebox'
import { NewPublicKey } from './credentials/schemas.ts'
import {
  Addons,
  closed,
  DefaultOrganization,
  EncryptionKey,
  ExpressConfiguration,
  FedCmLogin,
  JwtConfiguration,
  Mobile,
  MyOrganization,
  NativeSocialLogin,
  OidcLogout,
  RefreshToken,
  SessionTransfer,
  SignedRequestObject,
  Texts,
  TokenExchange,
  TokenQuota,
} from './setting-schemas.ts'

const Name = Type.String({ pattern: '^[^<>]+$', description: 'Name of the client, without < and >' })
const Yes = Type.Optional(Type.Boolean())
const Text = Type.Optional(Type.String())
const MetadataValue = Type.Union([Type.String({ maxLength: 255 }), Type.Null()])

const APP_TYPES = [
  'native',
  'spa',
  'regular_web',
  'non_interactive',
  'resource_server',
  'express_configuration',
  'rms',
  'box',
  'cloudbees',
  'concur',
  'dropbox',
  'mscrm',
  'echosign',
  'egnyte',
  'newrelic',
  'office365',
  'salesforce',
  'sentry',
  'sharepoint',
  'slack',
  'springcm',
  'zendesk',
  'zoom',
  'sso_integration',
  'oag',
] as const

/** How a client proves at the token endpoint that it is itself, where a secret or nothing is asked for. */
const SecretMethod = Type.Enum(['none', 'client_secret_post', 'client_secret_basic'])

/** What POST and PATCH take alike. */
const Plain = {
  description: Type.Optional(Type.String({ maxLength: 140, description: 'Free text' })),
  logo_uri: Text,
  callbacks: Type.Optional(Texts),
  allowed_origins: Type.Optional(Texts),
  web_origins: Type.Optional(Texts),
  allowed_logout_urls: Type.Optional(Texts),
  client_aliases: Type.Optional(Type.Array(Type.String({ minLength: 1 }))),
  allowed_clients: Type.Optional(Type.Array(Type.String({ minLength: 1 }))),
  grant_types: Type.Optional(Type.Array(Type.String({ minLength: 1 }))),
  oidc_logout: Type.Optional(OidcLogout),
  oidc_backchannel_logout: Type.Optional(OidcLogout),
  is_token_endpoint_ip_header_trusted: Yes,
  app_type: Type.Optional(Type.Enum(APP_TYPES)),
  is_first_party: Yes,
  oidc_conformant: Yes,
  jwt_configuration: Type.Optional(JwtConfiguration),
  sso: Yes,
  sso_disabled: Yes,
  cross_origin_authentication: Yes,
  custom_login_page_on: Yes,
  custom_login_page: Text,
  custom_login_page_preview: Text,
  form_template: Text,
  addons: Type.Optional(Addons),
  client_metadata: Type.Optional(
    Type.Record(Type.String(), MetadataValue, {
      maxProperties: 10,
      propertyNames: { maxLength: 255 },
      description: 'Up to 10 texts of up to 255 characters',
    }),
  ),
  mobile: Type.Optional(Mobile),
  initiate_login_uri: Text,
  native_social_login: Type.Optional(NativeSocialLogin),
  fedcm_login: Type.Optional(FedCmLogin),
  require_pushed_authorization_requests: Yes,
  require_proof_of_possession: Yes,
  signed_request_object: Type.Optional(SignedRequestObject),
  third_party_security_mode: Type.Optional(Type.Enum(['strict', 'permissive'])),
  redirection_policy: Type.Optional(Type.Enum(['allow_always', 'open_redirect_protection'])),
}

/** What may be null in POST and PATCH; null says the same as leaving it out, or takes it away. */
const Nullable = {
  session_transfer: SessionTransfer,
  encryption_key: EncryptionKey,
  refresh_token: RefreshToken,
  default_organization: DefaultOrganization,
  compliance_level: Type.Enum([
    'none',
    'fapi1_adv_pkj_par',
    'fapi1_adv_mtls_par',
    'fapi2_sp_pkj_mtls',
    'fapi2_sp_mtls_mtls',
  ]),
  par_request_expiry: Type.Integer({ minimum: 10, maximum: 600 }),
}

/** What may be null in PATCH alone. */
const NullableInUpdate = {
  token_endpoint_auth_method: SecretMethod,
  cross_origin_loc: Type.String(),
  organization_usage: Type.Enum(['deny', 'allow', 'require']),
  organization_require_behavior: Type.Enum(['no_prompt', 'pre_login_prompt', 'post_login_prompt']),
  organization_discovery_methods: Type.Array(Type.Enum(['email', 'organization_name']), { minItems: 1 }),
  skip_non_verifiable_callback_uri_confirmation_prompt: Type.Boolean(),
  token_exchange: TokenExchange,
  token_quota: TokenQuota,
  express_configuration: ExpressConfiguration,
  my_organization_configuration: MyOrganization,
  async_approval_notification_channels: Type.Array(Type.Enum(['guardian-push', 'email']), { minItems: 1 }),
}

const ResourceServerIdentifier = Type.Optional(Type.String({ minLength: 1, maxLength: 600 }))

/** The body of POST /clients. */
export const ClientCreate = Type.Object(
  {
    name: Name,
    ...Plain,
    ...orNull(Nullable),
    ...optional(NullableInUpdate),
    resource_server_identifier: ResourceServerIdentifier,
    client_authentication_methods: Type.Optional(
      Type.Object({ private_key_jwt: Type.Object({ credentials: Type.Array(NewPublicKey) }, closed) }, closed),
    ),
  },
  closed,
)
/** A new client as it is asked for. */
export type ClientCreate = Static<typeof ClientCreate>

const UsedCredential = Type.Object({ id: Type.String({ minLength: 1, maxLength: 255 }) }, closed)

/** The body of PATCH /clients/{id}. */
export const ClientUpdate = Type.Object(
  {
    name: Type.Optional(Name),
    ...Plain,
    ...orNull(Nullable),
    ...orNull(NullableInUpdate),
    client_secret: Type.Optional(Type.String({ minLength: 1, maxLength: 1024 })),
    client_authentication_methods: Type.Optional(
      Type.Union([
        Type.Object({ private_key_jwt: Type.Object({ credentials: Type.Array(UsedCredential) }, closed) }, closed),
        Type.Null(),
      ]),
    ),
  },
  { ...closed, minProperties: 1 },
)
/** What is asked to change about a client. */
export type ClientUpdate = Static<typeof ClientUpdate>

/** A client as the Management API answers it; what the caller may not read is left out. */
export const Client = Type.Object({
  tenant: Text,
  global: Yes,
  client_id: Text,
  client_secret: Text,
  name: Text,
  ...Plain,
  ...optional(Nullable),
  ...optional(NullableInUpdate),
  resource_server_identifier: ResourceServerIdentifier,
  client_authentication_methods: Type.Optional(
    Type.Object({
      private_key_jwt: Type.Object({
        credentials: Type.Array(Type.Object({ id: Type.String() }, { additionalProperties: true })),
      }),
    }),
  ),
})

type Fields = Record<string, TSchema>

function optional<T extends Fields>(fields: T): { [K in keyof T]: TOptional<T[K]> } {
  const entries = Object.entries(fields).map(([name, schema]) => [name, Type.Optional(schema)])
  // Object.fromEntries forgets which name has which schema.
  return Object.fromEntries(entries) as { [K in keyof T]: TOptional<T[K]> }
}

function orNull<T extends Fields>(fields: T): { [K in keyof T]: TOptional<TUnion<[T[K], TNull]>> } {
  const entries = Object.entries(fields).map(([name, schema]) => [
    name,
    Type.Optional(Type.Union([schema, Type.Null()])),
  ])
  // As above.
  return Object.fromEntries(entries) as { [K in keyof T]: TOptional<TUnion<[T[K], TNull]>> }
}
