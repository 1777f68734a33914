/** Checks the entries against their seals, and the seals against their batches, in the order of the log. */
import type { Hash } from 'node:crypto'
import { now } from '../../base/clock.ts'
import type { Secrets } from '../../base/secrets.ts'
import type { Db } from '../../db/database.ts'
import { dateOf, type Fault } from './fault.ts'
import { type Content, floorOf, personDigestOf, rootOf, sealOf } from './seal.ts'
import { type BatchRow, findBatch, listContents, listSeals, type SealRow } from './store.ts'

/** What was found; `batches` is how many had any entry. */
export type EntriesReport = {
  fault: Fault | undefined
  checked: number
  blanked: number
  waiting: number
  batches: number
}

/** A batch of which some entries were seen, and not all. */
type OpenBatch = { link: BatchRow; root: Hash; seen: number; last: string }

const PAGE = 1_000

/** Checks them. @param newest the newest id that is sealed: entries far behind it are not sealed any more */
export async function checkEntries(
  db: Db,
  secrets: Secrets,
  newest: string | undefined,
  progress: (checked: number) => void,
): Promise<EntriesReport> {
  const report: EntriesReport = { fault: undefined, checked: 0, blanked: 0, waiting: 0, batches: 0 }
  const floor = newest === undefined ? '' : floorOf(newest, now().getTime())
  // As many as are being sealed late, or interleaved, at one moment.
  const open = new Map<string, OpenBatch>()
  for await (const { entry, seal } of pairs(db)) {
    if (seal) {
      const fault = await checkSeal(db, secrets, open, report, entry, seal)
      report.fault ??= fault
    } else if (entry.log_id < floor) report.fault ??= faultAt('added', entry.log_id)
    else report.waiting += 1
    if (report.checked % PAGE === 0) progress(report.checked)
  }
  const [left] = [...open.values()].sort((one, other) => (one.last < other.last ? -1 : 1))
  if (left) report.fault ??= gapAfter(left)
  return report
}

type Pair = { entry: Content; seal: undefined } | { entry: Content | undefined; seal: SealRow }

async function* pairs(db: Db): AsyncGenerator<Pair> {
  const entries = paged((after) => listContents(db, after, PAGE))
  const seals = paged((after) => listSeals(db, after, PAGE))
  let [entry, seal] = [await next(entries), await next(seals)]
  while (entry || seal) {
    if (entry && (!seal || entry.log_id < seal.log_id)) {
      yield { entry, seal: undefined }
      entry = await next(entries)
    } else if (seal && (!entry || seal.log_id < entry.log_id)) {
      yield { entry: undefined, seal }
      seal = await next(seals)
    } else if (entry && seal) {
      yield { entry, seal }
      ;[entry, seal] = [await next(entries), await next(seals)]
    }
  }
}

async function* paged<Row extends { log_id: string }>(read: (after: string) => Promise<Row[]>): AsyncGenerator<Row> {
  for (let page = await read(''); page.length > 0; ) {
    yield* page
    page = page.length < PAGE ? [] : await read(page.at(-1)?.log_id ?? '')
  }
}

async function next<Row>(rows: AsyncGenerator<Row>): Promise<Row | undefined> {
  const { value, done } = await rows.next()
  return done ? undefined : value
}

async function checkSeal(
  db: Db,
  secrets: Secrets,
  open: Map<string, OpenBatch>,
  report: EntriesReport,
  entry: Content | undefined,
  seal: SealRow,
): Promise<Fault | undefined> {
  const { log_id } = seal
  const key = `${seal.administrative}.${seal.batch}`
  const known = open.get(key)
  const link = known?.link ?? (await findBatch(db, seal.administrative, seal.batch))
  if (!link) return faultAt('seal', log_id)
  // It was due, and is about to be dropped.
  if (link.proof !== null) return undefined
  if (!known) report.batches += 1
  const batch = known ?? { link, root: rootOf(), seen: 0, last: link.first_id }
  open.set(key, batch)
  if (seal.place !== batch.seen) return gapAfter(batch)
  Object.assign(batch, { seen: batch.seen + 1, last: log_id })
  batch.root.update(seal.seal)
  if (!entry) return faultAt('missing', log_id)
  report.checked += 1
  const fault = compare(secrets, entry, seal, report)
  if (fault || batch.seen < link.entries) return fault
  open.delete(key)
  return link.root?.equals(batch.root.digest()) ? undefined : faultAt('altered', log_id)
}

function compare(secrets: Secrets, entry: Content, seal: SealRow, report: EntriesReport): Fault | undefined {
  const { log_id, person_digest, person_salt } = seal
  if (!seal.seal.equals(sealOf(secrets, entry, seal, person_digest))) return faultAt('altered', log_id)
  if (entry.person === null) {
    if (person_digest !== null) report.blanked += 1
    return undefined
  }
  const isRight =
    person_digest !== null && person_salt !== null && person_digest.equals(personDigestOf(entry.person, person_salt))
  return isRight ? undefined : faultAt('person', log_id)
}

function gapAfter({ link, seen, last }: OpenBatch): Fault {
  const { administrative, number, entries, last_id } = link
  return faultAt('gap', last, { administrative, batch: number, place: seen, of: entries, up_to: last_id })
}

function faultAt(kind: Fault['kind'], logId: string, more?: object): Fault {
  return { kind, log_id: logId, date: dateOf(logId), ...(more ? { more } : {}) }
}
