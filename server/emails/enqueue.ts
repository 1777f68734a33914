/** Queues a mail. */
import type { Insertable } from 'kysely'
import { now } from '../base/clock.ts'
import { newId } from '../base/ids.ts'
import type { Db } from '../db/database.ts'
import type { JsonObject } from '../db/tables.ts'
import type { EmailsTable } from '../db/tables-sign-in.ts'
import type { RequestInfo } from '../http/request-info.ts'
import type { EmailTemplateName } from './templates.ts'

/** An identity. */
export type IdentityKey = { connectionId: string; identityId: string }

/** A mail to be. Nothing in it is secret: the link is made when the mail is sent. */
export type NewEmail = {
  template: EmailTemplateName
  /**
   * A user, by one of his identities in a database connection or by the first, or what somebody typed: that is looked up when the mail is sent, so that asking takes as long for
   * an unknown one. Or whoever is named in an invitation.
   */
  to:
    | { userId: string; identity?: IdentityKey | undefined }
    | { connectionId: string; identifier: string }
    | { invitationId: string }
  clientId?: string | undefined
  organizationId?: string | undefined
  /** Language of the page on which it was asked for; the user's own wins. */
  language?: string | undefined
  variables?: JsonObject
  /** Who asked. */
  request?: RequestInfo | undefined
}

/** Queues the mail in the caller's transaction; it is sent after the commit. Answers the mail's id. */
export async function enqueueEmail(tx: Db, email: NewEmail): Promise<string> {
  const row = emailRow(email)
  await tx.insertInto('emails').values(row).execute()
  return row.id
}

/** Queues several with one statement. */
export async function enqueueEmails(tx: Db, emails: readonly NewEmail[]): Promise<void> {
  if (emails.length > 0) await tx.insertInto('emails').values(emails.map(emailRow)).execute()
}

/** Makes the row of a mail, for statements that queue many. */
export function emailRow(email: NewEmail) {
  const { template, to, clientId, organizationId, language, variables = {}, request } = email
  const at = now()
  return {
    id: newId('job'),
    template,
    state: 'queued',
    ...recipientColumns(to),
    client_id: clientId ?? null,
    organization_id: organizationId ?? null,
    language: language ?? null,
    variables: JSON.stringify('invitationId' in to ? { ...variables, invitation_id: to.invitationId } : variables),
    person: request ? JSON.stringify({ ip: request.ip, user_agent: request.userAgent }) : null,
    last_error: null,
    created_at: at,
    next_attempt_at: at,
    done_at: null,
  } as const satisfies Insertable<EmailsTable>
}

function recipientColumns(to: NewEmail['to']) {
  const nobody = { user_id: null, connection_id: null, identity_id: null, identifier: null }
  if ('invitationId' in to) return nobody
  if (!('userId' in to)) return { ...nobody, connection_id: to.connectionId, identifier: to.identifier }
  const { userId, identity } = to
  return {
    ...nobody,
    user_id: userId,
    connection_id: identity?.connectionId ?? null,
    identity_id: identity?.identityId ?? null,
  }
}
