/** One of several processes that answer requests (WORKERS). PostgreSQL and the tenant were opened by the one that started it. */
import { once } from 'node:events'
import { openLog } from '../base/log.ts'
import { readConfig } from '../config.ts'
import { explain } from './explain.ts'
import { DRAIN_LIMIT_MS, listen } from './listen.ts'
import { type Closing, openApplication, openDatabaseOf } from './open-application.ts'
import { stopSignal } from './stop-signal.ts'
import { openTenantSecrets } from './tenant-secrets.ts'
import { STOP, type WorkerNews, type WorkerOrder } from './workers.ts'

/** Serves until it is told to stop, or until the process that started it is gone; ends the process. */
export async function serveAsWorker(): Promise<void> {
  const stopping = AbortSignal.any([stopSignal(), endOfPrimary()])
  const opened: Closing[] = []
  let exitCode = 0
  try {
    await start(opened)
    tell('ready')
    if (!stopping.aborted) await once(stopping, 'abort')
  } catch (error) {
    tell({ failed: explain(error) })
    exitCode = 1
  }
  for (const close of opened.reverse()) await close()
  process.exit(exitCode)
}

async function start(opened: Closing[]): Promise<void> {
  tell('waiting')
  const [order]: (WorkerOrder | typeof STOP)[] = await once(process, 'message')
  if (order === undefined || order === STOP) return
  const config = readConfig()
  const log = openLog(config.logLevel).child({ pid: process.pid })
  const database = openDatabaseOf(config, order.connectionString, log, opened)
  const secrets = await openTenantSecrets(database.db, config)
  const app = await openApplication({ config, database, secrets, log, isDemo: order.isDemo }, opened)
  const listeners = await listen(config, order.tls, app.routing)
  opened.push(() => listeners.drain(DRAIN_LIMIT_MS))
  log.info({ milliseconds: Math.round(performance.now()) }, 'ready')
}

function endOfPrimary(): AbortSignal {
  const ended = new AbortController()
  process.on('disconnect', () => ended.abort())
  process.on('message', (message) => {
    if (message === STOP) ended.abort()
  })
  return ended.signal
}

function tell(news: WorkerNews): void {
  if (process.connected) process.send?.(news)
}
