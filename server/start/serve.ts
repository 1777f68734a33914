/**
 * One server process, from settings to story and back: settings → certificate → PostgreSQL → application →
 * listeners. What was opened is closed in the opposite order. Only the first half is loaded at once; the other is,
 * while PostgreSQL comes up in processes of its own.
 */
import { once } from 'node:events'
import { flushCompileCache } from 'node:module'
import { openLog } from '../base/log.ts'
import { readConfig } from '../config.ts'
import { refuseImpossibleDemo } from '../demo/where.ts'
import { refuseMissingKey } from './encryption-key.ts'
import { explain } from './explain.ts'
import { DRAIN_LIMIT_MS, listen } from './listen.ts'
import { openTls } from './local-tls.ts'
import type { Closing } from './open-application.ts'
import { reachPostgres } from './reach-postgres.ts'
import { stopSignal } from './stop-signal.ts'

/** Runs a server until it is told to stop, and ends the process. */
export async function serve(): Promise<void> {
  const stopping = stopSignal()
  const opened: Closing[] = []
  let exitCode = 0
  try {
    await start(stopping, opened)
    if (!stopping.aborted) await once(stopping, 'abort')
  } catch (error) {
    // A start that was called off is no failure.
    if (!stopping.aborted) {
      process.stderr.write(`${explain(error)}\n`)
      exitCode = 1
    }
  }
  for (const close of opened.reverse()) await close()
  process.exit(exitCode)
}

async function start(stopping: AbortSignal, opened: Closing[]): Promise<void> {
  const config = readConfig()
  warn(config.warnings)
  refuseImpossibleDemo(config)
  await refuseMissingKey(config)
  const log = openLog(config.logLevel)
  const tls = await openTls(config)
  const postgres = await reachPostgres(config, log, stopping, loadApplication)
  opened.push(postgres.stop)
  stopping.throwIfAborted()
  const { connectionString } = postgres
  const { openTenant, openApplication, tellStory } = await loadApplication()
  const { demo, warnings, ...tenant } = await openTenant(config, connectionString, log, opened)
  warn(warnings)
  const isDemo = demo !== undefined
  stopping.throwIfAborted()
  if (config.workers > 1) {
    const { startWorkers } = await import('./workers.ts')
    opened.push(await startWorkers(config.workers, { connectionString, tls, isDemo }, log))
  } else {
    const app = await openApplication({ config, ...tenant, log, isDemo }, opened)
    stopping.throwIfAborted()
    const listeners = await listen(config, tls, app.routing)
    opened.push(() => listeners.drain(DRAIN_LIMIT_MS))
  }
  tellStory(config, tls, demo)
  log.info({ milliseconds: Math.round(performance.now()) }, 'ready')
  // So that the next start profits also if this process is killed; off the start itself.
  setTimeout(flushCompileCache, 1_000).unref()
}

function warn(warnings: readonly string[]): void {
  for (const warning of warnings) process.stderr.write(`Warning: ${warning}\n`)
}

/** Takes half a second in which nothing else happens here. A second call gets what the first one loads. */
async function loadApplication(): Promise<typeof import('./open-application.ts') & typeof import('./story.ts')> {
  return { ...(await import('./open-application.ts')), ...(await import('./story.ts')) }
}
