/** The tables as TypeScript sees them; `migrations/` is the truth. A `jsonb` column is written as JSON text. */
import type { ColumnType, Generated, GeneratedAlways } from 'kysely'
import type { AccessTables } from './tables-access.ts'
import type { BrandingTables } from './tables-branding.ts'
import type { EventTables } from './tables-events.ts'
import type { JobTables } from './tables-jobs.ts'
import type { OrganizationTables } from './tables-organizations.ts'
import type { PrivacyTables } from './tables-privacy.ts'
import type { SignInTables } from './tables-sign-in.ts'
import type { TermsTables } from './tables-terms.ts'

/** A JSON object of any content, such as metadata. */
export type JsonObject = { [key: string]: unknown }

/** A `jsonb` column. */
export type Json<T> = ColumnType<T, string, string>
/** A moment. */
export type Timestamp = ColumnType<Date, Date, Date>

export type TenantSettingsTable = {
  id: number
  settings: Json<JsonObject>
  key_probe: string
  demo: boolean | null
  updated_at: Timestamp
}

export type SigningKeysTable = {
  kid: string
  certificate: string
  public_jwk: Json<JsonObject>
  private_key_encrypted: string
  state: 'next' | 'current' | 'previous'
  created_at: Timestamp
  current_since: Timestamp | null
  current_until: Timestamp | null
  revoked_at: Timestamp | null
}

export type ResourceServersTable = {
  id: string
  identifier: string
  name: string
  is_system: Generated<boolean>
  system_name: 'management' | 'my-account' | null
  scopes: Json<{ value: string; description?: string }[]>
  settings: Json<JsonObject>
  signing_secret_encrypted: string | null
  created_at: Timestamp
}

export type ClientsTable = {
  client_id: string
  name: string
  is_first_party: Generated<boolean>
  is_global: Generated<boolean>
  token_endpoint_auth_method: string
  grant_types: string[]
  settings: Json<JsonObject>
  secret_encrypted: string | null
  secret_digest: string | null
  token_generation: Generated<number>
  created_at: Timestamp
}

export type ClientCredentialsTable = {
  id: string
  client_id: string
  name: string | null
  kid: string
  credential_type: string
  alg: string
  public_key_pem: string
  expires_at: Timestamp | null
  created_at: Timestamp
  updated_at: Timestamp
}

export type UsedAssertionsTable = { digest: string; expires_at: Timestamp }

export type ClientGrantsTable = {
  id: string
  client_id: string
  resource_server_id: string
  scope: string[]
  subject_type: Generated<string>
  settings: Json<JsonObject>
  created_at: Timestamp
}

export type ConnectionsTable = {
  id: string
  name: string
  strategy: string
  display_name: string | null
  options: Json<JsonObject>
  settings: Json<JsonObject>
  realms: string[]
  metadata: Json<JsonObject | null> | null
  created_at: Timestamp
}

export type ConnectionClientsTable = { connection_id: string; client_id: string }

export type RolesTable = {
  id: string
  name: string
  description: string | null
  is_builtin: Generated<boolean>
  open_to_organizations: Generated<boolean>
  created_at: Timestamp
}

export type RolePermissionsTable = { role_id: string; resource_server_id: string; permission: string }

export type UsersTable = {
  user_id: string
  email: string | null
  email_verified: boolean | null
  username: string | null
  phone_number: string | null
  phone_verified: boolean | null
  name: string | null
  given_name: string | null
  family_name: string | null
  nickname: string | null
  picture: string | null
  blocked: boolean | null
  user_metadata: Json<JsonObject | null> | null
  app_metadata: Json<JsonObject | null> | null
  provider_attributes: Json<JsonObject | null> | null
  edited_attributes: Generated<string[]>
  created_at: Timestamp
  updated_at: Timestamp
  last_login: Timestamp | null
  last_ip: string | null
  logins_count: number | null
  last_password_reset: Timestamp | null
  multifactor: string[] | null
  multifactor_last_modified: Timestamp | null
  email_folded: string | null
  name_folded: string | null
  given_name_folded: string | null
  family_name_folded: string | null
  nickname_folded: string | null
  search_text: GeneratedAlways<string | null>
  token_generation: Generated<number>
  managing_organization_id: string | null
}

/** This and the next two repeat columns of users for searches (`search-tables.ts`). */
export type UserActivityTable = {
  user_id: string
  updated_at: Timestamp
  last_login: Timestamp | null
  logins_count: number | null
  last_ip: string | null
}

export type SearchUserMetadataTable = { user_id: string; user_metadata: Json<JsonObject | null> | null }

export type SearchAppMetadataTable = { user_id: string; app_metadata: Json<JsonObject | null> | null }

export type UserIdentifiersTable = {
  connection_id: string
  kind: string
  value: string
  user_id: string
  /** Null: of the identity that is not linked to another. */
  identity_id: ColumnType<string | null, string | null | undefined, string | null>
}

export type IdentitiesTable = {
  connection_id: string
  identity_id: string
  user_id: string
  position: Generated<number>
  connection_name: string
  provider: string
  is_social: Generated<boolean>
  profile_data: Json<JsonObject | null> | null
  claims: Json<JsonObject | null> | null
  synced_at: Timestamp | null
}

export type PasswordsTable = {
  connection_id: string
  identity_id: string
  user_id: string
  hash: string
  set_at: Timestamp
  set_by: 'self' | 'administrator' | 'application' | 'import' | 'system'
  temporary: Generated<boolean>
  history: Generated<string[]>
}

export type UserRolesTable = { user_id: string; role_id: string; created_at: Timestamp }

export type TicketsTable = {
  token_hash: string
  purpose: 'password_change' | 'email_verification' | 'sign_in' | 'unblock'
  user_id: string
  connection_id: string
  identity_id: string
  client_id: string | null
  address: string | null
  marks_email_verified: Generated<boolean>
  details: Json<JsonObject>
  created_at: Timestamp
  expires_at: Timestamp
  consumed_at: Timestamp | null
}

export type CountersTable = { scope: string; name: string; slot: number; value: Generated<number> }

type OtherTables = SignInTables &
  JobTables &
  AccessTables &
  BrandingTables &
  EventTables &
  OrganizationTables &
  PrivacyTables &
  TermsTables

/** Every table by name. */
export type Tables = OtherTables & {
  tenant_settings: TenantSettingsTable
  signing_keys: SigningKeysTable
  resource_servers: ResourceServersTable
  clients: ClientsTable
  client_credentials: ClientCredentialsTable
  used_assertions: UsedAssertionsTable
  client_grants: ClientGrantsTable
  connections: ConnectionsTable
  connection_clients: ConnectionClientsTable
  roles: RolesTable
  role_permissions: RolePermissionsTable
  users: UsersTable
  user_activity: UserActivityTable
  search_user_metadata: SearchUserMetadataTable
  search_app_metadata: SearchAppMetadataTable
  user_identifiers: UserIdentifiersTable
  identities: IdentitiesTable
  passwords: PasswordsTable
  user_roles: UserRolesTable
  tickets: TicketsTable
  counters: CountersTable
}
