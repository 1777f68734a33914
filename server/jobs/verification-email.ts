/** The job of sending a mail by which an address is verified, as Auth0 shows it: it is read from the queue of mails. */
import type { Db } from '../db/database.ts'
import type { EmailsTable } from '../db/tables-sign-in.ts'

/** A job as answers show it. */
export type Job = {
  type: 'verification_email'
  status: 'pending' | 'completed' | 'failed'
  created_at: string
  id: string
}

/** TABLE: Auth0's word for what became of a mail. */
const STATUS = {
  queued: 'pending',
  sent: 'completed',
  dropped: 'failed',
  failed: 'failed',
} as const satisfies Record<EmailsTable['state'], Job['status']>

/** The job of this id; undefined when there is none. */
export async function findVerificationJob(db: Db, id: string): Promise<Job | undefined> {
  const row = await db
    .selectFrom('emails')
    .select(['id', 'state', 'created_at'])
    .where('id', '=', id)
    .where('template', '=', 'verify_email')
    .executeTakeFirst()
  return row && { type: 'verification_email', status: STATUS[row.state], created_at: row.created_at.toISOString(), id }
}
