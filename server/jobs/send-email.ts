/**
 * One try to send a queued mail. Once a mail server has accepted it, that is noted at once; should the process die in
 * between, the mail comes twice, with a link each, of which the last works. It is never lost.
 */
import { errorCodeOf, transact } from '../db/database.ts'
import { type RenderedMail, renderMail } from '../emails/render.ts'
import { endEmail, postponeEmail, type QueuedEmail } from '../emails/store.ts'
import { deliver } from '../emails/transport.ts'
import type { Server } from '../http/server.ts'
import { type Event, recordEvent } from '../logs/record.ts'
import { MAIL_ACTOR } from './find-recipient.ts'
import { prepareEmail } from './prepare-email.ts'

const MINUTE = 60
const HOUR = 3_600
/** TABLE: seconds until a mail is tried again, by the number of vain tries; after these, about a day, it is given up. */
const PAUSES = [30, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 8 * HOUR]

/** Tries it, and notes what came of it. @throws whatever the database throws */
export async function sendEmail(server: Server, email: QueuedEmail): Promise<void> {
  const attempts = email.attempts + 1
  let userId = email.user_id ?? undefined
  try {
    const prepared = await prepareEmail(server, email, attempts)
    if (!prepared) return
    const { content, own } = prepared
    userId = prepared.userId
    const mail = await renderMail(server, content, own)
    await deliver(server, { ...mail, template: email.template, userId, to: content.email, brand: content.theme.name })
    await noteSent(server, email, userId, mail)
  } catch (error) {
    await noteFailure(server, email, userId, attempts, error)
  }
}

async function noteSent(server: Server, email: QueuedEmail, userId: string, { failure }: RenderedMail): Promise<void> {
  const { db } = server.database
  if (failure === undefined) return await endEmail(db, email.id, 'sent')
  await transact(db, async (tx) => {
    await endEmail(tx, email.id, 'sent')
    const description = `The template failed, and the built-in one was sent. ${failure}`
    await recordEvent(tx, { ...eventOf(email, userId), type: 'wn', description })
  })
}

/** Puts the mail off, or gives it up. */
async function noteFailure(
  server: Server,
  email: QueuedEmail,
  userId: string | undefined,
  attempts: number,
  failure: unknown,
): Promise<void> {
  const { db } = server.database
  const { id } = email
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
    await endEmail(tx, id, 'failed', error)
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
