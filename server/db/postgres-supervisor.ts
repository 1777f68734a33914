/** Keeps PostgreSQL running while we do: when it ends without being asked, it is started again on the same port. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Cluster } from './postgres-cluster.ts'
import { type Postmaster, startPostmaster, stopPostmaster } from './postmaster.ts'

/** A PostgreSQL that is looked after. */
export type Supervised = {
  /** Ends the looking after and stops PostgreSQL. */
  stop: () => Promise<void>
  /** Asks PostgreSQL to stop, without waiting: the last thing a process that ends can do. */
  abandon: () => void
}

const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 10_000
/** Who ran that long did not fall over its own start; the next pause is a short one again. */
const STEADY_AFTER_MS = 60_000

/** Looks after a running PostgreSQL. Nothing here keeps our process alive. */
export function supervise(cluster: Cluster, first: Postmaster, log: (message: string) => void): Supervised {
  const stopping = new AbortController()
  let postmaster = first
  let isUp = true
  let restarting: Promise<number> | undefined

  async function restart(pauseMs: number): Promise<number> {
    let nextMs = pauseMs
    for (;;) {
      await sleep(nextMs, undefined, { ref: false, signal: stopping.signal })
      nextMs = Math.min(nextMs * 2, LONGEST_PAUSE_MS)
      try {
        postmaster = await startPostmaster(cluster, first.port, { signal: stopping.signal })
        log('PostgreSQL runs again.')
        return nextMs
      } catch (error) {
        if (stopping.signal.aborted) throw error
        const message = error instanceof Error ? error.message : String(error)
        log(`${message}\nTrying again in ${nextMs / 1000} seconds.`)
      }
    }
  }

  async function lookAfter(): Promise<void> {
    for (let pauseMs = FIRST_PAUSE_MS; ; ) {
      const began = performance.now()
      const reason = await postmaster.ended
      isUp = false
      if (stopping.signal.aborted) return
      if (performance.now() - began > STEADY_AFTER_MS) pauseMs = FIRST_PAUSE_MS
      log(`PostgreSQL ended without being asked to (${reason}). Starting it again.`)
      restarting = restart(pauseMs)
      pauseMs = await restarting
      isUp = true
    }
  }

  async function stop(): Promise<void> {
    stopping.abort()
    // A restart under way sees the signal; what it may have started all the same is stopped below.
    await restarting?.catch(() => {})
    await stopPostmaster(postmaster)
  }

  // It ends by being called off, in the middle of a restart with an error that says just that.
  lookAfter().catch(() => {})
  let stopped: Promise<void> | undefined
  return {
    stop: () => {
      stopped ??= stop()
      return stopped
    },
    abandon: () => {
      try {
        if (isUp) process.kill(postmaster.pid, 'SIGINT')
      } catch {
        // It ended at the same moment.
      }
    },
  }
}
