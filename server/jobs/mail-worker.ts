/**
 * Sends the queued mails of one server process, several at a time: one that hangs holds up nobody but itself. Several
 * processes share the queue; each takes what no other has.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { errorCodeOf, isDatabaseUnavailable } from '../db/database.ts'
import { sandboxOf } from '../emails/sandbox.ts'
import { giveBackEmails, type QueuedEmail, takeDueEmails } from '../emails/store.ts'
import { transportsOf } from '../emails/transport.ts'
import { perServer, type Server } from '../http/server.ts'
import { sendEmail } from './send-email.ts'

/** The worker. */
export type MailWorker = {
  /** Says that a mail was queued and committed; does not wait. */
  wake: () => void
  /** Sends what is due, and answers how many mails were tried. For tests, which start no worker. */
  runOnce: () => Promise<number>
  /** Looks for due mails from now on. */
  start: () => void
  /** Finishes the mails at hand, as far as they do not hang. */
  stop: () => Promise<void>
}

/** Mails at a time: some are prepared while others are on the connections to the mail server. */
const AT_ONCE = 10
/** Longer than a try can take. */
const LEASE_SECONDS = 300
const LOOK_EVERY_MS = 1_000
/** A supervisor that stops a process waits ten seconds at most. */
const STOP_MS = 2_000

/** The worker of a server. */
export const mailWorkerOf: (server: Server) => MailWorker = perServer((server) => {
  const { db } = server.database
  const taken: QueuedEmail[] = []
  const lanes = new Set<Promise<void>>()
  let taking: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let isStopping = false
  let tried = 0

  async function take(): Promise<void> {
    taken.push(...(await takeDueEmails(db, AT_ONCE, LEASE_SECONDS)))
  }
  async function next(): Promise<QueuedEmail | undefined> {
    if (isStopping) return undefined
    if (taken.length === 0) {
      taking ??= take().finally(() => {
        taking = undefined
      })
      await taking
    }
    return taken.shift()
  }
  async function runLane(): Promise<void> {
    for (let email = await next(); email; email = await next()) {
      tried += 1
      await sendEmail(server, email)
    }
  }
  function openLanes(): void {
    while (lanes.size < AT_ONCE) {
      const lane = runLane()
        .catch(report)
        .finally(() => lanes.delete(lane))
      lanes.add(lane)
    }
  }
  /** What was taken is due again when its lease is over. */
  function report(error: unknown): void {
    const fields = { kind: error instanceof Error ? error.name : typeof error, code: errorCodeOf(error) }
    // Every second would say so anew, and every request says it as well.
    if (isDatabaseUnavailable(error)) server.log.debug(fields, 'mail waits for the database')
    else server.log.error(fields, 'the queue of mails could not be read or written')
  }

  return {
    wake: () => {
      if (timer !== undefined && !isStopping) openLanes()
    },
    async runOnce() {
      tried = 0
      openLanes()
      await Promise.all(lanes)
      return tried
    },
    start() {
      isStopping = false
      timer = setInterval(openLanes, LOOK_EVERY_MS)
      timer.unref()
    },
    async stop() {
      isStopping = true
      clearInterval(timer)
      timer = undefined
      const done = Promise.allSettled(lanes)
      await Promise.race([done, sleep(STOP_MS, undefined, { ref: false })])
      // What still hangs fails now, and is put off: it is another process's, or the next start's.
      await transportsOf(server).end()
      await Promise.race([done, sleep(STOP_MS, undefined, { ref: false })])
      await giveBackEmails(
        db,
        taken.splice(0).map(({ id }) => id),
      ).catch(report)
      await sandboxOf(server).close()
    },
  }
})
