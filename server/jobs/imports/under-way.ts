/**
 * The batches of an import that are under way: as many as there are connections for them, in the order of the file. The next
 * one is worked at while the one before is written, and committed behind it.
 */
import type { OwnConnection } from '../../db/database.ts'
import type { Batch } from './batch.ts'

/** Them. Whatever one of them throws is thrown to whoever waits, and to those behind it. */
export type UnderWay = {
  /** Waits until a batch can be begun. Answers false when the job is to be given up. */
  room: (batch: Batch) => Promise<boolean>
  /** Begins it. @param work on a connection that it has alone; it waits for `before`, which says whether the job goes on */
  begin: (batch: Batch, work: (own: OwnConnection, before: Promise<boolean>) => Promise<boolean>) => void
  /** Waits for all of them. Answers false when the job is to be given up. */
  done: () => Promise<boolean>
  /** Waits until none is at work, and closes the connections. */
  close: () => Promise<void>
}

/** @param connections one or two, which are closed with it */
export function batchesUnderWay(connections: readonly OwnConnection[]): UnderWay {
  let [secondLast, last] = [Promise.resolve(true), Promise.resolve(true)]
  let keys: ReadonlySet<string> = new Set()
  let begun = 0

  return {
    async room(batch) {
      // Who is in both is added by the first and told of by the second.
      const waitsForLast = connections.length === 1 || [...batch.keys].some((key) => keys.has(key))
      return await (waitsForLast ? last : secondLast)
    },
    begin(batch, work) {
      const own = connections[begun % connections.length]
      if (!own) throw new Error('There is no connection for a batch.')
      secondLast = last
      last = work(own, secondLast)
      // Heard where it is waited for.
      last.catch(() => {})
      keys = batch.keys
      begun += 1
    },
    done: () => last,
    async close() {
      await Promise.allSettled([secondLast, last])
      await Promise.all(connections.map((own) => own.close()))
    },
  }
}
