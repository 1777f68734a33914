/**
 * The bare mailer that ours is measured against: nodemailer with a pool of as many connections, sending one ready mail
 * over and over. A process of its own, started by `mail.ts`.
 */
import { createTransport } from 'nodemailer'

/** What to send, for how long. */
export type MailingTask = { port: number; seconds: number; mail: { subject: string; html: string; text: string } }

/** What came of it. */
export type Mailing = { sent: number; seconds: number }

const CONNECTIONS = 5

let turn = 0

process.on('message', async (task: MailingTask) => process.send?.(await sendAll(task)))
process.on('disconnect', () => process.exit())

async function sendAll({ port, seconds, mail }: MailingTask): Promise<Mailing> {
  const maxMessages = Number.POSITIVE_INFINITY
  const transport = createTransport({ pool: true, maxConnections: CONNECTIONS, maxMessages, host: '127.0.0.1', port })
  const began = performance.now()
  const until = began + seconds * 1_000
  let sent = 0
  async function lane(): Promise<void> {
    while (performance.now() < until) {
      turn += 1
      await transport.sendMail({ from: 'id@example.com', to: `user${turn}@company.example.com`, ...mail })
      sent += 1
    }
  }
  // Twice as many as connections, so that none of these waits for the next mail to be made.
  await Promise.all(Array.from({ length: CONNECTIONS * 2 }, lane))
  transport.close()
  return { sent, seconds: (performance.now() - began) / 1_000 }
}
