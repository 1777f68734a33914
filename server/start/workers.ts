/**
 * With WORKERS above 1: one process holds PostgreSQL and opens the tenant, and as many others answer requests on the same
 * ports. They share nothing but the database. One that dies is replaced.
 */
import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { StartError } from '../base/start-error.ts'
import { answerMetrics } from '../metrics/collect.ts'
import type { TlsMaterial } from './local-tls.ts'

/** What a worker has to know besides the settings. */
export type WorkerOrder = { connectionString: string; tls: TlsMaterial | undefined; isDemo: boolean }

/** What a worker tells: that it waits for its order, that it serves, or why it cannot. */
export type WorkerNews = 'waiting' | 'ready' | { failed: string }

/** Sent to a worker that is to end. */
export const STOP = 'stop'

const REPLACE_AFTER_MS = 1_000

/**
 * Starts them and waits until all of them serve.
 * @returns what ends them: they drain first
 * @throws StartError in the words of the first that cannot
 */
export async function startWorkers(count: number, order: WorkerOrder, log: Logger): Promise<() => Promise<void>> {
  // Workers accept for themselves: a connection on its way to one that has just died would hang otherwise.
  cluster.schedulingPolicy = cluster.SCHED_NONE
  cluster.setupPrimary({ exec: join(import.meta.dirname, '../main.ts'), args: [] })
  answerMetrics()
  let isStopping = false
  const stop = async () => {
    isStopping = true
    const workers = Object.values(cluster.workers ?? {}).flatMap((worker) => worker ?? [])
    for (const worker of workers) if (worker.isConnected()) worker.send(STOP, () => {})
    await Promise.all(workers.map((worker) => (worker.isDead() ? undefined : once(worker, 'exit'))))
  }
  const keepOne = async () => {
    const worker = cluster.fork()
    worker.once('exit', (code: number, signal: string) => {
      if (isStopping) return
      log.error({ pid: worker.process.pid, code, signal }, 'a worker ended; another takes its place')
      void sleep(REPLACE_AFTER_MS).then(() => {
        if (!isStopping) keepOne().catch((error: Error) => log.error({ kind: error.name }, 'a worker did not start'))
      })
    })
    await untilReady(worker, order)
  }
  try {
    // One after the other: what the first cannot do, no other can.
    for (let started = 0; started < count; started += 1) await keepOne()
  } catch (error) {
    await stop()
    throw error
  }
  return stop
}

async function untilReady(worker: Worker, order: WorkerOrder): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    worker.once('exit', () => reject(new StartError('A worker ended before it could serve.')))
    worker.on('message', (news: WorkerNews | object) => {
      if (news === 'waiting') worker.send(order)
      else if (news === 'ready') resolve()
      else if (typeof news === 'object' && 'failed' in news) reject(new StartError(String(news.failed)))
    })
  })
}
