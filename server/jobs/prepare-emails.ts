/**
 * What has to be known and done before queued mails can be written: whose they are, whether they make sense by now, and
 * the links in them. Mails that were taken together share every statement. The links are made here, at the last moment; a
 * mail that is tried again gets a new one, and the one before works no more.
 */
import { secondsFromNow } from '../base/clock.ts'
import { signInAddressAt } from '../clients/sign-in-address.ts'
import { type Tx, transact } from '../db/database.ts'
import type { MailContent } from '../emails/render.ts'
import { beginAttempts, countRecent, endEmails, type QueuedEmail, type StoredProvider } from '../emails/store.ts'
import { type EmailTemplateName, type TemplateSettings, templateRow } from '../emails/templates.ts'
import type { Server } from '../http/server.ts'
import type { EventType } from '../logs/event-types.ts'
import { type Event, recordEventList } from '../logs/record.ts'
import { issueTickets, type NewTicket } from '../tickets/issue.ts'
import { ticketUrl } from '../tickets/ticket.ts'
import { isToVerify } from '../users/user.ts'
import { findRecipients, MAIL_ACTOR, type Recipient } from './find-recipients.ts'
import { inFittingNames } from './known-to-organization.ts'
import { contentOf, type MailLinks, mailLanguageOf } from './mail-content.ts'
import { readSituations, type Situation } from './mail-situation.ts'
import { isInvitation, prepareInvitations } from './prepare-invitations.ts'

/** A mail that can be written and sent. */
export type PreparedEmail = {
  email: QueuedEmail
  /** Undefined where it goes to an address of which nobody knows whose it is. */
  userId: string | undefined
  content: MailContent
  own: TemplateSettings | undefined
  provider: StoredProvider | undefined
}

/** A mail that makes sense, and one that does not. */
type Going = { situation: Situation; recipient: Recipient }
type Dropped = { email: QueuedEmail; recipient?: Recipient; reason: string }

const HOUR_SECONDS = 3_600
const TOO_MANY = 'The user got too many of these mails within the hour.'

/** Prepares them, in one transaction. Mails that make no sense are dropped and left out. */
export async function prepareEmails(server: Server, emails: readonly QueuedEmail[]): Promise<PreparedEmail[]> {
  const situations = await readSituations(server, emails)
  return await transact(server.database.db, async (tx) => {
    const invitations = await prepareInvitations(tx, server, emails, situations)
    const others = emails.filter((email) => !isInvitation(email))
    const { going: sensible, dropped } = await sortOut(tx, others, situations)
    const going = await inFittingNames(tx, sensible)
    await drop(tx, [...invitations.dropped, ...dropped])
    await beginAttempts(
      tx,
      going.map(({ situation: { email }, recipient: { user, connection, identityId } }) => {
        return { email, userId: user.user_id, connectionId: connection.id, identityId }
      }),
    )
    const links = await makeLinks(tx, going)
    const prepared = going.map((mail) => {
      const { situation, recipient } = mail
      const { email, own, provider } = situation
      const content = contentOf(situation, recipient, links.get(mail) ?? { link: undefined, signInUrl: undefined })
      return { email, userId: recipient.user.user_id, content, own, provider }
    })
    return [...invitations.prepared, ...prepared]
  })
}

async function sortOut(
  tx: Tx,
  emails: readonly QueuedEmail[],
  situations: ReadonlyMap<string, Situation>,
): Promise<{ going: Going[]; dropped: Dropped[] }> {
  const recipients = await findRecipients(tx, emails)
  const dropped: Dropped[] = []
  const sensible: Going[] = []
  for (const email of emails) {
    const [situation, recipient] = [situations.get(email.id), recipients.get(email.id)]
    if (!situation) dropped.push({ email, reason: 'There is no such mail.' })
    else if (!recipient) dropped.push({ email, reason: 'Nobody has this identifier.' })
    else {
      const reason = refusalOf(situation, recipient)
      if (reason === undefined) sensible.push({ situation, recipient })
      else dropped.push({ email, recipient, reason })
    }
  }
  const isWithinLimit = await limitOf(tx, sensible)
  const going = sensible.filter((mail) => {
    if (isWithinLimit(mail)) return true
    dropped.push({ email: mail.situation.email, recipient: mail.recipient, reason: TOO_MANY })
    return false
  })
  return { going, dropped }
}

/** Why a mail makes no sense by now; undefined when it does. */
function refusalOf({ template, own }: Situation, { user, connection }: Recipient): string | undefined {
  if (user.email === undefined) return 'The user has no address.'
  if (user.blocked) return 'The user is blocked.'
  if (own?.enabled === false) return 'The template is switched off.'
  if (template === 'verify_email' && !isToVerify(user)) return 'The address is verified.'
  if (template === 'reset_email' && connection.options.disable_self_service_change_password) {
    return 'Passwords of this connection are not reset by mail.'
  }
  return undefined
}

