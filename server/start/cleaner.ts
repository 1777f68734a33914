/**
 * Clears away, once an hour, what is past its time and counts nowhere any more: the tables would grow for ever without
 * it. Several processes may do so at once; each skips what another has in hand.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { deleteFullBuckets } from '../attack-protection/address-tries.ts'
import { secondsFromNow } from '../base/clock.ts'
import type { Secrets } from '../base/secrets.ts'
import type { Config } from '../config.ts'
import { type Database, type Db, errorCodeOf, isDatabaseUnavailable } from '../db/database.ts'
import { forgetEmails } from '../emails/store.ts'
import type { Server } from '../http/server.ts'
import { forgetJobs } from '../jobs/store.ts'
import { prepareEventDays } from '../logs/partitions.ts'
import { forgetEvents } from '../logs/retention.ts'
import { deleteExpiredArtifacts } from '../oidc/artifact-store.ts'
import { forgetInvitations } from '../organizations/invitation-store.ts'
import { eraseDue } from '../privacy/deletion.ts'
import { deleteExpiredFamilies } from '../refresh-tokens/store.ts'
import { deleteExpiredSessions } from '../sessions/store.ts'
import { closeDailyStats } from '../stats/store.ts'

const EVERY_MS = 3_600_000
/** For so long it can be seen what became of a mail. */
const MAIL_KEPT_SECONDS = 30 * 86_400

/** So long after its time an invitation is listed, and its link can say what became of it. */
const INVITATIONS_KEPT_SECONDS = 30 * 86_400

/** TABLE: what is cleared away. Each removes a portion, and answers how many there were. */
const PARTS: readonly ((db: Db, settings: CleanerSettings, means: Means) => Promise<number>)[] = [
  deleteExpiredSessions,
  deleteExpiredArtifacts,
  deleteFullBuckets,
  forgetJobs,
  deleteExpiredFamilies,
  (db, _settings, { report }) => eraseDue(db, report),
  (db) => forgetEmails(db, secondsFromNow(-MAIL_KEPT_SECONDS)),
  (db) => forgetInvitations(db, secondsFromNow(-INVITATIONS_KEPT_SECONDS)),
  prepareEventDays,
  // The log forgets nothing before the statistics are made of it, also where they cannot be made.
  async (db, { logRetention }, { database, secrets, signal }) =>
    (await closeDailyStats(db)) || (await forgetEvents(database, secrets, logRetention, signal)),
]

/** By what it clears away; `report` says that something could not be. */
type Means = { database: Database; secrets: Secrets; signal: AbortSignal; report: (error: unknown) => void }

/** What of the settings says for how long things are kept. */
export type CleanerSettings = Pick<Config, 'logRetention'>

/**
 * Cleans from now on, for the first time when the start is over. The answer stops it.
 * @param waits until the first time, and from one time to the next, in milliseconds
 */
export function startCleaner(
  { database, secrets, log }: Pick<Server, 'database' | 'secrets' | 'log'>,
  settings: CleanerSettings,
  waits: { first: number; next: number } = { first: 60_000, next: EVERY_MS },
): () => Promise<void> {
  const stopping = new AbortController()
  const { signal } = stopping
  const running = run()
  return async () => {
    stopping.abort()
    await running
  }

  async function run(): Promise<void> {
    const wait = async (ms: number) => await sleep(ms, undefined, { signal, ref: false }).catch(() => {})
    await wait(waits.first)
    while (!signal.aborted) {
      await clean({ database, secrets, signal, report }, settings)
      await wait(waits.next)
    }
  }

  function report(error: unknown): void {
    if (signal.aborted) return
    const kind = error instanceof Error ? error.name : typeof error
    log.warn({ kind, code: errorCodeOf(error) }, 'what is past its time could not be cleared away')
  }
}

/** What fails in one part keeps none of the others from being done. */
async function clean(means: Means, settings: CleanerSettings): Promise<void> {
  const { database, signal, report } = means
  for (const part of PARTS) {
    try {
      let isMore = true
      while (isMore && !signal.aborted) isMore = (await part(database.db, settings, means)) > 0
    } catch (error) {
      report(error)
      if (isDatabaseUnavailable(error)) return
    }
  }
}
