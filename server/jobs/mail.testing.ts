/** What the tests of mail share: a mail server, people, the queue, and the worker, which nobody has started. */
import assert from 'node:assert/strict'
import { after, beforeEach } from 'node:test'
import { startTestServer } from '../../test/harness.ts'
import { startMailSink } from '../../test/mail-sink.ts'
import { transact } from '../db/database.ts'
import { enqueueEmail, type NewEmail } from '../emails/enqueue.ts'
import { accounts } from '../sign-in/accounts.testing.ts'
import { mailWorkerOf } from './mail-worker.ts'

/** Makes it. */
export async function startMailTest(environment: Record<string, string> = {}) {
  const sink = await startMailSink()
  const test = await startTestServer({ SMTP_URL: sink.url, EMAIL_FROM: 'id@example.com', ...environment })
  const { db, server } = test
  const worker = mailWorkerOf(server)
  const people = await accounts(test)

  after(async () => {
    await worker.stop()
    await sink.stop()
  })
  beforeEach(() => {
    sink.behave('accept')
    sink.clear()
  })
  return {
    ...test,
    ...people,
    sink,
    worker,
    queue: (mail: NewEmail) => transact(db, (tx) => enqueueEmail(tx, mail)),
    mailOf: (id: string) => db.selectFrom('emails').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),

    /** Sends the mail alone and gives it back as it arrived. */
    async sent(mail: NewEmail) {
      await transact(db, (tx) => enqueueEmail(tx, mail))
      await worker.runOnce()
      const received = sink.mails.at(-1)
      assert.ok(received, 'no mail came')
      return received
    },

    eventOf: async (userId: string, type: string) =>
      await db
        .selectFrom('events')
        .selectAll()
        .where('user_id', '=', userId)
        .where('type', '=', type)
        .orderBy('log_id', 'desc')
        .executeTakeFirst(),
  }
}

/** The token in a link. */
export function ticketIn(link: string | undefined): string {
  return new URL(link ?? '').searchParams.get('ticket') ?? ''
}
