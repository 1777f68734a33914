/** Mails to those who have not accepted the version in effect: at most one a day to each. */
import { sql } from 'kysely'
import { Type } from 'typebox'
import { now, secondsFromNow } from '../base/clock.ts'
import type { Tx } from '../db/database.ts'
import { enqueueEmails } from '../emails/enqueue.ts'
import { ApiError } from '../http/errors.ts'
import type { RequestInfo } from '../http/request-info.ts'
import { type Circle, isPending } from '../terms/people.ts'
import { findCurrentVersion } from '../terms/store.ts'
import { textFor } from '../terms/terms.ts'

const DAY_SECONDS = 86_400
/** So many at once; whoever asks again reaches the next. */
const MOST_AT_ONCE = 1_000
const TEMPLATE = 'terms_reminder'

export const RemindReply = Type.Object({
  queued: Type.Integer({ description: 'Mails that were queued' }),
  more: Type.Boolean({ description: 'Whether there are others to remind: ask again' }),
})

/** What a reminder says, in which language where the person has none. */
export type Reminder = { language: string; request: RequestInfo }

/**
 * Queues them. Whoever is blocked, has no address, or was reminded within a day gets none.
 * @throws ApiError inexistent_terms_version while nothing is in effect; terms_retired; consents_not_reminded
 */
export async function remind(tx: Tx, circle: Circle, { language, request }: Reminder) {
  const { terms, organizationId } = circle
  if (!terms.required) throw new ApiError('consents_not_reminded')
  if (terms.retired_at) throw new ApiError('terms_retired')
  const version = await findCurrentVersion(tx, terms.id)
  if (!version) throw new ApiError('inexistent_terms_version')
  const rows = await tx
    .selectFrom('users as u')
    .select('u.user_id')
    .where(isPending(circle))
    .where('u.email', 'is not', null)
    .where(sql<boolean>`u.blocked is not true and not exists (
      select from emails e where e.user_id = u.user_id and e.template = ${TEMPLATE}
        and e.variables->>'terms_id' = ${terms.id} and e.created_at > ${secondsFromNow(-DAY_SECONDS)})`)
    .$if(organizationId !== undefined, (query) =>
      query.where(sql<boolean>`exists (select from memberships m where m.organization_id = ${organizationId ?? ''}
        and m.user_id = u.user_id and m.blocked_at is null)`),
    )
    .orderBy('u.user_id')
    .limit(MOST_AT_ONCE + 1)
    .execute()
  const { text } = textFor(version.texts, language)
  const needed_at = new Date(Math.max(version.deadline_at.getTime(), now().getTime())).toISOString()
  await enqueueEmails(
    tx,
    rows.slice(0, MOST_AT_ONCE).map(({ user_id: userId }) => ({
      template: TEMPLATE,
      to: { userId },
      organizationId,
      variables: { terms_id: terms.id, title: text.title, needed_at },
      request,
    })),
  )
  return { queued: Math.min(rows.length, MOST_AT_ONCE), more: rows.length > MOST_AT_ONCE }
}
