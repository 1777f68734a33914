/** What the Management API answers, as far as this portal reads it. */

/** A role by its name alone. */
export type RoleName = { id: string; name: string }

/** A role. */
export type Role = RoleName & { description?: string }

/** A permission of a role. */
export type Permission = {
  permission_name: string
  description?: string
  resource_server_identifier: string
  resource_server_name: string
}

/** A connection in which the person may make accounts. */
export type OwnConnection = { id: string; name: string; username: 'required' | 'optional' | 'inactive' }

/** An import or an export. */
export type Job = {
  id: string
  type: 'users_import' | 'users_export'
  status: 'pending' | 'processing' | 'completed' | 'failed'
  created_at: string
  connection?: string
  dry_run?: boolean
  format?: 'csv' | 'json'
  percentage_done?: number
  summary?: { total: number; inserted: number; updated: number; failed: number }
  /** What the caller called it. */
  external_id?: string
  /** The server's own words, in English. */
  status_details?: string
  /** Where the file of an export is, for a minute. */
  location?: string
  started_by?: { user_id?: string; client_id?: string; name?: string }
}

/** What became of a row of a file. */
export type JobRow = {
  row: number
  outcome: 'inserted' | 'updated' | 'unchanged' | 'failed'
  user_id?: string
  user?: Readonly<Record<string, unknown>>
  errors?: { code: string; message: string; path?: string }[]
}

/** What an organization says of somebody, beside the profile. */
export type Membership = {
  roles: RoleName[]
  attributes: Readonly<Record<string, string | null | undefined>>
  blocked_reason?: string | null
  ends_at?: string | null
  created_at: string
  /** Whether the account is this organization's own. */
  managed: boolean
  /** Whether it may not be acted upon by the person who asks. */
  protected: boolean
}

/** A member: a user in the view of an organization. */
export type Member = {
  user_id: string
  email?: string
  email_verified?: boolean
  name?: string
  given_name?: string
  family_name?: string
  nickname?: string
  picture?: string
  user_metadata?: Readonly<Record<string, unknown>>
  identities?: { connection: string; provider: string; isSocial?: boolean }[]
  created_at: string
  last_login?: string
  logins_count?: number
  blocked?: boolean
  membership?: Membership
}

/** A page of members. */
export type MemberPage = { users: Member[]; start: number; limit: number; total: number }

/** Where somebody is signed in. */
export type MemberSession = {
  id: string
  created_at: string
  last_interacted_at: string
  device?: { initial_ip?: string; last_ip?: string; initial_user_agent?: string; last_user_agent?: string }
}

/** An address from which an account is closed for a while. */
export type Closing = { identifier: string; ip?: string; connection?: string }

/** An organization. */
export type Organization = {
  id: string
  name: string
  display_name?: string
  branding?: { logo_url?: string; colors?: { primary?: string; page_background?: string } }
  metadata?: Readonly<Record<string, string>>
}

/** What an organization decides on for itself. */
export type OrganizationSettings = {
  language?: string | null
  support_contact?: { email?: string | null; url?: string | null } | null
  session?: { lifetime_minutes?: number | null; idle_minutes?: number | null } | null
  invitation_ttl_sec?: number | null
  default_role_ids?: string[]
  may_set_passwords?: boolean
  suspended?: boolean
}

/** Its figures. Days are dates, `2026-11-24`. */
export type Summary = {
  members: number
  blocked: number
  unverified: number
  active_30_days: number
  open_invitations: number
  with_factor?: number
  sign_ins: { day: string; ok: number; failed: number }[]
}

/** An invitation. */
export type Invitation = {
  id: string
  inviter: { name: string }
  invitee: { email: string }
  invitation_url?: string
  created_at: string
  expires_at: string
  roles?: string[]
}

/** What somebody is invited with. */
export type NewInvitation = { email: string; roles?: string[]; language?: string }

/** What became of one of many. */
export type Outcome = { outcome: 'done' | 'skipped' | 'refused'; code?: string; message?: string }

/** What became of an address of many. */
export type InviteOutcome =
  | 'created'
  | 'already_member'
  | 'already_invited'
  | 'invalid_address'
  | 'role_refused'
  | 'limit_reached'

/** What became of a bulk act. */
export type BulkResult = { results: ({ user_id: string } & Outcome)[]; done: number; skipped: number; refused: number }

/** What is done to many members at once. */
export type BulkAct = {
  action: 'block' | 'unblock' | 'remove' | 'assign_roles' | 'withdraw_roles' | 'send_password_reset'
  members: string[]
  roles?: string[]
  reason?: string
  dry_run?: boolean
}

/** Terms or a consent. */
export type Terms = {
  id: string
  name: string
  /** Whether nobody gets in without them; false for a consent. */
  required: boolean
  retired: boolean
  /** 0 while none is published. */
  latest_version: number
  latest?: { titles: Readonly<Record<string, string>>; effective_at: string; deadline_at: string }
}

/** A text of a version. */
export type TermsText = { title: string; summary?: string; body: string }

/** A version of them; texts by language. */
export type TermsVersion = {
  version: number
  texts: Readonly<Record<string, TermsText>>
  effective_at: string
  deadline_at: string
  published_at: string
  published_by?: string
}

/** How many are asked for the version in effect, and who of them has not accepted it. */
export type TermsCounts = { current_version: number; people: number; pending: number }

/** The same, with what people said to each version. */
export type TermsSummary = TermsCounts & {
  versions: { version: number; accepted: number; declined: number; withdrawn: number }[]
}

/** Somebody who has not accepted the version in effect. */
export type PendingPerson = { user_id: string; name?: string; email?: string; accepted_version?: number }

/** What somebody said to a version. */
export type Acceptance = {
  id: string
  terms_id: string
  terms_name: string
  version: number
  outcome: 'accepted' | 'declined' | 'withdrawn'
  created_at: string
}

/** An application, and whether it is closed to somebody. */
export type ApplicationAccess = {
  client_id: string
  name: string
  closed: boolean
  closed_at?: string
  reason?: string
}

/** An entry of the log. */
export type LogEntry = {
  log_id: string
  date: string
  type: string
  description?: string | null
  user_id?: string | null
  user_name?: string | null
  client_id?: string | null
  client_name?: string | null
  connection?: string | null
  ip?: string | null
  user_agent?: string | null
  details?: {
    operation?: string
    target?: { kind: string; id: string }
    terms?: { name?: string }
    application?: { name?: string }
    request?: {
      path?: string
      body?: Readonly<Record<string, unknown>>
      auth?: { user?: { user_id?: string; name?: string } }
    }
    [more: string]: unknown
  } | null
  [more: string]: unknown
}

/** A page of the log. */
export type LogPage = { logs: LogEntry[]; start: number; limit: number; length: number; total: number }

/** An organization that the person belongs to. */
export type OwnOrganization = { id: string; name: string; display_name?: string; branding?: Organization['branding'] }
