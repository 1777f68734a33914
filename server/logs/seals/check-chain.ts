/** Checks the links of one chain, from the first to the last. */
import type { Secrets } from '../../base/secrets.ts'
import type { Db } from '../../db/database.ts'
import { dateOf, type Fault } from './fault.ts'
import { type Batch, hashOf, LATEST_MS, proofOf, timeOfId } from './seal.ts'
import { type BatchRow, listBatches } from './store.ts'

/** What a chain holds. */
export type ChainReport = {
  fault: Fault | undefined
  /** Batches whose entries are still there, or ought to be; and those entries. */
  batches: number
  entries: number
  forgotten: number
  late: number
  firstLate: string | undefined
  lastSealedAt: Date | undefined
  /** Its last number and hash. */
  mark: string
}

const PAGE = 500
const NOTHING = '0.'

/** Follows it. @param mark a link that it must lead through, as an earlier report gave it */
export async function checkChain(
  db: Db,
  secrets: Secrets,
  administrative: boolean,
  mark = NOTHING,
): Promise<ChainReport> {
  const report: ChainReport = {
    fault: undefined,
    batches: 0,
    entries: 0,
    forgotten: 0,
    late: 0,
    firstLate: undefined,
    lastSealedAt: undefined,
    mark: NOTHING,
  }
  let [before, hash, newest]: [number, Buffer, string] = [0, Buffer.alloc(0), '']
  const marked = Number(mark.split('.')[0])
  let isMarkSeen = marked === 0
  for (let page = await listBatches(db, administrative, 0, PAGE); page.length > 0; ) {
    for (const link of page) {
      report.fault ??= faultOf(secrets, link, before, hash)
      count(report, link, newest)
      if (link.through === marked) isMarkSeen = markOf(link) === mark
      // Where batches were forgotten as one, the mark lies within them, and the links behind hold it as well.
      else if (link.proof !== null && link.number <= marked && marked < link.through) isMarkSeen = true
      ;[before, hash] = [link.through, link.hash]
      if (link.last_id > newest) newest = link.last_id
      report.mark = markOf(link)
    }
    page = await listBatches(db, administrative, before, PAGE)
  }
  if (!isMarkSeen) report.fault ??= { kind: 'mark', log_id: null, date: null, more: { mark } }
  return report
}

function markOf({ through, hash }: BatchRow): string {
  return `${through}.${hash.toString('base64url').slice(0, 22)}`
}

function faultOf(secrets: Secrets, link: BatchRow, before: number, hash: Buffer): Fault | undefined {
  const { administrative, number, through, entries, first_id, last_id, sealed_at, root, proof } = link
  const place = { log_id: first_id, date: dateOf(first_id), more: { administrative, batch: number, up_to: last_id } }
  if (number !== before + 1) return { kind: 'batch', ...place }
  const isRight =
    proof === null
      ? root !== null &&
        through === number &&
        link.hash.equals(hashOf(secrets, { ...partsOf(link), sealed_at, root }, hash))
      : proof.equals(
          proofOf(secrets, {
            administrative,
            number,
            through,
            entries,
            first_id,
            last_id,
            before: hash,
            hash: link.hash,
          }),
        )
  if (isRight) return undefined
  return { kind: number === 1 && proof === null ? 'key' : 'batch', ...place }
}

function partsOf({ administrative, number, entries, first_id, last_id }: BatchRow): Omit<Batch, 'sealed_at' | 'root'> {
  return { administrative, number, entries, first_id, last_id }
}

function count(report: ChainReport, { proof, entries, first_id, sealed_at }: BatchRow, newest: string): void {
  if (proof !== null) {
    report.forgotten += entries
    return
  }
  report.batches += 1
  report.entries += entries
  report.lastSealedAt = sealed_at
  const age = sealed_at.getTime() - (timeOfId(first_id) ?? 0)
  if (first_id > newest && age <= LATEST_MS) return
  report.late += entries
  if (report.firstLate === undefined || first_id < report.firstLate) report.firstLate = first_id
}
