/**
 * Whether a mail that is asked for would be dropped when its turn comes: whoever asks would wait for it in vain. It tells
 * of an account, so it is only for people who have proved theirs, and for those who administer it.
 */
import { now, secondsFromNow } from '../base/clock.ts'
import type { Db } from '../db/database.ts'
import { countRecent, findTemplate } from '../emails/store.ts'
import { type EmailTemplateName, templateRow } from '../emails/templates.ts'
import { ApiError } from '../http/errors.ts'

const HOUR_SECONDS = 3_600

/** Why it would be: the tenant has switched it off, or the user got as many as one gets within an hour. */
export type Unsendable = { reason: 'switched-off' } | { reason: 'too-many'; retryAfterSeconds: number }

/** Why the mail would be dropped; undefined when it would be sent. */
export async function whyUnsendable(
  db: Db,
  template: EmailTemplateName,
  userId: string,
): Promise<Unsendable | undefined> {
  if ((await findTemplate(db, template))?.enabled === false) return { reason: 'switched-off' }
  const [lately] = await countRecent(db, [{ userId, template }], secondsFromNow(-HOUR_SECONDS))
  if (!lately || lately.count < (templateRow(template).mostPerHour ?? Number.POSITIVE_INFINITY)) return undefined
  const retryAfterSeconds = Math.ceil((lately.oldest.getTime() - now().getTime()) / 1_000) + HOUR_SECONDS
  return { reason: 'too-many', retryAfterSeconds: Math.max(1, retryAfterSeconds) }
}

/** Says so now. @throws ApiError mail_switched_off, too_many_mails */
export async function refuseUnsendable(db: Db, template: EmailTemplateName, userId: string): Promise<void> {
  const why = await whyUnsendable(db, template, userId)
  if (why?.reason === 'too-many') throw new ApiError('too_many_mails', { retryAfterSeconds: why.retryAfterSeconds })
  if (why) throw new ApiError('mail_switched_off', { with: { reason: `The template ${template} is switched off.` } })
}
