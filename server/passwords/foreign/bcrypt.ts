/**
 * Checks bcrypt hashes, in a thread of its own: Node has no bcrypt, and WebAssembly would hold up everybody for a tenth
 * of a second. The thread is started for the first hash and ends by itself when nobody has needed it for a while.
 */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/** One check, and its answer. */
export type BcryptTask = { id: number; hash: string; bytes: Uint8Array }
export type BcryptAnswer = { id: number; matches: boolean }

/**
 * At 13 a check takes about a second, and others with such a hash wait behind it; each step more doubles that, so that a
 * few tries at once would keep all of them out. Common libraries make 10 to 12.
 */
export const MOST_COST = 13

const HASH = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/
/** Bcrypt looks at no more of a password. */
const MOST_BYTES = 72
const IDLE_MS = 30_000

let thread: Worker | undefined
let idle: NodeJS.Timeout | undefined
let tasks = 0
const waiting = new Map<number, { resolve: (matches: boolean) => void; reject: (error: Error) => void }>()

/** Whether a text is a bcrypt hash whose cost is bearable at a sign-in. */
export function isBcryptHash(text: string): boolean {
  const cost = Number(HASH.exec(text)?.[1])
  return cost >= 4 && cost <= MOST_COST
}

/** Whether the hash was made from these bytes. */
export async function verifyBcrypt(hash: string, bytes: Buffer): Promise<boolean> {
  if (!isBcryptHash(hash) || bytes.length === 0) return false
  clearTimeout(idle)
  thread ??= startThread()
  tasks += 1
  const task: BcryptTask = { id: tasks, hash, bytes: new Uint8Array(bytes.subarray(0, MOST_BYTES)) }
  const { promise, resolve, reject } = Promise.withResolvers<boolean>()
  waiting.set(task.id, { resolve, reject })
  thread.ref()
  thread.postMessage(task)
  return await promise
}

function startThread(): Worker {
  const worker = new Worker(new URL('bcrypt-thread.ts', import.meta.url), { env: {} })
  worker.on('message', ({ id, matches }: BcryptAnswer) => {
    waiting.get(id)?.resolve(matches)
    waiting.delete(id)
    if (waiting.size === 0) rest(worker)
  })
  worker.on('error', () => {})
  void once(worker, 'exit').then(() => {
    if (thread === worker) thread = undefined
    for (const { reject } of waiting.values()) reject(new Error('The thread for bcrypt ended.'))
    waiting.clear()
  })
  return worker
}

/** Keeps the process from ending no longer, and ends the thread if nothing comes. */
function rest(worker: Worker): void {
  worker.unref()
  idle = setTimeout(() => {
    if (thread === worker) thread = undefined
    void worker.terminate()
  }, IDLE_MS)
  idle.unref()
}
