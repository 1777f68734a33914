/**
 * Mails: what is sent to people. Which mail goes to whom stands in a queue (`enqueue.ts`); the link in it is made when it
 * is sent (`jobs/`), so that no usable token rests in the database. A tenant replaces subject, body and sender of a
 * template by his own Liquid (`sandbox.ts`); otherwise our words (`texts.ts`) stand in our layout. They are delivered by
 * SMTP (`transport.ts`), or caught by the built-in inbox where no provider is set.
 *
 * @see docs/decisions/0010-mail-is-asked-for-and-made-later.md
 */
import type { TicketPurpose } from '../tickets/ticket.ts'

type TemplateRow = {
  /** What a tenant's template can show besides what all can: application, connection, user, tenant, support. */
  variables: readonly string[]
  /** Sent today. The others are known by name and kept for what is to come. */
  isSent?: true
  /** Purpose of the link in it, and how long that is good where nobody says otherwise. */
  ticket?: TicketPurpose
  lifetimeSeconds?: number
  /** Whether the page behind the link leads on to the template's `resultUrl`. */
  leadsOn?: true
  /** Within an hour a person gets so many at most: anybody can ask for them. */
  mostPerHour?: number
}

const HOUR = 3_600
const DAY = 86_400
const IMPORT_VARIABLES = ['job_id', 'external_id', 'into', 'total', 'inserted', 'updated', 'failed', 'started_at']

/** TABLE: every template, by Auth0's names, and the last ones by ours. */
export const EMAIL_TEMPLATES = {
  verify_email: {
    variables: ['url'],
    isSent: true,
    ticket: 'email_verification',
    lifetimeSeconds: 5 * DAY,
    leadsOn: true,
    mostPerHour: 5,
  },
  verify_email_by_code: { variables: ['code'] },
  auth_email_by_code: { variables: ['send', 'code', 'link', 'operation'] },
  // Auth0 ignores its `resultUrl` as well, with pages of the present kind.
  reset_email: {
    variables: ['url'],
    isSent: true,
    ticket: 'password_change',
    lifetimeSeconds: HOUR,
    mostPerHour: 5,
  },
  reset_email_by_code: { variables: ['code'] },
  welcome_email: { variables: [], isSent: true },
  // How often one address may cause it is counted where the account is closed (attack-protection/tries.ts).
  blocked_account: {
    variables: ['url', 'user.source_ip', 'user.city', 'user.country'],
    isSent: true,
    ticket: 'unblock',
    lifetimeSeconds: 5 * DAY,
    leadsOn: true,
    mostPerHour: 5,
  },
  stolen_credentials: {
    variables: ['url', 'user.source_ip', 'user.city', 'user.country'],
    isSent: true,
    ticket: 'password_change',
    lifetimeSeconds: HOUR,
    mostPerHour: 1,
  },
  enrollment_email: { variables: ['link'] },
  mfa_oob_code: { variables: ['code'] },
  user_invitation: {
    variables: ['url', 'inviter.name', 'roles', 'organization.name', 'organization.display_name'],
    isSent: true,
  },
  change_password: { variables: ['url'] },
  password_reset: { variables: ['url'] },
  async_approval: { variables: ['url'] },
  // Somebody signs up with an address that has an account already.
  existing_account: {
    variables: ['url', 'sign_in_url'],
    isSent: true,
    ticket: 'password_change',
    lifetimeSeconds: HOUR,
    mostPerHour: 5,
  },
  // Somebody wants his account deleted, and can still change his mind.
  account_deletion: { variables: ['due_at', 'sign_in_url'], isSent: true, mostPerHour: 5 },
  // Terms wait for somebody.
  terms_reminder: {
    variables: ['title', 'needed_at', 'organization.name', 'organization.display_name'],
    isSent: true,
    mostPerHour: 5,
  },
  // How an import of users has ended.
  import_completed: { variables: IMPORT_VARIABLES, isSent: true, mostPerHour: 20 },
  import_failed: { variables: [...IMPORT_VARIABLES, 'reason'], isSent: true, mostPerHour: 20 },
} as const satisfies Record<string, TemplateRow>

/** A template's name. */
export type AnyTemplateName = keyof typeof EMAIL_TEMPLATES

/** The name of a template that is sent. */
export type EmailTemplateName = {
  [Name in AnyTemplateName]: (typeof EMAIL_TEMPLATES)[Name] extends { isSent: true } ? Name : never
}[AnyTemplateName]

/** The row of a template, without its literal types. */
export function templateRow(name: AnyTemplateName): TemplateRow {
  return EMAIL_TEMPLATES[name]
}

/** Whether there is a template of this name, and it is sent. */
export function isSentTemplate(name: string): name is EmailTemplateName {
  // The name was just found in the table.
  return Object.hasOwn(EMAIL_TEMPLATES, name) && templateRow(name as AnyTemplateName).isSent === true
}

/** What a tenant has said of a template (Auth0's fields). */
export type TemplateSettings = {
  template: AnyTemplateName
  body: string | null
  from: string | null
  resultUrl?: string | null
  subject: string | null
  syntax: string | null
  urlLifetimeInSeconds?: number | null
  includeEmailInRedirect?: boolean
  enabled: boolean | null
}
