/** What `tenantry import` and `tenantry export` share: the tenant as a server has it, and a job that is waited for. */
import { setTimeout as sleep } from 'node:timers/promises'
import { openLog } from '../base/log.ts'
import { StartError } from '../base/start-error.ts'
import type { Connection } from '../connections/connection.ts'
import { findConnection, findConnectionByName } from '../connections/store.ts'
import type { Db } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import type { Server } from '../http/server.ts'
import type { StoredJob } from '../jobs/job.ts'
import { jobRunnerOf } from '../jobs/runner.ts'
import { findJob } from '../jobs/store.ts'
import { openServer } from '../open-server.ts'
import { withTenant } from './open-tenant.ts'

const LOOK_EVERY_MS = 250

/**
 * Works with the parts of a server that serves nobody.
 * @throws StartError in words for the person at the terminal, also for what the API would refuse
 */
export async function withServer<T>(work: (server: Server) => Promise<T>): Promise<T> {
  return await withTenant(async ({ config, database, secrets }) => {
    const log = openLog(config.logLevel, { write: () => {} })
    try {
      return await work(openServer({ config, database, secrets: await secrets(), log, isDemo: false }))
    } catch (error) {
      if (error instanceof ApiError) throw new StartError(error.message, { cause: error })
      throw error
    }
  })
}

/** The connection of this id or name. @throws StartError */
export async function requireConnection(db: Db, named: string): Promise<Connection> {
  const connection = (await findConnection(db, named)) ?? (await findConnectionByName(db, named))
  if (connection) return connection
  const rows = await db.selectFrom('connections').select('name').orderBy('name').limit(20).execute()
  const names = rows.map(({ name }) => name).join(', ')
  throw new StartError(`There is no connection ${named}. There are: ${names}. Nothing was changed.`)
}

/**
 * Waits for the end of a job, and works at it where no running server does, or the one that did is gone.
 * @throws StartError when it failed
 */
export async function finish(server: Server, id: string, show: (job: StoredJob) => void): Promise<StoredJob> {
  const { db } = server.database
  let working: Promise<void> | undefined
  for (;;) {
    const job = await findJob(db, id)
    if (!job) throw new StartError('The job was removed before it ended.')
    show(job)
    if (job.state === 'completed') return job
    if (job.state === 'failed') throw new StartError(job.status_details ?? 'The job could not be done.')
    working ??= jobRunnerOf(server)
      .runJob(id)
      .finally(() => {
        working = undefined
      })
    await Promise.race([working, sleep(LOOK_EVERY_MS)])
    // Somebody else has it.
    if (working === undefined) await sleep(LOOK_EVERY_MS)
  }
}
