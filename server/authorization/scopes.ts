/**
 * TABLE: every scope of the Management API, by what it is about. Routes name scopes from here, the Management
 * API's resource server lists them, and a grant may name no other.
 */
const VERBS_BY_SUBJECT = {
  actions: ['create', 'read', 'update', 'delete'],
  anomaly_blocks: ['read', 'delete'],
  attack_protection: ['read', 'update'],
  authentication_methods: ['create', 'read', 'update', 'delete'],
  branding: ['read', 'update', 'delete'],
  client_credentials: ['create', 'read', 'update', 'delete'],
  client_grants: ['create', 'read', 'update', 'delete'],
  client_keys: ['read', 'update'],
  client_summary: ['read'],
  client_token_vault_privileged_access: ['update'],
  clients: ['create', 'read', 'update', 'delete'],
  connection_profiles: ['create', 'read', 'update', 'delete'],
  connections: ['create', 'read', 'update', 'delete'],
  connections_keys: ['create', 'read', 'update'],
  current_user: ['read', 'delete'],
  current_user_device_credentials: ['create', 'delete'],
  current_user_identities: ['update'],
  current_user_metadata: ['create', 'update', 'delete'],
  custom_domains: ['create', 'read', 'update', 'delete'],
  custom_signing_keys: ['create', 'read', 'update', 'delete'],
  device_credentials: ['read', 'delete'],
  directory_provisionings: ['create', 'read', 'update', 'delete'],
  email_provider: ['create', 'read', 'update', 'delete'],
  email_templates: ['create', 'read', 'update'],
  encryption_keys: ['create', 'read', 'update', 'delete'],
  event_deliveries: ['read', 'update'],
  event_streams: ['create', 'read', 'update', 'delete'],
  events: ['read'],
  federated_connections_tokens: ['read', 'delete'],
  flows: ['create', 'read', 'update', 'delete'],
  flows_executions: ['read', 'delete'],
  flows_vault_connections: ['create', 'read', 'update', 'delete'],
  forms: ['create', 'read', 'update', 'delete'],
  grants: ['read', 'delete'],
  group_members: ['read'],
  groups: ['read', 'delete'],
  guardian_enrollment_tickets: ['create'],
  guardian_enrollments: ['read', 'delete'],
  guardian_factors: ['read', 'update'],
  hooks: ['create', 'read', 'update', 'delete'],
  log_streams: ['create', 'read', 'update', 'delete'],
  logs: ['read'],
  logs_users: ['read'],
  mfa_policies: ['read', 'update'],
  network_acls: ['create', 'read', 'update', 'delete'],
  organization_client_grants: ['create', 'read', 'delete'],
  organization_clients: ['create', 'read', 'update', 'delete'],
  organization_connections: ['create', 'read', 'update', 'delete'],
  organization_discovery_domains: ['create', 'read', 'update', 'delete'],
  organization_invitations: ['create', 'read', 'delete'],
  organization_member_effective_roles: ['read'],
  organization_member_role_source_groups: ['read'],
  organization_member_roles: ['create', 'read', 'delete'],
  organization_members: ['create', 'read', 'delete'],
  organizations: ['create', 'read', 'update', 'delete'],
  organizations_summary: ['read'],
  phone_providers: ['create', 'read', 'update', 'delete'],
  phone_templates: ['create', 'read', 'update', 'delete'],
  prompts: ['read', 'update'],
  refresh_tokens: ['read', 'update', 'delete'],
  resource_servers: ['create', 'read', 'update', 'delete'],
  role_members: ['create', 'read', 'delete'],
  roles: ['create', 'read', 'update', 'delete'],
  rules: ['create', 'read', 'update', 'delete'],
  rules_configs: ['read', 'update', 'delete'],
  scim_config: ['create', 'read', 'update', 'delete'],
  scim_token: ['create', 'read', 'delete'],
  self_service_profile_custom_texts: ['read', 'update'],
  self_service_profiles: ['create', 'read', 'update', 'delete'],
  sessions: ['read', 'update', 'delete'],
  signing_keys: ['create', 'read', 'update'],
  sso_access_tickets: ['create', 'delete'],
  stats: ['read'],
  tenant_settings: ['read', 'update'],
  // Ours, as the next.
  terms: ['create', 'read', 'update', 'delete'],
  terms_acceptances: ['read'],
  token_exchange_profiles: ['create', 'read', 'update', 'delete'],
  user_attribute_profiles: ['create', 'read', 'update', 'delete'],
  user_effective_permissions: ['read'],
  user_effective_roles: ['read'],
  user_idp_tokens: ['read'],
  user_permission_source_roles: ['read'],
  user_role_source_groups: ['read'],
  user_tickets: ['create'],
  users: ['create', 'read', 'update', 'delete'],
  users_app_metadata: ['create', 'read', 'update', 'delete'],
  vdcs_templates: ['create', 'read', 'update', 'delete'],
} as const satisfies Record<string, readonly ('create' | 'read' | 'update' | 'delete')[]>

type VerbsBySubject = typeof VERBS_BY_SUBJECT

/** A scope of the Management API, such as `read:users`. */
export type Scope = {
  [Subject in keyof VerbsBySubject]: `${VerbsBySubject[Subject][number]}:${Subject}`
}[keyof VerbsBySubject]

/** Every scope with a sentence about it, in the shape of a resource server's `scopes`. */
export const MANAGEMENT_SCOPES: readonly { value: Scope; description: string }[] = Object.entries(
  VERBS_BY_SUBJECT,
).flatMap(([subject, verbs]) =>
  verbs.map((verb) => ({
    // Object.entries forgets the key's type; the pair comes from the table above.
    value: `${verb}:${subject}` as Scope,
    description: `${verb.charAt(0).toUpperCase()}${verb.slice(1)} ${subject.replaceAll('_', ' ')}`,
  })),
)

const NAMES: ReadonlySet<string> = new Set(MANAGEMENT_SCOPES.map((scope) => scope.value))

/** Whether the text is a scope of the Management API. */
export function isManagementScope(text: string): text is Scope {
  return NAMES.has(text)
}

/** The scopes that let a person's own token act, always on his own account alone (Auth0: "current user" scopes). */
export const OWN_ACCOUNT_SCOPES: ReadonlySet<string> = new Set(
  [...NAMES].filter((name) => /:current_user(_|$)/.test(name)),
)
