/**
 * One try to send a queued mail. Once a mail server has accepted it, that is noted within moments; should the process die in
 * between, the mail comes twice, with a link each, of which the last works. It is never lost.
 */
import { coalesce } from '../db/coalesce.ts'
import { errorCodeOf, isDatabaseUnavailable, transact } from '../db/database.ts'
import { type RenderedMail, renderMail } from '../emails/render.ts'
import { endEmails, postponeEmail, type QueuedEmail } from '../emails/store.ts'
import { deliver } from '../emails/transport.ts'
import { perServer, type Server } from '../http/server.ts'
import { type Event, recordEvent } from '../logs/record.ts'
import { MAIL_ACTOR } from './find-recipients.ts'
import { type PreparedEmail, prepareEmails } from './prepare-emails.ts'

const MINUTE = 60
const HOUR = 3_600
/** TABLE: seconds until a mail is tried again, by the number of vain tries; after these, about a day, it is given up. */
const PAUSES = [30, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 8 * HOUR]

/**
 * Prepares mails together. Should that fail, one after the other, so that a mail that cannot be made holds up no other.
 *
 * @throws whatever a database throws that is away
 */
export async function prepareTogether(server: Server, emails: readonly QueuedEmail[]): Promise<PreparedEmail[]> {
  try {
    return await prepareEmails(server, emails)
  } catch (error) {
    if (isDatabaseUnavailable(error)) throw error
    const [email] = emails
    if (emails.length === 1 && email) await noteFailure(server, email, email.user_id ?? undefined, error)
    if (emails.length <= 1) return []
  }
  const prepared: PreparedEmail[] = []
  for (const email of emails) prepared.push(...(await prepareTogether(server, [email])))
  return prepared
}

/** What came of a try: the mail that was accepted, or why none was. */
export type Outcome = { sent: RenderedMail } | { failure: unknown }

/** Tries it. */
export async function tryEmail(
  server: Server,
  { email, userId, content, own, provider }: PreparedEmail,
): Promise<Outcome> {
  try {
    const mail = await renderMail(server, content, own)
    const { email: to, theme } = content
    await deliver(server, provider, { ...mail, template: email.template, userId, to, brand: theme.name })
    return { sent: mail }
  } catch (failure) {
    return { failure }
  }
}

/** Notes what came of it. @throws whatever the database throws */
export async function noteOutcome(server: Server, { email, userId }: PreparedEmail, outcome: Outcome): Promise<void> {
  if ('sent' in outcome) await noteSent(server, email, userId, outcome.sent)
  else await noteFailure(server, email, userId, outcome.failure)
}

/** Mails that are accepted within this time are noted together: one at a time costs more than making it. */
const NOTE_MS = 20

/** Makes what notes that a mail was sent; it settles when that is committed. */
const sentNoterOf = perServer(({ database }) =>
  coalesce<string, undefined>({
    atOnce: 1,
    gatherMs: NOTE_MS,
    most: 200,
    run: async (ids) => {
      await endEmails(
        database.db,
        ids.map((id) => ({ id, state: 'sent', error: null })),
      )
      return ids.map(() => undefined)
    },
  }),
)

async function noteSent(
  server: Server,
  email: QueuedEmail,
  userId: string | undefined,
  { failure }: RenderedMail,
): Promise<void> {
  if (failure === undefined) return await sentNoterOf(server)(email.id)
  await transact(server.database.db, async (tx) => {
    await endEmails(tx, [{ id: email.id, state: 'sent', error: null }])
    const description = `The template failed, and the built-in one was sent. ${failure}`
    await recordEvent(tx, { ...eventOf(email, userId), type: 'wn', description })
  })
}

/** Puts the mail off, or gives it up. */
async function noteFailure(
  server: Server,
  email: QueuedEmail,
  userId: string | undefined,
  failure: unknown,
): Promise<void> {
  const { db } = server.database
  const { id } = email
  const attempts = email.attempts + 1
  const error = reasonOf(failure)
  server.log.warn({ kind: kindOf(failure), code: codeOf(failure) }, 'a mail could not be sent')
  const seconds = isFinal(failure) ? undefined : PAUSES[attempts - 1]
  if (seconds !== undefined) return await postponeEmail(db, { id, attempts, seconds, error })
  await transact(db, async (tx) => {
    await recordEvent(tx, {
      ...eventOf(email, userId, { attempts }),
      type: 'fn',
      description: error,
      ...(isSmtp(failure) && failure.response ? { person: { response: failure.response.slice(0, 500) } } : {}),
    })
    await endEmails(tx, [{ id, state: 'failed', error }])
  })
}

function eventOf(email: QueuedEmail, userId: string | undefined, details: object = {}): Omit<Event, 'type'> {
  return {
    actor: MAIL_ACTOR,
    ...(userId === undefined ? {} : { userId }),
    ...(email.client_id === null ? {} : { clientId: email.client_id }),
    // Auth0's words.
    details: { email_id: email.id, email_type: email.template, notification_type: 'email', ...details },
  }
}

/** What nodemailer throws: with the command that failed, and the server's answer where there is one. */
type SmtpError = Error & { command: string; responseCode?: number; response?: string }

function isSmtp(error: unknown): error is SmtpError {
  return error instanceof Error && 'command' in error && typeof error.command === 'string'
}

/**
 * Whether trying again is of no use: the recipient or this mail was refused for good. A password, a sender or an
 * encryption that is refused is the operator's to mend, and the mail waits for that.
 */
function isFinal(error: unknown): boolean {
  if (!isSmtp(error)) return false
  const { command, responseCode = 0 } = error
  // Nodemailer's own refusal of an address that cannot be written.
  if (command === 'API') return errorCodeOf(error) === 'EENVELOPE'
  return (command === 'RCPT TO' || command === 'DATA') && responseCode >= 500 && responseCode < 600
}

/** Without the server's own words, which may repeat the address. */
function reasonOf(error: unknown): string {
  return `The mail could not be sent (${isSmtp(error) ? `${error.command}: ` : ''}${codeOf(error)}).`
}

function codeOf(error: unknown): string {
  if (isSmtp(error) && error.responseCode !== undefined) return String(error.responseCode)
  return errorCodeOf(error) || kindOf(error)
}

function kindOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error
}
