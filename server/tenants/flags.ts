/** TABLE: the switches of a tenant, by Auth0's names, and how they stand when nobody has said anything. */
import { type Static, Type } from 'typebox'

/** Switches that Auth0 publishes. */
const PUBLISHED = [
  'allow_changing_enable_sso',
  'allow_legacy_delegation_grant_types',
  'allow_legacy_ro_grant_types',
  'allow_legacy_tokeninfo_endpoint',
  'change_pwd_flow_v1',
  'custom_domains_provisioning',
  'dashboard_insights_view',
  'dashboard_log_streams_next',
  'disable_clickjack_protection_headers',
  'disable_fields_map_fix',
  'disable_impersonation',
  'disable_management_api_sms_obfuscation',
  'enable_adfs_waad_email_verification',
  'enable_apis_section',
  'enable_client_connections',
  'enable_dynamic_client_registration',
  'enable_idtoken_api2',
  'enable_legacy_profile',
  'enable_pipeline2',
  'enable_public_signup_user_exists_error',
  'enable_sso',
  'enforce_client_authentication_on_passwordless_start',
  'genai_trial',
  'improved_signup_bot_detection_in_classic',
  'mfa_show_factor_list_on_enrollment',
  'no_disclose_enterprise_connections',
  'remove_alg_from_jwks',
  'revoke_refresh_token_grant',
  'trust_azure_adfs_email_verified_connection_property',
] as const

/** Switches that Auth0's API takes although it does not publish them; its Terraform provider and deploy tool send them. */
const TAKEN = [
  'cannot_change_enforce_client_authentication_on_passwordless_start',
  'dashboard_new_onboarding',
  'enable_custom_domain_in_emails',
  'enable_legacy_logs_search_v2',
  'new_universal_login_experience_enabled',
  'require_pushed_authorization_requests',
  'require_signed_request_object',
  'universal_login',
  'use_scope_descriptions_for_consent',
] as const

type Flag = (typeof PUBLISHED)[number] | (typeof TAKEN)[number]
const Switch = Type.Optional(Type.Boolean())

/** Switches by name. */
export const Flags = Type.Object(
  // The names are those of the two lists, which Object.fromEntries forgets.
  Object.fromEntries([...PUBLISHED, ...TAKEN].map((name) => [name, Switch])) as Record<Flag, typeof Switch>,
  { additionalProperties: false, description: 'Switches of the tenant' },
)

/** How they stand. Nothing here tells a stranger who has an account. */
export const FLAG_DEFAULTS = {
  allow_changing_enable_sso: false,
  disable_clickjack_protection_headers: false,
  disable_impersonation: true,
  enable_dynamic_client_registration: false,
  enable_public_signup_user_exists_error: false,
  enable_sso: true,
  no_disclose_enterprise_connections: false,
  revoke_refresh_token_grant: false,
  universal_login: true,
} as const satisfies Static<typeof Flags>
