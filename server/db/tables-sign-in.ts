/** The tables of signing in: sessions, OpenID Connect, consents, failed tries, mail. */
import type { ColumnType, Generated } from 'kysely'
import type { Json, JsonObject, Timestamp } from './tables.ts'

export type SessionsTable = {
  session_id: string
  token_hash: string
  user_id: string | null
  user_generation: number | null
  payload: Json<JsonObject>
  created_at: Timestamp
  updated_at: Timestamp
  authenticated_at: Timestamp | null
  idle_expires_at: Timestamp
  expires_at: Timestamp
  initial_ip: string | null
  initial_user_agent: string | null
  last_ip: string | null
  last_user_agent: string | null
  session_metadata: Json<JsonObject | null> | null
}

export type OidcArtifactsTable = {
  kind: string
  id_hash: string
  payload: Json<JsonObject>
  user_id: string | null
  user_generation: number | null
  client_id: string | null
  session_id: string | null
  grant_id: string | null
  /** Of a sign-in to an organization: the membership that it belongs to, and the generations that it was earned under. */
  organization_id: ColumnType<string | null, string | null | undefined, string | null>
  membership_generation: ColumnType<number | null, number | null | undefined, number | null>
  organization_generation: ColumnType<number | null, number | null | undefined, number | null>
  created_at: Timestamp
  expires_at: Timestamp
  consumed_at: Timestamp | null
}

export type ConsentsTable = {
  id: string
  user_id: string
  client_id: string
  audience: string
  scope: string[]
  created_at: Timestamp
  updated_at: Timestamp
}

export type LoginFailuresTable = {
  subject: string
  address_block: string
  user_id: string | null
  identifier: string
  connection: string | null
  failures: number
  last_ip: string
  last_failed_at: Timestamp
  blocked_at: Timestamp | null
  notified_at: Timestamp | null
  passed_at: Timestamp | null
}

export type AddressTriesTable = { stage: string; address_block: string; full_at: Timestamp; told_at: Timestamp | null }

export type AttackProtectionTable = { name: string; settings: Json<JsonObject>; updated_at: Timestamp }

export type EmailsTable = {
  id: string
  template: string
  state: 'queued' | 'sent' | 'dropped' | 'failed'
  user_id: string | null
  connection_id: string | null
  identity_id: ColumnType<string | null, string | null | undefined, string | null>
  identifier: string | null
  client_id: string | null
  organization_id: string | null
  language: string | null
  variables: Json<JsonObject>
  person: Json<JsonObject | null> | null
  attempts: Generated<number>
  last_error: string | null
  created_at: Timestamp
  next_attempt_at: Timestamp
  done_at: Timestamp | null
}

export type InboxMessagesTable = {
  id: string
  template: string
  recipient: string
  subject: string
  content_encrypted: string
  user_id: string | null
  created_at: Timestamp
}

export type EmailTemplatesTable = {
  template: string
  settings: Json<JsonObject>
  created_at: Timestamp
  updated_at: Timestamp
}

export type EmailProviderTable = {
  id: number
  name: string
  enabled: boolean
  default_from_address: string | null
  credentials: Json<JsonObject>
  credentials_encrypted: string
  settings: Json<JsonObject | null> | null
  updated_at: Timestamp
}

/** Of these tables, by name. */
export type SignInTables = {
  sessions: SessionsTable
  oidc_artifacts: OidcArtifactsTable
  consents: ConsentsTable
  login_failures: LoginFailuresTable
  address_tries: AddressTriesTable
  attack_protection: AttackProtectionTable
  emails: EmailsTable
  inbox_messages: InboxMessagesTable
  email_templates: EmailTemplatesTable
  email_provider: EmailProviderTable
}
