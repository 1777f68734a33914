/** The APIs, as this portal uses them. Operations throw `ApiProblem`. */
import { apiClient } from '../../shared/api-client.ts'
import { ownTokens, tokens } from '../auth.ts'
import type {
  Acceptance,
  ApplicationAccess,
  BulkAct,
  BulkResult,
  Closing,
  Invitation,
  InviteOutcome,
  Job,
  JobRow,
  LogPage,
  Member,
  MemberPage,
  MemberSession,
  NewInvitation,
  Organization,
  OrganizationSettings,
  OwnConnection,
  OwnOrganization,
  PendingPerson,
  Permission,
  Role,
  RoleName,
  Summary,
  Terms,
  TermsCounts,
  TermsSummary,
  TermsVersion,
} from './types.ts'

const call = apiClient('/api/v2', tokens)
const callOwn = apiClient('/me/v1', ownTokens)

/** What a list is asked for: a query, an order, and a page counted from 0. */
export type ListQuery = { q?: string | undefined; sort?: string | undefined; page: number; per_page: number }

/** Users and what belongs to them. */
export const users = {
  list: (query: ListQuery) => call<MemberPage>('GET', `/users${asQuery({ ...query, include_totals: 'true' })}`),
  /** A hundred after another hundred, in no order. */
  walk: (q: string | undefined, from: string | undefined) =>
    call<{ users: Member[]; next?: string }>('GET', `/users${asQuery({ q, from, take: 100 })}`),
  get: (id: string) => call<Member>('GET', user(id)),
  change: (id: string, change: object) => call<Member>('PATCH', user(id), change),
  create: (person: object) => call<Member>('POST', '/users', person),
  delete: (id: string) => call<undefined>('DELETE', user(id)),
  sessions: (id: string) => call<{ sessions: MemberSession[] }>('GET', `${user(id)}/sessions`),
  endSessions: (id: string) => call<undefined>('DELETE', `${user(id)}/sessions`),
  closings: (id: string) => call<{ blocked_for: Closing[] }>('GET', `/user-blocks/${encodeURIComponent(id)}`),
  lift: (id: string) => call<undefined>('DELETE', `/user-blocks/${encodeURIComponent(id)}`),
  applications: (id: string) => call<{ applications: ApplicationAccess[] }>('GET', `${user(id)}/application-access`),
  changeApplication: (id: string, clientId: string, change: { closed: boolean; reason?: string }) =>
    call<ApplicationAccess>('PUT', `${user(id)}/application-access/${encodeURIComponent(clientId)}`, change),
  sendMail: (id: string, kind: 'password_reset' | 'email_verification') =>
    call<undefined>('POST', `${user(id)}/emails`, { kind }),
  logs: (id: string, page: number, perPage: number) =>
    call<LogPage>(
      'GET',
      `${user(id)}/logs${asQuery({ page, per_page: perPage, sort: 'date:-1', include_totals: 'true' })}`,
    ),
}

/** Roles that the organization may see. */
export const roles = {
  list: () => call<Role[]>('GET', '/roles?per_page=100'),
  permissions: (id: string) => call<Permission[]>('GET', `/roles/${encodeURIComponent(id)}/permissions?per_page=100`),
}

/** The log. */
export const logs = {
  list: (query: ListQuery) => call<LogPage>('GET', `/logs${asQuery({ ...query, include_totals: 'true' })}`),
}

/** An organization, and what it has. */
export const organizations = {
  own: () => callOwn<{ organizations: OwnOrganization[] }>('GET', '/organizations'),
  get: (id: string) => call<Organization>('GET', organization(id)),
  change: (id: string, change: object) => call<Organization>('PATCH', organization(id), change),
  settings: (id: string) => call<OrganizationSettings>('GET', `${organization(id)}/settings`),
  changeSettings: (id: string, change: object) =>
    call<OrganizationSettings>('PATCH', `${organization(id)}/settings`, change),
  summary: (id: string) => call<Summary>('GET', `${organization(id)}/summary`),
  changeMember: (id: string, userId: string, change: object) => call<unknown>('PATCH', member(id, userId), change),
  removeMembers: (id: string, members: string[]) =>
    call<undefined>('DELETE', `${organization(id)}/members`, { members }),
  giveRoles: (id: string, userId: string, given: string[]) =>
    call<undefined>('POST', `${member(id, userId)}/roles`, { roles: given }),
  takeRoles: (id: string, userId: string, taken: string[]) =>
    call<undefined>('DELETE', `${member(id, userId)}/roles`, { roles: taken }),
  memberRoles: (id: string, userId: string) => call<RoleName[]>('GET', `${member(id, userId)}/roles`),
  bulk: (id: string, act: BulkAct) => call<BulkResult>('POST', `${organization(id)}/members/bulk`, act),
}

