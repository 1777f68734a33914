/**
 * Renders the Liquid that a tenant has written, in a thread of its own: what loops, or takes more than its memory, ends
 * the thread and nothing else. The engine's own bounds are looked at between its steps only.
 */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { JsonObject } from '../db/tables.ts'
import { boundedQueue } from '../http/bounded-queue.ts'
import { ApiError } from '../http/errors.ts'
import { perServer, type Server } from '../http/server.ts'
import type { Slots } from './liquid.ts'

/**
 * What to render: a body, in which values are escaped, and plain texts by name, such as the subject. `slots` are what a
 * page's own tags leave behind.
 */
export type SandboxTask = {
  body: string | undefined
  plain: Record<string, string>
  variables: JsonObject
  slots?: Slots
}

/** What came of it. `text` is the body for readers without HTML. */
export type SandboxResult = { html: string | undefined; text: string | undefined; plain: Record<string, string> }

/** What the thread answers. */
export type SandboxAnswer = { result: SandboxResult } | { error: string }

/** A sandbox. Its thread is started for the first task and kept for the next. */
export type Sandbox = {
  /**
   * @throws Error in words for the tenant, when a template is broken, too large or too slow
   * @throws ApiError busy when too many wait, or this one waited for too long; nothing is said of the template then
   */
  render: (task: SandboxTask) => Promise<SandboxResult>
  close: () => Promise<void>
}

const ALLOWED_MS = 3_000
const START_MS = 10_000
const ALLOWED_MEGABYTES = 64
const MOST_WAITING = 100

/** The sandbox of a server process for mails, which are sent a few at a time and may wait. */
export const sandboxOf: (server: Server) => Sandbox = perServer(() => openSandbox())

/** The one for pages, so that nobody who signs in waits for a mail. Whoever waits for a page is shown it in our frame. */
export const pageSandboxOf: (server: Server) => Sandbox = perServer(() => openSandbox({ longestWaitMs: 2_000 }))

/** Opens one. @param longestWaitMs after so long in the queue a task is refused */
export function openSandbox({ longestWaitMs = Number.POSITIVE_INFINITY } = {}): Sandbox {
  let thread: Promise<Worker> | undefined
  // One after the other, so that the time of each begins when the thread is free.
  const inTurn = boundedQueue({ atOnce: 1, mostWaiting: MOST_WAITING })

  async function run(task: SandboxTask): Promise<SandboxResult> {
    try {
      thread ??= startThread()
      const worker = await thread
      worker.postMessage(task)
      // The thread answers each task once, and there is one at a time.
      const answer = (await answerOf(worker, ALLOWED_MS)) as SandboxAnswer
      if ('result' in answer) return answer.result
      throw new TemplateError(answer.error)
    } catch (error) {
      if (!(error instanceof TemplateError)) await end()
      throw error
    }
  }
  async function end(): Promise<void> {
    const worker = await thread?.catch(() => undefined)
    thread = undefined
    await worker?.terminate()
  }
  return {
    render: async (task) => {
      const since = performance.now()
      return await inTurn(async () => {
        if (performance.now() - since > longestWaitMs) throw new ApiError('busy', { retryAfterSeconds: 2 })
        return await run(task)
      })
    },
    close: end,
  }
}

/** The template is at fault, and the thread lives on. */
class TemplateError extends Error {
  override name = 'TemplateError'
}

async function startThread(): Promise<Worker> {
  const worker = new Worker(new URL('sandbox-thread.ts', import.meta.url), {
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: ALLOWED_MEGABYTES, maxYoungGenerationSizeMb: 16 },
  })
  worker.unref()
  // Heard by whoever waits for an answer. While nobody does, the next task finds out.
  worker.on('error', () => {})
  try {
    await answerOf(worker, START_MS)
    return worker
  } catch (error) {
    await worker.terminate()
    throw error
  }
}

/** The thread's next message. @throws Error when it ends first, or takes too long */
async function answerOf(worker: Worker, milliseconds: number): Promise<unknown> {
  const waiting = new AbortController()
  const { signal } = waiting
  const timer = setTimeout(() => waiting.abort(), milliseconds)
  try {
    const message = once(worker, 'message', { signal })
    const end = once(worker, 'exit', { signal }).then(() => [undefined])
    const [answer] = await Promise.race([message, end])
    if (answer !== undefined) return answer
    throw new Error('The template takes too much memory.')
  } catch (error) {
    if (signal.aborted) throw new Error('The template takes too long.')
    throw error
  } finally {
    clearTimeout(timer)
    waiting.abort()
  }
}
