/**
 * TABLE: what answers of the Management API look like: which properties are always there, which may be, and what
 * they hold. A property that is not listed is a fault, so that nothing gets out unseen; so is a null.
 */

/** Finds what is wrong with a value; an empty list when nothing is. */
type Check = (value: unknown, path: string) => string[]

type Properties = Record<string, Check>

const fault = (path: string, value: unknown, wanted: string) => [`${path} is ${JSON.stringify(value)}, not ${wanted}`]

const matching =
  (pattern: RegExp): Check =>
  (value, path) =>
    typeof value === 'string' && pattern.test(value) ? [] : fault(path, value, String(pattern))

const ofType =
  (type: 'string' | 'boolean' | 'number'): Check =>
  (value, path) =>
    typeof value === type ? [] : fault(path, value, type)

const listOf =
  (item: Check): Check =>
  (value, path) =>
    Array.isArray(value)
      ? value.flatMap((each, index) => item(each, `${path}[${index}]`))
      : fault(path, value, 'a list')

const object =
  (required: Properties, optional: Properties = {}): Check =>
  (value, path) => {
    if (!isObject(value)) return fault(path, value, 'an object')
    const missing = Object.keys(required).filter((name) => !Object.hasOwn(value, name))
    return [
      ...missing.map((name) => `${path}.${name} is missing`),
      ...Object.entries(value).flatMap(([name, item]) => {
        const check = required[name] ?? optional[name]
        return check ? check(item, `${path}.${name}`) : fault(`${path}.${name}`, item, 'listed')
      }),
    ]
  }

const anyObject: Check = (value, path) => (isObject(value) ? [] : fault(path, value, 'an object'))
const orNull =
  (check: Check): Check =>
  (value, path) =>
    value === null ? [] : check(value, path)

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const text = ofType('string')
const yesOrNo = ofType('boolean')
const number = ofType('number')
const date = matching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)

const user = object(
  {
    user_id: matching(/^auth0\|\S+$/),
    email: matching(/^[^@\s]+@[^@\s]+$/),
    email_verified: yesOrNo,
    name: text,
    nickname: text,
    picture: matching(/^https:\/\//),
    created_at: date,
    updated_at: date,
    identities: listOf(object({ connection: text, user_id: text, provider: text, isSocial: yesOrNo })),
  },
  {
    username: text,
    given_name: text,
    family_name: text,
    blocked: yesOrNo,
    user_metadata: anyObject,
    app_metadata: anyObject,
  },
)

const client = object(
  {
    tenant: text,
    client_id: text,
    name: text,
    global: yesOrNo,
    is_first_party: yesOrNo,
    oidc_conformant: yesOrNo,
    sso_disabled: yesOrNo,
    cross_origin_authentication: yesOrNo,
    custom_login_page_on: yesOrNo,
    is_token_endpoint_ip_header_trusted: yesOrNo,
    app_type: text,
    grant_types: listOf(text),
    token_endpoint_auth_method: text,
    jwt_configuration: object({ alg: text, lifetime_in_seconds: number, secret_encoded: yesOrNo }),
    refresh_token: object({
      rotation_type: text,
      expiration_type: text,
      leeway: number,
      token_lifetime: number,
      idle_token_lifetime: number,
      infinite_token_lifetime: yesOrNo,
      infinite_idle_token_lifetime: yesOrNo,
    }),
  },
  {
    // Public ones have none.
    client_secret: text,
    description: text,
    client_metadata: anyObject,
    callbacks: listOf(text),
    allowed_logout_urls: listOf(text),
    web_origins: listOf(text),
    initiate_login_uri: text,
    organization_usage: text,
  },
)

const clientGrant = object({
  id: matching(/^cgr_[A-Za-z0-9]{16}$/),
  client_id: text,
  audience: text,
  scope: listOf(text),
  subject_type: text,
})

const resourceServer = object(
  {
    id: matching(/^[0-9a-f]{24}$/),
    name: text,
    identifier: text,
    scopes: listOf(object({ value: text }, { description: text })),
    allow_offline_access: yesOrNo,
    skip_consent_for_verifiable_first_party_clients: yesOrNo,
    token_lifetime: number,
    token_lifetime_for_web: number,
    signing_alg: text,
  },
  { is_system: yesOrNo, subject_type_authorization: anyObject },
)

const connection = object(
  {
    id: matching(/^con_[A-Za-z0-9]{16}$/),
    name: text,
    strategy: text,
    options: anyObject,
    authentication: object({ active: yesOrNo }),
    connected_accounts: object({ active: yesOrNo }),
    is_domain_connection: yesOrNo,
    enabled_clients: listOf(text),
    realms: listOf(text),
  },
  { display_name: text },
)

const settings = object({
  friendly_name: text,
  default_audience: text,
  default_directory: text,
  flags: anyObject,
  enabled_locales: listOf(text),
  session_lifetime: number,
  idle_session_lifetime: number,
  ephemeral_session_lifetime: number,
  idle_ephemeral_session_lifetime: number,
  sandbox_version: text,
  sandbox_versions_available: listOf(text),
  sessions: object({ oidc_logout_prompt_enabled: yesOrNo }),
  oidc_logout: object({ rp_logout_end_session_endpoint_discovery: yesOrNo }),
  allow_organization_name_in_authentication_api: yesOrNo,
  customize_mfa_in_postlogin_action: yesOrNo,
  pushed_authorization_requests_supported: yesOrNo,
  authorization_response_iss_parameter_supported: yesOrNo,
  resource_parameter_profile: text,
  client_id_metadata_document_supported: yesOrNo,
  include_session_metadata_in_tenant_logs: yesOrNo,
})

// Log entries are where Auth0 does write null.
const logEntry = object({
  _id: matching(/^\d{50,60}$/),
  log_id: matching(/^\d{50,60}$/),
  date,
  type: text,
  description: text,
  hostname: text,
  isMobile: yesOrNo,
  security_context: anyObject,
  ...Object.fromEntries(
    [
      ...['client_id', 'client_name', 'ip', 'user_agent', 'user_id', 'user_name', 'connection', 'connection_id'],
      ...['organization_id', 'organization_name', 'audience', 'scope', 'strategy', 'strategy_type'],
    ].map((name) => [name, orNull(text)]),
  ),
  location_info: orNull(anyObject),
  details: orNull(anyObject),
  auth0_client: orNull(anyObject),
})

const key = object(
  {
    kid: text,
    cert: matching(/^-----BEGIN CERTIFICATE-----\n/),
    fingerprint: matching(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/),
    thumbprint: matching(/^[0-9A-F]{40}$/),
  },
  {
    current: yesOrNo,
    current_since: date,
    current_until: date,
    next: yesOrNo,
    previous: yesOrNo,
    revoked: yesOrNo,
    revoked_at: date,
  },
)

const token = object({
  access_token: matching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
  token_type: matching(/^Bearer$/),
  expires_in: number,
  scope: text,
})

const SHAPES = { user, client, clientGrant, resourceServer, connection, settings, logEntry, key, token }

/** What of an answer does not fit its shape, each in words. */
export function faultsOf(shape: keyof typeof SHAPES, answer: unknown): string[] {
  return SHAPES[shape](answer, shape)
}
