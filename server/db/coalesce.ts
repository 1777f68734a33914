/**
 * Lets requests that arrive together share a statement. While a batch is under way, what arrives waits for
 * the next one; alone, a request goes at the end of the event loop's turn. So a busy server makes fewer round trips, and fewer commits,
 * and a quiet one waits for nobody.
 */

import { isDatabaseUnavailable } from './error-code.ts'

/** Turns single requests into batches. */
export type Coalesced<Request, Answer> = (request: Request) => Promise<Answer>

/** How batches are made and run. */
export type CoalesceOptions<Request, Answer> = {
  /** Runs a batch; the answers stand in the order of the requests. An `Error` as answer fails that one alone. */
  run: (requests: Request[]) => Promise<(Answer | Error)[]>
  /** Batches under way at once; more let a slow one hold up fewer. */
  atOnce: number
  /**
   * So many start at once; every other one only when the newest has been under way for so long, in milliseconds. Few and
   * large batches cost the least, and those that have to wait for somebody's lock hold up nobody for long. All start at
   * once where it is left out.
   */
  patience?: { eager: number; ms: number }
  /** How long the first of a batch waits for others, in milliseconds, where few batches are worth more than the time. */
  gatherMs?: number
  /** Requests in one batch at most. */
  most: number
  /** Requests with the same key never share a batch and run in the order in which they came. */
  keyOf?: (request: Request) => string
}

type Waiting<Request, Answer> = {
  request: Request
  resolve: (answer: Answer) => void
  reject: (error: unknown) => void
}

/**
 * Makes a function that answers single requests through shared batches. A batch that fails as a whole is
 * repeated one request at a time, so that one bad request cannot fail its neighbours; when the database is away, it fails.
 */
export function coalesce<Request, Answer>(options: CoalesceOptions<Request, Answer>): Coalesced<Request, Answer> {
  const waiting: Waiting<Request, Answer>[] = []
  const busyKeys = new Set<string>()
  let running = 0
  let patience: NodeJS.Timeout | undefined
  let pumping = false

  function takeBatch(): Waiting<Request, Answer>[] {
    const { keyOf } = options
    if (!keyOf) return waiting.splice(0, options.most)
    const batch: Waiting<Request, Answer>[] = []
    const left: Waiting<Request, Answer>[] = []
    for (const item of waiting) {
      const key = keyOf(item.request)
      if (batch.length < options.most && !busyKeys.has(key)) {
        busyKeys.add(key)
        batch.push(item)
      } else left.push(item)
    }
    waiting.splice(0, waiting.length, ...left)
    return batch
  }

  async function runBatch(batch: Waiting<Request, Answer>[]): Promise<void> {
    try {
      const answers = await options.run(batch.map((item) => item.request))
      batch.forEach((item, index) => {
        const answer = answers[index]
        if (answer instanceof Error) item.reject(answer)
        else item.resolve(answer as Answer) // The contract of `run`: one answer a request.
      })
    } catch (error) {
      // Asked one by one, a database that is away would keep the last of a batch waiting for all the others.
      if (batch.length === 1 || isDatabaseUnavailable(error)) for (const item of batch) item.reject(error)
      else for (const item of batch) await runBatch([item])
    }
  }

  function pump(): void {
    while (running < options.atOnce && waiting.length > 0 && mayStart()) {
      const batch = takeBatch()
      if (batch.length === 0) return
      running += 1
      startPatience()
      void runBatch(batch).finally(() => {
        running -= 1
        if (running === 0) endPatience()
        if (options.keyOf) for (const item of batch) busyKeys.delete(options.keyOf(item.request))
        if (options.gatherMs === undefined) pump()
        else if (waiting.length > 0) pumpLater()
      })
    }
  }

  function mayStart(): boolean {
    return !patience || running < (options.patience?.eager ?? 0)
  }

  function startPatience(): void {
    endPatience()
    if (!options.patience) return
    patience = setTimeout(() => {
      endPatience()
      pump()
    }, options.patience.ms)
  }

  function endPatience(): void {
    clearTimeout(patience)
    patience = undefined
  }

  function pumpLater(): void {
    if (pumping) return
    pumping = true
    const go = () => {
      pumping = false
      pump()
    }
    // What arrives in the same turn of the event loop goes together in any case.
    if (options.gatherMs === undefined) setImmediate(go)
    else setTimeout(go, options.gatherMs)
  }

  return (request) =>
    new Promise<Answer>((resolve, reject) => {
      waiting.push({ request, resolve, reject })
      pumpLater()
    })
}
