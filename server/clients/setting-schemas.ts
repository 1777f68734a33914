/** The objects among a client's settings, by Auth0's names and limits. */
import { Type } from 'typebox'

/** No other names than these. */
export const closed = { additionalProperties: false } as const
const open = { additionalProperties: true } as const

const Yes = Type.Optional(Type.Boolean())
const Text = Type.Optional(Type.String())
const Enabled = Type.Optional(Type.Object({ enabled: Yes }, closed))
const LongId = Type.String({ minLength: 1, maxLength: 255 })

/** A list of texts. */
export const Texts = Type.Array(Type.String({ maxLength: 2083 }))

/** How the client is told that a session ended. */
export const OidcLogout = Type.Object(
  {
    backchannel_logout_urls: Type.Optional(Texts),
    backchannel_logout_initiators: Type.Optional(
      Type.Object(
        {
          mode: Type.Optional(Type.Enum(['custom', 'all'])),
          selected_initiators: Type.Optional(
            Type.Array(
              Type.Enum([
                'rp-logout',
                'idp-logout',
                'password-changed',
                'session-expired',
                'session-revoked',
                'account-deleted',
                'email-identifier-changed',
                'mfa-phone-unenrolled',
                'account-deactivated',
              ]),
            ),
          ),
        },
        open,
      ),
    ),
    backchannel_logout_session_metadata: Type.Optional(Type.Union([Type.Object({ include: Yes }, open), Type.Null()])),
  },
  open,
)

/** How ID tokens are signed, and how long they live. */
export const JwtConfiguration = Type.Object(
  {
    lifetime_in_seconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 2_592_000 })),
    secret_encoded: Yes,
    scopes: Type.Optional(Type.Object({}, open)),
    alg: Type.Optional(Type.Enum(['HS256', 'RS256', 'RS512', 'PS256'])),
  },
  open,
)

/** The public key that answers are encrypted with. */
export const EncryptionKey = Type.Object({ pub: Text, cert: Text, subject: Text }, open)

/** What kind of refresh tokens the client gets. */
export const RefreshToken = Type.Object(
  {
    rotation_type: Type.Enum(['rotating', 'non-rotating']),
    expiration_type: Type.Enum(['expiring', 'non-expiring']),
    leeway: Type.Optional(Type.Integer({ minimum: 0, maximum: 2_147_483_647 })),
    token_lifetime: Type.Optional(Type.Integer({ minimum: 1, maximum: 157_788_000 })),
    infinite_token_lifetime: Yes,
    idle_token_lifetime: Type.Optional(Type.Integer({ minimum: 1, maximum: 2_147_483_647 })),
    infinite_idle_token_lifetime: Yes,
    policies: Type.Optional(
      Type.Union([
        Type.Array(
          Type.Object(
            {
              audience: Type.String({ minLength: 1, maxLength: 600 }),
              scope: Type.Array(Type.String({ minLength: 1, maxLength: 280 })),
            },
            closed,
          ),
          { minItems: 1 },
        ),
        Type.Null(),
      ]),
    ),
  },
  closed,
)

/** How a session of a native application is handed to the web. */
export const SessionTransfer = Type.Object(
  {
    can_create_session_transfer_token: Yes,
    enforce_cascade_revocation: Yes,
    allowed_authentication_methods: Type.Optional(
      Type.Union([Type.Array(Type.Enum(['cookie', 'query'])), Type.Null()]),
    ),
    enforce_device_binding: Type.Optional(Type.Enum(['ip', 'asn', 'none'])),
    allow_refresh_token: Yes,
    enforce_online_refresh_tokens: Yes,
    delegation: Type.Optional(
      Type.Union([
        Type.Object(
          { allow_delegated_access: Yes, enforce_device_binding: Type.Optional(Type.Enum(['ip', 'asn'])) },
          closed,
        ),
        Type.Null(),
      ]),
    ),
  },
  closed,
)

