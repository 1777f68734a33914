/** The counts of all processes in one text: a worker asks the process that started it, which asks every worker. */
import cluster, { type Worker } from 'node:cluster'
import { randomUUID } from 'node:crypto'
import { AggregatorRegistry, type Registry } from 'prom-client'

type Question = { metricsWanted: string }
type Reply = { metricsWanted: string; text: string }

const LIMIT_MS = 5_000

/** The counts of this process, or of all workers where it is one of them. */
export async function collectFromAll(registry: Registry): Promise<string> {
  if (!cluster.isWorker || !process.connected) return await registry.metrics()
  const question: Question = { metricsWanted: randomUUID() }
  return await new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(late)
      process.off('message', hear)
    }
    const late = setTimeout(() => {
      end()
      reject(new Error('The other processes did not tell their counts.'))
    }, LIMIT_MS)
    const hear = (message: Partial<Reply>) => {
      if (message.metricsWanted !== question.metricsWanted) return
      end()
      resolve(message.text ?? '')
    }
    process.on('message', hear)
    process.send?.(question)
  })
}

/** In the process that has started workers: answers what one of them asks. */
export function answerMetrics(): void {
  const all = new AggregatorRegistry()
  cluster.on('message', async (worker: Worker, message: Partial<Question>) => {
    const { metricsWanted } = message
    if (typeof metricsWanted !== 'string') return
    // One that is ending does not answer; the worker that asked says so after its limit.
    const text = await all.clusterMetrics().catch(() => undefined)
    if (text !== undefined && worker.isConnected()) worker.send({ metricsWanted, text } satisfies Reply, () => {})
  })
}
