/**
 * A queue for work that keeps a processor busy: so many at once, so many waiting, and whoever comes beyond
 * that is told to come back. Without a bound, a burst of sign-ins would make everybody wait for all of it.
 */
import { ApiError } from './errors.ts'

/** Runs work when its turn comes. @throws ApiError busy when too many wait already */
export type Queue = <T>(work: () => Promise<T>) => Promise<T>

/** Makes a queue that runs `atOnce` and lets `mostWaiting` wait. */
export function boundedQueue({ atOnce, mostWaiting }: { atOnce: number; mostWaiting: number }): Queue {
  const waiting: (() => void)[] = []
  let running = 0

  async function takeTurn(): Promise<void> {
    if (running < atOnce) {
      running += 1
      return
    }
    if (waiting.length >= mostWaiting) throw new ApiError('busy', { retryAfterSeconds: 2 })
    await new Promise<void>((resolve) => waiting.push(resolve))
  }

  function endTurn(): void {
    const next = waiting.shift()
    // The turn is handed on, so `running` stays as it is.
    if (next) next()
    else running -= 1
  }

  return async (work) => {
    await takeTurn()
    try {
      return await work()
    } finally {
      endTurn()
    }
  }
}