/** The organization of tokens that name none. */
export const DefaultOrganization = Type.Object(
  {
    organization_id: Type.String({ pattern: '^org_[A-Za-z0-9]{16}$', description: 'Id of an organization' }),
    flows: Type.Array(Type.Enum(['client_credentials']), { minItems: 1, maxItems: 1 }),
  },
  closed,
)

/** What app stores know the application by. */
export const Mobile = Type.Object(
  {
    android: Type.Optional(
      Type.Object(
        {
          app_package_name: Text,
          sha256_cert_fingerprints: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })),
        },
        open,
      ),
    ),
    ios: Type.Optional(Type.Object({ team_id: Text, app_bundle_identifier: Text }, open)),
  },
  open,
)

/** Which native sign-ins may be exchanged for tokens. */
export const NativeSocialLogin = Type.Object({ apple: Enabled, facebook: Enabled, google: Enabled }, closed)

/** Whether the browser may offer its own sign-in. */
export const FedCmLogin = Type.Object({ google: Type.Optional(Type.Object({ is_enabled: Yes }, closed)) }, closed)

/** Signed requests are not read, so no key for them can be given; `required: false` may be said. */
export const SignedRequestObject = Type.Object(
  {
    required: Type.Optional(Type.Literal(false)),
    credentials: Type.Optional(Type.Array(Type.Object({}), { maxItems: 0 })),
  },
  closed,
)

/** Which token exchanges the client may ask for. */
export const TokenExchange = Type.Object(
  {
    allow_any_profile_of_type: Type.Optional(
      Type.Array(Type.Enum(['custom_authentication', 'on_behalf_of_token_exchange'])),
    ),
  },
  closed,
)

const Count = Type.Optional(Type.Integer({ minimum: 1, maximum: 2_147_483_647 }))
/** How many tokens the client may get. */
export const TokenQuota = Type.Object(
  {
    client_credentials: Type.Object({ enforce: Yes, per_day: Count, per_hour: Count }, { ...closed, minProperties: 1 }),
  },
  closed,
)

/** What an integration of the express kind is set up with. */
export const ExpressConfiguration = Type.Object(
  {
    initiate_login_uri_template: Type.String({ maxLength: 2083 }),
    user_attribute_profile_id: LongId,
    connection_profile_id: LongId,
    enable_client: Type.Boolean(),
    enable_organization: Type.Boolean(),
    linked_clients: Type.Optional(Type.Array(Type.Object({ client_id: LongId }, closed))),
    okta_oin_client_id: LongId,
    admin_login_domain: Type.String({ minLength: 1 }),
    oin_submission_id: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  },
  closed,
)

/** What the client may do in the My Organization API. */
export const MyOrganization = Type.Object(
  {
    connection_profile_id: Type.Optional(LongId),
    user_attribute_profile_id: Type.Optional(LongId),
    allowed_strategies: Type.Array(Type.Enum(['pingfederate', 'adfs', 'waad', 'google-apps', 'okta', 'oidc', 'samlp'])),
    connection_deletion_behavior: Type.Enum(['allow', 'allow_if_empty']),
    invitation_landing_client_id: Type.Optional(LongId),
  },
  closed,
)

/**
 * Add-ons are kept, nothing is done by them. Those that carry a password or private key of another service
 * (`azure_blob`, `azure_sb`, `firebase`, `layer`, `wams`, `sap_api`) are refused: it would lie unencrypted.
 */
const ADDONS = [
  'aws',
  'box',
  'cloudbees',
  'concur',
  'dropbox',
  'echosign',
  'egnyte',
  'mscrm',
  'newrelic',
  'office365',
  'rms',
  'salesforce',
  'salesforce_api',
  'salesforce_sandbox_api',
  'samlp',
  'sentry',
  'sharepoint',
  'slack',
  'springcm',
  'sso_integration',
  'wsfed',
  'zendesk',
  'zoom',
] as const

/** The add-ons of a client. */
export const Addons = Type.Object(
  Object.fromEntries(ADDONS.map((name) => [name, Type.Optional(Type.Object({}, open))])),
  closed,
)
