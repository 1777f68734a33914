/** The tables of organizations: what they are, who belongs to them, who is invited, what is open to them. */
import type { ColumnType, Generated } from 'kysely'
import type { Json, JsonObject, Timestamp } from './tables.ts'

/** Null unless it is written. */
type Nullable<T> = ColumnType<T | null, T | null | undefined, T | null>

export type OrganizationsTable = {
  id: string
  name: string
  display_name: string | null
  branding: ColumnType<JsonObject | null, string | null | undefined, string | null>
  metadata: ColumnType<Record<string, string | null> | null, string | null | undefined, string | null>
  settings: ColumnType<JsonObject, string | undefined, string>
  rules: ColumnType<JsonObject, string | undefined, string>
  suspended_at: Nullable<Date>
  suspended_reason: Nullable<string>
  token_generation: Generated<number>
  created_at: Timestamp
  updated_at: Timestamp
}

export type MembershipsTable = {
  organization_id: string
  user_id: string
  created_at: Timestamp
  blocked_at: Nullable<Date>
  blocked_reason: Nullable<string>
  ends_at: Nullable<Date>
  attributes: ColumnType<JsonObject, string | undefined, string>
  last_login: Nullable<Date>
  last_ip: Nullable<string>
  logins_count: Generated<number>
  token_generation: Generated<number>
}

export type MembershipRolesTable = {
  organization_id: string
  user_id: string
  role_id: string
  created_at: Timestamp
}

export type OrganizationConnectionsTable = {
  organization_id: string
  connection_id: string
  name: Nullable<string>
  assign_membership_on_login: Generated<boolean>
  show_as_button: Generated<boolean>
  is_signup_enabled: Generated<boolean>
  is_enabled: Generated<boolean>
  access_level: Nullable<'none' | 'readonly' | 'limited' | 'full'>
  created_at: Timestamp
}

export type OrganizationInvitationsTable = {
  id: string
  organization_id: string
  client_id: string
  connection_id: Nullable<string>
  inviter_name: string
  invited_by: Nullable<string>
  email: string
  email_folded: string
  role_ids: Generated<string[]>
  app_metadata: Json<JsonObject | null> | null
  user_metadata: Json<JsonObject | null> | null
  language: Nullable<string>
  ticket_hash: string
  ticket_encrypted: string
  created_at: Timestamp
  expires_at: Timestamp
  accepted_at: Nullable<Date>
  accepted_by: Nullable<string>
  revoked_at: Nullable<Date>
}

export type OrganizationDiscoveryDomainsTable = {
  id: string
  organization_id: string
  domain: string
  status: 'pending' | 'verified'
  verification_txt: string
  use_for_organization_discovery: Generated<boolean>
  created_at: Timestamp
}

export type OrganizationClientGrantsTable = { organization_id: string; grant_id: string; created_at: Timestamp }

export type OrganizationClientsTable = {
  organization_id: string
  client_id: string
  use_for_member_access: Generated<boolean>
  created_at: Timestamp
}

/** Of these tables, by name. */
export type OrganizationTables = {
  organizations: OrganizationsTable
  memberships: MembershipsTable
  membership_roles: MembershipRolesTable
  organization_connections: OrganizationConnectionsTable
  organization_invitations: OrganizationInvitationsTable
  organization_discovery_domains: OrganizationDiscoveryDomainsTable
  organization_client_grants: OrganizationClientGrantsTable
  organization_clients: OrganizationClientsTable
}