/** Which invitations are on a page. */
export type InvitationQuery = { page: number; perPage: number; address?: string | undefined }

/** Invitations of an organization. */
export const invitations = {
  /** The newest first. @param address what has to stand in it */
  list: (id: string, { page, perPage, address }: InvitationQuery) => {
    const query = { page, per_page: perPage, email_filter: address, sort: 'created_at:-1', include_totals: 'true' }
    return call<{ invitations: Invitation[]; total: number }>('GET', `${organization(id)}/invitations${asQuery(query)}`)
  },
  create: (id: string, invitation: object) => call<Invitation>('POST', `${organization(id)}/invitations`, invitation),
  resend: (id: string, which: string) => call<unknown>('POST', `${invitation(id, which)}/resend`),
  revoke: (id: string, which: string) => call<undefined>('DELETE', invitation(id, which)),
  createMany: (id: string, batch: { invitations: NewInvitation[]; dry_run?: boolean; [more: string]: unknown }) =>
    call<{ results: { email: string; outcome: InviteOutcome }[] }>(
      'POST',
      `${organization(id)}/invitations/batch`,
      batch,
    ),
}

/** Terms and consents, and what people said to them. */
export const terms = {
  list: (query: TermsQuery) =>
    call<{ terms: Terms[]; total: number }>('GET', `/terms${asQuery({ ...query, include_totals: 'true' })}`),
  counts: (query: TermsQuery) =>
    call<({ terms_id: string } & TermsCounts)[]>('GET', `/terms/summaries${asQuery(query)}`),
  create: (one: { name: string; required: boolean }) => call<Terms>('POST', '/terms', one),
  get: (id: string) => call<Terms>('GET', oneOf(id)),
  change: (id: string, change: { retired: boolean }) => call<Terms>('PATCH', oneOf(id), change),
  delete: (id: string) => call<undefined>('DELETE', oneOf(id)),
  versions: (id: string, page: number, perPage: number) =>
    call<{ versions: TermsVersion[]; total: number }>(
      'GET',
      `${oneOf(id)}/versions${asQuery({ page, per_page: perPage, include_totals: 'true' })}`,
    ),
  publish: (id: string, version: object) => call<TermsVersion>('POST', `${oneOf(id)}/versions`, version),
  remind: (id: string) => call<{ queued: number; more: boolean }>('POST', `${oneOf(id)}/reminders`, {}),
  summary: (id: string) => call<TermsSummary>('GET', `${oneOf(id)}/summary`),
  pending: (id: string, page: number, perPage: number) =>
    call<{ users: PendingPerson[]; total: number }>(
      'GET',
      `${oneOf(id)}/pending-users${asQuery({ page, per_page: perPage, include_totals: 'true' })}`,
    ),
  ofUser: (userId: string, from: string | undefined) =>
    call<{ acceptances: Acceptance[]; next?: string }>(
      'GET',
      `${user(userId)}/acceptances${asQuery({ from, take: 20 })}`,
    ),
}

/** A page of the list of terms, counted from 0; with `retired` those that are, or those in use. */
export type TermsQuery = { retired?: 'true' | 'false'; page: number; per_page: number }

/** Imports and exports. */
export const jobs = {
  list: (from?: string) => call<{ jobs: Job[]; next?: string }>('GET', `/jobs${asQuery({ from, take: 25 })}`),
  get: (id: string) => call<Job>('GET', job(id)),
  rows: (id: string, query: { outcome?: 'failed' | undefined; take: number; after?: number }) =>
    call<JobRow[]>('GET', `${job(id)}/rows${asQuery(query)}`),
  cancel: (id: string) => call<Job>('POST', `${job(id)}/cancel`),
  connections: () => call<{ connections: OwnConnection[] }>('GET', '/jobs/import-connections'),
  exportUsers: (wanted: object) => call<Job>('POST', '/jobs/users-exports', wanted),
  importUsers: (form: FormData) => call<Job>('POST', '/jobs/users-imports', form),
}

function job(id: string): string {
  return `/jobs/${encodeURIComponent(id)}`
}

function oneOf(termsId: string): string {
  return `/terms/${encodeURIComponent(termsId)}`
}

function user(id: string): string {
  return `/users/${encodeURIComponent(id)}`
}

function organization(id: string): string {
  return `/organizations/${encodeURIComponent(id)}`
}

function member(id: string, userId: string): string {
  return `${organization(id)}/members/${encodeURIComponent(userId)}`
}

function invitation(id: string, which: string): string {
  return `${organization(id)}/invitations/${encodeURIComponent(which)}`
}

function asQuery(values: Readonly<Record<string, string | number | undefined>>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(values))
    if (value !== undefined && value !== '') query.set(name, String(value))
  return `?${query}`
}
