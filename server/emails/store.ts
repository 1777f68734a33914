/** All SQL about the queue of mails, templates, provider and inbox. */
import { type Selectable, sql } from 'kysely'
import { now, secondsFromNow } from '../base/clock.ts'
import { newHexId } from '../base/ids.ts'
import { type Db, runHotSql, type Tx } from '../db/database.ts'
import type { EmailProviderTable, EmailsTable } from '../db/tables-sign-in.ts'
import type { AnyTemplateName, TemplateSettings } from './templates.ts'

/** A queued mail. */
export type QueuedEmail = Selectable<EmailsTable>

/** Takes mails that are due, and keeps other processes from them for `leaseSeconds`: should this one die, they are theirs. */
export async function takeDueEmails(db: Db, most: number, leaseSeconds: number): Promise<QueuedEmail[]> {
  const take = sql<QueuedEmail>`
    update emails set next_attempt_at = ${secondsFromNow(leaseSeconds)}
    where id in (select id from emails where state = 'queued' and next_attempt_at <= ${now()}
      order by next_attempt_at limit ${most} for update skip locked)
    returning id, template, state, user_id, connection_id, identity_id, identifier, client_id, organization_id, language,
      variables, person, attempts, last_error, created_at, next_attempt_at, done_at`
  const rows = await runHotSql(db, 'emails-take', take)
  // In the order in which they were asked for, so that of several links for one person the last one asked for works.
  return rows.sort((left, right) => left.created_at.getTime() - right.created_at.getTime())
}

/** Gives mails back that were taken and not tried, as they were taken. */
export async function giveBackEmails(db: Db, emails: readonly QueuedEmail[]): Promise<void> {
  if (emails.length === 0) return
  await sql`update emails set next_attempt_at = ${now()}, attempts = taken.attempts
    from unnest(${emails.map(({ id }) => id)}::text[], ${emails.map(({ attempts }) => attempts)}::int[])
      as taken (id, attempts)
    where emails.id = taken.id and state = 'queued'`.execute(db)
}

/** A mail and whom it is for; nothing where that is nobody's account yet. */
export type Addressed = {
  email: QueuedEmail
  userId: string | null
  connectionId: string | null
  identityId: string | null
}

/** Notes that mails are tried, and whom they are for. The transaction in which the links are made counts the tries. */
export async function beginAttempts(tx: Tx, begun: readonly Addressed[]): Promise<void> {
  if (begun.length === 0) return
  const begin = sql`update emails set attempts = attempts + 1, user_id = begun.user_id, connection_id = begun.connection_id,
      identity_id = begun.identity_id
    from unnest(${begun.map(({ email }) => email.id)}::text[], ${begun.map(({ userId }) => userId)}::text[],
        ${begun.map(({ connectionId }) => connectionId)}::text[], ${begun.map(({ identityId }) => identityId)}::text[])
      as begun (id, user_id, connection_id, identity_id)
    where emails.id = begun.id`
  await runHotSql(tx, 'emails-begin', begin)
}

/** A mail that is done with, and why where it was not sent. */
export type EndedEmail = { id: string; state: 'sent' | 'dropped' | 'failed'; error: string | null }

/** Notes what became of mails for good. Who asked and what he typed is needed no more. */
export async function endEmails(db: Db, ended: readonly EndedEmail[]): Promise<void> {
  if (ended.length === 0) return
  const [ids, states] = [ended.map(({ id }) => id), ended.map(({ state }) => state)]
  const end = sql`update emails set state = ended.state, last_error = ended.error, done_at = ${now()},
      person = null, identifier = null, variables = '{}'
    from unnest(${ids}::text[], ${states}::text[], ${ended.map(({ error }) => error)}::text[])
      as ended (id, state, error)
    where emails.id = ended.id`
  await runHotSql(db, 'emails-end', end)
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

/**
 * How many mails of a kind each user got or gets that were asked for since a moment, and when the oldest of them was;
 * `kinds` has the pairs once.
 */
export async function countRecent(
  db: Db,
  kinds: readonly { userId: string; template: string }[],
  since: Date,
): Promise<RecentMails[]> {
  if (kinds.length === 0) return []
  // What is only queued has its own turn to be counted.
  const count = sql<RecentMails>`
    select user_id, template, count(*) as count, min(created_at) as oldest from emails
    join unnest(${kinds.map(({ userId }) => userId)}::text[], ${kinds.map(({ template }) => template)}::text[])
      as kind (user_id, template) using (user_id, template)
    where created_at > ${since} and attempts > 0 and state <> 'dropped'
    group by user_id, template`
  return await runHotSql(db, 'emails-count-recent', count)
}

/** How many mails of a kind a user got lately, and when the first of them was asked for. */
export type RecentMails = { user_id: string; template: string; count: number; oldest: Date }

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

/** The same of several, by name. */
export async function findTemplates(db: Db, templates: readonly string[]): Promise<Map<string, TemplateSettings>> {
  const rows = await db.selectFrom('email_templates').selectAll().where('template', 'in', templates).execute()
  // As above.
  return new Map(rows.map(({ template, settings }) => [template, settings as TemplateSettings]))
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
