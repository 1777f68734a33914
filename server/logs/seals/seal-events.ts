/** Seals what has been recorded: page by page, each in a transaction of its own, by one process at a time. */
import { randomBytes } from 'node:crypto'
import { now } from '../../base/clock.ts'
import type { Secrets } from '../../base/secrets.ts'
import { type Db, type Tx, transact } from '../../db/database.ts'
import {
  ADMINISTRATIVE,
  type Batch,
  type Content,
  dayOfId,
  floorOf,
  hashOf,
  LATEST_MS,
  personDigestOf,
  rootOf,
  sealOf,
} from './seal.ts'
import {
  type BatchRow,
  insertBatches,
  insertSeals,
  lastBatch,
  listIds,
  listIncompleteMinutes,
  newestSealed,
  readUnsealed,
  type SealRow,
  takeTurn,
} from './store.ts'

/** So many entries are looked at at once; hashing them must not keep requests waiting. */
const PAGE = 500
/** So far back every round looks again: an entry gets its id shortly before its transaction commits. */
const QUICK_MS = 5_000
const SALT_BYTES = 16
/** A tilde comes after every digit, so this is behind every id that begins so. */
const AFTER = '~'

/**
 * Seals what is not sealed yet. What came late, behind what is sealed, is sealed behind it.
 * @param isThorough looks three hours back for late entries, not only some seconds
 * @param signal ends it after the page at hand
 * @returns how many entries were sealed; undefined when another process is at it
 */
export async function sealEvents(
  db: Db,
  secrets: Secrets,
  isThorough = false,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const newest = await newestSealed(db)
  const from = newest === undefined ? '' : floorOf(newest, now().getTime(), QUICK_MS)
  const late = isThorough && newest !== undefined ? await lateMinutes(db, newest, from) : []
  let sealed = 0
  for (const { after, upTo } of [...late, { after: from, upTo: undefined }]) {
    for (let page: Page = { last: after, sealed: 0, isMore: true }; page.isMore && !signal?.aborted; ) {
      const next = await transact(db, async (tx) => await sealPage(tx, secrets, page.last, upTo))
      if (next === undefined) return undefined
      sealed += next.sealed
      page = next
    }
  }
  return sealed
}

type Page = { last: string; sealed: number; isMore: boolean }
type Range = { after: string; upTo: string | undefined }

const TEN_MINUTES_MS = 600_000

async function lateMinutes(db: Db, newest: string, from: string): Promise<Range[]> {
  const ranges: Range[] = []
  const at = now().getTime()
  // In parts, so that each statement is short however full the log is.
  for (let back = LATEST_MS; back > 0; back -= TEN_MINUTES_MS) {
    const [after, upTo] = [floorOf(newest, at, back), floorOf(newest, at, back - TEN_MINUTES_MS)]
    const minutes = await listIncompleteMinutes(db, after, upTo < from ? upTo : from)
    ranges.push(...minutes.map((minute) => ({ after: minute, upTo: `${minute}${AFTER}` })))
  }
  return ranges
}

async function sealPage(tx: Tx, secrets: Secrets, after: string, upTo: string | undefined): Promise<Page | undefined> {
  if (!(await takeTurn(tx))) return undefined
  const ids = await listIds(tx, after, upTo, PAGE)
  const entries = await readUnsealed(tx, ids)
  if (entries.length > 0) await seal(tx, secrets, entries)
  return { last: ids.at(-1) ?? after, sealed: entries.length, isMore: ids.length === PAGE }
}

async function seal(tx: Tx, secrets: Secrets, entries: readonly Content[]): Promise<void> {
  const batches: BatchRow[] = []
  const seals: SealRow[] = []
  for (const administrative of [true, false]) {
    const own = entries.filter(({ type }) => ADMINISTRATIVE.includes(type) === administrative)
    if (own.length === 0) continue
    let before = await lastBatch(tx, administrative)
    for (const day of Map.groupBy(own, ({ log_id }) => dayOfId(log_id)).values()) {
      const made = sealBatch(secrets, day, { administrative, number: (before?.through ?? 0) + 1 }, before)
      seals.push(...made.seals)
      batches.push(made.batch)
      before = made.batch
    }
  }
  await insertSeals(tx, seals)
  await insertBatches(tx, batches)
}

/** The entries of one day and one chain, in the order of their ids. */
function sealBatch(
  secrets: Secrets,
  entries: readonly Content[],
  { administrative, number }: Pick<Batch, 'administrative' | 'number'>,
  before: BatchRow | undefined,
): { batch: BatchRow; seals: SealRow[] } {
  const root = rootOf()
  // Drawn at once: a call costs more than the bytes.
  const salts = randomBytes(SALT_BYTES * entries.length)
  const seals = entries.map((entry, place) => {
    const salt = entry.person === null ? null : salts.subarray(place * SALT_BYTES, (place + 1) * SALT_BYTES)
    const personDigest = entry.person === null || salt === null ? null : personDigestOf(entry.person, salt)
    const at = { administrative, batch: number, place }
    const made = sealOf(secrets, entry, at, personDigest)
    root.update(made)
    return { log_id: entry.log_id, ...at, seal: made, person_digest: personDigest, person_salt: salt }
  })
  const batch = {
    administrative,
    number,
    entries: entries.length,
    first_id: entries[0]?.log_id ?? '',
    last_id: entries.at(-1)?.log_id ?? '',
    sealed_at: now(),
    root: root.digest(),
  }
  const hash = hashOf(secrets, batch, before?.hash ?? Buffer.alloc(0))
  return { batch: { ...batch, through: number, hash, proof: null }, seals }
}