/**
 * Makes what says whether one more mail may go, and counts it. The users are locked, so that no other process counts at
 * the same time. A mail that is tried again was counted at its first try.
 */
async function limitOf(tx: Tx, mails: readonly Going[]): Promise<(mail: Going) => boolean> {
  const limited = ({ situation: { email, template } }: Going) =>
    email.attempts === 0 && templateRow(template).mostPerHour !== undefined
  const keyOf = (userId: string, template: string) => `${template}|${userId}`
  const kinds = new Map(
    mails.filter(limited).map(({ situation: { template }, recipient: { user } }) => {
      return [keyOf(user.user_id, template), { userId: user.user_id, template }]
    }),
  )
  const rows = await countRecent(tx, [...kinds.values()], secondsFromNow(-HOUR_SECONDS))
  const counts = new Map(rows.map(({ user_id, template, count }) => [keyOf(user_id, template), count]))
  return (mail) => {
    if (!limited(mail)) return true
    const { template } = mail.situation
    const key = keyOf(mail.recipient.user.user_id, template)
    const lately = counts.get(key) ?? 0
    counts.set(key, lately + 1)
    return lately < (templateRow(template).mostPerHour ?? 0)
  }
}

/** TABLE: what the log says of a mail that somebody asked for and that is not sent. */
const REFUSED: Partial<Record<string, EventType>> = {
  reset_email: 'fcpr',
  verify_email: 'fvr',
} satisfies Partial<Record<EmailTemplateName, EventType>>

async function drop(tx: Tx, dropped: readonly Dropped[]): Promise<void> {
  await recordEventList(tx, dropped.flatMap(refusedEvent))
  await endEmails(
    tx,
    dropped.map(({ email, reason }) => ({ id: email.id, state: 'dropped', error: reason })),
  )
}

function refusedEvent({ email, recipient, reason }: Dropped): Event[] {
  const type = REFUSED[email.template]
  if (type === undefined) return []
  const userName = recipient?.user.name ?? email.identifier
  return [
    {
      type,
      actor: MAIL_ACTOR,
      ...(recipient ? { userId: recipient.user.user_id, connection: recipient.connection } : {}),
      ...(userName === null ? {} : { userName }),
      ...(email.client_id === null ? {} : { clientId: email.client_id }),
      description: reason,
      details: { email_id: email.id, email_type: email.template },
    },
  ]
}

async function makeLinks(tx: Tx, going: readonly Going[]): Promise<Map<Going, MailLinks>> {
  const linked = going.flatMap((mail) => {
    const ticket = ticketOf(mail)
    return ticket ? [{ mail, ticket }] : []
  })
  const tokens = await issueTickets(
    tx,
    linked.map(({ ticket }) => ticket),
  )
  const links = new Map(
    linked.map(({ mail, ticket: { purpose, lifetimeSeconds } }, index) => {
      const url = ticketUrl(mail.situation.config.publicUrl, purpose, tokens[index] ?? '')
      return [mail, { url, expiresAt: secondsFromNow(lifetimeSeconds) }]
    }),
  )
  return new Map(going.map((mail) => [mail, { link: links.get(mail), signInUrl: signInUrlOf(mail.situation) }]))
}

/** The ticket that the link is for; undefined for a mail without one. */
function ticketOf({ situation, recipient }: Going): NewTicket | undefined {
  const { email, template, own, resultUrl } = situation
  const { user, connection, identityId } = recipient
  const { ticket: purpose, lifetimeSeconds = 0 } = templateRow(template)
  const isClosed = purpose === 'password_change' && connection.options.disable_self_service_change_password
  if (!purpose || isClosed) return undefined
  return {
    purpose,
    userId: user.user_id,
    connectionId: connection.id,
    identityId,
    address: user.email,
    // Whoever uses one of these links reads mail at the address.
    marksEmailVerified: purpose !== 'unblock',
    clientId: email.client_id ?? undefined,
    details: {
      language: mailLanguageOf(situation, user),
      ...(email.organization_id === null ? {} : { organizationId: email.organization_id }),
      ...(resultUrl === undefined ? {} : { resultUrl }),
      ...(own?.includeEmailInRedirect ? { includesEmailInRedirect: true } : {}),
    },
    lifetimeSeconds: Math.trunc(own?.urlLifetimeInSeconds ?? 0) || lifetimeSeconds,
  }
}

function signInUrlOf({ config, email, template, client }: Situation): string | undefined {
  if (template === 'account_deletion' || template === 'terms_reminder') return `${config.publicUrl}/account/privacy`
  return template === 'existing_account' ? signInAddressAt(config, email.client_id ?? undefined, client) : undefined
}
