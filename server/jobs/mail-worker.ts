/**
 * Sends the queued mails of one server process, several at a time: one that hangs holds up nobody but itself. Several
 * processes share the queue; each takes what no other has.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { now, secondsFromNow } from '../base/clock.ts'
import { giveBackEmails, takeDueEmails } from '../emails/store.ts'
import { transportsOf } from '../emails/transport.ts'
import { perServer, type Server } from '../http/server.ts'
import { sandboxOf } from '../liquid/sandbox.ts'
import { lanesOf } from './lanes.ts'
import type { PreparedEmail } from './prepare-emails.ts'
import { noteOutcome, prepareTogether, tryEmail } from './send-email.ts'

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

/** Mails at a time: some are written while others are on the connections to the mail server. */
const LANES = 10
/** Mails that are taken and prepared together. */
const BATCH = 50
/** Longer than a mail can wait for its lane and be sent: the sum of the two below. */
const LEASE_SECONDS = 300
/** A mail that has waited longer goes back: another process must not take what this one still has. A try takes a minute. */
const WAIT_SECONDS = 120
/** Mails that are asked for within this time are taken together. */
const GATHER_MS = 20
/** A supervisor that stops a process waits ten seconds at most. */
const STOP_MS = 2_000

type ReadyEmail = { prepared: PreparedEmail; until: Date }

/** The worker of a server. */
export const mailWorkerOf: (server: Server) => MailWorker = perServer((server) => {
  const { db } = server.database
  const ready: ReadyEmail[] = []
  const lanes = lanesOf(server, {
    atOnce: LANES,
    run: runLane,
    says: { waiting: 'mail waits for the database', failed: 'the queue of mails could not be read or written' },
  })
  const { isStopping, report } = lanes
  let refilling: Promise<number> | undefined
  let isMoreLikely = false
  let tried = 0

  /** Takes and prepares what is due. Answers how many mails were taken, made or not; one at a time. */
  function refill(): Promise<number> {
    refilling ??= takeBatch()
      .catch((error) => {
        report(error)
        return 0
      })
      .finally(() => {
        refilling = undefined
      })
    return refilling
  }
  async function takeBatch(): Promise<number> {
    if (!isMoreLikely) await sleep(GATHER_MS)
    const until = secondsFromNow(WAIT_SECONDS)
    const emails = await takeDueEmails(db, BATCH, LEASE_SECONDS)
    isMoreLikely = emails.length === BATCH
    if (emails.length === 0) return 0
    tried += emails.length
    ready.push(...(await prepareTogether(server, emails)).map((prepared) => ({ prepared, until })))
    return emails.length
  }
  async function next(): Promise<ReadyEmail | undefined> {
    while (ready.length === 0 && !isStopping()) {
      if ((await refill()) === 0) return undefined
    }
    if (isStopping()) return undefined
    // The next are prepared while these are sent.
    if (ready.length <= LANES && isMoreLikely) void refill()
    return ready.shift()
  }
  async function runLane(): Promise<void> {
    let noted: Promise<unknown> = Promise.resolve()
    for (let mail = await next(); mail; mail = await next()) {
      const { prepared, until } = mail
      if (now() > until) await giveBackEmails(db, [prepared.email])
      else {
        const outcome = await tryEmail(server, prepared)
        // The next mail does not wait for that.
        noted = Promise.all([noted, noteOutcome(server, prepared, outcome).catch(report)])
      }
    }
    await noted
  }

  return {
    wake: lanes.wake,
    async runOnce() {
      tried = 0
      await lanes.runOnce()
      return tried
    },
    start: lanes.start,
    async stop() {
      lanes.stop()
      await lanes.emptied(STOP_MS)
      // What still hangs fails now, and is put off: it is another process's, or the next start's.
      await transportsOf(server).end()
      await lanes.emptied(STOP_MS)
      await giveBackEmails(
        db,
        ready.splice(0).map(({ prepared }) => prepared.email),
      ).catch(report)
      await sandboxOf(server).close()
    },
  }
})
