/** All SQL about the queue of mails, templates, provider and inbox. */
import { type Selectable, sql } from 'kysely'
import { now, secondsFromNow } from '../base/clock.ts'
import { newHexId } from '../base/ids.ts'
import type { Db, Tx } from '../db/database.ts'
import type { EmailProviderTable, EmailsTable } from '../db/tables-sign-in.ts'
import type { AnyTemplateName, TemplateSettings } from './templates.ts'

/** A queued mail. */
export type QueuedEmail = Selectable<EmailsTable>

/** Takes mails that are due, and keeps other processes from them for `leaseSeconds`: should this one die, they are theirs. */
export async function takeDueEmails(db: Db, most: number, leaseSeconds: number): Promise<QueuedEmail[]> {
  const { rows } = await sql<QueuedEmail>`
    update emails set next_attempt_at = ${secondsFromNow(leaseSeconds)}
    where id in (select id from emails where state = 'queued' and next_attempt_at <= ${now()}
      order by next_attempt_at limit ${most} for update skip locked)
    returning *`.execute(db)
  return rows
}

/** Gives mails back that were taken and not tried. */
export async function giveBackEmails(db: Db, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await db.updateTable('emails').set({ next_attempt_at: now() }).where('id', 'in', ids).execute()
}

/** Notes that a mail is tried, and whom it is for. The transaction in which its link is made counts the try. */
export async function beginAttempt(
  tx: Tx,
  id: string,
  to: { userId: string; connectionId: string; identityId: string },
  attempts: number,
): Promise<void> {
  const { userId: user_id, connectionId: connection_id, identityId: identity_id } = to
  await tx.updateTable('emails').set({ attempts, user_id, connection_id, identity_id }).where('id', '=', id).execute()
}

/** Notes what became of a mail for good. Who asked and what he typed is needed no more. */
export async function endEmail(
  db: Db,
  id: string,
  state: 'sent' | 'dropped' | 'failed',
  error: string | null = null,
): Promise<void> {
  await db
    .updateTable('emails')
    .set({ state, last_error: error, done_at: now(), person: null, identifier: null, variables: '{}' })
    .where('id', '=', id)
    .execute()
}

/** Puts a mail off. */
export async function postponeEmail(
  db: Db,
  { id, attempts, seconds, error }: { id: string; attempts: number; seconds: number; error: string },
): Promise<void> {
  await db
    .updateTable('emails')
    .set({ attempts, next_attempt_at: secondsFromNow(seconds), last_error: error })
    .where('id', '=', id)
    .where('state', '=', 'queued')
    .execute()
}

/** How many other mails of this kind the user got or gets that were asked for since a moment. */
export async function countRecent(db: Db, email: QueuedEmail, userId: string, since: Date): Promise<number> {
  const { count } = await db
    .selectFrom('emails')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('user_id', '=', userId)
    .where('template', '=', email.template)
    .where('id', '<>', email.id)
    .where('created_at', '>', since)
    // What is only queued has its own turn to be counted.
    .where('attempts', '>', 0)
    .where('state', '<>', 'dropped')
    .executeTakeFirstOrThrow()
  return count
}

/** Forgets mails that were done with before a moment, a thousand at once. Answers how many there were. */
export async function forgetEmails(db: Db, before: Date): Promise<number> {
  const { rows } = await sql`delete from emails where id in (
    select id from emails where created_at < ${before} and state <> 'queued'
    order by created_at limit 1000 for update skip locked)
    returning id`.execute(db)
  return rows.length
}

/** What the tenant has said of a template; undefined where he has said nothing. */
export async function findTemplate(db: Db, template: AnyTemplateName): Promise<TemplateSettings | undefined> {
  const row = await db
    .selectFrom('email_templates')
    .select('settings')
    .where('template', '=', template)
    .executeTakeFirst()
  // Nothing is stored that the schemas of the routes have not let through.
  return row?.settings as TemplateSettings | undefined
}

/** The same, locked for a change. Two changes at once, or two first ones, wait for one another. */
export async function lockTemplate(tx: Tx, template: AnyTemplateName): Promise<TemplateSettings | undefined> {
  await lockByName(tx, `email_templates|${template}`)
  return await findTemplate(tx, template)
}

/** Stores what he says. */
export async function saveTemplate(db: Db, settings: TemplateSettings): Promise<void> {
  const at = now()
  const row = { settings: JSON.stringify(settings), updated_at: at }
  await db
    .insertInto('email_templates')
    .values({ template: settings.template, ...row, created_at: at })
    .onConflict((conflict) => conflict.column('template').doUpdateSet(row))
    .execute()
}

/** The provider as stored; undefined when none is. */
export type StoredProvider = Selectable<EmailProviderTable>

/** Reads it. */
export async function findProvider(db: Db): Promise<StoredProvider | undefined> {
  return await db.selectFrom('email_provider').selectAll().executeTakeFirst()
}

/** The same, locked for a change. Two changes at once, or two first ones, wait for one another. */
export async function lockProvider(tx: Tx): Promise<StoredProvider | undefined> {
  await lockByName(tx, 'email_provider')
  return await findProvider(tx)
}

/** Stores it, whether there was one or not. */
export async function saveProvider(db: Db, provider: Omit<StoredProvider, 'id' | 'updated_at'>): Promise<void> {
  const row = {
    ...provider,
    credentials: JSON.stringify(provider.credentials),
    settings: provider.settings === null ? null : JSON.stringify(provider.settings),
    updated_at: now(),
  }
  await db
    .insertInto('email_provider')
    .values({ id: 1, ...row })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute()
}

/** Removes it. */
export async function deleteProvider(db: Db): Promise<void> {
  await db.deleteFrom('email_provider').execute()
}

/** A caught mail to be stored. */
export type CaughtEmail = {
  id: string
  template: string
  recipient: string
  subject: string
  contentEncrypted: string
  userId: string | undefined
}

const MOST_CAUGHT = 500

/** A new id for one; its content is encrypted for it. */
export const newInboxId = newHexId

/** Puts a mail into the inbox; the oldest give way. */
export async function catchEmail(db: Db, mail: CaughtEmail): Promise<void> {
  await db
    .insertInto('inbox_messages')
    .values({
      id: mail.id,
      template: mail.template,
      recipient: mail.recipient,
      subject: mail.subject,
      content_encrypted: mail.contentEncrypted,
      user_id: mail.userId ?? null,
      created_at: now(),
    })
    .execute()
  await sql`delete from inbox_messages where id in (
    select id from inbox_messages order by created_at desc, id offset ${MOST_CAUGHT})`.execute(db)
}

/** What the inbox lists, the newest first. */
export async function listCaught(db: Db) {
  return await db
    .selectFrom('inbox_messages')
    .select(['id', 'recipient', 'subject', 'created_at'])
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .limit(100)
    .execute()
}

/** One mail of the inbox; undefined when it is not there. */
export async function findCaught(db: Db, id: string) {
  return await db.selectFrom('inbox_messages').selectAll().where('id', '=', id).executeTakeFirst()
}

/** A row that is not there yet cannot be locked; its name can. */
async function lockByName(tx: Tx, name: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(tx)
}
