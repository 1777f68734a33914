/**
 * How one server process works at a queue: in so many lanes at a time, each of which goes on until nothing is due. They are
 * opened again every second, and at once when somebody says that there is something.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { errorCodeOf, isDatabaseUnavailable } from '../db/database.ts'
import type { Server } from '../http/server.ts'

/** The lanes of a queue. */
export type Lanes = {
  /** Says that something was queued and committed; does not wait. */
  wake: () => void
  /** Works until nothing is due. For tests, which start nothing. */
  runOnce: () => Promise<void>
  /** Looks for what is due from now on. */
  start: () => void
  /** Looks no more; whoever is in a lane asks `isStopping`. */
  stop: () => void
  isStopping: () => boolean
  /** Waits until the lanes are empty, but no longer than this. */
  emptied: (mostMs: number) => Promise<void>
  /** Tells the server's log what went wrong; it is tried again later. */
  report: (error: unknown) => void
}

/** What is done in a lane, and what the log says when it fails. */
export type LaneWork = { atOnce: number; run: () => Promise<void>; says: { waiting: string; failed: string } }

const LOOK_EVERY_MS = 1_000

/** Makes them; none is open yet. */
export function lanesOf({ log }: Pick<Server, 'log'>, { atOnce, run, says }: LaneWork): Lanes {
  const lanes = new Set<Promise<void>>()
  let timer: NodeJS.Timeout | undefined
  let isStopping = false

  function open(): void {
    while (lanes.size < atOnce) {
      const lane = run()
        .catch(report)
        .finally(() => lanes.delete(lane))
      lanes.add(lane)
    }
  }
  function report(error: unknown): void {
    const fields = { kind: error instanceof Error ? error.name : typeof error, code: errorCodeOf(error) }
    // Every second would say so anew, and every request says it as well.
    if (isDatabaseUnavailable(error)) log.debug(fields, says.waiting)
    else log.error(fields, says.failed)
  }

  return {
    wake() {
      if (timer !== undefined) open()
    },
    async runOnce() {
      open()
      await Promise.all(lanes)
    },
    start() {
      isStopping = false
      timer = setInterval(open, LOOK_EVERY_MS)
      timer.unref()
    },
    stop() {
      isStopping = true
      clearInterval(timer)
      timer = undefined
    },
    isStopping: () => isStopping,
    async emptied(mostMs) {
      await Promise.race([Promise.allSettled(lanes), sleep(mostMs, undefined, { ref: false })])
    },
    report,
  }
}
