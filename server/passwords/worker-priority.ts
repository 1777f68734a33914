/**
 * Hashing gives way to answering. Node hashes in worker threads of its own; on Linux each can be given a lower priority than
 * the thread that answers requests and than PostgreSQL. While nobody else wants a processor they have all of it; in a
 * storm of sign-ins those who read are served first. Elsewhere nothing changes.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { getPriority, setPriority } from 'node:os'

const TASKS = '/proc/self/task'
/** Each step leaves a thread about four fifths of what it had beside those that are not lowered. */
const STEPS_DOWN = 12
const MOST = 19

let isDone = false

/** Lowers them, once a process and after the first hash, before which there are none. */
export function lowerWorkerPriority(): void {
  if (isDone) return
  isDone = true
  if (process.platform !== 'linux') return
  try {
    const lowered = Math.min(MOST, getPriority(process.pid) + STEPS_DOWN)
    for (const thread of readdirSync(TASKS)) {
      if (readFileSync(`${TASKS}/${thread}/comm`, 'utf8').trim() === 'libuv-worker')
        setPriority(Number(thread), lowered)
    }
  } catch {
    // Where this is not allowed, hashing competes with everything else.
  }
}
