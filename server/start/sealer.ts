/**
 * Seals the log from now on, a moment after it was written. Every process tries, and one at a time does: none of it is part
 * of an answer. One that is killed has sealed whole pages, and the next goes on behind them.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { nowSeconds } from '../base/clock.ts'
import { errorCodeOf } from '../db/database.ts'
import type { Server } from '../http/server.ts'
import { sealEvents } from '../logs/seals/seal-events.ts'

/** From one round to the next, and between rounds that look hours back: entries up to two hours late are found. */
const WAITS = {
  first: 1_000,
  next: 2_000,
  thoroughSeconds: 3_600,
  /** After a fault, such as a database that is away. */
  afterFault: 10_000,
}

/** Starts it. The answer stops it after the page at hand. */
export function startSealer(
  { database, secrets, log }: Pick<Server, 'database' | 'secrets' | 'log'>,
  waits: typeof WAITS = WAITS,
): () => Promise<void> {
  const stopping = new AbortController()
  const { signal } = stopping
  const running = run()
  return async () => {
    stopping.abort()
    await running
  }

  async function run(): Promise<void> {
    const wait = async (ms: number) => await sleep(ms, undefined, { signal, ref: false }).catch(() => {})
    let thoroughAt: number | undefined
    await wait(waits.first)
    while (!signal.aborted) {
      const at = nowSeconds()
      // A clock that went back must not keep it from looking.
      const isThorough = thoroughAt === undefined || Math.abs(at - thoroughAt) >= waits.thoroughSeconds
      try {
        const sealed = await sealEvents(database.db, secrets, isThorough, signal)
        if (isThorough && sealed !== undefined) thoroughAt = at
        await wait(waits.next)
      } catch (error) {
        if (signal.aborted) return
        const kind = error instanceof Error ? error.name : typeof error
        log.warn({ kind, code: errorCodeOf(error) }, 'the log could not be sealed')
        await wait(waits.afterFault)
      }
    }
  }
}
