/**
 * Whether a mail that is asked for would be dropped when its turn comes: whoever asks would wait for it in vain. It tells
 * of an account, so it is only for people who have proved theirs, and for those who administer it.
 */
import { now, secondsFromNow } from '../base/clock.ts'
import type { Db } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import { countRecent, findTemplate, type RecentMails } from './store.ts'
import { type EmailTemplateName, templateRow } from './templates.ts'

const HOUR_SECONDS = 3_600

/** Why it would be: the tenant has switched it off, or the user got as many as one gets within an hour. */
export type Unsendable = { reason: 'switched-off' } | { reason: 'too-many'; retryAfterSeconds: number }

/** Why the mail would be dropped; undefined when it would be sent. */
export async function whyUnsendable(
  db: Db,
  template: EmailTemplateName,
  userId: string,
): Promise<Unsendable | undefined> {
  if (await isSwitchedOff(db, template)) return { reason: 'switched-off' }
  const [beyond] = await listBeyondLimit(db, template, [userId])
  if (!beyond) return undefined
  const retryAfterSeconds = Math.ceil((beyond.oldest.getTime() - now().getTime()) / 1_000) + HOUR_SECONDS
  return { reason: 'too-many', retryAfterSeconds: Math.max(1, retryAfterSeconds) }
}

/** Says so now. @throws ApiError mail_switched_off, too_many_mails */
export async function refuseUnsendable(db: Db, template: EmailTemplateName, userId: string): Promise<void> {
  const why = await whyUnsendable(db, template, userId)
  if (why?.reason === 'too-many') throw new ApiError('too_many_mails', { retryAfterSeconds: why.retryAfterSeconds })
  if (why) throw switchedOff(template)
}

/** Says so now of a mail to anybody. @throws ApiError mail_switched_off */
export async function refuseSwitchedOff(db: Db, template: EmailTemplateName): Promise<void> {
  if (await isSwitchedOff(db, template)) throw switchedOff(template)
}

/** Those of these users who got as many as one gets within an hour. */
export async function listBeyondLimit(
  db: Db,
  template: EmailTemplateName,
  userIds: readonly string[],
): Promise<RecentMails[]> {
  const { mostPerHour } = templateRow(template)
  if (mostPerHour === undefined) return []
  const kinds = userIds.map((userId) => ({ userId, template }))
  const lately = await countRecent(db, kinds, secondsFromNow(-HOUR_SECONDS))
  return lately.filter(({ count }) => count >= mostPerHour)
}

async function isSwitchedOff(db: Db, template: EmailTemplateName): Promise<boolean> {
  return (await findTemplate(db, template))?.enabled === false
}

function switchedOff(template: EmailTemplateName): ApiError {
  return new ApiError('mail_switched_off', { with: { reason: `The template ${template} is switched off.` } })
}
