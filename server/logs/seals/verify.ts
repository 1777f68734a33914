/**
 * Checks the sealed log: every entry against its seal, every seal against its batch, every batch against the one before
 * it. All of it is read as it stood at one moment, page by page, whatever is written meanwhile.
 */
import type { Secrets } from '../../base/secrets.ts'
import { builderOn, type Database, type Db } from '../../db/database.ts'
import { type ChainReport, checkChain } from './check-chain.ts'
import { checkEntries } from './check-entries.ts'
import { dateOf, type Fault } from './fault.ts'
import { findEmptyBatch, newestSealed } from './store.ts'

/** What was found. Numbers are entries. */
export type Verified = {
  whole: boolean
  fault: Fault | null
  /** Compared with their seals. */
  checked: number
  /** Of those, entries whose personal part was blanked. */
  blanked: number
  /** Sealed behind newer ones, or hours after they were made; until then nothing protected them. */
  late: number
  first_late_id: string | null
  /** Not sealed yet. */
  waiting: number
  /** Forgotten by retention. */
  forgotten: number
  /** When the newest sealed entry was made, and when the last seals were. */
  sealed_up_to: string | null
  last_sealed_at: string | null
  /** The ends of both chains, to be kept elsewhere: a later check can ask whether they are still in the chain. */
  mark: string
}

/** Told after every page: how many entries were checked, and how many there are. */
export type Progress = (checked: number, of: number) => void

/**
 * Checks all of it.
 * @param mark of an earlier check, which must still be in the chain
 */
export async function verifyLog(
  database: Database,
  secrets: Secrets,
  { mark, progress = () => {} }: { mark?: string; progress?: Progress } = {},
): Promise<Verified> {
  const own = await database.openOwn()
  try {
    await own.client.query('begin isolation level repeatable read read only')
    // Compiling a plan to machine code takes longer than a page; and a day that is dropped waits for us, as for a backup.
    await own.client.query('set local jit = off')
    const verified = await verify(builderOn(own.client), secrets, mark, progress)
    await own.client.query('commit')
    return verified
  } finally {
    await own.close()
  }
}

async function verify(db: Db, secrets: Secrets, mark: string | undefined, progress: Progress): Promise<Verified> {
  const chains = [
    await checkChain(db, secrets, true, mark?.split('/')[0]),
    await checkChain(db, secrets, false, mark?.split('/')[1]),
  ]
  const isOtherKey = chains.some(({ fault }) => fault?.kind === 'key')
  const newest = await newestSealed(db)
  const sum = (number: (chain: ChainReport) => number) => chains.reduce((all, chain) => all + number(chain), 0)
  const total = sum(({ entries }) => entries)
  const report = (checked: number) => progress(checked, total)
  // With another key every entry would be wrong, which says nothing.
  const entries = isOtherKey ? undefined : await checkEntries(db, secrets, newest, report)
  const seen = entries?.batches ?? 0
  const fault =
    entries?.fault ??
    chains.map((chain) => chain.fault).find((each) => each !== undefined) ??
    (seen < sum(({ batches }) => batches) ? await emptyBatch(db) : undefined)
  return {
    whole: fault === undefined,
    fault: fault ?? null,
    checked: entries?.checked ?? 0,
    blanked: entries?.blanked ?? 0,
    late: sum(({ late }) => late),
    first_late_id: chains.flatMap(({ firstLate }) => firstLate ?? []).sort()[0] ?? null,
    waiting: entries?.waiting ?? 0,
    forgotten: sum(({ forgotten }) => forgotten),
    sealed_up_to: dateOf(newest),
    last_sealed_at:
      chains
        .flatMap(({ lastSealedAt }) => lastSealedAt?.toISOString() ?? [])
        .sort()
        .at(-1) ?? null,
    mark: chains.map(({ mark: end }) => end).join('/'),
  }
}

async function emptyBatch(db: Db): Promise<Fault | undefined> {
  const batch = await findEmptyBatch(db)
  if (!batch) return undefined
  const { first_id, last_id, entries } = batch
  return { kind: 'missing', log_id: first_id, date: dateOf(first_id), more: { up_to: last_id, entries } }
}
