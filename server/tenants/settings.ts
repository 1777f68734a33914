/**
 * The settings of the tenant: how long sessions live, which languages it speaks, where it sends people. TABLE: each
 * setting once, by Auth0's name, with its limits; and what holds while nobody has said anything. Stored is only what
 * was said, so that a better default reaches tenants that never chose.
 */
import { type Static, type TSchema, Type } from 'typebox'
import { FLAG_DEFAULTS, Flags } from './flags.ts'
import { LOCALES } from './locales.ts'

const closed = { additionalProperties: false } as const
const Yes = Type.Optional(Type.Boolean())
const Text = Type.Optional(Type.String())

function orNull<const Inner extends TSchema>(inner: Inner) {
  return Type.Optional(Type.Union([inner, Type.Null()]))
}

function orEmpty(format: 'absolute-uri' | 'email', description: string) {
  return Type.Optional(Type.Union([Type.String({ format, maxLength: 2_048, description }), Type.Literal('')]))
}

// The longest that any of Auth0's plans allows: 365 days of a session, 100 days without activity.
const LONGEST_HOURS = 8_760
const LONGEST_IDLE_HOURS = 2_400

function duration(longest: number, unit: string) {
  return Type.Optional(Type.Integer({ minimum: 1, maximum: longest, description: unit }))
}

const Page = Type.Object({ enabled: Yes, html: Text }, closed)
const Quota = Type.Object({
  client_credentials: Type.Object(
    {
      enforce: Yes,
      per_day: Type.Optional(Type.Integer({ minimum: 1, maximum: 2_147_483_647 })),
      per_hour: Type.Optional(Type.Integer({ minimum: 1, maximum: 2_147_483_647 })),
    },
    { ...closed, minProperties: 1 },
  ),
})

/** Durations that can be said in minutes as well, and how many hours are the most. */
export const IN_MINUTES = {
  session_lifetime: LONGEST_HOURS,
  idle_session_lifetime: LONGEST_IDLE_HOURS,
  ephemeral_session_lifetime: LONGEST_HOURS,
  idle_ephemeral_session_lifetime: LONGEST_IDLE_HOURS,
} as const

const Minutes = {
  session_lifetime_in_minutes: duration(LONGEST_HOURS * 60, 'Minutes'),
  idle_session_lifetime_in_minutes: duration(LONGEST_IDLE_HOURS * 60, 'Minutes'),
  ephemeral_session_lifetime_in_minutes: duration(LONGEST_HOURS * 60, 'Minutes'),
  idle_ephemeral_session_lifetime_in_minutes: duration(LONGEST_IDLE_HOURS * 60, 'Minutes'),
} as const satisfies { [Name in keyof typeof IN_MINUTES as `${Name}_in_minutes`]: TSchema }

/** Every setting but the durations. */
const Settings = {
  change_password: orNull(Page),
  guardian_mfa_page: orNull(Page),
  error_page: orNull(
    Type.Object({ html: Text, show_log_link: Yes, url: orEmpty('absolute-uri', 'Address of the page') }, closed),
  ),
  device_flow: orNull(
    Type.Object(
      {
        charset: Type.Optional(Type.Enum(['base20', 'digits'])),
        mask: Type.Optional(Type.String({ maxLength: 20 })),
      },
      closed,
    ),
  ),
  default_audience: Type.Optional(Type.String({ maxLength: 600, description: 'Audience where none is named' })),
  default_directory: Type.Optional(Type.String({ maxLength: 128, description: 'Connection of password grants' })),
  default_token_quota: orNull(
    Type.Object(
      { clients: Type.Optional(Quota), organizations: Type.Optional(Quota) },
      { ...closed, minProperties: 1 },
    ),
  ),
  flags: Type.Optional(Flags),
  friendly_name: Type.Optional(Type.String({ maxLength: 200, description: 'Name of the tenant' })),
  picture_url: orEmpty('absolute-uri', 'Logo of the tenant'),
  support_email: orEmpty('email', 'Address for support'),
  support_url: orEmpty('absolute-uri', 'Page for support'),
  allowed_logout_urls: Type.Optional(
    Type.Array(Type.String({ maxLength: 2_048 }), { maxItems: 1_000, description: 'Where a logout may lead' }),
  ),
  default_redirection_uri: Type.Optional(
    Type.Union([
      Type.String({
        maxLength: 2_048,
        pattern: '^https://[^\\s/]+',
        description: 'Where to go when a flow has no home',
      }),
      Type.Literal(''),
    ]),
  ),
  enabled_locales: Type.Optional(
    Type.Array(Type.Enum(LOCALES), { minItems: 1, uniqueItems: true, description: 'Languages, the first by default' }),
  ),
  sandbox_version: Type.Optional(Type.String({ maxLength: 8 })),
  legacy_sandbox_version: Type.Optional(Type.String({ maxLength: 8 })),
  security_headers: orNull(Type.Record(Type.String(), Type.Unknown())),
  session_cookie: orNull(Type.Object({ mode: Type.Enum(['persistent', 'non-persistent']) }, closed)),
  sessions: orNull(Type.Object({ oidc_logout_prompt_enabled: Yes }, closed)),
  oidc_logout: Type.Optional(Type.Object({ rp_logout_end_session_endpoint_discovery: Yes }, closed)),
  customize_mfa_in_postlogin_action: orNull(Type.Boolean()),
  allow_organization_name_in_authentication_api: orNull(Type.Boolean()),
  acr_values_supported: orNull(Type.Array(Type.String({ maxLength: 255 }), { maxItems: 100 })),
  mtls: orNull(Type.Object({ enable_endpoint_aliases: Yes }, closed)),
  pushed_authorization_requests_supported: orNull(Type.Boolean()),
  authorization_response_iss_parameter_supported: orNull(Type.Boolean()),
  skip_non_verifiable_callback_uri_confirmation_prompt: orNull(Type.Boolean()),
  resource_parameter_profile: Type.Optional(Type.Enum(['audience', 'compatibility'])),
  client_id_metadata_document_supported: Yes,
  enable_ai_guide: Yes,
  phone_consolidated_experience: Yes,
  include_session_metadata_in_tenant_logs: Yes,
  /** Ours: whether lists of users go on beyond the first 1,000, as they do unless this is false. Auth0's do not. */
  deep_user_paging: Yes,
  dynamic_client_registration_security_mode: Type.Optional(Type.Enum(['strict', 'permissive'])),
  country_codes: orNull(
    Type.Object(
      {
        list: Type.Optional(Type.Array(Type.String({ pattern: '^[A-Z]{2}$' }), { maxItems: 300 })),
        mode: Type.Optional(Type.Enum(['allow', 'deny'])),
      },
      closed,
    ),
  ),
} as const

