/**
 * What has to be known and done before a queued mail can be written: whose it is, whether it makes sense by now, and the
 * link in it. The link is made here, at the last moment; a mail that is tried again gets a new one, and the one before
 * works no more.
 */
import { secondsFromNow } from '../base/clock.ts'
import { signInAddressOf } from '../clients/sign-in-address.ts'
import { findClient } from '../clients/store.ts'
import { type Tx, transact } from '../db/database.ts'
import type { MailContent } from '../emails/render.ts'
import { sandboxOf } from '../emails/sandbox.ts'
import { beginAttempt, countRecent, endEmail, findTemplate, type QueuedEmail } from '../emails/store.ts'
import { type EmailTemplateName, isSentTemplate, type TemplateSettings, templateRow } from '../emails/templates.ts'
import type { Server } from '../http/server.ts'
import type { EventType } from '../logs/event-types.ts'
import { recordEvent } from '../logs/record.ts'
import { readTenantSettings } from '../tenants/store.ts'
import { issueTicket } from '../tickets/issue.ts'
import { ticketUrl } from '../tickets/ticket.ts'
import { isToVerify } from '../users/user.ts'
import { findRecipient, MAIL_ACTOR, type Recipient } from './find-recipient.ts'
import { contentOf, type MailLinks, type MailSituation, mailLanguageOf, tenantVariables } from './mail-content.ts'

/** A mail that can be written. */
export type PreparedEmail = { userId: string; content: MailContent; own: TemplateSettings | undefined }

type Situation = MailSituation & { own: TemplateSettings | undefined; resultUrl: string | undefined; attempts: number }

const HOUR_SECONDS = 3_600

/** Prepares it, in a transaction of its own. Undefined when the mail makes no sense: it is dropped then. */
export async function prepareEmail(
  server: Server,
  email: QueuedEmail,
  attempts: number,
): Promise<PreparedEmail | undefined> {
  const { db } = server.database
  const { template } = email
  if (!isSentTemplate(template)) {
    await endEmail(db, email.id, 'dropped', 'There is no such mail.')
    return undefined
  }
  const situation = await situationOf(server, email, template, attempts)
  return await transact(db, async (tx) => {
    const recipient = await findRecipient(tx, email)
    const refusal = recipient ? await refusalOf(tx, situation, recipient) : 'Nobody has this identifier.'
    if (!recipient || refusal !== undefined) return await drop(tx, situation, recipient, refusal ?? null)
    const userId = recipient.user.user_id
    const { connection, identityId } = recipient
    await beginAttempt(tx, email.id, { userId, connectionId: connection.id, identityId }, attempts)
    const links = await makeLinks(tx, situation, recipient)
    return { userId, content: contentOf(situation, recipient, links), own: situation.own }
  })
}

/** All that does not depend on the person, before his account is locked. */
async function situationOf(
  server: Server,
  email: QueuedEmail,
  template: EmailTemplateName,
  attempts: number,
): Promise<Situation> {
  const { config, database } = server
  const { db } = database
  const [settings, client, own] = await Promise.all([
    readTenantSettings(db),
    email.client_id === null ? undefined : findClient(db, email.client_id),
    findTemplate(db, template),
  ])
  const situation = { config, email, template, settings, client, own, attempts }
  return { ...situation, resultUrl: await resultUrlOf(server, situation) }
}

/** Where the page behind the link leads on to, from the tenant's template; undefined where that makes no address. */
async function resultUrlOf(server: Server, situation: Omit<Situation, 'resultUrl'>): Promise<string | undefined> {
  const { own, template } = situation
  if (!own?.resultUrl || !templateRow(template).leadsOn) return undefined
  const { application, client } = tenantVariables(situation)
  const plain = { address: own.resultUrl }
  const made = await sandboxOf(server)
    .render({ body: undefined, plain, variables: { application, client } })
    .catch(() => undefined)
  const address = made?.plain.address?.trim() ?? ''
  return /^https?:\/\//i.test(address) && URL.canParse(address) ? address : undefined
}

/** Why a mail makes no sense by now; undefined when it does. */
async function refusalOf(tx: Tx, situation: Situation, { user, connection }: Recipient): Promise<string | undefined> {
  const { email, template, own, attempts } = situation
  if (user.email === undefined) return 'The user has no address.'
  if (user.blocked) return 'The user is blocked.'
  if (own?.enabled === false) return 'The template is switched off.'
  if (template === 'verify_email' && !isToVerify(user)) return 'The address is verified.'
  if (template === 'reset_email' && connection.options.disable_self_service_change_password) {
    return 'Passwords of this connection are not reset by mail.'
  }
  const { mostPerHour } = templateRow(template)
  if (mostPerHour === undefined || attempts > 1) return undefined
  const lately = await countRecent(tx, email, user.user_id, secondsFromNow(-HOUR_SECONDS))
  return lately >= mostPerHour ? 'The user got too many of these mails within the hour.' : undefined
}

/** TABLE: what the log says of a mail that somebody asked for and that is not sent. */
const REFUSED: Partial<Record<EmailTemplateName, EventType>> = { reset_email: 'fcpr', verify_email: 'fvr' }

async function drop(
  tx: Tx,
  { email, template }: Situation,
  recipient: Recipient | undefined,
  reason: string | null,
): Promise<undefined> {
  const type = REFUSED[template]
  const userName = recipient?.user.name ?? email.identifier
  if (type !== undefined) {
    await recordEvent(tx, {
      type,
      actor: MAIL_ACTOR,
      ...(recipient ? { userId: recipient.user.user_id, connection: recipient.connection } : {}),
      ...(userName === null ? {} : { userName }),
      ...(email.client_id === null ? {} : { clientId: email.client_id }),
      ...(reason === null ? {} : { description: reason }),
      details: { email_id: email.id, email_type: template },
    })
  }
  await endEmail(tx, email.id, 'dropped', reason)
  return undefined
}

async function makeLinks(tx: Tx, situation: Situation, recipient: Recipient): Promise<MailLinks> {
  const { config, email, template, settings, own, resultUrl } = situation
  const { user, connection, identityId } = recipient
  const { ticket: purpose, lifetimeSeconds: usual = 0 } = templateRow(template)
  const signInUrl =
    template === 'existing_account' ? await signInAddressOf(tx, config, email.client_id ?? undefined) : undefined
  const isClosed = purpose === 'password_change' && connection.options.disable_self_service_change_password
  if (!purpose || isClosed) return { link: undefined, signInUrl }
  const lifetimeSeconds = Math.trunc(own?.urlLifetimeInSeconds ?? 0) || usual
  const token = await issueTicket(tx, {
    purpose,
    userId: user.user_id,
    connectionId: connection.id,
    identityId,
    address: user.email,
    // Whoever uses one of these links reads mail at the address.
    marksEmailVerified: purpose !== 'unblock',
    clientId: email.client_id ?? undefined,
    details: {
      language: mailLanguageOf(settings, email, user),
      ...(resultUrl === undefined ? {} : { resultUrl }),
      ...(own?.includeEmailInRedirect ? { includesEmailInRedirect: true } : {}),
    },
    lifetimeSeconds,
  })
  const link = { url: ticketUrl(config.publicUrl, purpose, token), expiresAt: secondsFromNow(lifetimeSeconds) }
  return { link, signInUrl }
}
