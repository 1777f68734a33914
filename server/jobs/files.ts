/** The files of jobs, kept in pieces in the database, so that every server process finds them. */
import { type Db, type Tx, transact } from '../db/database.ts'

const PIECE_BYTES = 1_048_576

/**
 * Stores what comes, and answers its length. Nothing is held in memory but the piece at hand.
 * @param confirm makes sure, in the transaction of each piece, that the file is still the caller's to write; it throws if not
 */
export async function storeFile(
  db: Db,
  jobId: string,
  bytes: AsyncIterable<Buffer>,
  confirm: (tx: Tx) => Promise<void>,
): Promise<number> {
  let parts: Buffer[] = []
  let [held, begins] = [0, 0]
  const store = async () => {
    if (held === 0) return
    const row = { job_id: jobId, begins_at: begins, ends_at: begins + held, bytes: Buffer.concat(parts) }
    await transact(db, async (tx) => {
      await confirm(tx)
      await tx.insertInto('job_chunks').values(row).execute()
    })
    begins += held
    parts = []
    held = 0
  }
  for await (const part of bytes) {
    parts.push(part)
    held += part.length
    if (held >= PIECE_BYTES) await store()
  }
  await store()
  return begins
}

/** Reads a file from a place on, piece by piece. */
export async function* readFile(db: Db, jobId: string, from = 0): AsyncGenerator<Buffer> {
  for (let at = from; ; ) {
    const piece = await db
      .selectFrom('job_chunks')
      .select(['begins_at', 'ends_at', 'bytes'])
      .where('job_id', '=', jobId)
      .where('ends_at', '>', at)
      .orderBy('begins_at')
      .limit(1)
      .executeTakeFirst()
    if (!piece) return
    yield piece.bytes.subarray(at - piece.begins_at)
    at = piece.ends_at
  }
}

/** Forgets the pieces before a place: what is done with, with the hashes in it, need not lie about. */
export async function forgetBefore(tx: Tx, jobId: string, place: number): Promise<void> {
  await tx.deleteFrom('job_chunks').where('job_id', '=', jobId).where('ends_at', '<=', place).execute()
}

/** Removes the whole file. */
export async function removeFile(db: Db, jobId: string): Promise<void> {
  await db.deleteFrom('job_chunks').where('job_id', '=', jobId).execute()
}