/** Body of a change. */
export const TenantSettingsUpdate = Type.Object(
  {
    ...Settings,
    session_lifetime: duration(LONGEST_HOURS, 'Hours'),
    idle_session_lifetime: duration(LONGEST_IDLE_HOURS, 'Hours'),
    ephemeral_session_lifetime: duration(LONGEST_HOURS, 'Hours'),
    idle_ephemeral_session_lifetime: duration(LONGEST_IDLE_HOURS, 'Hours'),
    ...Minutes,
  },
  closed,
)

const Hours = Type.Optional(Type.Number({ description: 'Hours' }))

/** The settings as answers show them. What was let in as an address once is text here, and not judged again. */
export const TenantSettingsWire = Type.Object({
  ...Settings,
  error_page: Type.Optional(Type.Object({ html: Text, show_log_link: Yes, url: Text })),
  picture_url: Text,
  support_email: Text,
  support_url: Text,
  default_redirection_uri: Text,
  session_lifetime: Hours,
  idle_session_lifetime: Hours,
  ephemeral_session_lifetime: Hours,
  idle_ephemeral_session_lifetime: Hours,
  sandbox_versions_available: Type.Optional(Type.Array(Type.String())),
})

type Wire = Static<typeof TenantSettingsWire>

/** What was said of the settings; durations in hours, with fractions where they were said in minutes. */
export type SaidSettings = { [Name in keyof Wire]: Exclude<Wire[Name], null> }

/** What holds while nobody has said anything. */
export const TENANT_DEFAULTS = {
  default_audience: '',
  default_directory: '',
  flags: FLAG_DEFAULTS as SaidSettings['flags'] & typeof FLAG_DEFAULTS,
  enabled_locales: ['en'] as string[],
  session_lifetime: 168,
  idle_session_lifetime: 72,
  ephemeral_session_lifetime: 72,
  idle_ephemeral_session_lifetime: 24,
  sandbox_version: '22',
  sandbox_versions_available: ['22'] as string[],
  sessions: { oidc_logout_prompt_enabled: true },
  oidc_logout: { rp_logout_end_session_endpoint_discovery: true },
  allow_organization_name_in_authentication_api: false,
  customize_mfa_in_postlogin_action: false,
  pushed_authorization_requests_supported: false,
  authorization_response_iss_parameter_supported: false,
  resource_parameter_profile: 'audience',
  client_id_metadata_document_supported: false,
  include_session_metadata_in_tenant_logs: false,
} as const satisfies SaidSettings

/** The settings of the tenant, defaults included. */
export type TenantSettings = SaidSettings & {
  [Name in keyof typeof TENANT_DEFAULTS]: NonNullable<SaidSettings[Name]>
}

/** Puts the defaults under what was said; of the flags one by one. */
export function withTenantDefaults(said: SaidSettings): TenantSettings {
  return { ...TENANT_DEFAULTS, ...said, flags: { ...TENANT_DEFAULTS.flags, ...said.flags } }
}
